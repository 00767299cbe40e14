namespace Gateway.Storage.History;

/// <summary>Reads the chunk of one tag.</summary>
internal static class ChunkCodec
{
    /// <summary>Reads the samples of a chunk.</summary>
    /// <param name="bytes">The chunk.</param>
    /// <param name="fromMs">Begin of the range wanted.</param>
    /// <param name="toMs">End of the range wanted, inclusive.</param>
    /// <param name="into">Gets the samples of the range.</param>
    /// <param name="before">Gets the newest sample before the range, when there is one.</param>
    public static void Read(ReadOnlySpan<byte> bytes, long fromMs, long toMs, List<StoredSample> into, ref StoredSample? before)
    {
        var source = new ByteSource(bytes);
        Span<long> utcMs = stackalloc long[SampleBlock.Size];
        Span<double> values = stackalloc double[SampleBlock.Size];
        Span<uint> quality = stackalloc uint[SampleBlock.Size];
        bool isBefore = source.Byte() != 0;
        while (!source.IsEmpty)
        {
            int count = SampleBlock.Read(ref source, utcMs, values, quality);
            for (int i = 0; i < count; i++)
            {
                var sample = new StoredSample(utcMs[i], values[i], quality[i]);
                if (sample.UtcMs < fromMs)
                    before = sample;
                else if (sample.UtcMs <= toMs && !isBefore)
                    into.Add(sample);
            }
            isBefore = false;
        }
    }
}
