using System.Buffers.Binary;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.SecureConversation;

/// <content>The way out: a message becomes chunks, each signed and encrypted in place.</content>
internal sealed partial class Conversation
{
    private readonly (int Message, int Chunks) _sendMax;

    /// <summary>Writes a message as one or more chunks behind what <paramref name="output"/> holds.</summary>
    /// <returns>BadRequestTooLarge or BadResponseTooLarge when the peer would not take it; nothing is written then.</returns>
    public StatusCode WriteMessage(MessageBuffer output, FrameKind kind, uint requestId, ReadOnlySpan<byte> body)
    {
        var token = CurrentSending();
        var part = LargestPart();
        var chunks = Math.Max(1, (body.Length + part - 1) / part);
        var isTooLarge = (_sendMax.Message > 0 && body.Length > _sendMax.Message) || (_sendMax.Chunks > 0 && chunks > _sendMax.Chunks);
        if (isTooLarge || !output.TryGrow(output.Length + FrameSize(part) * (chunks - 1) + FrameSize(body.Length - part * (chunks - 1))))
            return _isClient ? StatusCodes.BadRequestTooLarge : StatusCodes.BadResponseTooLarge;
        for (var i = 0; i < chunks; i++)
        {
            var isLast = i == chunks - 1;
            WriteChunk(output, token, kind, isLast ? ChunkKind.Final : ChunkKind.Intermediate, requestId, isLast ? body[(i * part)..] : body.Slice(i * part, part));
        }

        return StatusCodes.Good;
    }

    /// <summary>Writes the chunk that gives a message up (Part 6 §6.7.3).</summary>
    public void WriteAbort(MessageBuffer output, uint requestId, StatusCode status, string reason)
    {
        Span<byte> body = stackalloc byte[512];
        var writer = new UaWriter(body);
        writer.WriteStatusCode(status);
        writer.WriteString(reason.Length <= 100 ? reason : reason[..100]);
        if (output.TryGrow(output.Length + FrameSize(writer.Position)))
            WriteChunk(output, CurrentSending(), FrameKind.Message, ChunkKind.Abort, requestId, writer.Written);
    }

    private ChannelToken CurrentSending()
    {
        lock (_tokens)
            return _sending ?? throw new InvalidOperationException("The channel is not open.");
    }

    /// <summary>Bytes of a message that fit into one frame.</summary>
    private int LargestPart() => _mode switch
    {
        MessageSecurityMode.SignAndEncrypt =>
            (Limits.SendBuffer - SymmetricHeader) / ChannelKeys.BlockLength * ChannelKeys.BlockLength - SequenceHeader - 1 - ChannelKeys.SignatureLength,
        MessageSecurityMode.Sign => Limits.SendBuffer - SymmetricHeader - SequenceHeader - ChannelKeys.SignatureLength,
        _ => Limits.SendBuffer - SymmetricHeader - SequenceHeader,
    };

    private int FrameSize(int part) => SymmetricHeader + SequenceHeader + part + _mode switch
    {
        MessageSecurityMode.SignAndEncrypt => 1 + Padding(part) + ChannelKeys.SignatureLength,
        MessageSecurityMode.Sign => ChannelKeys.SignatureLength,
        _ => 0,
    };

    private static int Padding(int part)
    {
        var rest = (SequenceHeader + part + 1 + ChannelKeys.SignatureLength) % ChannelKeys.BlockLength;
        return rest == 0 ? 0 : ChannelKeys.BlockLength - rest;
    }

    private void WriteChunk(MessageBuffer output, ChannelToken token, FrameKind kind, ChunkKind chunk, uint requestId, ReadOnlySpan<byte> part)
    {
        var start = output.Length;
        var size = FrameSize(part.Length);
        var frame = output.Bytes.AsSpan(start, size);
        FrameScan.WriteHeader(frame, kind, chunk, size);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], token.ChannelId);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[12..], token.TokenId);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[16..], _sent.Next());
        BinaryPrimitives.WriteUInt32LittleEndian(frame[20..], requestId);
        part.CopyTo(frame[24..]);
        output.Length = start + size;
        if (_mode is not (MessageSecurityMode.Sign or MessageSecurityMode.SignAndEncrypt))
            return;
        var signed = size - ChannelKeys.SignatureLength;
        if (_mode == MessageSecurityMode.SignAndEncrypt)
        {
            var padding = Padding(part.Length);
            frame.Slice(24 + part.Length, padding + 1).Fill((byte)padding);
        }

        token.Sending!.Sign(frame[..signed], frame[signed..]);
        if (_mode == MessageSecurityMode.SignAndEncrypt)
            token.Sending.Transform(output.Bytes, start + SymmetricHeader, size - SymmetricHeader);
    }
}
