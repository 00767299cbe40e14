using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Storage.History;
using Gateway.Storage.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Storage.Tests.History;

/// <summary>A changed byte of the history is found, or it changed nothing that anybody reads.</summary>
public sealed class HistoryCheckTests
{
    private static readonly HistoryTag[] s_tags = [new("A", HistoryMode.Deadband, 0, 1000), new("B", HistoryMode.Deadband, 0, 1000)];
    private static readonly DateTime s_start = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    private static void Fill(TempFolder folder, int hours)
    {
        var random = new Random(1);
        var clock = new Clock { Utc = s_start.Ticks };
        using var store = new HistoryStore(folder.Path, s_tags, new HistoryOptions { MinFreeBytes = 0 }, clock, NullLogger.Instance);
        for (int second = 0; second < hours * 3600 + 100; second++, clock.Utc += TimeSpan.TicksPerSecond)
            Assert.True(store.TryAdd([new HistorySample { Tag = second % 2, Utc = clock.Utc, Value = Math.Round(random.NextDouble() * 100, 2) }], clock.Utc));
    }

    private static string Read(string folder) => string.Join('\n', s_tags.SelectMany(tag =>
        HistoryReader.Samples(folder, tag.Name, 0, long.MaxValue, 1_000_000).Samples.Select(one => $"{one.UtcMs} {one.Value:R} {one.Quality}")
            .Concat(HistoryReader.Aggregates(folder, tag.Name, true, 0, long.MaxValue - 3_600_000).Select(one => $"{one.StartMs} {one.Mean:R} {one.Minimum:R} {one.Maximum:R} {one.UsableMs}"))));

    [Fact]
    public void An_untouched_history_has_no_faults_and_its_samples_are_counted()
    {
        using var folder = new TempFolder();
        Fill(folder, 3);
        HistoryCheckResult found = HistoryCheck.Run(folder.Path);
        Assert.Empty(found.Faults);
        Assert.Equal(1, found.Months);
        // One mark of the end for each tag.
        Assert.Equal(3 * 3600 + 100 + 2, found.Samples);
        Assert.Equal(0, found.OpenSamples);
        using var empty = new TempFolder();
        Assert.Equal(0, HistoryCheck.Run(empty.Path).Months);
    }

    [Theory]
    [InlineData("history-2026-03.db", 1, 20)]
    [InlineData("history-hours.db", 2, 4)]
    public void One_changed_byte_is_found_or_changed_nothing(string name, int seed, int least)
    {
        using var folder = new TempFolder();
        Fill(folder, 3);
        string whole = Read(folder.Path), file = folder.File(name);
        byte[] bytes = File.ReadAllBytes(file);
        var random = new Random(seed);
        int found = 0;
        for (int i = 0; i < 60; i++)
        {
            byte[] changed = (byte[])bytes.Clone();
            // Some of the changes where the chunks lie, which is a small part of the file.
            int at = i % 2 == 0 ? random.Next(bytes.Length) : Array.FindLastIndex(bytes, one => one != 0) - random.Next(4000);
            changed[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, changed);
            bool isFound;
            try
            {
                isFound = HistoryCheck.Run(folder.Path).Faults.Count > 0;
            }
            catch (StoreException)
            {
                isFound = true;
            }
            found += isFound ? 1 : 0;
            if (!isFound)
                Assert.Equal(whole, Read(folder.Path));
        }
        Assert.True(found >= least, $"only {found} of 60 changes were found");
    }

    [Fact]
    public void A_chunk_that_is_damaged_with_its_checksum_is_read_and_named()
    {
        using var folder = new TempFolder();
        Fill(folder, 1);
        byte[] nonsense = [1, 255, 255, 255];
        using (SqliteConnection connection = SqliteVersion.Open(folder.File("history-2026-03.db"), SqliteOpenMode.ReadWrite))
        using (SqliteCommand command = connection.CreateCommand())
        {
            command.CommandText = "UPDATE chunk SET body = $body, sum = $sum WHERE key = (SELECT min(key) FROM chunk)";
            command.Parameters.AddWithValue("$body", nonsense);
            command.Parameters.AddWithValue("$sum", HistoryLog.Checksum(nonsense));
            Assert.Equal(1, command.ExecuteNonQuery());
        }
        Assert.Contains("cannot be read although its checksum is right", Assert.Single(HistoryCheck.Run(folder.Path).Faults), StringComparison.Ordinal);
    }

    private sealed class Clock : TimeProvider
    {
        public long Utc { get; set; }

        public override DateTimeOffset GetUtcNow() => new(Utc, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Utc;
    }
}
