using System.Threading.Tasks.Sources;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Session;

/// <summary>
/// One request on its way, reused for the next one after its result was taken. Fields are guarded by the connection's
/// lock until the request is taken out of the table; whoever takes it out owns it.
/// </summary>
internal sealed class PendingRequest(ClientConnection connection) : IValueTaskSource<OpcUaFault>
{
    private ManualResetValueTaskSourceCore<OpcUaFault> _core;

    /// <summary>Next in the list of free ones.</summary>
    public PendingRequest? Next { get; set; }

    public uint RequestId { get; set; }

    public long Deadline { get; set; }

    /// <summary>Where the answer is decoded to; null for the handshake, whose answer is no service message.</summary>
    public IServiceResponse? Response { get; set; }

    /// <summary>The nonce of an OPN on its way; null for everything else and with policy None.</summary>
    public byte[]? OpeningNonce { get; set; }

    public short Version => _core.Version;

    public void Finish(OpcUaFault fault) => _core.SetResult(fault);

    OpcUaFault IValueTaskSource<OpcUaFault>.GetResult(short token)
    {
        var fault = _core.GetResult(token);
        _core.Reset();
        Response = null;
        OpeningNonce = null;
        connection.Return(this);
        return fault;
    }

    ValueTaskSourceStatus IValueTaskSource<OpcUaFault>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<OpcUaFault>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
