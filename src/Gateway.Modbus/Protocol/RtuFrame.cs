using System.Buffers.Binary;

namespace Gateway.Modbus.Protocol;

/// <summary>The binary serial frame: unit id, PDU, CRC low byte first (Serial Line 1.02 §2.5.1).</summary>
public static class RtuFrame
{
    /// <summary>Writes a frame and returns its length.</summary>
    public static int Write(Span<byte> frame, byte unit, ReadOnlySpan<byte> pdu)
    {
        frame[0] = unit;
        pdu.CopyTo(frame[1..]);
        var length = 1 + pdu.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(frame[length..], Crc16.Compute(frame[..length]));
        return length + 2;
    }

    /// <summary>True when the last two bytes are the CRC of the bytes before.</summary>
    public static bool HasValidCrc(ReadOnlySpan<byte> frame) =>
        frame.Length >= ProtocolLimits.MinRtuFrame
        && BinaryPrimitives.ReadUInt16LittleEndian(frame[^2..]) == Crc16.Compute(frame[..^2]);

    /// <summary>The PDU of a frame found by <see cref="RtuFrameScanner"/>.</summary>
    public static ReadOnlySpan<byte> Pdu(ReadOnlySpan<byte> frame) => frame[1..^2];
}
