using System.Diagnostics;
using Gateway.Benchmarks.Measure;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Storage.History;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Benchmarks.History;

/// <summary>
/// The history of rounded sensor values at 1 Hz: the whole path from a batch of changes to closed chunks, beside plain
/// SQLite rows in the same run; then questions while the writer goes on.
/// </summary>
internal sealed class HistoryBenchmark(TextWriter output) : IDisposable
{
    private const int Tags = 1000;
    private static readonly long s_start = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "gateway-history-" + Guid.NewGuid().ToString("N"));
    private readonly Random _random = new(1);
    private readonly double[] _level = new double[Tags];
    private readonly HistorySample[] _batch = new HistorySample[Tags];

    public void Run(int hours)
    {
        Directory.CreateDirectory(_folder);
        Write(hours);
        Rows(300);
        Ask();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(int hours)
    {
        var clock = new Clock(s_start);
        HistoryStore store = NewStore(Path.Combine(_folder, "hour"), Tags, clock);
        Second(store, clock, null);
        long disk = WrittenBytes(), cpu = 0, given = 0;
        var watch = new Stopwatch();
        // One second more closes the last hour.
        for (int second = 1; second <= hours * 3600; second++, given += Tags)
            cpu += Second(store, clock, watch);
        disk = WrittenBytes() - disk;
        string month = Path.Combine(_folder, "hour", "history-2026-03.db");
        double chunks = Number(month, "SELECT sum(length(body) + 8) FROM chunk") / given, minutes = Number(month, "SELECT sum(length(body) + 8) FROM minute") / given;
        var table = new Table($"{Tags} tags, {hours} h at 1 Hz", "M samples/s", "CPU ns/sample", "bytes/sample", "written bytes/sample");
        table.Add("history, whole path", (given / watch.Elapsed.TotalSeconds / 1e6).ToString("F2"), (cpu / (double)given).ToString("F0"), chunks.ToString("F2"), (disk / (double)given).ToString("F2"));
        table.Print(output);
        output.WriteLine($"minutes {minutes:F2} bytes/sample; size of the files {new DirectoryInfo(Path.Combine(_folder, "hour")).EnumerateFiles().Sum(f => f.Length) / (double)given:F2} bytes/sample");
        Contest.Judge(output, "bytes a sample in closed chunks, quality and time included", chunks, 1.3);
        Contest.Judge(output, "M samples/s of the whole path", given / watch.Elapsed.TotalSeconds / 1e6, 3, atMost: false);
        Contest.Judge(output, "10,000 tags at 1 Hz, % of a core", cpu / (double)given * 10_000 / 1e9 * 100, 3);
        Contest.Judge(output, "MB written per hour and 1,000 tags", disk / (double)hours / 1e6, 25);
        output.WriteLine();
        store.Dispose();
    }

    /// <summary>What the same samples cost as rows, in transactions of 250 ms.</summary>
    private void Rows(int seconds)
    {
        string file = Path.Combine(_folder, "rows.db");
        using var sqlite = new SqliteConnection($"Data Source={file};Pooling=False");
        sqlite.Open();
        Execute(sqlite, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE sample (tag INTEGER, utc INTEGER, value REAL, quality INTEGER)");
        using SqliteCommand insert = sqlite.CreateCommand();
        insert.CommandText = "INSERT INTO sample VALUES ($a, $b, $c, $d)";
        SqliteParameter[] columns = [.. new[] { "$a", "$b", "$c", "$d" }.Select(n => insert.Parameters.Add(new SqliteParameter(n, 0L)))];
        var clock = new Clock(s_start);
        var watch = new Stopwatch();
        long disk = WrittenBytes(), given = (long)seconds * Tags;
        for (int second = 0; second < seconds; second++)
        {
            Fill(clock);
            watch.Start();
            using (SqliteTransaction transaction = sqlite.BeginTransaction())
            {
                insert.Transaction = transaction;
                foreach (HistorySample sample in _batch)
                {
                    (columns[0].Value, columns[1].Value, columns[2].Value, columns[3].Value) = ((long)sample.Tag, sample.Utc, sample.Value, (long)sample.Quality);
                    insert.ExecuteNonQuery();
                }
                transaction.Commit();
            }
            watch.Stop();
        }
        Execute(sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        output.WriteLine($"plain SQLite rows: {given / watch.Elapsed.TotalSeconds / 1e6:F2} M samples/s, {new FileInfo(file).Length / (double)given:F1} bytes/sample, {(WrittenBytes() - disk) / (double)given:F1} written");
        output.WriteLine();
    }

    private void Ask()
    {
        // A year has 8,760 closed hours, each forced to the disk: in memory, if there is such a folder, it is not the disk that is measured.
        string folder = Directory.Exists("/dev/shm") ? Path.Combine("/dev/shm", Path.GetFileName(_folder)) : Path.Combine(_folder, "year");
        try
        {
            var clock = new Clock(s_start);
            using HistoryStore store = NewStore(folder, 20, clock);
            for (int minute = 0; minute < 364 * 1440; minute++)
                Short(store, clock, 60, minute % 1440 == 0);
            long dayFrom = clock.Utc;
            for (int second = 0; second < 86_400; second++)
                Short(store, clock, 1, false);
            long dayTo = clock.Utc;
            bool stop = false;
            var writer = new Thread(() =>
            {
                while (!Volatile.Read(ref stop))
                    Short(store, clock, 1, false);
            });
            writer.Start();
            Series day = Time(() => store.ReadSamples("T3", Ms(dayFrom), Ms(dayTo), 100_000).Samples.Count, 80_000);
            Series year = Time(() => store.ReadAggregates("T3", isHours: true, Ms(s_start), Ms(dayTo)).Count, 8700);
            Volatile.Write(ref stop, true);
            writer.Join();
            var table = new Table("one tag, while writing at full speed", "median ms", "p90 ms");
            table.Add("samples of a day at 1 Hz", day.Median.ToString("F2"), day.Percentile(90).ToString("F2"));
            table.Add("hours of a year", year.Median.ToString("F2"), year.Percentile(90).ToString("F2"));
            table.Print(output);
            Contest.Judge(output, "one tag over a day, median ms", day.Median, 5);
            Contest.Judge(output, "one tag over a year from hours, median ms", year.Median, 10);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Series Time(Func<int> ask, int least)
    {
        var times = new Series();
        for (int i = 0; i < 150; i++)
        {
            long started = Stopwatch.GetTimestamp();
            int count = ask();
            if (count < least)
                throw new BenchmarkException($"{count} rows instead of {least}");
            if (i >= 100) // all code is compiled by then
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return times;
    }

    private void Short(HistoryStore store, Clock clock, int seconds, bool trim)
    {
        clock.Utc += seconds * TimeSpan.TicksPerSecond;
        for (int i = 0; i < 20; i++)
            _batch[i] = new HistorySample { Tag = i, Utc = clock.Utc, Value = Math.Round(_random.NextDouble() * 10, 2) };
        if (!store.TryAdd(_batch.AsSpan(0, 20), clock.Utc))
            throw new BenchmarkException("the history does not write: " + store.Status.Reason);
        while (trim && store.Trim())
        {
        }
    }

    private long Second(HistoryStore store, Clock clock, Stopwatch? watch)
    {
        Fill(clock);
        long cpu = Machine.CpuNs();
        watch?.Start();
        if (!store.TryAdd(_batch, clock.Utc))
            throw new BenchmarkException("the history does not write: " + store.Status.Reason);
        watch?.Stop();
        return Machine.CpuNs() - cpu;
    }

    /// <summary>A slow walk with noise of the last digit, as a sensor of two decimals has it; every value is new.</summary>
    private void Fill(Clock clock)
    {
        clock.Utc += TimeSpan.TicksPerSecond;
        long at = clock.Utc + _random.Next(-3, 4) * TimeSpan.TicksPerMillisecond;
        for (int i = 0; i < Tags; i++)
        {
            _level[i] += 0.02 * (_random.NextDouble() - 0.5);
            _batch[i] = new HistorySample { Tag = i, Utc = at, Value = Math.Round(20 + i + _level[i] + 0.06 * (_random.NextDouble() - 0.5), 2) };
        }
    }

    private static HistoryStore NewStore(string folder, int tags, Clock clock)
    {
        Directory.CreateDirectory(folder);
        return new HistoryStore(folder, [.. Enumerable.Range(0, tags).Select(i => new HistoryTag("T" + i, HistoryMode.Deadband, 0, 1000))], new HistoryOptions { MinFreeBytes = 0 }, clock, NullLogger.Instance);
    }

    private static double Number(string file, string sql)
    {
        using var sqlite = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        sqlite.Open();
        using SqliteCommand command = sqlite.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToDouble(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void Execute(SqliteConnection sqlite, string sql)
    {
        using SqliteCommand command = sqlite.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static long Ms(long utcTicks) => (utcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    /// <summary>Bytes that this process has caused to be written to the disk (proc(5), write_bytes).</summary>
    private static long WrittenBytes()
    {
        string line = File.ReadLines("/proc/self/io").First(l => l.StartsWith("write_bytes:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(12).Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private sealed class Clock(long utc) : TimeProvider
    {
        public long Utc { get; set; } = utc;

        public override DateTimeOffset GetUtcNow() => new(Utc, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Utc;
    }
}
