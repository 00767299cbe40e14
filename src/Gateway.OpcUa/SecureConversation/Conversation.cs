using System.Buffers.Binary;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.SecureConversation;

/// <summary>
/// The state of one secure channel on one side: tokens, sequence numbers, messages in parts. No I/O. Writing and
/// accepting may happen on two threads; each of them on one at a time.
/// </summary>
internal sealed partial class Conversation : IDisposable
{
    private const int SymmetricHeader = 16;
    private const int SequenceHeader = 8;

    private readonly SecurityPolicy _policy;
    private readonly MessageSecurityMode _mode;
    private readonly bool _isClient;
    private readonly Lock _tokens = new();
    private SequenceNumber _sent;
    private SequenceNumber _accepted;
    private ChannelToken? _sending;
    private ChannelToken? _current;
    private ChannelToken? _other;

    /// <summary>A channel without a token yet.</summary>
    /// <param name="policy">The algorithms.</param>
    /// <param name="mode">None, Sign or SignAndEncrypt.</param>
    /// <param name="isClient">Which side this is.</param>
    /// <param name="limits">What was agreed, seen from this side.</param>
    /// <param name="sendMax">Bytes and chunks of a message the peer takes; 0 is no limit.</param>
    public Conversation(SecurityPolicy policy, MessageSecurityMode mode, bool isClient, ConnectionLimits limits, (int Message, int Chunks) sendMax)
    {
        _policy = policy;
        _mode = mode;
        _isClient = isClient;
        Limits = limits;
        _sendMax = sendMax;
        _assembly = new MessageBuffer(limits.MaxMessage > 0 ? limits.MaxMessage : int.MaxValue, 0);
    }

    /// <summary>What was agreed.</summary>
    public ConnectionLimits Limits { get; private set; }

    /// <summary>The channel's number; 0 before the first token.</summary>
    public uint ChannelId => _current?.ChannelId ?? 0;

    /// <summary>The newest token's number.</summary>
    public uint TokenId => _current?.TokenId ?? 0;

    /// <summary>The policy.</summary>
    public SecurityPolicy Policy => _policy;

    /// <summary>The mode.</summary>
    public MessageSecurityMode Mode => _mode;

    /// <summary>
    /// Takes a new token into use. A client sends with it at once; a server goes on with the old one until the client
    /// uses the new one (Part 4 §5.5.2). Both accept the old one until <paramref name="oldRefusedAt"/>.
    /// </summary>
    /// <param name="token">The new token.</param>
    /// <param name="oldRefusedAt">Timestamp from which on the old token is refused.</param>
    public void Activate(ChannelToken token, long oldRefusedAt)
    {
        lock (_tokens)
        {
            if (_other != _current)
                _other?.Dispose();
            _other = _current;
            if (_other is not null)
                _other.RefusedAt = Math.Min(_other.RefusedAt, oldRefusedAt);
            _current = token;
            if (_isClient || _sending is null)
                _sending = token;
        }
    }

    /// <summary>Takes larger messages from now on: a server trusts a client more once it knows who it is.</summary>
    public void Allow(int maxMessage, int maxChunks)
    {
        Limits = Limits with { MaxMessage = maxMessage, MaxChunks = maxChunks };
        _assembly.Limit = maxMessage;
    }

    /// <summary>Makes a token out of the two nonces of an OPN.</summary>
    public ChannelToken CreateToken(uint channelId, uint tokenId, byte[]? ownNonce, byte[]? peerNonce)
    {
        if (_policy.IsNone)
            return new ChannelToken(channelId, tokenId, null, null);
        // Whoever sends: the secret is the receiver's nonce, the seed the sender's own (Part 6 §6.7.5).
        return new ChannelToken(
            channelId,
            tokenId,
            new ChannelKeys(_policy, peerNonce, ownNonce, isSender: true),
            new ChannelKeys(_policy, ownNonce, peerNonce, isSender: false));
    }

    /// <summary>Writes an OPN.</summary>
    public void WriteOpen(MessageBuffer output, AsymmetricKeys keys, uint channelId, uint requestId, ReadOnlySpan<byte> body) =>
        AsymmetricChunk.Write(output, keys, channelId, _sent.Next(), requestId, body);

    /// <summary>Opens an OPN.</summary>
    public ChunkOutcome AcceptOpen(ReadOnlySpan<byte> frame, in AsymmetricHeader header, AsymmetricKeys keys)
    {
        var fault = AsymmetricChunk.Open(frame, header, keys, out var sequence, out var requestId, out var body);
        if (!fault.IsNone)
            return ChunkOutcome.Broken(fault);
        if (!_accepted.Accept(sequence))
            return ChunkOutcome.Broken(OutOfSequence(sequence));
        return new ChunkOutcome { Kind = ChunkOutcomeKind.Message, Frame = FrameKind.Open, RequestId = requestId, Body = body };
    }

    /// <summary>Sets where the counters continue; for tests of the wrap.</summary>
    internal void StartAt(uint lastSent, uint lastAccepted) => (_sent, _accepted) = (new SequenceNumber(lastSent), new SequenceNumber(lastAccepted));

    public void Dispose()
    {
        lock (_tokens)
        {
            _other?.Dispose();
            _current?.Dispose();
        }
    }

    private OpcUaFault OutOfSequence(uint number) =>
        new(StatusCodes.BadSequenceNumberInvalid, $"chunk {number} came after chunk {_accepted}: one was lost, repeated or reordered");
}
