namespace Gateway.Modbus.Protocol;

/// <summary>The text frame of a serial line: colon, two hexadecimal digits per byte, LRC, CR LF (Serial Line 1.02 §2.5.2).</summary>
public static class AsciiFrame
{
    /// <summary>The longitudinal redundancy check: two's complement of the sum of the bytes (§2.5.2.2).</summary>
    public static byte Lrc(ReadOnlySpan<byte> data)
    {
        var sum = 0;
        foreach (var b in data)
            sum += b;
        return (byte)-sum;
    }

    /// <summary>Writes a frame and returns its length in characters.</summary>
    public static int Write(Span<byte> frame, byte unit, ReadOnlySpan<byte> pdu)
    {
        var at = 0;
        frame[at++] = (byte)':';
        at = WriteHex(frame, at, unit);
        foreach (var b in pdu)
            at = WriteHex(frame, at, b);
        at = WriteHex(frame, at, (byte)(Lrc(pdu) - unit));
        frame[at++] = (byte)'\r';
        frame[at++] = (byte)'\n';
        return at;
    }

    /// <summary>Looks for a frame at the start of <paramref name="data"/>: from colon to CR LF.</summary>
    public static FrameScan Scan(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return FrameScan.NeedMore;
        if (data[0] != ':')
        {
            var start = data.IndexOf((byte)':');
            return FrameScan.Broken(start < 0 ? data.Length : start, BadFrameReason.WrongLength);
        }

        // A colon inside means that the first frame was cut off and a new one began (§2.5.2).
        var body = data[1..];
        var stop = body.IndexOfAny((byte)':', (byte)'\n');
        if (stop < 0)
        {
            return data.Length < ProtocolLimits.MaxAsciiFrame
                ? FrameScan.NeedMore
                : FrameScan.Broken(data.Length, BadFrameReason.WrongLength);
        }

        if (body[stop] == ':')
            return FrameScan.Broken(stop + 1, BadFrameReason.WrongLength);
        var length = stop + 2;
        var isShaped = length <= ProtocolLimits.MaxAsciiFrame && length >= 9 && (length - 3) % 2 == 0 && data[length - 2] == '\r';
        return isShaped ? FrameScan.Frame(length) : FrameScan.Broken(length, BadFrameReason.WrongLength);
    }

    /// <summary>
    /// Turns a frame found by <see cref="Scan"/> into unit id and PDU. Returns the number of bytes, or zero when
    /// a digit or the LRC is wrong.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> frame, Span<byte> unitAndPdu)
    {
        var count = (frame.Length - 3) / 2;
        byte sum = 0;
        for (var i = 0; i < count; i++)
        {
            var high = Digit(frame[1 + (2 * i)]);
            var low = Digit(frame[2 + (2 * i)]);
            if ((high | low) < 0)
                return 0;
            var value = (byte)((high << 4) | low);
            sum += value;
            if (i < count - 1)
                unitAndPdu[i] = value;
        }

        // The bytes and their LRC add up to zero.
        return sum == 0 ? count - 1 : 0;
    }

    private static int WriteHex(Span<byte> frame, int at, byte value)
    {
        var digits = "0123456789ABCDEF"u8;
        frame[at] = digits[value >> 4];
        frame[at + 1] = digits[value & 15];
        return at + 2;
    }

    private static int Digit(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        _ => -1,
    };
}
