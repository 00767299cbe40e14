using System.Buffers.Binary;

namespace Gateway.Modbus.Protocol;

/// <summary>The frame on TCP: transaction id, protocol id 0, length, unit id, PDU (Messaging on TCP/IP 1.0b §3.1.3).</summary>
public static class MbapFrame
{
    /// <summary>
    /// Looks for one frame at the start of <paramref name="data"/>. There is nothing to resynchronize on in a
    /// TCP stream, so a broken frame asks to drop everything and the connection should be closed.
    /// </summary>
    /// <param name="data">Received bytes.</param>
    /// <param name="minLength">Smallest length field allowed: 2 for requests, 3 for answers.</param>
    public static FrameScan Scan(ReadOnlySpan<byte> data, int minLength)
    {
        // Each field is judged as soon as it is there: an absurd length must not wait for its bytes.
        if (data.Length >= 4 && BinaryPrimitives.ReadUInt16BigEndian(data[2..]) != 0)
            return FrameScan.Broken(data.Length, BadFrameReason.WrongProtocol);
        if (data.Length < 6)
            return FrameScan.NeedMore;
        int length = BinaryPrimitives.ReadUInt16BigEndian(data[4..]);
        if (length < minLength || length > ProtocolLimits.MaxMbapLength)
            return FrameScan.Broken(data.Length, BadFrameReason.WrongLength);
        return data.Length < 6 + length ? FrameScan.NeedMore : FrameScan.Frame(6 + length);
    }

    /// <summary>The transaction id of a frame found by <see cref="Scan"/>.</summary>
    public static ushort Transaction(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt16BigEndian(frame);

    /// <summary>The unit id of a frame found by <see cref="Scan"/>.</summary>
    public static byte Unit(ReadOnlySpan<byte> frame) => frame[6];

    /// <summary>The PDU's length as announced by at least the first six bytes.</summary>
    public static int PduLength(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadUInt16BigEndian(data[4..]) - 1;

    /// <summary>The PDU of a frame found by <see cref="Scan"/>.</summary>
    public static ReadOnlySpan<byte> Pdu(ReadOnlySpan<byte> frame) => frame[ProtocolLimits.MbapHeader..];

    /// <summary>Writes a header for a PDU of <paramref name="pduLength"/> bytes; the PDU starts at byte 7.</summary>
    public static void WriteHeader(Span<byte> frame, ushort transaction, byte unit, int pduLength)
    {
        BinaryPrimitives.WriteUInt16BigEndian(frame, transaction);
        BinaryPrimitives.WriteUInt16BigEndian(frame[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(frame[4..], (ushort)(pduLength + 1));
        frame[6] = unit;
    }

    /// <summary>Writes a whole frame and returns its length.</summary>
    public static int Write(Span<byte> frame, ushort transaction, byte unit, ReadOnlySpan<byte> pdu)
    {
        WriteHeader(frame, transaction, unit, pdu.Length);
        pdu.CopyTo(frame[ProtocolLimits.MbapHeader..]);
        return ProtocolLimits.MbapHeader + pdu.Length;
    }
}
