namespace Gateway.Drivers.Modbus;

/// <summary>
/// One Modbus device (unit id) with its limits and quirks by name. Its points are <see cref="ModbusPoint"/>s. Immutable
/// after load; any thread may read it.
/// </summary>
public sealed record ModbusDevice : DeviceDefinition
{
    /// <summary>Modbus unit id, 0 to 255.</summary>
    public byte Unit { get; init; } = 1;
    /// <summary>Most registers the device answers at once, 1 to 125.</summary>
    public int MaxRegisters { get; init; } = 125;
    /// <summary>Most bits the device answers at once, 1 to 2,000.</summary>
    public int MaxBits { get; init; } = 2000;
    /// <summary>Unwanted registers (or 16 bits each) read along to save a request; 0 reads wanted addresses only.</summary>
    public int MaxGap { get; init; } = 8;
    /// <summary>True for a device that wants each value asked on its own.</summary>
    public bool OneRequestPerPoint { get; init; }
    /// <summary>Pause in milliseconds between a new connection and the first request.</summary>
    public int PauseAfterConnectMs { get; init; }
    /// <summary>Pause in milliseconds between an answer and the next request.</summary>
    public int PauseBetweenRequestsMs { get; init; }
    /// <summary>True to close the connection when nothing more is due, for devices with few sessions.</summary>
    public bool CloseAfterPoll { get; init; }
    /// <summary>True when the device answers with a transaction id of its own: one request at a time, strict length.</summary>
    public bool IdNotEchoed { get; init; }
    /// <summary>Time-outs in a row after which the device is only probed, at least 1.</summary>
    public int FailuresBeforeProbe { get; init; } = 3;
    /// <summary>First pause between probes in milliseconds; it doubles from probe to probe.</summary>
    public int ProbeMinMs { get; init; } = 5000;
    /// <summary>Longest pause between probes in milliseconds.</summary>
    public int ProbeMaxMs { get; init; } = 60_000;
    /// <summary>True to write with the single functions 5 and 6 where they suffice, instead of 15 and 16.</summary>
    public bool WriteSingle { get; init; }
}
