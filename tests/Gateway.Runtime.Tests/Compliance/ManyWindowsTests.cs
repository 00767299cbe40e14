using System.Diagnostics;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Xunit.Abstractions;
using static Gateway.Runtime.Tests.Compliance.ComplianceRig;

namespace Gateway.Runtime.Tests.Compliance;

/// <summary>All statistics at once: no allocation over every boundary there is, and the cost of 10,000 windows.</summary>
public sealed class ManyWindowsTests(ITestOutputHelper output)
{
    [Fact]
    public void No_statistic_allocates_over_the_change_of_the_year()
    {
        var engine = new ComplianceEngine(Every(100), China);
        var tags = new TagTable(3);
        var events = new EventRing(1 << 14);
        ComplianceCheckpoint checkpoint = engine.CreateCheckpoint();
        long utc = At("2025-12-29T23:40:00+08:00"), number = 0;
        void Until(string end)
        {
            for (long last = At(end); utc < last;)
            {
                utc += 5 * Second;
                tags.Set(0, 7 + (number % 5), number % 300 < 20 ? Quality.Bad : Quality.Good, utc);
                tags.Set(1, number % 700 < 9 ? 0 : 1000 + number, Quality.Good, utc);
                tags.Set(2, 90, Quality.Good, utc);
                engine.Execute(tags, new ScanTime(++number, utc, utc), events);
                if (number % 1000 == 0)
                    engine.Save(checkpoint);
                while (events.TryTake(out _) | engine.Closed.TryTake(out _))
                {
                }
            }
        }
        Until("2025-12-31T23:50:00+08:00"); // two midnights, so that every path but the year's ran
        long before = GC.GetAllocatedBytesForCurrentThread();
        Until("2026-01-01T00:10:00+08:00");
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Ten_thousand_windows_cost_far_less_than_a_scan()
    {
        var engine = new ComplianceEngine(Every(10_000), China);
        var tags = new TagTable(3);
        var events = new EventRing(1 << 14);
        long utc = At("2026-03-01T00:00:00+08:00"), worst = 0, total = 0;
        const int scans = 3000;
        for (int i = 0; i < scans; i++)
        {
            utc += Second;
            tags.Set(0, 7 + (i % 5), Quality.Good, utc);
            tags.Set(1, 1000 + i, Quality.Good, utc);
            tags.Set(2, 90, Quality.Good, utc);
            long started = Stopwatch.GetTimestamp();
            engine.Execute(tags, new ScanTime(i + 1, utc, utc), events);
            long took = Stopwatch.GetTimestamp() - started;
            total += took;
            worst = Math.Max(worst, took);
            while (events.TryTake(out _) | engine.Closed.TryTake(out _))
            {
            }
        }
        double microseconds = 1e6 * total / Stopwatch.Frequency / scans;
        output.WriteLine($"{microseconds:F0} us for a scan on average, {1e6 * worst / Stopwatch.Frequency:F0} us at most");
        Assert.True(microseconds < 20_000, "a hundred times what it takes when the machine is quiet"); // 10,000 windows, 1,250 parameters
    }

    /// <summary>Windows of every statistic; each parameter has eight limits that share their sums.</summary>
    private static PermitLimit[] Every(int count)
    {
        Statistic[] all = Enum.GetValues<Statistic>();
        var table = new SampleAllowance([(4, 1), (8, 2)]);
        return [.. Enumerable.Range(0, count).Select(i => Limit(all[i % all.Length], 50, i) with
        {
            Parameter = "P" + (i / 8),
            RuleId = "rule/" + i,
            InfluentTag = StatisticRules.IsRemoval(all[i % all.Length]) ? 2 : -1,
            Allowance = table,
            ReadingHours = 4,
            SampleLimit = 40,
            BandLow = 6,
            BandHigh = 9,
        })];
    }
}
