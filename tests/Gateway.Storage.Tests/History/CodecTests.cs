using Gateway.Runtime.Scan;
using Gateway.Storage.History;

namespace Gateway.Storage.Tests.History;

/// <summary>What is written is read again to the bit, in the bytes that docs/formats/history.md draws.</summary>
public sealed class CodecTests
{
    private const long Start = 1_772_323_200_000; // 2026-03-01T00:00:00Z

    [Fact]
    public void A_block_has_the_bytes_of_the_documentation()
    {
        var sink = new ByteSink();
        int form = 0;
        SampleBlock.Write(sink, [Start, Start + 1000, Start + 2000], [2.5, 2.6, 2.4], [0, 0, 0], ref form);
        // 3 samples, all good; first time; least step 1000 ms (zigzag 2000), no bits; tenths: 25, then +1 and -2 in 2 bits.
        byte[] expected = [3, 0, .. BitConverter.GetBytes(Start), 0xD0, 0x0F, 0, 0, 1, 50, 2, 0, 0b1110];
        Assert.Equal(expected, sink.ToArray());
    }

    [Fact]
    public void The_checksum_is_that_of_the_standard() =>
        Assert.Equal(unchecked((int)0xE3069283), HistoryLog.Checksum("123456789"u8)); // CRC-32C, RFC 3720 appendix B.4 and every catalog

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Blocks_of_any_samples_come_back_to_the_bit(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 500; round++)
        {
            int count = random.Next(1, SampleBlock.Size + 1), form = random.Next(2) * ValueForm.Bits;
            (long[] times, double[] values, uint[] quality) = Any(random, count);
            var sink = new ByteSink();
            SampleBlock.Write(sink, times, values, quality, ref form);
            var (t, v, q) = (new long[SampleBlock.Size], new double[SampleBlock.Size], new uint[SampleBlock.Size]);
            var source = new ByteSource(sink.Written);
            Assert.Equal(count, SampleBlock.Read(ref source, t, v, q));
            Assert.True(source.IsEmpty);
            Assert.Equal(times, t[..count]);
            Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), v[..count].Select(BitConverter.DoubleToInt64Bits));
            Assert.Equal(quality, q[..count]);
        }
    }

    [Fact]
    public void Rounded_sensor_values_with_jitter_take_at_most_one_byte_and_three_tenths()
    {
        var random = new Random(5);
        double level = 7;
        int bytes = 0, samples = 0;
        for (int block = 0, form = 0; block < 200; block++)
        {
            var (times, values, quality) = (new long[SampleBlock.Size], new double[SampleBlock.Size], new uint[SampleBlock.Size]);
            for (int i = 0; i < times.Length; i++, samples++)
            {
                level += 0.02 * (random.NextDouble() - 0.5);
                times[i] = Start + samples * 1000L + random.Next(-3, 4);
                values[i] = Math.Round(level + 0.02 * (random.NextDouble() - 0.5), 2);
            }
            var sink = new ByteSink();
            SampleBlock.Write(sink, times, values, quality, ref form);
            bytes += sink.Length;
        }
        Assert.InRange(bytes / (double)samples, 0.5, 1.3);
    }

    [Fact]
    public void Damaged_blocks_are_told_and_never_read_beyond()
    {
        var random = new Random(6);
        int told = 0;
        for (int round = 0; round < 3000; round++)
        {
            int form = 0;
            (long[] times, double[] values, uint[] quality) = Any(random, random.Next(1, 60));
            var sink = new ByteSink();
            SampleBlock.Write(sink, times, values, quality, ref form);
            byte[] bytes = sink.ToArray();
            if (round % 2 == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            else
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                var source = new ByteSource(bytes);
                SampleBlock.Read(ref source, new long[SampleBlock.Size], new double[SampleBlock.Size], new uint[SampleBlock.Size]);
            }
            catch (InvalidDataException)
            {
                told++;
            }
        }
        Assert.InRange(told, 1500, 3000); // each cut one at least
    }

    [Fact]
    public void Frames_of_the_log_come_back_and_a_cut_one_ends_it()
    {
        using var folder = new Support.TempFolder();
        string file = Path.Combine(folder.Path, "a.log");
        HistoryTag[] tags = [.. Enumerable.Range(0, 9).Select(i => new HistoryTag("T" + i, 0, i * 0.1, 1000))];
        var random = new Random(7);
        var written = new List<(long Utc, HistorySample[] Samples)>();
        var ends = new List<long>();
        using (HistoryLog log = HistoryLog.Create(file, 42, Start, tags))
        {
            for (int frame = 0; frame < 60; frame++)
            {
                long utc = Start + frame * 250;
                HistorySample[] samples = [.. Enumerable.Range(0, random.Next(0, 30)).Select(_ => AnySample(random, tags.Length, utc))];
                log.Append(samples, utc);
                written.Add((utc, samples));
                ends.Add(log.Length);
            }
        }
        byte[] whole = File.ReadAllBytes(file);
        for (int cut = 0; cut <= whole.Length; cut += cut < whole.Length - 7 ? 7 : 1)
        {
            File.WriteAllBytes(file, whole[..cut]);
            int seen = 0;
            long torn = HistoryLog.Read(file, (number, start, read) => Assert.Equal((42, Start, tags.Length, tags[3]), (number, start, read.Length, read[3])), (samples, utc) =>
            {
                Assert.Equal(written[seen].Utc, utc);
                Assert.Equal(written[seen].Samples, samples.ToArray());
                seen++;
            });
            Assert.Equal(ends.Count(e => e <= cut), seen);
            Assert.Equal(seen == 0 ? torn : cut - ends[seen - 1], torn);
        }
    }

    private static HistorySample AnySample(Random random, int tags, long utc) => new()
    {
        Tag = random.Next(tags),
        Utc = random.Next(3) == 0 ? utc : utc + random.Next(-5000, 5000),
        Quality = random.Next(4) == 0 ? 0x8031_0000 : 0u,
        Value = random.Next(4) switch { 0 => random.NextDouble() * 1e9, 1 => (float)Math.Round(random.NextDouble() * 50, 2), _ => Math.Round(random.NextDouble() * 50, random.Next(4)) },
    };

    private static (long[] Times, double[] Values, uint[] Quality) Any(Random random, int count)
    {
        double[] odd = [0, -0.0, double.NaN, double.PositiveInfinity, double.MaxValue, double.Epsilon, -1e-9, 9_007_199_254_740_993, 0.1 + 0.2, (float)0.1];
        int kind = random.Next(5), digits = random.Next(0, 8);
        var (times, values, quality) = (new long[count], new double[count], new uint[count]);
        long time = Start;
        for (int i = 0; i < count; i++)
        {
            time += random.Next(20) switch { 0 => random.NextInt64(-1L << 40, 1L << 40), < 5 => random.Next(-50, 5000), _ => 1000 };
            times[i] = time;
            values[i] = kind switch
            {
                0 => Math.Round(random.NextDouble() * 1000 - 500, digits),
                1 => (float)Math.Round(random.NextDouble() * 1000 - 500, digits),
                2 => BitConverter.Int64BitsToDouble(random.NextInt64()),
                3 => odd[random.Next(odd.Length)],
                _ => 42,
            };
            quality[i] = random.Next(kind + 1) == 0 ? 0u : (uint)random.NextInt64(1L << 32);
        }
        return (times, values, quality);
    }
}
