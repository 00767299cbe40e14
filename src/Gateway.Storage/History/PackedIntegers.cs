using System.Numerics;

namespace Gateway.Storage.History;

/// <summary>
/// Whole numbers without a sign at one width of bits, the one that makes the whole shortest. The few that need more bits
/// leave their upper part behind the rest, so that one outlier does not widen all.
/// </summary>
internal static class PackedIntegers
{
    // Seven bits wait in the accumulator at most: 56 more still fit.
    private const int MaxWidth = 56;

    /// <summary>Writes the numbers; at most 255, because an exception names its place with a byte.</summary>
    public static void Write(ByteSink sink, ReadOnlySpan<ulong> values)
    {
        int width = WidthFor(values, out int exceptions);
        sink.Byte(width);
        sink.Byte(exceptions);
        Pack(sink, values, width);
        if (exceptions == 0)
            return;
        for (int i = 0; i < values.Length; i++)
        {
            ulong rest = values[i] >> width;
            if (rest == 0)
                continue;
            sink.Byte(i);
            sink.Varint(rest);
        }
    }

    /// <summary>Reads as many numbers as there is room for.</summary>
    public static void Read(ref ByteSource source, scoped Span<ulong> values)
    {
        int width = source.Byte(), exceptions = source.Byte();
        if (width > MaxWidth || exceptions > values.Length)
            throw ByteSource.Damaged();
        Unpack(ref source, values, width);
        for (int i = 0; i < exceptions; i++)
        {
            int at = source.Byte();
            if (at >= values.Length)
                throw ByteSource.Damaged();
            values[at] |= source.Varint() << width;
        }
    }

    private static int WidthFor(ReadOnlySpan<ulong> values, out int exceptions)
    {
        Span<int> counts = stackalloc int[65];
        counts.Clear();
        int longest = 0;
        foreach (ulong value in values)
        {
            int length = 64 - BitOperations.LeadingZeroCount(value);
            counts[length]++;
            longest = Math.Max(longest, length);
        }
        int best = 0, bestCost = int.MaxValue;
        exceptions = 0;
        for (int width = 0; width <= Math.Min(longest, MaxWidth); width++)
        {
            (int cost, int outside) = (values.Length * width, 0);
            for (int length = width + 1; length <= longest; length++)
            {
                outside += counts[length];
                cost += counts[length] * (8 + (length - width + 6) / 7 * 8);
            }
            if (cost < bestCost)
                (best, bestCost, exceptions) = (width, cost, outside);
        }
        return best;
    }

    private static void Pack(ByteSink sink, ReadOnlySpan<ulong> values, int width)
    {
        if (width == 0)
            return;
        Span<byte> room = sink.Take((values.Length * width + 7) / 8);
        ulong mask = (1UL << width) - 1, waiting = 0;
        int bits = 0, at = 0;
        foreach (ulong value in values)
        {
            waiting |= (value & mask) << bits;
            for (bits += width; bits >= 8; bits -= 8, waiting >>= 8)
                room[at++] = (byte)waiting;
        }
        if (bits > 0)
            room[at] = (byte)waiting;
    }

    private static void Unpack(ref ByteSource source, scoped Span<ulong> values, int width)
    {
        values.Clear();
        if (width == 0)
            return;
        ReadOnlySpan<byte> room = source.Take((values.Length * width + 7) / 8);
        ulong mask = (1UL << width) - 1, waiting = 0;
        int bits = 0, at = 0;
        for (int i = 0; i < values.Length; i++)
        {
            for (; bits < width; bits += 8)
                waiting |= (ulong)room[at++] << bits;
            values[i] = waiting & mask;
            waiting >>= width;
            bits -= width;
        }
    }
}
