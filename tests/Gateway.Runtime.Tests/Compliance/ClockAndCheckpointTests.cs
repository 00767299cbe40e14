using System.Globalization;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using static Gateway.Runtime.Tests.Compliance.ComplianceRig;

namespace Gateway.Runtime.Tests.Compliance;

public sealed class ClockAndCheckpointTests
{
    [Fact]
    public void A_clock_set_back_never_counts_the_same_time_twice()
    {
        var rig = new ComplianceRig(Limit(Statistic.Hour, index: 0), Limit(index: 1));
        rig.Set(10, 1000);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T12:30:00+08:00");
        rig.Utc -= 30 * Minute;
        rig.Set(99, 1000); // what is measured while the clock repeats itself leaves no trace
        rig.RunTo(rig.Utc + (20 * Minute));
        Assert.All(rig.Engine.Windows.ToArray(), w => Assert.Equal((ComplianceState.Undetermined, ComplianceReason.ClockBehind), (w.State, w.Reason)));
        Assert.Equal(2, rig.Records.Count(r => r.Window.Reason == ComplianceReason.ClockBehind));
        rig.Set(10, 1000);
        rig.Run("2026-03-02T00:00:00+08:00");
        Assert.Equal(24, rig.Closed(0).Count());
        Assert.All(rig.Closed(0), r => Assert.Equal((10.0, 60), (r.Window.Value, r.Window.Valid)));
        ClosedWindow day = Assert.Single(rig.Closed(1));
        Assert.Equal((10.0, 24, ComplianceState.Complies), (day.Window.Value, day.Window.Valid, day.Window.State));
        Assert.True(day.Window.Maximum < 99);
    }

    [Fact]
    public void A_clock_set_forwards_leaves_a_gap()
    {
        var rig = new ComplianceRig(Limit(Statistic.Hour));
        rig.Start("2026-03-01T10:00:00+08:00");
        rig.Run("2026-03-01T10:50:00+08:00");
        rig.Utc += 40 * Minute; // the monotonic clock stays
        rig.Run("2026-03-01T12:00:00+08:00");
        ClosedWindow[] hours = [.. rig.Closed(0)];
        Assert.Equal((50, ComplianceState.Complies), (hours[0].Window.Valid, hours[0].Window.State)); // 50 of 60 is enough
        Assert.Equal((30, ComplianceState.Undetermined), (hours[1].Window.Valid, hours[1].Window.State)); // the minute of 11:30 still has 50 s
    }

    [Fact]
    public void A_value_is_held_ten_seconds_at_most()
    {
        var rig = new ComplianceRig(Limit(Statistic.Minute)) { Step = 30 * Second };
        rig.Start("2026-03-01T10:00:00+08:00");
        rig.Run("2026-03-01T10:01:00+08:00");
        Assert.Equal((20, 60, ComplianceState.Undetermined), (rig.Last.Window.Valid, rig.Last.Window.Due, rig.Last.Window.State));
    }

    [Fact]
    public void A_week_of_silence_closes_every_day_in_bounded_steps_and_the_last_one_goes_on()
    {
        var rig = new ComplianceRig(Limit(Statistic.Hour, index: 0), Limit(index: 1));
        rig.Start("2026-02-20T00:00:00+08:00");
        rig.Run("2026-02-20T22:30:00+08:00");
        rig.Utc = At("2026-03-01T01:30:00+08:00");
        rig.Elapsed += rig.Utc - At("2026-02-20T22:30:00+08:00");
        rig.Scan();
        ClosedWindow[] days = [.. rig.Closed(1)];
        Assert.Equal(9, days.Length); // 20 to 28 February
        Assert.Equal((22, ComplianceState.Complies), (days[0].Window.Valid, days[0].Window.State));
        Assert.All(days[1..], d => Assert.Equal((0, 24, ComplianceState.Undetermined, ComplianceReason.NoData), (d.Window.Valid, d.Window.Due, d.Window.State, d.Window.Reason)));
        Assert.Equal(days.Select(d => d.Window.To).SkipLast(1), days.Select(d => d.Window.From).Skip(1));
        // Hours 0 to 21, then 22 and 23 of the first day, then hour 0 of the last.
        Assert.Equal(25, rig.Closed(0).Count());
        rig.Run("2026-03-03T00:00:00+08:00");
        Assert.Equal(ComplianceState.Complies, rig.Last.Window.State);
        Assert.Equal(0, rig.Engine.SkippedDays);
    }

