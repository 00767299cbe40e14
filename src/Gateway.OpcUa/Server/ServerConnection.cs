using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.SecureConversation;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <summary>
/// One stream of a client: frames in, frames out, one secure channel. One loop reads and serves; what is sent is written
/// under the server's gate and flushed outside of it.
/// </summary>
internal sealed partial class ServerConnection
{
    private const int FirstBuffer = 8192;

    private readonly OpcUaServer _server;
    private readonly Stream _stream;
    private readonly ServerLimits _limits;
    private readonly OutgoingStream _output;
    private byte[] _received = new byte[FirstBuffer];
    private int _receivedEnd;
    private bool _hasHello;
    private ConnectionLimits _agreed;
    private (int Message, int Chunks) _sendMax;
    private TaskCompletionSource? _drained;

    public ServerConnection(OpcUaServer server, Stream stream, string peer)
    {
        _server = server;
        _stream = stream;
        Peer = peer;
        _limits = server.Options.Limits;
        _output = new OutgoingStream(stream, server.Gate, _limits.OutgoingBytes, 0, OnBroken, () => _drained?.TrySetResult(), server.Time);
        Deadline = server.After(_limits.HandshakeMs);
    }

    /// <summary>The address of the client.</summary>
    public string Peer { get; }

    /// <summary>Timestamp at which the connection is closed unless it gets further.</summary>
    public long Deadline { get; private set; }

    /// <summary>Sessions that were activated on this channel.</summary>
    public int ActiveSessions { get; set; }

    /// <summary>The client's certificate; empty without security.</summary>
    public byte[] ClientCertificate { get; private set; } = [];

    public Conversation? Conversation { get; private set; }

    /// <summary>True while the client takes what it is sent: only then is more published.</summary>
    public bool IsFlowing => !_output.IsClosed && _output.Buffer.Length < _limits.OutgoingBytes / 8;

    /// <summary>Reads and serves until either side closes.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (!_output.IsClosed)
            {
                if (_receivedEnd == _received.Length)
                    Array.Resize(ref _received, Math.Min(2 * _received.Length, _limits.BufferBytes));
                var count = await _stream.ReadAsync(_received.AsMemory(_receivedEnd)).ConfigureAwait(false);
                if (count == 0)
                    break;
                _receivedEnd += count;
                if (AcceptFrames() is { IsNone: false } fault)
                {
                    Refuse(fault);
                    break;
                }

                Flush();
                if (Congestion() is { } drained)
                    await drained.ConfigureAwait(false);
            }
        }
        catch (Exception e) when (StreamFault.IsFault(e))
        {
            // The peer went away; closing is all there is to do.
        }

        _server.Remove(this);
        await _stream.DisposeAsync().ConfigureAwait(false);
        Conversation?.Dispose();
        _keys.PeerKey?.Dispose();
    }

    /// <summary>Closes the stream; the loop ends by itself. Under the gate.</summary>
    public void Close()
    {
        if (_output.IsClosed)
            return;
        _output.Close();
        _drained?.TrySetResult();
        _stream.Dispose();
    }

    /// <summary>Closes what has waited too long. Under the gate.</summary>
    /// <returns>When to look again.</returns>
    public long CheckTime(long now)
    {
        var stalledAt = _output.IsWriting ? _output.WriteStarted + _server.Ticks(_limits.StalledMs) : long.MaxValue;
        if (now >= Deadline || now >= stalledAt)
        {
            Close();
            return long.MaxValue;
        }

        return Math.Min(Deadline, stalledAt);
    }

    /// <summary>A session was activated: larger messages are taken, and the channel may stay. Under the gate.</summary>
    public void Admit()
    {
        ActiveSessions++;
        Deadline = long.MaxValue;
        Conversation!.Allow(_limits.MaxMessageBytes, _limits.MaxChunks);
    }

    /// <summary>A session left. Under the gate.</summary>
    public void Dismiss()
    {
        if (--ActiveSessions == 0)
            Deadline = _server.After(_limits.WithoutSessionMs);
    }

    /// <summary>Bytes of a message that the client takes, with room for one more value, at most <paramref name="wanted"/>.</summary>
    public int MessageRoom(int wanted) => _sendMax.Message > 0 ? Math.Min(wanted, _sendMax.Message / 2) : wanted;

    /// <summary>Writes an answer into the outgoing buffer. Under the gate.</summary>
    /// <returns>BadResponseTooLarge when the client would not take it.</returns>
    public StatusCode Send(uint requestId, ReadOnlySpan<byte> body) =>
        _output.IsClosed || Conversation is null ? StatusCodes.BadConnectionClosed : Conversation.WriteMessage(_output.Buffer, FrameKind.Message, requestId, body);

    /// <summary>True when the client's key made the signature.</summary>
    public bool Verify(SecurityPolicy policy, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => RsaOperations.Verify(policy, _keys.PeerKey!, data, signature);

    /// <summary>Writes what waits. Without the gate.</summary>
    public void Flush() => _output.Flush();

    private void OnBroken(Exception fault)
    {
        lock (_server.Gate)
            Close();
    }

    /// <summary>A client that does not take its answers is not read from any further.</summary>
    private Task? Congestion()
    {
        lock (_server.Gate)
        {
            if (_output.IsClosed || _output.Buffer.Length < _limits.OutgoingBytes / 2)
                return null;
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>Says why the connection is closed, then closes it.</summary>
    private void Refuse(OpcUaFault fault)
    {
        _server.Tell($"OPC UA client {Peer}: {fault}");
        lock (_server.Gate)
        {
            if (_output.IsClosed)
                return;
            // The true reason stays in this server's log: it would help an attacker more than an engineer.
            var isSecret = fault.Status.Name.StartsWith("BadCertificate", StringComparison.Ordinal);
            new ErrorMessage(isSecret ? StatusCodes.BadSecurityChecksFailed : fault.Status, isSecret ? null : fault.Cause).Write(_output.Buffer);
        }

        Flush();
        lock (_server.Gate)
            Close();
    }
}
