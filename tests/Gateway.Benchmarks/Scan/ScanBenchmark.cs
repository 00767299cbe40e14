using System.Diagnostics;
using Gateway.Benchmarks.Measure;

namespace Gateway.Benchmarks.Scan;

/// <summary>Time and allocation of one scan of a large plant in which every value is new.</summary>
internal static class ScanBenchmark
{
    /// <summary>Runs and prints; returns the bytes allocated in all measured scans.</summary>
    public static long Run(TextWriter output, int scans)
    {
        var plant = new LargePlant(tags: 10_000, alarms: 1_000, windows: 1_000, calculations: 200);
        for (int i = 0; i < 1300; i++) // longer than two minutes, so that windows have closed and all code is compiled
            Scan(plant);
        var alone = new Series();
        var cold = new Series();
        long bytes = 0, eventsBefore = plant.Events;
        for (int i = 0; i < scans; i++)
        {
            (double ms, long allocated) = Scan(plant);
            alone.Add(ms);
            bytes += allocated;
        }
        long events = plant.Events - eventsBefore;
        byte[] other = new byte[64 << 20];
        for (int i = 0; i < scans / 10; i++)
        {
            // In the gateway other work runs between two scans; its data has pushed the plant out of the caches.
            plant.Feed();
            for (int at = 0; at < other.Length; at += 64)
                other[at]++;
            cold.Add(Execute(plant));
            plant.Drain();
        }
        var table = new Table($"scan, {plant.Model.Tags.Length} tags", "median ms", "p99 ms", "max ms", "bytes/scan", "events/scan");
        table.Add("every value new", alone.Median.ToString("F3"), alone.Percentile(99).ToString("F3"), alone.Max.ToString("F3"), (bytes / (double)scans).ToString("0.#"), (events / (double)scans).ToString("F1"));
        table.Add("the same, caches emptied", cold.Median.ToString("F3"), cold.Percentile(99).ToString("F3"), cold.Max.ToString("F3"), "-", "-");
        table.Print(output);
        Contest.Judge(output, "scan of 10,000 tags, 1,000 alarms, 1,000 windows, 200 blocks, median ms", alone.Median, 1);
        Contest.Judge(output, "scan bytes", bytes, 0);
        output.WriteLine();
        return bytes;
    }

    private static (double Ms, long Bytes) Scan(LargePlant plant)
    {
        plant.Feed();
        long before = GC.GetAllocatedBytesForCurrentThread();
        double ms = Execute(plant);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        plant.Drain();
        return (ms, bytes);
    }

    private static double Execute(LargePlant plant)
    {
        long started = Stopwatch.GetTimestamp();
        plant.Cycle.Execute(plant.Now);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
