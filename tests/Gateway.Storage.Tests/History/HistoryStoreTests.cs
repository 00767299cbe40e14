using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Storage.History;
using Gateway.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Storage.Tests.History;

/// <summary>The whole history against a list of what was given to it.</summary>
public sealed class HistoryStoreTests
{
    private const uint Lost = HistorySample.DataLost;
    private static readonly HistoryTag[] s_tags = [.. Enumerable.Range(0, 5).Select(i => new HistoryTag("T" + i, HistoryMode.Deadband, 0, 1000))];
    private static readonly HistoryOptions s_options = new() { MinFreeBytes = 0, SyncPeriod = TimeSpan.FromDays(1) };
    private static readonly long s_start = new DateTime(2026, 3, 31, 21, 59, 0, DateTimeKind.Utc).Ticks;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_a_kill_anywhere_all_whole_frames_are_there(int seed)
    {
        using var folder = new TempFolder();
        var clock = new TestClock(s_start);
        var given = new List<(long Utc, HistorySample[] Samples)>();
        var random = new Random(seed);
        var store = NewStore(folder.Path, clock);
        for (int kill = 0; kill < 12; kill++)
        {
            // Over hours and over the end of a month.
            for (int i = 0, lives = random.Next(1, 900); i < lives; i++)
                given.Add(Feed(store, clock, random));
            // A kill loses the process; a torn end is what a power cut would leave of the log.
            int torn = Tear(folder.Path, random);
            if (torn > 0)
                given.RemoveAt(given.Count - 1);
            store = NewStore(folder.Path, clock);
            Assert.True(store.TryAdd([], clock.Utc));
            AssertSame(given, store);
            clock.Pass(TimeSpan.FromSeconds(random.Next(1, 400)));
        }
        store.Dispose();
        AssertSame(given, NewStore(folder.Path, clock));
    }

    [Fact]
    public void Minutes_and_hours_are_those_of_brute_force_over_restarts_and_folded_days()
    {
        using var folder = new TempFolder();
        var clock = new TestClock(s_start);
        var random = new Random(4);
        var value = new double[4 * 86_400]; // T0 second by second from the start; NaN where nothing is known
        Array.Fill(value, double.NaN);
        HistoryStore store = NewStore(folder.Path, clock);
        double last = double.NaN;
        int second = 0;
        while (second < value.Length - 700)
        {
            if (random.Next(40_000) == 0)
            {
                store.Dispose();
                store = NewStore(folder.Path, clock);
                (second, last) = (second + 500, double.NaN);
                clock.Pass(TimeSpan.FromSeconds(500));
            }
            if (double.IsNaN(last) || random.Next(30) == 0)
            {
                last = Math.Round(random.NextDouble() * 100, 1);
                Assert.True(store.TryAdd([new HistorySample { Tag = 0, Utc = clock.Utc, Value = last }], clock.Utc));
            }
            else if (second % 10 == 0)
                Assert.True(store.TryAdd([], clock.Utc));
            value[second++] = last;
            clock.Pass(TimeSpan.FromSeconds(1));
        }
        Assert.True(store.TryAdd([], clock.Utc));
        while (store.Trim())
        {
        }
        AssertMeans(store, value[..second], isHours: false, 60);
        AssertMeans(store, value[..second], isHours: true, 3600);
        store.Dispose();
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_tried_again_and_nothing_taken_is_lost()
    {
        using var folder = new TempFolder();
        var clock = new TestClock(s_start);
        var random = new Random(5);
        var given = new List<(long Utc, HistorySample[] Samples)>();
        HistoryStore store = NewStore(folder.Path, clock);
        given.Add(Feed(store, clock, random));
        // Where the file of the month should come, there is something else when the hour ends.
        string obstacle = Path.Combine(folder.Path, "history-2026-03.db");
        Directory.CreateDirectory(obstacle);
        clock.Pass(TimeSpan.FromMinutes(2));
        given.Add(Feed(store, clock, random)); // taken, waits inside
        Assert.Equal(StoreState.Failed, store.Status.State);
        clock.Pass(TimeSpan.FromSeconds(20));
        Assert.False(store.TryAdd([new HistorySample { Utc = clock.Utc, Value = 1 }], clock.Utc));
        Directory.Delete(obstacle);
        clock.Pass(TimeSpan.FromSeconds(20));
        given.Add(Feed(store, clock, random));
        Assert.Equal(StoreState.Durable, store.Status.State);
        AssertSame(given, store);
        store.Dispose();
    }

    [Fact]
    public void A_full_disk_stops_the_history_before_the_journal()
    {
        using var folder = new TempFolder();
        var clock = new TestClock(s_start);
        using var store = new HistoryStore(folder.Path, s_tags, s_options with { MinFreeBytes = long.MaxValue }, clock, NullLogger.Instance);
        Assert.True(store.TryAdd([new HistorySample { Utc = clock.Utc, Value = 1 }], clock.Utc));
        Assert.Equal(StoreState.Failed, store.Status.State);
        Assert.Contains("nearly full", store.Status.Reason, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path, "history-open-*"));
    }

