using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using static Gateway.Runtime.Tests.Compliance.ComplianceRig;

namespace Gateway.Runtime.Tests.Compliance;

/// <summary>All statistics at once: no allocation over every boundary there is, and spreading changes no verdict.</summary>
public sealed class ManyWindowsTests
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

    /// <summary>
    /// A large site spreads the work of a boundary over scans. Its verdicts must be those of an engine that does all at
    /// once: over a change of the year, with gaps, clock steps and a restart between boundary and last group.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public void Spreading_changes_no_verdict(int windowsPerScan)
    {
        PermitLimit[] limits = Every(100);
        var atOnce = new ComplianceEngine(limits, China, windowsPerScan: int.MaxValue);
        var spread = new ComplianceEngine(limits, China, windowsPerScan: windowsPerScan);
        var tags = new TagTable(3);
        var events = new EventRing(1 << 14);
        var random = new Random(4711);
        List<ClosedWindow>[] records = [[], []];
        long utc = At("2025-12-30T22:40:00+08:00"), elapsed = 0, latest = 0;
        int restarts = 0;
        for (int scan = 1; utc < At("2026-01-01T01:10:00+08:00"); scan++)
        {
            long step = random.Next(2000) == 0 ? random.Next(60, 9000) * Second : 5 * Second;
            utc += step + (random.Next(1000) == 0 ? random.Next(-900, 900) * Second : 0);
            elapsed += step;
            tags.Set(0, 7 + (10 * random.NextDouble()), scan % 300 < 20 ? Quality.Bad : Quality.Good, utc);
            tags.Set(1, scan % 700 < 9 ? 0 : 1000 + scan, Quality.Good, utc);
            tags.Set(2, 90, Quality.Good, utc);
            if (utc - latest is > 0 and < Minute && utc / Minute != latest / Minute && random.Next(100) == 0)
            {
                // A kill in the scan that reached the boundary: most groups are not closed yet.
                ComplianceCheckpoint checkpoint = spread.CreateCheckpoint();
                spread.Save(checkpoint);
                spread = new ComplianceEngine(limits, China, windowsPerScan: windowsPerScan);
                Assert.Equal(limits.Length, spread.Restore(checkpoint));
                restarts++;
            }
            latest = Math.Max(latest, utc);
            Collect(atOnce, records[0], new ScanTime(scan, utc, elapsed));
            Collect(spread, records[1], new ScanTime(scan, utc, elapsed));
        }
        Assert.True(restarts > 5, $"only {restarts} restarts");
        Assert.Equal(Verdicts(records[0]), Verdicts(records[1]));

        void Collect(ComplianceEngine engine, List<ClosedWindow> into, ScanTime now)
        {
            engine.Execute(tags, now, events);
            while (engine.Closed.TryTake(out ClosedWindow record))
                if (record.IsClosed)
                    into.Add(record);
            while (events.TryTake(out _))
            {
            }
        }

        static List<string> Verdicts(List<ClosedWindow> records) =>
            // The last minute may still be spread.
            [.. records.Where(record => record.Window.To <= At("2026-01-01T01:08:00+08:00")).OrderBy(record => record.LimitIndex).ThenBy(record => record.Window.To).Select(record => FormattableString.Invariant(
                $"{record.LimitIndex} {record.Window.From} {record.Window.To} {record.Window.Value:R} {record.Window.Limit} {record.Window.Valid}/{record.Window.Due} {record.Window.Minimum} {record.Window.Maximum} {record.Window.State} {record.Window.Reason}"))];
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
