using System.Runtime.CompilerServices;
using Gateway.Modbus;
using Gateway.Modbus.Protocol;

namespace Gateway.Drivers.Modbus;

/// <summary>What a request in flight is for.</summary>
internal enum RequestKind : byte
{
    None,
    Read,
    Probe,
    Write,
    ReadBack,
}

/// <summary>One request in flight with its buffer. Line only, except the completion, which any thread may bring.</summary>
internal sealed class RequestSlot
{
    private readonly Action _onCompleted;
    private readonly LoopSignal _signal;
    private ConfiguredValueTaskAwaitable<ModbusReply>.ConfiguredValueTaskAwaiter _reply;
    private volatile bool _isCompleted;

    public RequestSlot(LoopSignal signal)
    {
        _signal = signal;
        _onCompleted = OnCompleted;
    }

    /// <summary>Data bytes of the answer.</summary>
    public byte[] Buffer { get; } = new byte[ProtocolLimits.MaxPdu];

    /// <summary>What the slot works for; None when it is free.</summary>
    public RequestKind Kind { get; set; }

    /// <summary>Position of the device on the line.</summary>
    public int Device { get; set; }

    /// <summary>Block of a read, output of a write.</summary>
    public int Target { get; set; }

    /// <summary>Time of sending.</summary>
    public long SentAt { get; private set; }

    /// <summary>True from sending until the reply was taken.</summary>
    public bool IsInFlight { get; private set; }

    /// <summary>True when the reply can be taken.</summary>
    public bool IsCompleted => _isCompleted;

    /// <summary>Notes a request just handed to the client.</summary>
    public void Start(ValueTask<ModbusReply> reply, long now)
    {
        SentAt = now;
        IsInFlight = true;
        _reply = reply.ConfigureAwait(false).GetAwaiter();
        if (_reply.IsCompleted)
            _isCompleted = true;
        else
            _reply.UnsafeOnCompleted(_onCompleted);
    }

    /// <summary>The reply; the slot is no longer in flight.</summary>
    public ModbusReply TakeReply()
    {
        _isCompleted = false;
        IsInFlight = false;
        ConfiguredValueTaskAwaitable<ModbusReply>.ConfiguredValueTaskAwaiter reply = _reply;
        _reply = default;
        return reply.GetResult();
    }

    private void OnCompleted()
    {
        _isCompleted = true;
        _signal.Set();
    }
}
