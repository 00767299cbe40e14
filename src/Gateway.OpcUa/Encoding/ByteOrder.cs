namespace Gateway.OpcUa.Encoding;

/// <summary>Turns arrays of numbers around on machines whose memory is big-endian.</summary>
internal static class ByteOrder
{
    public static void Swap(Span<byte> bytes, int size)
    {
        for (var i = 0; i < bytes.Length; i += size)
            bytes.Slice(i, size).Reverse();
    }
}