    [Fact]
    public void Samples_go_by_age_and_their_minutes_later()
    {
        using var folder = new TempFolder();
        var clock = new TestClock(s_start);
        var random = new Random(6);
        HistoryStore store = NewStore(folder.Path, clock);
        for (int i = 0; i < 600; i++)
            Feed(store, clock, random);
        store.Dispose();
        long from = Ms(s_start), to = Ms(clock.Utc);
        Assert.NotEmpty(HistoryReader.Samples(folder.Path, "T0", from, to, 100_000).Samples);
        clock.Pass(TimeSpan.FromDays(40));
        AfterTrim(s_options with { KeepSamplesFor = TimeSpan.FromDays(35) });
        Assert.Empty(HistoryReader.Samples(folder.Path, "T0", from, to, 100_000).Samples);
        Assert.NotEmpty(HistoryReader.Aggregates(folder.Path, "T0", isHours: false, from, to));
        AfterTrim(s_options with { KeepMinutesFor = TimeSpan.FromDays(35) });
        Assert.Empty(HistoryReader.Aggregates(folder.Path, "T0", isHours: false, from, to));
        Assert.NotEmpty(HistoryReader.Aggregates(folder.Path, "T0", isHours: true, from, to));

        void AfterTrim(HistoryOptions options)
        {
            using var trimmed = new HistoryStore(folder.Path, s_tags, options, clock, NullLogger.Instance);
            while (trimmed.Trim())
            {
            }
        }
    }

    [Fact]
    public void Too_many_bytes_remove_the_oldest_samples_first()
    {
        using var folder = new TempFolder();
        var clock = new TestClock(s_start);
        var random = new Random(7);
        HistoryStore store = NewStore(folder.Path, clock);
        for (int i = 0; i < 9000; i++)
            Feed(store, clock, random);
        store.Dispose();
        long bytes = HistoryFolder.Bytes(folder.Path);
        using var trimmed = new HistoryStore(folder.Path, s_tags, s_options with { MaxBytes = bytes - 1 }, clock, NullLogger.Instance);
        while (trimmed.Trim())
        {
        }
        Assert.True(HistoryFolder.Bytes(folder.Path) < bytes);
        Assert.Empty(HistoryReader.Samples(folder.Path, "T0", Ms(s_start), Ms(s_start) + 60_000, 100_000).Samples);
    }

    private static HistoryStore NewStore(string folder, TestClock clock) => new(folder, s_tags, s_options, clock, NullLogger.Instance);

    private static long Ms(long utcTicks) => (utcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    private static (long Utc, HistorySample[] Samples) Feed(HistoryStore store, TestClock clock, Random random)
    {
        clock.Pass(TimeSpan.FromMilliseconds(random.Next(200, 2000)));
        var samples = new HistorySample[random.Next(1, 8)];
        for (int i = 0; i < samples.Length; i++)
            // Each differs from the one before, so that each is kept.
            samples[i] = new HistorySample { Tag = random.Next(s_tags.Length), Utc = clock.Utc + i * TimeSpan.TicksPerMillisecond, Value = Math.Round(random.NextDouble() * 1e6, 3), Quality = random.Next(9) == 0 ? 0x8031_0000 : 0u };
        Assert.True(store.TryAdd(samples, clock.Utc));
        return (clock.Utc, samples);
    }

    /// <summary>Cuts some bytes off the last frame of the log.</summary>
    private static int Tear(string folder, Random random)
    {
        string log = HistoryFolder.Logs(folder).Last();
        int torn = random.Next(2) * random.Next(1, 10);
        using var file = new FileStream(log, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.SetLength(file.Length - torn);
        return torn;
    }

    private static void AssertSame(List<(long Utc, HistorySample[] Samples)> given, HistoryStore store)
    {
        for (int tag = 0; tag < s_tags.Length; tag++)
        {
            HistorySamples read = store.ReadSamples("T" + tag, 0, long.MaxValue / 2, int.MaxValue - 1);
            Assert.Equal(
                given.SelectMany(g => g.Samples).Where(s => s.Tag == tag).Select(s => new StoredSample(Ms(s.Utc), s.Value, s.Quality)),
                read.Samples.Where(s => s.Quality != Lost));
        }
    }

    private static void AssertMeans(HistoryStore store, double[] value, bool isHours, int seconds)
    {
        var read = store.ReadAggregates("T0", isHours, 0, long.MaxValue / 2).ToDictionary(a => a.StartMs);
        long startMs = Ms(s_start), span = seconds * 1000L;
        var expected = Enumerable.Range(0, value.Length).GroupBy(i => (startMs + i * 1000L) / span * span).ToList();
        int compared = 0;
        foreach (var period in expected.SkipLast(1))
        {
            double[] known = [.. period.Select(i => value[i]).Where(v => !double.IsNaN(v))];
            if (known.Length == 0)
            {
                Assert.False(read.ContainsKey(period.Key));
                continue;
            }
            Aggregate a = read[period.Key];
            // The last second of a life is known only up to the last sign of life, at most 10 s before.
            if (a.UsableMs != known.Length * 1000)
            {
                Assert.InRange(a.UsableMs, known.Length * 1000 - 10_000, known.Length * 1000);
                continue;
            }
            Assert.Equal(known.Average(), a.Mean, 1e-4);
            Assert.Equal((known.Min(), known.Max()), (a.Minimum, a.Maximum));
            compared++;
        }
        Assert.True(compared > expected.Count * 0.8, $"{compared} of {expected.Count}");
    }

    private sealed class TestClock(long utc) : TimeProvider
    {
        public long Utc { get; private set; } = utc;

        public void Pass(TimeSpan time) => Utc += time.Ticks;

        public override DateTimeOffset GetUtcNow() => new(Utc, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Utc;
    }
}
