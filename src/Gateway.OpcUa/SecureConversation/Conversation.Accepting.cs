using System.Buffers.Binary;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.SecureConversation;

/// <content>The way in: chunks are decrypted in place, verified, counted and joined.</content>
internal sealed partial class Conversation
{
    private readonly MessageBuffer _assembly;
    private uint _assemblyRequest;
    private int _assemblyChunks;
    private bool _isDropping;

    /// <summary>Takes a MSG or CLO frame.</summary>
    /// <param name="buffer">Where the frame is; it is decrypted in place.</param>
    /// <param name="start">First byte of the frame.</param>
    /// <param name="scan">What the scanner said.</param>
    /// <param name="now">Timestamp of now, for tokens that have run out.</param>
    public ChunkOutcome Accept(byte[] buffer, int start, in FrameScan scan, long now)
    {
        var size = scan.Size;
        if (size < SymmetricHeader + SequenceHeader)
            return Broken(StatusCodes.BadTcpMessageTypeInvalid, $"a chunk of {size} bytes has no room for its headers");
        var channelId = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(start + 8));
        var tokenId = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(start + 12));
        if (FindToken(channelId, tokenId, now) is not { } token)
            return channelId != ChannelId
                ? Broken(StatusCodes.BadTcpSecureChannelUnknown, $"a chunk names channel {channelId}, this is channel {ChannelId}")
                : Broken(StatusCodes.BadSecureChannelTokenUnknown, $"a chunk names token {tokenId}, which is unknown or has run out");
        var fault = Unsecure(buffer, start, size, token, out var body);
        if (!fault.IsNone)
            return ChunkOutcome.Broken(fault);
        var sequence = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(start + 16));
        var requestId = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(start + 20));
        if (!_accepted.Accept(sequence))
            return ChunkOutcome.Broken(OutOfSequence(sequence));
        Promote(token);
        return Join(scan, requestId, body);
    }

    private ChannelToken? FindToken(uint channelId, uint tokenId, long now)
    {
        lock (_tokens)
        {
            if (_current is { } current && current.TokenId == tokenId)
                return current.ChannelId == channelId && now < current.RefusedAt ? current : null;
            return _other is { } other && other.TokenId == tokenId && other.ChannelId == channelId && now < other.RefusedAt ? other : null;
        }
    }

    /// <summary>The first chunk with the new token: a server sends with it from now on and forgets the old one.</summary>
    private void Promote(ChannelToken token)
    {
        if (_isClient || token != _current || _other is null)
            return;
        lock (_tokens)
        {
            _sending = token;
            _other?.Dispose();
            _other = null;
        }
    }

    private OpcUaFault Unsecure(byte[] buffer, int start, int size, ChannelToken token, out ReadOnlySpan<byte> body)
    {
        var frame = buffer.AsSpan(start, size);
        body = frame[(SymmetricHeader + SequenceHeader)..];
        if (_mode is not (MessageSecurityMode.Sign or MessageSecurityMode.SignAndEncrypt))
            return default;
        var secured = size - SymmetricHeader;
        var isEncrypted = _mode == MessageSecurityMode.SignAndEncrypt;
        if (secured < SequenceHeader + ChannelKeys.SignatureLength + (isEncrypted ? 1 : 0) || (isEncrypted && secured % ChannelKeys.BlockLength != 0))
            return Unsafe("a chunk's length is impossible for its security mode");
        if (isEncrypted)
            token.Receiving!.Transform(buffer, start + SymmetricHeader, secured);
        var signed = size - ChannelKeys.SignatureLength;
        if (!token.Receiving!.Verify(frame[..signed], frame[signed..]))
            return Unsafe("the signature of a chunk is wrong: it was damaged or not sent by the peer");
        body = frame[(SymmetricHeader + SequenceHeader)..signed];
        if (!isEncrypted)
            return default;
        // The signature is right, so the padding is the peer's word; any length that fits is taken.
        var padding = body.IsEmpty ? int.MaxValue : body[^1] + 1;
        if (padding > body.Length || body[^padding..].ContainsAnyExcept(body[^1]))
            return Unsafe("the padding of a chunk is inconsistent");
        body = body[..^padding];
        return default;
    }

    private ChunkOutcome Join(in FrameScan scan, uint requestId, ReadOnlySpan<byte> body)
    {
        var isStart = _assemblyChunks == 0;
        if (!isStart && requestId != _assemblyRequest)
            return Broken(StatusCodes.BadTcpMessageTypeInvalid, $"parts of the messages {_assemblyRequest} and {requestId} are mixed");
        if (scan.Chunk == ChunkKind.Abort)
        {
            EndAssembly();
            var fault = ErrorMessage.TryRead(body, out var error)
                ? new OpcUaFault(error.Status.IsBad ? error.Status : StatusCodes.BadCommunicationError, $"the peer gave the message up: {error.Reason ?? error.Status.Text}")
                : new OpcUaFault(StatusCodes.BadCommunicationError, "the peer gave the message up without saying why");
            return new ChunkOutcome { Kind = ChunkOutcomeKind.Aborted, RequestId = requestId, Frame = scan.Kind, Fault = fault };
        }

        var isLast = scan.Chunk == ChunkKind.Final;
        if (isStart && isLast && (Limits.MaxMessage == 0 || body.Length <= Limits.MaxMessage))
            return new ChunkOutcome { Kind = ChunkOutcomeKind.Message, RequestId = requestId, Frame = scan.Kind, Body = body };
        if (isStart)
            _assembly.Length = 0;
        _assemblyChunks++;
        _assemblyRequest = requestId;
        var fits = !_isDropping && (Limits.MaxChunks == 0 || _assemblyChunks <= Limits.MaxChunks) && _assembly.TryAppend(body);
        if (!fits && !_isClient)
            return Broken(StatusCodes.BadTcpMessageTooLarge, TooLarge());
        _isDropping = !fits;
        if (!isLast)
            return new ChunkOutcome { Kind = ChunkOutcomeKind.Pending, RequestId = requestId, Frame = scan.Kind };
        EndAssembly();
        // A client drops what its limits do not allow and fails that request alone.
        return fits
            ? new ChunkOutcome { Kind = ChunkOutcomeKind.Message, RequestId = requestId, Frame = scan.Kind, Body = _assembly.Written }
            : new ChunkOutcome { Kind = ChunkOutcomeKind.Aborted, RequestId = requestId, Frame = scan.Kind, Fault = new OpcUaFault(StatusCodes.BadResponseTooLarge, TooLarge(), "ask for less at once") };
    }

    private string TooLarge() => $"a message is larger than the {Limits.MaxMessage} bytes or {Limits.MaxChunks} chunks allowed";

    private void EndAssembly()
    {
        _assemblyChunks = 0;
        _isDropping = false;
    }

    private static OpcUaFault Unsafe(string cause) => new(StatusCodes.BadSecurityChecksFailed, cause);

    private static ChunkOutcome Broken(StatusCode status, string cause) => ChunkOutcome.Broken(new OpcUaFault(status, cause));
}
