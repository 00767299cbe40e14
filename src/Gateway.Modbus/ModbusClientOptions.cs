using Gateway.Modbus.Protocol;

namespace Gateway.Modbus;

/// <summary>How a <see cref="ModbusClient"/> talks. Times are in milliseconds.</summary>
public sealed class ModbusClientOptions
{
    /// <summary>How frames are wrapped.</summary>
    public ModbusFraming Framing { get; init; } = ModbusFraming.Tcp;

    /// <summary>Requests in flight at once, 1 to 64. Only TCP framing with transaction ids can have more than one.</summary>
    public int Window { get; init; } = 1;

    /// <summary>Requests in flight and waiting together, at least <see cref="Window"/>; a further one is a caller's error.</summary>
    public int QueueLimit { get; init; } = 256;

    /// <summary>Time for an answer, from sending, 1 to 3,600,000.</summary>
    public int TimeoutMs { get; init; } = 1000;

    /// <summary>The device does not repeat the transaction id: one request at a time, and the line is waited out after a time-out.</summary>
    public bool IdNotEchoed { get; init; }

    /// <summary>Bits per second of a serial line; sets the silence between frames. Zero keeps none.</summary>
    public int BaudRate { get; init; }

    /// <summary>Silence before a request, at least that of <see cref="BaudRate"/>.</summary>
    public int PauseBeforeRequestMs { get; init; }

    /// <summary>
    /// Where answers carry no id, how long the late answer is waited for before the next request is sent; it
    /// ends early when the late answer comes. Negative takes <see cref="TimeoutMs"/>. An answer later than
    /// time-out and drain together cannot be told from the next one.
    /// </summary>
    public int DrainAfterTimeoutMs { get; init; } = -1;

    /// <summary>Time that devices get to execute a broadcast on a serial line (Serial Line 1.02 §2.4.1).</summary>
    public int BroadcastDelayMs { get; init; } = 100;

    /// <summary>The line sends back what is sent (two-wire adapters): exactly those bytes are skipped.</summary>
    public bool LocalEcho { get; init; }

    internal bool HasIds => Framing == ModbusFraming.Tcp && !IdNotEchoed;

    internal bool IsSerial => Framing != ModbusFraming.Tcp;

    internal int FrameRoom => Framing == ModbusFraming.Ascii ? ProtocolLimits.MaxAsciiFrame : ProtocolLimits.MaxTcpFrame;

    internal TimeSpan Drain => TimeSpan.FromMilliseconds(DrainAfterTimeoutMs < 0 ? TimeoutMs : DrainAfterTimeoutMs);

    /// <summary>
    /// Serial Line 1.02 §2.5.1.1: 3.5 characters of 11 bits, but 1.75 ms above 19200 baud.
    /// </summary>
    internal TimeSpan Silence
    {
        get
        {
            var ms = BaudRate switch
            {
                <= 0 => 0,
                > 19200 => 1.75,
                _ => 3.5 * 11 * 1000 / BaudRate,
            };
            return TimeSpan.FromMilliseconds(Math.Max(ms, PauseBeforeRequestMs));
        }
    }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Window, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Window, ProtocolLimits.MaxWindow);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueLimit, Window);
        ArgumentOutOfRangeException.ThrowIfLessThan(TimeoutMs, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(TimeoutMs, 3_600_000);
        ArgumentOutOfRangeException.ThrowIfNegative(BroadcastDelayMs);
        if (Window > 1 && !HasIds)
            throw new ArgumentException("Without transaction ids only one request can be in flight: Window must be 1.");
    }
}
