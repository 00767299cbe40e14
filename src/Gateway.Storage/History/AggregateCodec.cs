namespace Gateway.Storage.History;

/// <summary>Minutes and hours as bytes; docs/formats/history.md draws them.</summary>
internal static class AggregateCodec
{
    /// <summary>Bytes of one hour.</summary>
    public const int HourSize = 32;

    private const long HourMs = 3_600_000;

    /// <summary>Writes the minutes of one chunk: blocks of at most 128.</summary>
    public static void WriteMinutes(ByteSink sink, ReadOnlySpan<Aggregate> minutes)
    {
        Span<ulong> numbers = stackalloc ulong[SampleBlock.Size];
        Span<double> values = stackalloc double[SampleBlock.Size];
        for (; minutes.Length > 0; minutes = minutes[Math.Min(minutes.Length, SampleBlock.Size)..])
        {
            ReadOnlySpan<Aggregate> block = minutes[..Math.Min(minutes.Length, SampleBlock.Size)];
            int n = block.Length, form = 0;
            sink.Byte(n);
            sink.Int64(block[0].StartMs);
            for (int i = 1; i < n; i++)
                numbers[i - 1] = ByteSink.ZigzagOf((block[i].StartMs - block[i - 1].StartMs) / MinuteSums.MinuteMs - 1);
            PackedIntegers.Write(sink, numbers[..(n - 1)]);
            for (int i = 0; i < n; i++)
                numbers[i] = (ulong)(MinuteSums.MinuteMs - block[i].UsableMs);
            PackedIntegers.Write(sink, numbers[..n]);
            foreach (Aggregate minute in block)
                sink.Single((float)minute.Mean);
            for (int i = 0; i < n; i++)
                values[i] = block[i].Minimum;
            SampleBlock.WriteValues(sink, values[..n], ref form);
            for (int i = 0; i < n; i++)
                values[i] = block[i].Maximum;
            SampleBlock.WriteValues(sink, values[..n], ref form);
        }
    }

    /// <summary>Reads minutes.</summary>
    public static void ReadMinutes(ReadOnlySpan<byte> bytes, List<Aggregate> into)
    {
        var source = new ByteSource(bytes);
        Span<ulong> steps = stackalloc ulong[SampleBlock.Size], missing = stackalloc ulong[SampleBlock.Size];
        Span<double> least = stackalloc double[SampleBlock.Size], most = stackalloc double[SampleBlock.Size];
        Span<float> means = stackalloc float[SampleBlock.Size];
        while (!source.IsEmpty)
        {
            int n = source.Byte();
            if (n is 0 or > SampleBlock.Size)
                throw ByteSource.Damaged();
            long start = source.Int64();
            PackedIntegers.Read(ref source, steps[..(n - 1)]);
            PackedIntegers.Read(ref source, missing[..n]);
            for (int i = 0; i < n; i++)
                means[i] = source.Single();
            SampleBlock.ReadValues(ref source, least[..n]);
            SampleBlock.ReadValues(ref source, most[..n]);
            for (int i = 0; i < n; i++)
            {
                if (i > 0)
                    start += (ByteSource.Unzigzag(steps[i - 1]) + 1) * MinuteSums.MinuteMs;
                into.Add(new Aggregate(start, (int)(MinuteSums.MinuteMs - (long)missing[i]), means[i], least[i], most[i]));
            }
        }
    }

    /// <summary>Sums the minutes of a chunk up to hours and writes them.</summary>
    public static void WriteHours(ByteSink sink, ReadOnlySpan<Aggregate> minutes)
    {
        for (int i = 0; i < minutes.Length;)
        {
            long hour = minutes[i].StartMs - minutes[i].StartMs % HourMs;
            Aggregate sum = minutes[i] with { StartMs = hour };
            for (i++; i < minutes.Length && minutes[i].StartMs >= hour && minutes[i].StartMs < hour + HourMs; i++)
                sum = Aggregate.Merge(sum, minutes[i]);
            sink.Int32((int)(hour / HourMs));
            sink.Int32(sum.UsableMs);
            sink.Double(sum.Mean);
            sink.Double(sum.Minimum);
            sink.Double(sum.Maximum);
        }
    }

    /// <summary>Reads hours.</summary>
    public static void ReadHours(ReadOnlySpan<byte> bytes, List<Aggregate> into)
    {
        var source = new ByteSource(bytes);
        while (!source.IsEmpty)
            into.Add(new Aggregate(source.Int32() * HourMs, source.Int32(), source.Double(), source.Double(), source.Double()));
    }

    /// <summary>Puts parts of one period together and all in the order of time.</summary>
    public static void Combine(List<Aggregate> parts)
    {
        parts.Sort((a, b) => a.StartMs.CompareTo(b.StartMs));
        int kept = 0;
        for (int i = 0; i < parts.Count; i++)
        {
            if (kept > 0 && parts[kept - 1].StartMs == parts[i].StartMs)
                parts[kept - 1] = Aggregate.Merge(parts[kept - 1], parts[i]);
            else
                parts[kept++] = parts[i];
        }
        parts.RemoveRange(kept, parts.Count - kept);
    }
}
