using System.Threading.Tasks.Sources;
using Gateway.Modbus.Protocol;

namespace Gateway.Modbus.Client;

/// <summary>
/// One request on its way, reused for the next one after its result was taken. Fields are guarded by the
/// client's lock, except the completion itself.
/// </summary>
internal sealed class Transaction : IValueTaskSource<ModbusReply>
{
    private readonly ModbusClient _client;
    private readonly byte[] _pdu = new byte[ProtocolLimits.MaxPdu];
    private ManualResetValueTaskSourceCore<ModbusReply> _core;
    private int _pduLength;

    internal Transaction(ModbusClient client) => _client = client;

    /// <summary>Next in whichever list holds this: free, waiting or completed.</summary>
    internal Transaction? Next { get; set; }

    internal byte Unit { get; private set; }

    internal ushort Id { get; set; }

    internal long Deadline { get; set; }

    /// <summary>A corrupted answer was seen; a time-out is then reported as a bad frame.</summary>
    internal bool SawBadChecksum { get; set; }

    /// <summary>A broadcast: nobody answers, the deadline is its success.</summary>
    internal bool IsBroadcast { get; private set; }

    internal Memory<byte> Destination { get; private set; }

    internal ModbusReply Reply { get; set; }

    internal ReadOnlySpan<byte> Pdu => _pdu.AsSpan(0, _pduLength);

    internal short Version => _core.Version;

    internal void Load(ReadOnlySpan<byte> pdu, byte unit, Memory<byte> destination, bool isBroadcast)
    {
        pdu.CopyTo(_pdu);
        _pduLength = pdu.Length;
        Unit = unit;
        Destination = destination;
        IsBroadcast = isBroadcast;
        SawBadChecksum = false;
        Next = null;
    }

    /// <summary>Hands the reply to the awaiter, whose code runs before this returns. Called without the lock.</summary>
    internal void Finish() => _core.SetResult(Reply);

    ModbusReply IValueTaskSource<ModbusReply>.GetResult(short token)
    {
        var reply = _core.GetResult(token);
        _core.Reset();
        Destination = default;
        _client.Return(this);
        return reply;
    }

    ValueTaskSourceStatus IValueTaskSource<ModbusReply>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<ModbusReply>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}

/// <summary>A first-in first-out list of transactions through their own links.</summary>
internal struct TransactionList
{
    private Transaction? _tail;

    internal Transaction? Head { get; private set; }

    internal void Add(Transaction item)
    {
        item.Next = null;
        if (_tail is null)
            Head = item;
        else
            _tail.Next = item;
        _tail = item;
    }

    internal Transaction Take()
    {
        var item = Head!;
        Head = item.Next;
        if (Head is null)
            _tail = null;
        item.Next = null;
        return item;
    }
}