    [Fact]
    public void A_clock_in_the_next_century_does_not_flood_the_recorder()
    {
        var rig = new ComplianceRig(Limit());
        rig.Start("2026-02-20T00:00:00+08:00");
        rig.Utc = At("2106-02-20T12:00:00+08:00");
        rig.Elapsed += 10 * Second;
        rig.Scan();
        Assert.InRange(rig.Closed(0).Count(), 60, 64);
        Assert.InRange(rig.Engine.SkippedDays, 29_100, 29_200);
        Assert.Equal(At("2106-02-20T00:00:00+08:00"), rig.Engine.Windows[0].From);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(137)]
    [InlineData(1999)]
    public void A_restore_in_the_middle_of_an_hour_changes_no_bit(int restartAt)
    {
        PermitLimit[] limits = MixedLimits(8);
        List<ClosedWindow> whole = RunRandom(limits, -1, out ComplianceWindow[] wholeWindows);
        List<ClosedWindow> restarted = RunRandom(limits, restartAt, out ComplianceWindow[] restartedWindows);
        Assert.True(whole.Count > 50);
        Assert.Equal(whole.Select(record => Bits(record)), restarted.Select(record => Bits(record)));
        Assert.Equal(wholeWindows.Select(window => Bits(window)), restartedWindows.Select(window => Bits(window)));
    }

    [Fact]
    public void A_clock_step_right_after_a_restore_is_still_seen()
    {
        var rig = new ComplianceRig(Limit(Statistic.Minute)) { Step = 2 * Second };
        rig.Start("2026-03-01T10:00:00+08:00");
        rig.Run("2026-03-01T10:00:20+08:00");
        ComplianceCheckpoint saved = rig.Engine.CreateCheckpoint();
        rig.Engine.Save(saved);
        rig.Engine = new ComplianceEngine([Limit(Statistic.Minute)], China);
        Assert.Equal(1, rig.Engine.Restore(saved));
        rig.Utc += 6 * Second; // the next scan comes two seconds later by the monotonic clock, eight by the other
        rig.Run("2026-03-01T10:01:00+08:00");
        Assert.Equal(54, rig.Last.Window.Valid);
    }

    [Fact]
    public void A_value_seen_only_in_the_instant_before_a_gap_stays_in_its_window()
    {
        var rig = new ComplianceRig(Limit(Statistic.OneOff, 50));
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T23:59:50+08:00");
        rig.Set(99, 1000);
        rig.RunTo(rig.Utc + rig.Step); // midnight exactly: the value belongs to 2 March
        rig.Utc += 36 * Hour;          // and no monotonic time passes
        rig.Set(10, 1000);
        rig.Scan();
        ClosedWindow[] days = [.. rig.Closed(0)];
        Assert.Equal([10.0, 99.0], days.Select(d => d.Window.Value));
        Assert.Equal([ComplianceState.Complies, ComplianceState.Exceeds], days.Select(d => d.Window.State));
        Assert.Equal(10, rig.Engine.Windows[0].Value);
    }

    [Fact]
    public void A_value_seen_in_the_first_instant_of_a_skipped_hour_does_not_move_to_the_next_day()
    {
        var rig = new ComplianceRig(Limit(Statistic.OneOff, 50));
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T22:59:50+08:00");
        rig.Set(99, 1000);
        rig.RunTo(rig.Utc + rig.Step); // 23:00 exactly
        rig.Utc += Hour + (30 * Minute);
        rig.Set(10, 1000);
        rig.Scan();
        Assert.Equal(99, Assert.Single(rig.Closed(0)).Window.Value);
        Assert.Equal(10, rig.Engine.Windows[0].Value);
    }

    [Fact]
    public void Sums_follow_their_parameter_when_tags_are_renumbered_and_a_new_limit_starts_partial()
    {
        var rig = new ComplianceRig(Limit());
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T06:00:00+08:00");
        ComplianceCheckpoint saved = rig.Engine.CreateCheckpoint();
        rig.Engine.Save(saved);
        rig.Engine = new ComplianceEngine([Limit(index: 0) with { Parameter = "TN" }, Limit(index: 1) with { ValueTag = 2, FlowTag = 1 }], China);
        Assert.Equal(1, rig.Engine.Restore(saved));
        rig.Tags.Set(2, 10, Quality.Good, 0); // the value has moved to tag 2
        rig.Scan();
        rig.Run("2026-03-02T00:00:00+08:00");
        Assert.Equal(ComplianceReason.PartialFirstWindow, Assert.Single(rig.Closed(0)).Window.Reason);
        Assert.Equal((24, 10.0, ComplianceState.Complies), (rig.Last.Window.Valid, rig.Last.Window.Value, rig.Last.Window.State));
    }

