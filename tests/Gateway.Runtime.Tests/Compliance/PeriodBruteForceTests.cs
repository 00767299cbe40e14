using System.Globalization;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Xunit.Abstractions;
using static Gateway.Runtime.Tests.Compliance.ComplianceRig;

namespace Gateway.Runtime.Tests.Compliance;

/// <summary>
/// Every statistic beyond the day over random years with gaps, bad quality, zero and reversed flow, both days of summer
/// time, a leap day, the change of the year, clock steps and restarts, against <see cref="PeriodReference"/>.
/// </summary>
public sealed class PeriodBruteForceTests(ITestOutputHelper output)
{
    private const long MaxHold = 40 * Minute;
    private const double KilogramsPerTick = 1e-3 / Hour; // mg/L times m3/h is g/h

    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly SiteCalendar Berlin = SiteCalendar.FromTimeZone(Zone, 2020, 2030);
    private static readonly SampleAllowance Table = new([(4, 1), (8, 2), (17, 3), (29, 4), (41, 5), (54, 6), (68, 7), (82, 8), (96, 9), (111, 10), (126, 11), (141, 12), (156, 13), (172, 14), (188, 15), (204, 16), (220, 17), (236, 18), (252, 19), (269, 20), (285, 21), (301, 22), (318, 23), (335, 24), (351, 25)]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void All_periods_equal_the_sums_over_all_scans(int seed)
    {
        output.WriteLine($"seed {seed}");
        List<YearSample> scans = RandomYear(seed);
        ClosedWindow[] closed = [.. Run(scans, Limits(), seed, restarts: true).Where(r => r.IsClosed)];
        var reference = new PeriodReference(scans, Zone, MaxHold);
        int compared = 0;
        foreach (ClosedWindow record in closed)
            compared += Compare(reference, Limits()[record.LimitIndex], record.Window) ? 1 : 0;
        output.WriteLine($"{closed.Length} closed windows, {compared} with a value");
        foreach (PermitLimit limit in Limits())
            Assert.True(closed.Any(r => r.LimitIndex == limit.Index && !double.IsNaN(r.Window.Value)), $"{limit.Statistic} never had a value");
        AssertEachMonthOnce(closed, reference);
        Assert.Contains(closed, r => r.Window.State == ComplianceState.Exceeds);
        Assert.Contains(closed, r => r.Window.State == ComplianceState.Undetermined);
    }

    [Fact]
    public void Strides_over_whole_minutes_change_nothing()
    {
        List<YearSample> scans = [.. RandomYear(9).Take(4000)];
        PermitLimit[] limits = Limits();
        ClosedWindow[] strides = [.. Run(scans, limits, 1, restarts: false)];
        ClosedWindow[] minutes = [.. Run(scans, [.. limits, Limit(Statistic.Minute, index: limits.Length)], 1, restarts: false).Where(r => r.LimitIndex < limits.Length)];
        Assert.Equal(minutes.Length, strides.Length);
        for (int i = 0; i < strides.Length; i++)
        {
            Assert.Equal((minutes[i].LimitIndex, minutes[i].Window.From, minutes[i].Window.Valid, minutes[i].Window.Due, minutes[i].Window.State), (strides[i].LimitIndex, strides[i].Window.From, strides[i].Window.Valid, strides[i].Window.Due, strides[i].Window.State));
            AssertNear(minutes[i].Window.Value, strides[i].Window.Value, 1e-15, i.ToString(CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Rolling_minutes_equal_the_sums_over_all_scans()
    {
        const int seed = 21;
        output.WriteLine($"seed {seed}");
        List<YearSample> scans = [.. RandomYear(seed).Take(1200)];
        var reference = new PeriodReference(scans, Zone, MaxHold);
        int compared = 0;
        foreach (ClosedWindow record in Run(scans, [Limit(Statistic.RollingHour)], seed, restarts: true))
        {
            ComplianceWindow window = record.Window;
            (double mean, int valid) = reference.Rolling(window.From, window.To, Minute);
            Assert.Equal((60, valid), (window.Due, window.Valid));
            AssertNear(mean, window.Value, 1e-12, "rolling hour");
            compared += double.IsNaN(mean) ? 0 : 1;
        }
        Assert.True(compared > 5000);
    }

    private static PermitLimit[] Limits()
    {
        Statistic[] plain = [Statistic.Rolling24Hour, Statistic.Rolling7Day, Statistic.Rolling30Day, Statistic.WeeklyMean, Statistic.MonthlyMean, Statistic.AnnualMean,
            Statistic.DailyMinimum, Statistic.DailyMaximum, Statistic.WeeklyGeometricMean, Statistic.MonthlyGeometricMean];
        List<PermitLimit> limits = [];
        foreach (Statistic statistic in plain)
            limits.Add(Limit(statistic, 50, limits.Count));
        foreach (Statistic statistic in (Statistic[])[Statistic.DailyLoad, Statistic.MonthlyLoad, Statistic.AnnualLoad])
            limits.Add(Limit(statistic, 4000, limits.Count) with { Unit = "kg/d", LoadFactor = KilogramsPerTick });
        limits.Add(Limit(Statistic.MonthlyLoad, 100_000, limits.Count) with { Unit = "kg", LoadFactor = KilogramsPerTick, LoadPerDay = false });
        foreach (Statistic statistic in (Statistic[])[Statistic.DailyRemoval, Statistic.MonthlyRemoval, Statistic.Rolling30DayRemoval])
            limits.Add(Limit(statistic, double.NaN, limits.Count) with { Unit = "%", LimitLow = 80, InfluentTag = 2 });
        foreach (int hours in (int[])[1, 4, 24])
            limits.Add(Limit(Statistic.MonthlyPercentile, 60, limits.Count) with { Percent = hours == 1 ? 50 : 95, ReadingHours = hours });
        limits.Add(Limit(Statistic.AnnualPercentile, 60, limits.Count) with { Percent = 90 });
        limits.Add(Limit(Statistic.AnnualSamples, double.NaN, limits.Count) with { Unit = "samples", SampleLimit = 52, Cap = 500, Allowance = Table, MinRemoval = 80, InfluentTag = 2 });
        limits.Add(Limit(Statistic.MonthlyExcursion, 446, limits.Count) with { Unit = "min", ValueTag = 3, FlowWeighted = false, HydrogenIonMean = true, BandLow = 6, BandHigh = 9, Cap = 60 });
        return [.. limits];
    }

    private static bool Compare(PeriodReference reference, PermitLimit limit, in ComplianceWindow window)
    {
        string where = $"{limit.Statistic} {limit.ReadingHours} from {reference.Local(window.From):yyyy-MM-dd HH:mm}";
        DateOnly from = DateOnly.FromDateTime(reference.Local(window.From)), to = DateOnly.FromDateTime(reference.Local(window.To));
        if (limit.Statistic == Statistic.Rolling24Hour)
        {
            (double mean, int valid) = reference.Rolling(window.From, window.To, Hour);
            Assert.True(valid == window.Valid && window.Due == 24, where);
            AssertNear(mean, window.Value, 1e-12, where);
            return valid > 0;
        }
        Assert.True(reference.Local(window.From).TimeOfDay == TimeSpan.Zero && reference.Local(window.To).TimeOfDay == TimeSpan.Zero, where);
        ReferenceDay[] days = [.. reference.Days.Where(d => d.Date >= from && d.Date < to)];
        AssertNear(Expected(reference, limit, days, from, to), window.Value, 1e-11, where);
        if (StatisticRules.PeriodOf(limit.Statistic) == CivilPeriod.Day)
        {
            Assert.True((days[0].HoursValid, days[0].HoursDue) == (window.Valid, window.Due), where);
            return window.Valid > 0;
        }
        if (limit.Statistic == Statistic.MonthlyExcursion)
        {
            (_, long longest, long valid) = reference.Excursions.GetValueOrDefault((from.Year, from.Month));
            Assert.Equal((int)(valid / Minute), window.Valid);
            AssertNear((double)longest / Minute, window.Worst, 1e-12, where);
            return true;
        }
        AssertNear(days.Select(d => d.Minimum).DefaultIfEmpty(double.PositiveInfinity).Min() is var low && double.IsInfinity(low) ? double.NaN : low, window.Minimum, 0, where);
        if (StatisticRules.IsPercentile(limit.Statistic))
            return !double.IsNaN(window.Value);
        int counted = StatisticRules.IsRemoval(limit.Statistic) ? days.Count(d => d.IsValid && d.Influent > 0) : days.Count(d => d.IsValid);
        int span = to.DayNumber - from.DayNumber;
        Assert.True((counted, span - days.Count(d => d.NoDischarge)) == (window.Valid, window.Due), where + $": {window.Valid} of {window.Due}");
        return window.Valid > 0;
    }

    private static double Expected(PeriodReference reference, PermitLimit limit, ReferenceDay[] days, DateOnly from, DateOnly to)
    {
        double[] means = [.. days.Where(d => d.IsValid).Select(d => d.Mean)];
        double[] loads = [.. days.Where(d => d.IsValid).Select(d => d.Mass * KilogramsPerTick)];
        ReferenceDay[] paired = [.. days.Where(d => d.IsValid && d.Influent > 0)];
        switch (limit.Statistic)
        {
            case Statistic.DailyMinimum: return double.IsInfinity(days[0].Minimum) ? double.NaN : days[0].Minimum;
            case Statistic.DailyMaximum: return double.IsInfinity(days[0].Maximum) ? double.NaN : days[0].Maximum;
            case Statistic.DailyLoad: return days[0].Mass * KilogramsPerTick;
            case Statistic.DailyRemoval: return 100 * (1 - (days[0].Mean / days[0].Influent));
            case Statistic.WeeklyGeometricMean or Statistic.MonthlyGeometricMean:
                return means.Length == 0 ? double.NaN : Math.Exp(means.Sum(Math.Log) / means.Length);
            case Statistic.MonthlyLoad or Statistic.AnnualLoad:
                double mean = loads.Length == 0 ? double.NaN : loads.Average();
                return limit.LoadPerDay ? mean : mean * (to.DayNumber - from.DayNumber - days.Count(d => d.NoDischarge));
            case Statistic.MonthlyRemoval or Statistic.Rolling30DayRemoval:
                return paired.Length == 0 ? double.NaN : 100 * (1 - (paired.Average(d => d.Mean) / paired.Average(d => d.Influent)));
            case Statistic.MonthlyPercentile or Statistic.AnnualPercentile:
                double[] readings = [.. reference.ReadingsOf(limit.ReadingHours).Where(r => r.Date >= from && r.Date < to).Select(r => r.Mean).Order()];
                return readings.Length == 0 ? double.NaN : readings.First(r => 100 * readings.Count(other => other <= r) >= limit.Percent * readings.Length);
            case Statistic.AnnualSamples:
                return means.Length == 0 ? double.NaN : days.Count(d => d.IsValid && d.Mean > 52 && !(100 * (1 - (d.Mean / d.Influent)) >= 80));
            case Statistic.MonthlyExcursion:
                return reference.Excursions.TryGetValue((from.Year, from.Month), out (long Outside, long Longest, long Valid) e) && e.Valid > 0 ? (double)e.Outside / Minute : double.NaN;
            default:
                return means.Length == 0 ? double.NaN : means.Average();
        }
    }

    private static void AssertEachMonthOnce(ClosedWindow[] closed, PeriodReference reference)
    {
        int limit = Array.Find(Limits(), l => l.Statistic == Statistic.MonthlyMean)!.Index;
        DateOnly[] months = [.. closed.Where(r => r.LimitIndex == limit).Select(r => DateOnly.FromDateTime(reference.Local(r.Window.From)))];
        DateOnly[] expected = [.. reference.Days.Select(d => new DateOnly(d.Date.Year, d.Date.Month, 1)).Distinct()];
        Assert.Equal(expected.SkipLast(1), months);
    }

    private static void AssertNear(double expected, double actual, double tolerance, string where)
    {
        bool near = double.IsNaN(expected) ? double.IsNaN(actual) : Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected));
        Assert.True(near, string.Create(CultureInfo.InvariantCulture, $"{where}: {actual:R}, expected {expected:R}"));
    }

    private static List<ClosedWindow> Run(List<YearSample> scans, PermitLimit[] limits, int seed, bool restarts)
    {
        var random = new Random(seed * 17);
        var engine = new ComplianceEngine(limits, Berlin, TimeSpan.FromTicks(MaxHold));
        var tags = new TagTable(4);
        var events = new EventRing(1 << 14);
        List<ClosedWindow> records = [];
        long number = 0;
        foreach (YearSample scan in scans)
        {
            if (restarts && random.Next(500) == 0)
            {
                ComplianceCheckpoint saved = engine.CreateCheckpoint();
                engine.Save(saved);
                engine = new ComplianceEngine(limits, Berlin, TimeSpan.FromTicks(MaxHold));
                Assert.Equal(limits.Length, engine.Restore(saved));
            }
            tags.Set(0, (double)scan.Value, scan.ValueGood ? Quality.Good : Quality.BadSensorFailure, scan.Utc);
            tags.Set(1, (double)scan.Flow, scan.FlowGood ? Quality.Good : Quality.BadTimeout, scan.Utc);
            tags.Set(2, (double)scan.Influent, scan.InfluentGood ? Quality.Good : Quality.Bad, scan.Utc);
            tags.Set(3, (double)scan.Acidity, Quality.Good, scan.Utc);
            engine.Execute(tags, new ScanTime(++number, scan.Utc, scan.Elapsed), events);
            while (engine.Closed.TryTake(out ClosedWindow record))
                records.Add(record);
            while (events.TryTake(out _))
            {
            }
        }
        Assert.Equal((0, 0), (engine.SkippedDays, engine.Closed.Lost));
        return records;
    }

    /// <summary>From November 2023 to April 2025: both changes of the clocks, 29 February, two New Years.</summary>
    private static List<YearSample> RandomYear(int seed)
    {
        var random = new Random(seed);
        List<YearSample> scans = [];
        long utc = At("2023-11-05T10:00:00Z") + random.Next(1_000_000_000), end = At("2025-04-03T12:00:00Z"), elapsed = random.Next(1000);
        int badValue = 0, badFlow = 0, badInfluent = 0, zeroFlow = 0, acid = 0;
        while (utc < end)
        {
            badValue = Next(random, badValue, 300, 120);
            badFlow = Next(random, badFlow, 500, 60);
            badInfluent = Next(random, badInfluent, 400, 100);
            zeroFlow = Next(random, zeroFlow, 700, 200);
            acid = Next(random, acid, 200, 4);
            decimal flow = zeroFlow == 0 ? random.Next(1, 50_000_000) / 10_000m : zeroFlow % 3 == 0 ? -random.Next(1, 900) : 0;
            scans.Add(new YearSample(utc, elapsed, random.Next(300_000, 700_000) / 10_000m, flow, random.Next(1_500_000, 4_000_000) / 10_000m,
                acid > 0 ? 5.5m : 7.2m, badValue == 0, badFlow == 0, badInfluent == 0));
            long step = random.Next(4, 40) * Minute + (random.Next(3) == 0 ? random.Next(600_000_000) : 0), clock = step;
            int luck = random.Next(3000);
            if (luck < 3) // an outage
                step = clock = random.Next(1, 120) * Hour + random.Next(10_000_000);
            else if (luck < 5) // the wall clock is set forwards
                clock += random.Next(1, 240) * Minute;
            else if (luck < 7) // and backwards
                clock -= random.Next(10, 120) * Minute;
            else if (luck < 10) // a restart: the monotonic clock begins again
                elapsed = -step;
            elapsed += step;
            utc += clock;
        }
        return scans;
    }

    private static int Next(Random random, int left, int rarity, int longest) =>
        left > 0 ? left - 1 : random.Next(rarity) == 0 ? random.Next(1, longest) : 0;
}
