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
    private readonly Action _onWritten;
    private byte[] _received = new byte[FirstBuffer];
    private int _receivedEnd;
    private bool _hasHello;
    private ConnectionLimits _agreed;
    private (int Message, int Chunks) _sendMax;
    private bool _isClosed;
    private MessageBuffer _outgoing;
    private MessageBuffer _writing;
    private bool _isWriting;
    private long _writeStarted;
    private TaskCompletionSource? _drained;
    private System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _pendingWrite;

    public ServerConnection(OpcUaServer server, Stream stream, string peer)
    {
        _server = server;
        _stream = stream;
        Peer = peer;
        _limits = server.Options.Limits;
        _onWritten = OnWritten;
        _outgoing = new MessageBuffer(_limits.OutgoingBytes, 0);
        _writing = new MessageBuffer(_limits.OutgoingBytes, 0);
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
    public bool IsFlowing => !_isClosed && _outgoing.Length < _limits.OutgoingBytes / 8;

    /// <summary>Reads and serves until either side closes.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (!_isClosed)
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
        if (_isClosed)
            return;
        _isClosed = true;
        _drained?.TrySetResult();
        _stream.Dispose();
    }

    /// <summary>Closes what has waited too long. Under the gate.</summary>
    /// <returns>When to look again.</returns>
    public long CheckTime(long now)
    {
        var stalledAt = _isWriting ? _writeStarted + _server.Ticks(_limits.StalledMs) : long.MaxValue;
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
        _isClosed || Conversation is null ? StatusCodes.BadConnectionClosed : Conversation.WriteMessage(_outgoing, FrameKind.Message, requestId, body);

    /// <summary>True when the client's key made the signature.</summary>
    public bool Verify(SecurityPolicy policy, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => RsaOperations.Verify(policy, _keys.PeerKey!, data, signature);

    /// <summary>Writes what waits unless somebody already does. Without the gate.</summary>
    public void Flush()
    {
        var isOurs = false;
        while (true)
        {
            lock (_server.Gate)
            {
                if (isOurs)
                    _isWriting = false;
                if (_isWriting)
                    return;
                if (_isClosed || _outgoing.Length == 0)
                {
                    _drained?.TrySetResult();
                    return;
                }

                _isWriting = isOurs = true;
                _writeStarted = _server.Now;
                (_outgoing, _writing) = (_writing, _outgoing);
                _outgoing.Length = 0;
            }

            try
            {
#pragma warning disable CA2012 // The awaiter is consumed exactly once: here, or in OnWritten. An await would allocate.
                var write = _stream.WriteAsync(_writing.Bytes.AsMemory(0, _writing.Length)).ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
                if (!write.IsCompleted)
                {
                    _pendingWrite = write;
                    write.UnsafeOnCompleted(_onWritten);
                    return;
                }

                write.GetResult();
            }
            catch (Exception e) when (StreamFault.IsFault(e))
            {
                lock (_server.Gate)
                    Close();
                return;
            }
        }
    }

    private void OnWritten()
    {
        try
        {
            _pendingWrite.GetResult();
        }
        catch (Exception e) when (StreamFault.IsFault(e))
        {
            lock (_server.Gate)
                Close();
            return;
        }

        lock (_server.Gate)
            _isWriting = false;
        Flush();
    }

    /// <summary>A client that does not take its answers is not read from any further.</summary>
    private Task? Congestion()
    {
        lock (_server.Gate)
        {
            if (_isClosed || _outgoing.Length < _limits.OutgoingBytes / 2)
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
            if (_isClosed)
                return;
            // The true reason stays in this server's log: it would help an attacker more than an engineer.
            var isSecret = fault.Status.Name.StartsWith("BadCertificate", StringComparison.Ordinal);
            new ErrorMessage(isSecret ? StatusCodes.BadSecurityChecksFailed : fault.Status, isSecret ? null : fault.Cause).Write(_outgoing);
        }

        Flush();
        lock (_server.Gate)
            Close();
    }
}