    [Fact]
    public void A_checkpoint_of_another_calendar_is_not_used()
    {
        var rig = new ComplianceRig(Limit());
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T06:00:00+08:00");
        ComplianceCheckpoint saved = rig.Engine.CreateCheckpoint();
        rig.Engine.Save(saved);
        Assert.Equal(0, new ComplianceEngine([Limit()], new SiteCalendar(TimeSpan.Zero)).Restore(saved));
        Assert.Equal(0, new ComplianceEngine([Limit() with { MinCoverage = 0.5 }], China).Restore(saved));
        Assert.Equal(1, new ComplianceEngine([Limit()], China).Restore(saved));
    }

    [Fact]
    public void A_thousand_scans_of_fifty_windows_allocate_nothing()
    {
        PermitLimit[] limits = MixedLimits(50);
        var engine = new ComplianceEngine(limits, China);
        ComplianceCheckpoint checkpoint = engine.CreateCheckpoint();
        var tags = new TagTable(3);
        var events = new EventRing(1 << 12);
        long utc = At("2026-03-01T23:40:00+08:00");
        long number = 0;
        int closed = 0;
        void Scans(int count)
        {
            for (int i = 0; i < count; i++)
            {
                utc += 2 * Second;
                tags.Set(0, 7 + (i % 5), i % 300 < 20 ? Quality.Bad : Quality.Good, utc);
                tags.Set(1, i % 700 < 9 ? 0 : 1000 + i, Quality.Good, utc);
                tags.Set(2, 12, Quality.Good, utc);
                engine.Execute(tags, new ScanTime(++number, utc, utc), events);
                if (i % 100 == 0)
                    engine.Save(checkpoint);
                while (events.TryTake(out _))
                {
                }
                while (engine.Closed.TryTake(out ClosedWindow record))
                    closed += record.IsClosed ? 1 : 0;
            }
        }
        Scans(43_200); // a whole day, so that every path ran once; then the same part of the day again
        closed = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Scans(1000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        Assert.True(closed > 100, "the scans must close minutes, an hour and a day"); // 23:43 to 00:16
    }

    private static PermitLimit[] MixedLimits(int count)
    {
        var limits = new PermitLimit[count];
        for (int i = 0; i < count; i++)
        {
            bool acid = i % 4 == 3;
            limits[i] = Limit((Statistic)(i / 4 % 4), acid ? 9 : 10, i) with
            {
                Parameter = "P" + (i / 3),
                RuleId = "rule/" + i,
                ColdLimit = i % 4 == 1 ? 12 : double.NaN,
                TemperatureTag = i % 4 == 1 ? 2 : -1,
                LimitLow = acid ? 6 : double.NaN,
                HydrogenIonMean = acid,
                FlowWeighted = !acid,
            };
        }
        return limits;
    }

    private static List<ClosedWindow> RunRandom(PermitLimit[] limits, int restartAt, out ComplianceWindow[] windows)
    {
        var random = new Random(11);
        var engine = new ComplianceEngine(limits, China);
        var tags = new TagTable(3);
        var events = new EventRing(1 << 14);
        List<ClosedWindow> records = [];
        long utc = At("2026-03-01T22:00:00+08:00");
        for (int i = 0; i < 4000; i++)
        {
            utc += random.Next(5_000_000, 60_000_000);
            tags.Set(0, 6 + (random.NextDouble() * 5), random.Next(50) == 0 ? Quality.Bad : Quality.Good, utc);
            tags.Set(1, random.NextDouble() * 3000, Quality.Good, utc);
            tags.Set(2, 8 + (random.NextDouble() * 8), Quality.Good, utc);
            engine.Execute(tags, new ScanTime(i + 1, utc, utc), events);
            if (i == restartAt)
            {
                ComplianceCheckpoint saved = engine.CreateCheckpoint();
                engine.Save(saved);
                Drain(engine, records);
                engine = new ComplianceEngine(limits, China);
                Assert.Equal(limits.Length, engine.Restore(saved));
            }
            Drain(engine, records);
        }
        windows = engine.Windows.ToArray();
        return records;
    }

    private static void Drain(ComplianceEngine engine, List<ClosedWindow> records)
    {
        while (engine.Closed.TryTake(out ClosedWindow record))
            records.Add(record);
    }

    // Field by field, doubles by their bits: the bytes between the fields of a struct mean nothing.
    private static string Bits(object item)
    {
        if (item is double number)
            return BitConverter.DoubleToInt64Bits(number).ToString("X16", CultureInfo.InvariantCulture);
        if (item.GetType().IsPrimitive || item is Enum)
            return Convert.ToString(item, CultureInfo.InvariantCulture)!;
        return "{" + string.Join(",", item.GetType().GetFields().Select(field => Bits(field.GetValue(item)!))) + "}";
    }
}
