namespace Gateway.Storage.History;

/// <summary>
/// Up to 128 samples of one tag in few bytes: times as packed differences, values as packed differences of whole
/// numbers where a decimal form fits and as changed bytes where none does, quality once when it is one.
/// docs/formats/history.md draws the bytes.
/// </summary>
internal static class SampleBlock
{
    /// <summary>Most samples of one block.</summary>
    public const int Size = 128;

    private const int AllGood = 0, OneQuality = 1, Runs = 2;

    /// <summary>Writes a block.</summary>
    /// <param name="sink">Where to.</param>
    /// <param name="utcMs">Times in ms since 1970, in the order in which they came.</param>
    /// <param name="values">Values, as many.</param>
    /// <param name="quality">Status codes, as many.</param>
    /// <param name="form">Form of the values before; the one used comes back.</param>
    public static void Write(ByteSink sink, ReadOnlySpan<long> utcMs, ReadOnlySpan<double> values, ReadOnlySpan<uint> quality, ref int form)
    {
        sink.Byte(utcMs.Length);
        int kind = KindOf(quality);
        sink.Byte(kind);
        sink.Int64(utcMs[0]);
        WriteSteps(sink, utcMs);
        WriteQuality(sink, quality, kind);
        WriteValues(sink, values, ref form);
    }

    /// <summary>Reads a block into the spans, which have room for <see cref="Size"/>.</summary>
    /// <returns>Number of samples.</returns>
    public static int Read(ref ByteSource source, scoped Span<long> utcMs, scoped Span<double> values, scoped Span<uint> quality)
    {
        int count = source.Byte(), kind = source.Byte();
        if (count is 0 or > Size)
            throw ByteSource.Damaged();
        utcMs[0] = source.Int64();
        ReadSteps(ref source, utcMs[..count]);
        ReadQuality(ref source, quality[..count], kind);
        ReadValues(ref source, values[..count]);
        return count;
    }

    /// <summary>Writes values alone.</summary>
    public static void WriteValues(ByteSink sink, ReadOnlySpan<double> values, ref int form)
    {
        Span<long> numbers = stackalloc long[Size];
        form = ValueForm.FindAll(values, form, numbers);
        sink.Byte(form);
        if (form == ValueForm.Bits)
        {
            WriteBits(sink, values);
            return;
        }
        Span<ulong> steps = stackalloc ulong[Size];
        for (int i = 1; i < values.Length; i++)
            steps[i - 1] = ByteSink.ZigzagOf(numbers[i] - numbers[i - 1]);
        sink.Zigzag(numbers[0]);
        PackedIntegers.Write(sink, steps[..(values.Length - 1)]);
    }

    /// <summary>Reads values alone, as many as there is room for.</summary>
    public static void ReadValues(ref ByteSource source, scoped Span<double> values)
    {
        int form = source.Byte();
        if (form == ValueForm.Bits)
        {
            ReadBits(ref source, values);
            return;
        }
        if (!ValueForm.IsScaled(form))
            throw ByteSource.Damaged();
        Span<ulong> steps = stackalloc ulong[Size];
        long number = source.Zigzag();
        values[0] = ValueForm.Unscale(number, form);
        PackedIntegers.Read(ref source, steps[..(values.Length - 1)]);
        for (int i = 1; i < values.Length; i++)
        {
            number += ByteSource.Unzigzag(steps[i - 1]);
            values[i] = ValueForm.Unscale(number, form);
        }
    }

    private static int KindOf(ReadOnlySpan<uint> quality)
    {
        if (quality.ContainsAnyExcept(quality[0]))
            return Runs;
        return quality[0] == 0 ? AllGood : OneQuality;
    }

    // The smallest step first: a steady pace leaves zeros, a jitter its width.
    private static void WriteSteps(ByteSink sink, ReadOnlySpan<long> utcMs)
    {
        if (utcMs.Length == 1)
            return;
        long least = long.MaxValue;
        for (int i = 1; i < utcMs.Length; i++)
            least = Math.Min(least, utcMs[i] - utcMs[i - 1]);
        Span<ulong> steps = stackalloc ulong[Size];
        for (int i = 1; i < utcMs.Length; i++)
            steps[i - 1] = (ulong)(utcMs[i] - utcMs[i - 1] - least);
        sink.Zigzag(least);
        PackedIntegers.Write(sink, steps[..(utcMs.Length - 1)]);
    }

    private static void ReadSteps(ref ByteSource source, scoped Span<long> utcMs)
    {
        if (utcMs.Length == 1)
            return;
        long least = source.Zigzag();
        Span<ulong> steps = stackalloc ulong[Size];
        PackedIntegers.Read(ref source, steps[..(utcMs.Length - 1)]);
        for (int i = 1; i < utcMs.Length; i++)
            utcMs[i] = utcMs[i - 1] + least + (long)steps[i - 1];
    }

    private static void WriteQuality(ByteSink sink, ReadOnlySpan<uint> quality, int kind)
    {
        if (kind == AllGood)
            return;
        for (int i = 0; i < quality.Length;)
        {
            int length = quality[i..].IndexOfAnyExcept(quality[i]);
            if (length < 0)
                length = quality.Length - i;
            if (kind == Runs)
                sink.Byte(length);
            sink.Varint(QualityBits(quality[i]));
            i += length;
        }
    }

    private static void ReadQuality(ref ByteSource source, scoped Span<uint> quality, int kind)
    {
        if (kind > Runs)
            throw ByteSource.Damaged();
        if (kind == AllGood)
            quality.Clear();
        for (int i = 0; kind != AllGood && i < quality.Length;)
        {
            int length = kind == Runs ? source.Byte() : quality.Length;
            if (length == 0 || length > quality.Length - i)
                throw ByteSource.Damaged();
            quality.Slice(i, length).Fill(QualityOf(source.Varint()));
            i += length;
        }
    }

    /// <summary>The reason of a status code stands in its upper half; turned around it is a small number.</summary>
    public static ulong QualityBits(uint code) => (code << 16) | (code >> 16);

    /// <summary>The status code of turned bits.</summary>
    public static uint QualityOf(ulong bits) => ((uint)bits << 16) | ((uint)bits >> 16);

    // As in Gorilla (Pelkonen et al. 2015) but by bytes: what differs from the value before, without its zero ends.
    private static void WriteBits(ByteSink sink, ReadOnlySpan<double> values)
    {
        ulong before = 0;
        Span<byte> bytes = stackalloc byte[8];
        foreach (double value in values)
        {
            ulong now = BitConverter.DoubleToUInt64Bits(value), changed = now ^ before;
            before = now;
            if (changed == 0)
            {
                sink.Byte(0);
                continue;
            }
            int low = System.Numerics.BitOperations.TrailingZeroCount(changed) / 8, high = System.Numerics.BitOperations.LeadingZeroCount(changed) / 8;
            int length = 8 - low - high;
            sink.Byte((length << 4) | low);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes, changed);
            sink.Bytes(bytes.Slice(low, length));
        }
    }

    private static void ReadBits(ref ByteSource source, scoped Span<double> values)
    {
        ulong now = 0;
        Span<byte> bytes = stackalloc byte[8];
        for (int i = 0; i < values.Length; i++)
        {
            int head = source.Byte(), low = head & 15, length = head >> 4;
            if (low + length > 8)
                throw ByteSource.Damaged();
            bytes.Clear();
            source.Take(length).CopyTo(bytes[low..]);
            now ^= System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            values[i] = BitConverter.UInt64BitsToDouble(now);
        }
    }
}
