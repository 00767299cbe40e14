using System.Globalization;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using static Gateway.Runtime.Tests.Compliance.ComplianceRig;

namespace Gateway.Runtime.Tests.Compliance;

/// <summary>
/// Seeded random days with gaps, bad quality, zero flow, restarts and clock steps, compared with sums in decimal
/// arithmetic over the list of all scans: no accumulator, no order, no carry.
/// </summary>
public sealed class BruteForceTests
{
    private const long MaxHold = 10 * Second;

    private readonly record struct Sample(long Utc, long Elapsed, decimal Value, decimal Flow, bool ValueGood, bool FlowGood);

    private readonly record struct Part(decimal Load, decimal Weight, long Ticks)
    {
        public static Part operator +(Part a, Part b) => new(a.Load + b.Load, a.Weight + b.Weight, a.Ticks + b.Ticks);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Minutes_hours_and_days_equal_the_sums_over_all_scans(int seed)
    {
        List<Sample> scans = RandomDays(seed);
        List<ClosedWindow> records = Run(scans, seed);
        Dictionary<long, Part> minutes = Minutes(scans);
        Dictionary<long, (Part Sum, int Valid)> hours = Group(minutes.Select(m => (m.Key, m.Value, m.Value.Ticks >= 45 * Second)), Hour);
        Dictionary<long, (Part Sum, int Valid)> days = Group(hours.Select(h => (h.Key, h.Value.Sum, h.Value.Valid >= 45)), Day);

        foreach (ClosedWindow record in records.Where(r => r.IsClosed))
        {
            ComplianceWindow window = record.Window;
            switch (record.LimitIndex)
            {
                case 0:
                    Part minute = minutes.GetValueOrDefault(window.From);
                    AssertWindow(window, minute, (int)(minute.Ticks / Second), 60, minute.Ticks >= 45 * Second, scans[0].Utc);
                    break;
                case 1:
                    (Part hour, int valid) = hours.GetValueOrDefault(window.From);
                    AssertWindow(window, hour, valid, 60, valid >= 45, scans[0].Utc);
                    break;
                default:
                    (Part day, int validHours) = days.GetValueOrDefault(window.From);
                    AssertWindow(window, day, validHours, 24, validHours >= 18, scans[0].Utc);
                    break;
            }
        }
        AssertEachOnce(records, 0, minutes.Keys, scans[^1].Utc, Minute);
        AssertEachOnce(records, 1, hours.Keys, scans[^1].Utc, Hour);
        AssertEachOnce(records, 2, days.Keys, scans[^1].Utc, Day);
        Assert.Contains(records, r => r.LimitIndex == 2 && r.Window.State != ComplianceState.Undetermined);
        Assert.Contains(records, r => r.LimitIndex == 1 && r.Window.State == ComplianceState.Undetermined);
    }

    private static void AssertWindow(in ComplianceWindow window, Part expected, int valid, int due, bool covered, long firstScan)
    {
        string where = new DateTime(window.From).ToString("O", CultureInfo.InvariantCulture);
        Assert.True(valid == window.Valid && due == window.Due, where + ": valid " + window.Valid + " of " + window.Due + ", expected " + valid);
        if (expected.Weight == 0)
        {
            Assert.True(double.IsNaN(window.Value), where);
            Assert.Equal(ComplianceState.Undetermined, window.State);
            return;
        }
        double mean = (double)(expected.Load / expected.Weight);
        Assert.True(Math.Abs(window.Value - mean) <= 1e-12 * mean, where + ": " + window.Value.ToString("R", CultureInfo.InvariantCulture) + ", expected " + mean.ToString("R", CultureInfo.InvariantCulture));
        bool partial = firstScan > window.From + MaxHold;
        Assert.Equal(!covered || partial, window.State == ComplianceState.Undetermined);
        if (covered && !partial)
            Assert.Equal(mean > 50, window.State == ComplianceState.Exceeds);
    }

    private static void AssertEachOnce(List<ClosedWindow> records, int limit, IEnumerable<long> starts, long end, long length)
    {
        long[] closed = [.. records.Where(r => r.IsClosed && r.LimitIndex == limit).Select(r => r.Window.From)];
        Assert.Equal(closed.Length, closed.Distinct().Count());
        long mark = records.Count == 0 ? 0 : end;
        foreach (long start in starts)
            Assert.True(start + length > mark || closed.Contains(start), "window not closed: " + new DateTime(start).ToString("O", CultureInfo.InvariantCulture));
    }

    /// <summary>The specification, literally: a scan's values stand until the next scan, at most ten seconds, and never for time that was counted before.</summary>
    private static Dictionary<long, Part> Minutes(List<Sample> scans)
    {
        Dictionary<long, Part> minutes = [];
        long mark = scans[0].Utc;
        for (int i = 1; i < scans.Count; i++)
        {
            Sample held = scans[i - 1];
            Sample now = scans[i];
            if (now.Utc < mark)
                continue;
            long hold = MaxHold;
            long elapsed = now.Elapsed - held.Elapsed;
            if (elapsed >= 0 && now.Utc - held.Utc > elapsed + Second)
                hold = Math.Min(hold, elapsed);
            long to = Math.Min(now.Utc, held.Utc + hold);
            for (long at = Math.Max(held.Utc, mark); at < to;)
            {
                long start = at - (at % Minute);
                long stop = Math.Min(to, start + Minute);
                minutes[start] = minutes.GetValueOrDefault(start) + PartOf(held, stop - at);
                at = stop;
            }
            mark = now.Utc;
        }
        return minutes;
    }

    private static Part PartOf(Sample held, long ticks) =>
        held.ValueGood && held.FlowGood && held.Flow > 0 ? new Part(held.Value * held.Flow * ticks, held.Flow * ticks, ticks) : default;

    private static Dictionary<long, (Part Sum, int Valid)> Group(IEnumerable<(long Start, Part Sum, bool Valid)> parts, long length)
    {
        long offset = 8 * Hour; // China
        Dictionary<long, (Part, int)> groups = [];
        foreach ((long start, Part sum, bool valid) in parts)
        {
            long key = start - ((start + offset) % length);
            (Part all, int count) = groups.GetValueOrDefault(key);
            groups[key] = valid ? (all + sum, count + 1) : (all, count);
        }
        return groups;
    }

    private static List<ClosedWindow> Run(List<Sample> scans, int seed)
    {
        var random = new Random(seed * 31);
        PermitLimit[] limits = [Limit(Statistic.Minute, index: 0), Limit(Statistic.Hour, index: 1), Limit(index: 2)];
        var engine = new ComplianceEngine(limits, China);
        var tags = new TagTable(2);
        var events = new EventRing(1 << 14);
        List<ClosedWindow> records = [];
        long number = 0;
        foreach (Sample scan in scans)
        {
            if (random.Next(5000) == 0)
            {
                ComplianceCheckpoint saved = engine.CreateCheckpoint();
                engine.Save(saved);
                engine = new ComplianceEngine(limits, China);
                Assert.Equal(3, engine.Restore(saved));
            }
            tags.Set(0, (double)scan.Value, scan.ValueGood ? Quality.Good : Quality.BadSensorFailure, scan.Utc);
            tags.Set(1, (double)scan.Flow, scan.FlowGood ? Quality.Good : Quality.BadTimeout, scan.Utc);
            engine.Execute(tags, new ScanTime(++number, scan.Utc, scan.Elapsed), events);
            while (engine.Closed.TryTake(out ClosedWindow record))
                records.Add(record);
            while (events.TryTake(out _))
            {
            }
        }
        Assert.Equal(0, engine.SkippedDays);
        return records;
    }

    private static List<Sample> RandomDays(int seed)
    {
        var random = new Random(seed);
        List<Sample> scans = [];
        long utc = At("2026-02-26T20:00:00+08:00") + random.Next(1_000_000_000);
        long end = At("2026-03-01T03:00:00+08:00");
        long elapsed = random.Next(1000);
        int badValue = 0;
        int badFlow = 0;
        int zeroFlow = 0;
        while (utc < end)
        {
            badValue = Next(random, badValue, 3000, 400);
            badFlow = Next(random, badFlow, 5000, 200);
            zeroFlow = Next(random, zeroFlow, 6000, 300);
            scans.Add(new Sample(
                utc, elapsed, random.Next(300_000, 700_000) / 10_000m, zeroFlow > 0 ? 0 : random.Next(1, 50_000_000) / 10_000m, badValue == 0, badFlow == 0));
            long step = random.Next(1_000_000, 90_000_000);
            long clock = step;
            int luck = random.Next(20_000);
            if (luck < 5) // an outage: both clocks go on, nobody scans
                step = clock = random.Next(1, 90) * Minute + random.Next(10_000_000);
            else if (luck < 8) // the wall clock is set forwards
                clock += random.Next(1, 40) * Minute;
            else if (luck < 11) // and backwards
                clock -= random.Next(1, 20) * Minute;
            else if (luck < 14) // a restart: the monotonic clock begins again
                elapsed = -step;
            else if (luck < 60) // a correction of less than a second
                clock += random.Next(-9_000_000, 9_000_000);
            elapsed += step;
            utc += clock;
        }
        return scans;
    }

    private static int Next(Random random, int left, int rarity, int longest) =>
        left > 0 ? left - 1 : random.Next(rarity) == 0 ? random.Next(1, longest) : 0;
}
