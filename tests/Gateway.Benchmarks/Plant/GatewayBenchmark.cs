using System.Diagnostics;
using Gateway.Benchmarks.Measure;

namespace Gateway.Benchmarks.Plant;

/// <summary>
/// Processor time and memory of the whole gateway at work: polling, quality, checks, scan, alarms and windows. The
/// simulated PLCs are another process, whose share is shown apart.
/// </summary>
internal sealed class GatewayBenchmark(TextWriter output, PeerPrograms programs, string gateway)
{
    private static readonly SiteSize s_small = new(1, 150, 100, 20, 10);
    private static readonly SiteSize s_fast = new(20, 500, 100, 1000, 100);
    private static readonly SiteSize s_large = new(20, 5000, 1000, 1000, 100);

    /// <summary>Both sizes of the requirements, and start-up.</summary>
    /// <param name="seconds">Length of each measurement.</param>
    /// <param name="starts">How many times the gateway is started for its start-up time.</param>
    public async Task RunAsync(int seconds, int starts)
    {
        var table = new Table("whole gateway", "CPU % of a core", "PLCs' CPU %", "RSS MB", "values/s", "of planned", "failed", "CPU ms per scrape", "RSS MB after scrapes");
        (double cpu, double megabytes) fast = await WorkAsync("10,000 tags, 100 ms", s_fast, seconds, table);
        (double cpu, double megabytes) large = await WorkAsync("100,000 tags, 1 s", s_large, seconds, table);
        table.Print(output);
        Contest.Judge(output, "10,000 tags at 100 ms, CPU % of a core", fast.cpu, 15);
        Contest.Judge(output, "10,000 tags at 100 ms, resident MB", fast.megabytes, 90);
        Contest.Judge(output, "100,000 tags at 1 s, CPU % of a core", large.cpu, 25);
        Contest.Judge(output, "100,000 tags at 1 s, resident MB", large.megabytes, 200);
        output.WriteLine();
        await StartUpAsync(starts);
    }

    private async Task<(double Cpu, double Megabytes)> WorkAsync(string name, SiteSize size, int seconds, Table table)
    {
        using Peer plcs = StartPlcs(size);
        string site = SiteFolder.Write(programs.Folder, size, plcs.Greeting);
        using GatewayProcess process = await GatewayProcess.StartAsync(gateway, site);
        await Task.Delay(TimeSpan.FromSeconds(Math.Min(seconds, 10)));
        (long good, long failed) before = await process.RequestsAsync();
        long cpu = Machine.CpuNs(process.Id), plcCpu = Machine.CpuNs(plcs.ProcessId), started = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        (long good, long failed) after = await process.RequestsAsync();
        double wall = Stopwatch.GetElapsedTime(started).TotalNanoseconds;
        double percent = 100 * (Machine.CpuNs(process.Id) - cpu) / wall;
        double plcPercent = 100 * (Machine.CpuNs(plcs.ProcessId) - plcCpu) / wall;
        double megabytes = Machine.ResidentBytes(process.Id) / 1e6;
        double scrapeMs = await ScrapeCostAsync(process);
        double scraped = Machine.ResidentBytes(process.Id) / 1e6;
        double requestsPerPoll = Math.Ceiling(size.RegistersPerPlc / 125.0);
        double valuesPerSecond = (after.good - before.good) * size.RegistersPerPlc / requestsPerPoll / (wall / 1e9);
        double planned = size.Tags * 1000.0 / size.PeriodMs;
        table.Add(name, percent.ToString("F1"), plcPercent.ToString("F1"), megabytes.ToString("F0"), valuesPerSecond.ToString("F0"), (100 * valuesPerSecond / planned).ToString("F1") + " %", (after.failed - before.failed).ToString(), scrapeMs.ToString("F0"), scraped.ToString("F0"));
        return (percent, megabytes);
    }

    private Peer StartPlcs(SiteSize size) =>
        Peer.Start("PLCs", programs.Require("raw_server"), [size.Plcs.ToString(), size.PeriodMs.ToString(), size.RegistersPerPlc.ToString()]);

    /// <summary>Processor time of one scrape of /metrics beyond what the gateway uses anyway.</summary>
    private static async Task<double> ScrapeCostAsync(GatewayProcess process)
    {
        await process.ScrapeAsync(); // the first one allocates its buffers
        const int scrapes = 5;
        var pause = TimeSpan.FromMilliseconds(400);
        long cpu = Machine.CpuNs(process.Id), started = Stopwatch.GetTimestamp();
        await Task.Delay(scrapes * pause);
        double idle = (Machine.CpuNs(process.Id) - cpu) / Stopwatch.GetElapsedTime(started).TotalNanoseconds;
        cpu = Machine.CpuNs(process.Id);
        started = Stopwatch.GetTimestamp();
        for (int i = 0; i < scrapes; i++)
        {
            await process.ScrapeAsync();
            await Task.Delay(pause);
        }
        double wall = Stopwatch.GetElapsedTime(started).TotalNanoseconds;
        return (Machine.CpuNs(process.Id) - cpu - idle * wall) / scrapes / 1e6;
    }

    private async Task StartUpAsync(int starts)
    {
        var table = new Table("start-up", "first answered poll, median ms", "max ms", "running on first data, median ms", "max ms", "starts");
        double median = 0;
        foreach ((string name, SiteSize size) in ((string, SiteSize)[])[("150 tags, 1 PLC", s_small), ("10,000 tags, 20 PLCs", s_fast)])
        {
            using Peer plcs = StartPlcs(size);
            string site = SiteFolder.Write(programs.Folder, size, plcs.Greeting);
            Series answered = new(), ready = new();
            for (int i = 0; i < starts; i++)
            {
                plcs.Run(1); // forgets the first answer of the last start
                using GatewayProcess process = await GatewayProcess.StartAsync(gateway, site);
                ready.Add(process.ReadyAfter.TotalMilliseconds);

                // Both clocks are CLOCK_MONOTONIC. The PLC's fourth figure is when it first answered.
                answered.Add(plcs.Run(1).Bytes / 1e6 - process.Started * 1000.0 / Stopwatch.Frequency);
            }
            table.Add(name, answered.Median.ToString("F0"), answered.Max.ToString("F0"), ready.Median.ToString("F0"), ready.Max.ToString("F0"), starts.ToString());
            median = size == s_small ? answered.Median : median;
        }
        table.Print(output);
        Contest.Judge(output, "start-up to the first good poll, 150 tags, median ms", median, 300);
        output.WriteLine();
    }
}
