using System.Buffers.Binary;
using System.Security.Cryptography;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.SecureConversation;

/// <summary>The part of OPN that can be read before anything is decrypted (Part 6 §6.7.2.3).</summary>
internal readonly ref struct AsymmetricHeader
{
    private const int MaxPolicyBytes = 255;
    private const int MaxCertificateBytes = 16384;

    public uint ChannelId { get; private init; }

    public string? PolicyUri { get; private init; }

    public ReadOnlySpan<byte> SenderCertificate { get; private init; }

    public ReadOnlySpan<byte> ReceiverThumbprint { get; private init; }

    /// <summary>Where the sequence header starts, from the frame's start.</summary>
    public int Length { get; private init; }

    public static OpcUaFault TryRead(ReadOnlySpan<byte> frame, out AsymmetricHeader header)
    {
        var reader = new UaReader(frame, new EncodingLimits { MaxStringBytes = MaxPolicyBytes, MaxByteStringBytes = MaxCertificateBytes });
        reader.Skip(FrameScan.HeaderSize);
        header = new AsymmetricHeader
        {
            ChannelId = reader.ReadUInt32(),
            PolicyUri = reader.ReadString(),
            SenderCertificate = reader.ReadByteStringSpan(out _),
            ReceiverThumbprint = reader.ReadByteStringSpan(out _),
            Length = reader.Position,
        };
        return reader.IsGood ? default : new OpcUaFault(StatusCodes.BadSecurityChecksFailed, "the header of the peer's OPN is malformed or too long");
    }
}

/// <summary>The keys and certificates an OPN is secured with.</summary>
/// <param name="Policy">The algorithms.</param>
/// <param name="OwnKey">This side's private key; null with policy None.</param>
/// <param name="OwnChain">This side's certificate and its issuers, DER one after the other; empty with None.</param>
/// <param name="PeerKey">The peer's public key; null with None.</param>
/// <param name="PeerThumbprint">SHA-1 of the peer's certificate; empty with None.</param>
internal sealed record AsymmetricKeys(SecurityPolicy Policy, RSA? OwnKey, byte[] OwnChain, RSA? PeerKey, byte[] PeerThumbprint)
{
    public static AsymmetricKeys None { get; } = new(SecurityPolicy.None, null, [], null, []);
}

/// <summary>OPN frames: always signed and encrypted unless the policy is None.</summary>
internal static class AsymmetricChunk
{
    // A key of more than 256 bytes needs two bytes for the padding's length (Part 6 §6.7.2.5).
    private const int LongKey = 256;

    public static void Write(MessageBuffer output, AsymmetricKeys keys, uint channelId, uint sequence, uint requestId, ReadOnlySpan<byte> body)
    {
        var start = output.Length;
        var writer = new UaWriter(output);
        writer.WriteUInt64(0);
        writer.WriteUInt32(channelId);
        writer.WriteString(keys.Policy.Uri);
        if (keys.Policy.IsNone)
        {
            writer.WriteByteString((byte[]?)null);
            writer.WriteByteString((byte[]?)null);
        }
        else
        {
            writer.WriteByteString(keys.OwnChain);
            writer.WriteByteString(keys.PeerThumbprint);
        }

        var header = writer.Position - start;
        writer.WriteUInt32(sequence);
        writer.WriteUInt32(requestId);
        writer.WriteBytes(body);
        if (keys.Policy.IsNone)
        {
            writer.Finish();
            FrameScan.WriteHeader(output.Bytes.AsSpan(start), FrameKind.Open, ChunkKind.Final, output.Length - start);
            return;
        }

        WritePadding(ref writer, keys, writer.Position - start - header);
        writer.Finish();
        Secure(output, start, header, keys);
    }

