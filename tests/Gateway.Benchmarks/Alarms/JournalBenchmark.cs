using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Benchmarks.Measure;
using Gateway.Benchmarks.Plant;
using Gateway.Modbus;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Storage;
using Gateway.Storage.History;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Benchmarks.Alarms;

/// <summary>
/// What durability costs: transitions a second by the size of a commit, acknowledgments of the whole gateway beside the
/// time of a plain fsync, and a start with a month of history and 500 standing alarms.
/// </summary>
internal sealed class JournalBenchmark(TextWriter output, PeerPrograms programs, string gateway)
{
    private const int Alarms = 500;
    private const int Tags = 500;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "gateway-journal-" + Guid.NewGuid().ToString("N"));

    public async Task RunAsync(int acks, int starts, int days)
    {
        Directory.CreateDirectory(_folder);
        try
        {
            Transitions();
            using Peer plc = Peer.Start("PLC", programs.Require("raw_server"), ["1"]);
            foreach (int scanMs in new[] { 10, 100 })
                await AcknowledgeAsync(plc, scanMs, acks);
            await RestartAsync(plc, starts, days);
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Rows with the state they led to, committed as the recorder does.</summary>
    private void Transitions()
    {
        var plant = new AlarmPlant(5000);
        var table = new Table("durable transitions, row and saved state in one transaction", "transitions/s", "ms per commit p50", "p99", "plain fsync ms p50", "p99");
        double best = 0;
        foreach (int size in new[] { 1, 10, 100, 500, 1000 })
        {
            string folder = Path.Combine(_folder, "commit-" + size);
            using Journal journal = Journal.Open(folder, plant.Model, "benchmark", new JournalOptions { ReserveBytes = 0 }, TimeProvider.System, NullLogger.Instance);
            var pending = new PendingRows(4096);
            Series commits = new(), syncs = new();
            for (int i = 0; i < 150; i++)
            {
                plant.Toggle(size, pending);
                long started = Stopwatch.GetTimestamp();
                if (!journal.TryCommit(pending, plant.Checkpoint, whole: false))
                    throw new BenchmarkException("the journal does not write: " + journal.Status.Reason);
                if (i < 20)
                    continue; // until all code is compiled
                commits.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                syncs.Add(PlainSync(folder));
            }
            double rate = size / commits.Median * 1000;
            best = Math.Max(best, rate);
            table.Add($"{size} to a commit", rate.ToString("F0"), commits.Median.ToString("F2"), commits.Percentile(99).ToString("F2"), syncs.Median.ToString("F2"), syncs.Percentile(99).ToString("F2"));
        }
        table.Print(output);
        Contest.Judge(output, "durable transitions/s by group commit", best, 5000, atMost: false);
        output.WriteLine();
    }

    /// <summary>The same alarm is acknowledged again and again; between two acknowledgments it goes and comes.</summary>
    private async Task AcknowledgeAsync(Peer plc, int scanMs, int acks)
    {
        var size = new SiteSize(1, Tags, 100, Alarms, 10) { ScanMs = scanMs };
        string data = Path.Combine(_folder, "ack-" + scanMs);
        await using ModbusClient writer = await ConnectAsync(plc);
        await WriteAsync(writer, standing: true);
        using GatewayProcess process = await GatewayProcess.StartAsync(gateway, SiteFolder.Write(Directory.CreateDirectory(Path.Combine(_folder, "site-" + scanMs)).FullName, size, plc.Greeting), data);
        await process.UntilStandingAsync(Alarms, s_patience);
        Series answers = new(), syncs = new();
        for (int i = 0; i < Math.Min(acks, Alarms); i++)
        {
            // Not in step with the scan.
            await Task.Delay(i * 7 % 40);
            long started = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await process.Http.PostAsJsonAsync($"/api/v1/alarms/A{i}/ack", new { user = "benchmark" });
            JsonElement body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            double ms = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if (!answer.IsSuccessStatusCode || !body.GetProperty("durable").GetBoolean())
                throw new BenchmarkException($"A{i} was not acknowledged durably: {body}");
            if (i >= 20)
                answers.Add(ms);
            syncs.Add(PlainSync(data));
        }
        var table = new Table($"acknowledgment, sent to durable and answered, scan {scanMs} ms", "p50 ms", "p99 ms", "max ms", "plain fsync ms p50", "p99");
        table.Add("POST ack", answers.Median.ToString("F1"), answers.Percentile(99).ToString("F1"), answers.Max.ToString("F1"), syncs.Median.ToString("F2"), syncs.Percentile(99).ToString("F2"));
        table.Print(output);
        // A command waits for the next scan, up to a base period: that much is the site's choice.
        Contest.Judge(output, $"p99 ms of a durable acknowledgment, less the scan's period of {scanMs} ms", answers.Percentile(99) - scanMs, 20);
        output.WriteLine();
    }

    private async Task RestartAsync(Peer plc, int starts, int days)
    {
        var size = new SiteSize(1, Tags, 100, Alarms, 10);
        string data = Path.Combine(_folder, "month");
        string site = SiteFolder.Write(Directory.CreateDirectory(Path.Combine(_folder, "site-month")).FullName, size, plc.Greeting);
        (long samples, long events) = WriteMonth(data, days);
        await using ModbusClient writer = await ConnectAsync(plc);
        await WriteAsync(writer, standing: true);
        using (GatewayProcess first = await GatewayProcess.StartAsync(gateway, site, data))
            await first.UntilStandingAsync(Alarms, s_patience);
        Series ready = new(), empty = new();
        for (int i = 0; i < starts; i++)
        {
            using (GatewayProcess again = await GatewayProcess.StartAsync(gateway, site, data))
            {
                ready.Add(again.ReadyAfter.TotalSeconds);
                if (await again.StandingAlarmsAsync() is var standing and < Alarms)
                    throw new BenchmarkException($"only {standing} of {Alarms} alarms stand after a start");
            }
            using GatewayProcess bare = await GatewayProcess.StartAsync(gateway, site, Path.Combine(_folder, "empty-" + i));
            empty.Add(bare.ReadyAfter.TotalSeconds);
        }
        double megabytes = new DirectoryInfo(data).EnumerateFiles().Sum(f => f.Length) / 1e6;
        var table = new Table($"start of the process to good values of all blocks; {days} days, {samples / 1e6:F0} M samples, {events} events, {Alarms} standing alarms, {megabytes:F0} MB", "median s", "max s");
        table.Add("with the month", ready.Median.ToString("F2"), ready.Max.ToString("F2"));
        table.Add("with an empty folder", empty.Median.ToString("F2"), empty.Max.ToString("F2"));
        table.Print(output);
        Contest.Judge(output, "restart to first good poll, s", ready.Median, 1);
        output.WriteLine();
    }

    /// <summary>A month of samples each 10 s and of 288 annunciations a day, as the gateway would have stored them.</summary>
    private static (long Samples, long Events) WriteMonth(string data, int days)
    {
        var clock = new MonthClock(DateTime.UtcNow.AddDays(-days).Ticks);
        var plant = new AlarmPlant(Alarms);
        long samples = 0, events = 0;
        var random = new Random(1);
        using (Journal journal = Journal.Open(data, plant.Model, "benchmark", new JournalOptions { ReserveBytes = 0 }, clock, NullLogger.Instance))
        using (var history = new HistoryStore(data, [.. Enumerable.Range(0, Tags).Select(i => new HistoryTag(SiteFolder.TagName(i), HistoryMode.Deadband, 0, 1000))], new HistoryOptions { MinFreeBytes = 0 }, clock, NullLogger.Instance))
        {
            var pending = new PendingRows(1000);
            var batch = new HistorySample[Tags];
            for (int step = 0; step < days * 8640; step++)
            {
                clock.Utc += 10 * TimeSpan.TicksPerSecond;
                for (int i = 0; i < Tags; i++)
                    batch[i] = new HistorySample { Tag = i, Utc = clock.Utc, Value = Math.Round(random.NextDouble() * 10, 2) };
                if (!history.TryAdd(batch, clock.Utc))
                    throw new BenchmarkException("the history does not write: " + history.Status.Reason);
                samples += Tags;
                if (step % 30 != 0)
                    continue;
                plant.Toggle(2, pending, clock.Utc);
                events += pending.Events.Count;
                if (step % 3000 == 0)
                    journal.TryCommit(pending, plant.Checkpoint, whole: false);
            }
            journal.TryCommit(pending, plant.Checkpoint, whole: true);
        }
        return (samples, events);
    }

    private static async Task<ModbusClient> ConnectAsync(Peer plc) => new(await ModbusTransport.ConnectTcpAsync("127.0.0.1", int.Parse(plc.Greeting[0]), TimeSpan.FromSeconds(5)), new ModbusClientOptions());

    private static async Task WriteAsync(ModbusClient writer, bool standing)
    {
        for (int at = 0; at < Tags; at += 100)
        {
            byte[] words = SiteFolder.WordsOf(at, 100, standing);
            ModbusReply reply = await writer.WriteAsync(1, ModbusFunction.WriteMultipleRegisters, (ushort)at, 100, words);
            if (!reply.IsOk)
                throw new BenchmarkException($"the PLC refused a write: {reply}");
        }
    }

    /// <summary>What the disk itself asks for a page appended and forced to it.</summary>
    private static double PlainSync(string folder)
    {
        using var file = new FileStream(Path.Combine(folder, "plain.bin"), FileMode.Append, FileAccess.Write, FileShare.None, 0);
        file.Write(new byte[4096]);
        long started = Stopwatch.GetTimestamp();
        file.Flush(flushToDisk: true);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private sealed class MonthClock(long utc) : TimeProvider
    {
        public long Utc { get; set; } = utc;

        public override DateTimeOffset GetUtcNow() => new(Utc, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Utc;
    }
}