    /// <summary>Decrypts and verifies a frame.</summary>
    /// <param name="frame">The whole frame, its header already read.</param>
    /// <param name="header">The frame's header.</param>
    /// <param name="keys">This side's private key and the key of the certificate in the header.</param>
    /// <param name="sequence">The chunk's number.</param>
    /// <param name="requestId">The request's number.</param>
    /// <param name="body">The message.</param>
    public static OpcUaFault Open(
        ReadOnlySpan<byte> frame, in AsymmetricHeader header, AsymmetricKeys keys, out uint sequence, out uint requestId, out ReadOnlySpan<byte> body)
    {
        sequence = requestId = 0;
        body = default;
        var plain = frame[header.Length..];
        if (!keys.Policy.IsNone)
        {
            var decrypted = new byte[frame.Length];
            frame[..header.Length].CopyTo(decrypted);
            var count = RsaOperations.Decrypt(keys.Policy, keys.OwnKey!, plain, decrypted.AsSpan(header.Length));
            var signature = keys.PeerKey!.KeySize / 8;
            if (count < SequenceHeader + 1 + signature)
                return Failed("the peer's OPN cannot be decrypted: it was made for another certificate than ours");
            var signed = decrypted.AsSpan(0, header.Length + count - signature);
            if (!RsaOperations.Verify(keys.Policy, keys.PeerKey, signed, decrypted.AsSpan(signed.Length, signature)))
                return Failed("the signature of the peer's OPN is wrong: it was not made with the key of its certificate");
            plain = WithoutPadding(signed[header.Length..], keys.OwnKey!);
        }

        if (plain.Length < SequenceHeader)
            return Failed("the peer's OPN is too short or its padding is wrong");
        sequence = BinaryPrimitives.ReadUInt32LittleEndian(plain);
        requestId = BinaryPrimitives.ReadUInt32LittleEndian(plain[4..]);
        body = plain[SequenceHeader..];
        return default;
    }

    private const int SequenceHeader = 8;

    private static OpcUaFault Failed(string cause) => new(StatusCodes.BadSecurityChecksFailed, cause);

    private static void WritePadding(ref UaWriter writer, AsymmetricKeys keys, int content)
    {
        var extra = keys.PeerKey!.KeySize / 8 > LongKey ? 1 : 0;
        var block = RsaOperations.PlainBlock(keys.Policy, keys.PeerKey);
        var rest = (content + 1 + extra + keys.OwnKey!.KeySize / 8) % block;
        var padding = rest == 0 ? 0 : block - rest;
        // The size byte, then as many bytes of the same value, then the size's high byte.
        for (var i = 0; i <= padding; i++)
            writer.WriteByte((byte)padding);
        if (extra != 0)
            writer.WriteByte((byte)(padding >> 8));
    }

    private static void Secure(MessageBuffer output, int start, int header, AsymmetricKeys keys)
    {
        var signature = keys.OwnKey!.KeySize / 8;
        var signed = output.Length - start;
        var size = header + RsaOperations.EncryptedLength(keys.Policy, keys.PeerKey!, signed - header + signature);
        output.TryGrow(start + size);
        FrameScan.WriteHeader(output.Bytes.AsSpan(start), FrameKind.Open, ChunkKind.Final, size);
        byte[] plain = [.. output.Bytes.AsSpan(start + header, signed - header), .. RsaOperations.Sign(keys.Policy, keys.OwnKey, output.Bytes.AsSpan(start, signed))];
        RsaOperations.Encrypt(keys.Policy, keys.PeerKey!, plain).CopyTo(output.Bytes.AsSpan(start + header));
        output.Length = start + size;
    }

    private static ReadOnlySpan<byte> WithoutPadding(ReadOnlySpan<byte> plain, RSA ownKey)
    {
        var padding = (int)plain[^1];
        var tail = 1;
        if (ownKey.KeySize / 8 > LongKey)
        {
            padding = (plain[^1] << 8) | plain[^2];
            tail = 2;
        }

        return padding + tail > plain.Length ? default : plain[..^(padding + tail)];
    }
}
