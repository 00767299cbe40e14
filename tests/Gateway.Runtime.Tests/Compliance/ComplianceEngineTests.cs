using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Tags;
using static Gateway.Runtime.Tests.Compliance.ComplianceRig;

namespace Gateway.Runtime.Tests.Compliance;

public sealed class ComplianceEngineTests
{
    [Fact]
    public void A_constant_day_closes_with_that_value_at_local_midnight()
    {
        var rig = new ComplianceRig(Limit(Statistic.Minute, index: 0), Limit(Statistic.Hour, index: 1), Limit(index: 2));
        rig.Set(30.3, 1234.5);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-02T00:00:00+08:00");
        Assert.Equal(1440, rig.Closed(0).Count());
        Assert.Equal(24, rig.Closed(1).Count());
        ClosedWindow day = Assert.Single(rig.Closed(2));
        Assert.Equal(At("2026-02-28T16:00:00Z"), day.Window.From);
        Assert.Equal(At("2026-03-01T16:00:00Z"), day.Window.To);
        Assert.Equal(day.Window.To, day.Utc);
        Assert.All(rig.Records.Where(r => r.IsClosed), r => Assert.Equal(30.3, r.Window.Value));
        Assert.Equal((24, 24, 1.0, ComplianceState.Complies), (day.Window.Valid, day.Window.Due, day.Window.Coverage, day.Window.State));
        ScanEvent close = Assert.Single(rig.Seen, e => e.Subject == 2 && e.Occurrence > 0);
        Assert.Equal((EventKind.Compliance, (int)ComplianceState.Complies, 30.3, 50.0), (close.Kind, close.To, close.Value, close.Limit));
    }

    [Theory]
    [InlineData(50.0, ComplianceState.Warning)]
    [InlineData(50.00000000000001, ComplianceState.Exceeds)]
    public void A_daily_mean_equal_to_the_limit_complies(double value, ComplianceState state)
    {
        var rig = new ComplianceRig(Limit());
        rig.Set(value, 1000);
        rig.Start("2026-03-01T00:00:00+08:00");
        for (int i = 0; rig.Utc < At("2026-03-02T00:00:00+08:00"); i++)
        {
            rig.Set(value, 1000 + (i % 977 * 0.37)); // flow moves, concentration does not
            rig.RunTo(rig.Utc + rig.Step);
        }
        Assert.Equal(value, rig.Last.Window.Value);
        Assert.Equal(state, rig.Last.Window.State);
    }

    [Fact]
    public void The_day_is_weighted_with_its_flow()
    {
        var rig = new ComplianceRig(Limit());
        rig.Set(20, 3000);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T06:00:00+08:00");
        rig.Set(40, 1000);
        // The value of the scan at 06:00 is held from there on; one more scan carries the new one.
        rig.Scan();
        rig.Run("2026-03-02T00:00:00+08:00");
        // (20·3000·6 + 40·1000·18) / (3000·6 + 1000·18) = 1,080,000 / 36,000
        Assert.Equal(30.0, rig.Last.Window.Value);
    }

    [Theory]
    [InlineData(6, 18, ComplianceState.Complies, ComplianceReason.None)]
    [InlineData(7, 17, ComplianceState.Undetermined, ComplianceReason.TooFewValues)]
    public void Eighteen_valid_hours_make_a_day_and_seventeen_do_not(int badHours, int valid, ComplianceState state, ComplianceReason reason)
    {
        var rig = new ComplianceRig(Limit());
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T03:00:00+08:00");
        rig.SetQuality(9999, 1000, 20, Quality.BadSensorFailure, Quality.Good);
        rig.Scan();
        rig.RunTo(At("2026-03-01T03:00:00+08:00") + (badHours * Hour));
        rig.Set(10, 1000);
        rig.Scan();
        rig.Run("2026-03-02T00:00:00+08:00");
        ComplianceWindow window = rig.Last.Window;
        Assert.Equal((valid, 24, state, reason), (window.Valid, window.Due, window.State, window.Reason));
        Assert.Equal(10, window.Value);
        Assert.Equal(valid / 24.0, window.Coverage);
    }

    [Theory]
    [InlineData(15, 45, ComplianceState.Complies)]
    [InlineData(16, 44, ComplianceState.Undetermined)]
    public void Forty_five_valid_minutes_make_an_hour(int badMinutes, int valid, ComplianceState state)
    {
        var rig = new ComplianceRig(Limit(Statistic.Hour));
        rig.Start("2026-03-01T08:00:00+08:00");
        rig.SetQuality(10, 1000, 20, Quality.Good, Quality.BadTimeout); // without flow the value has no weight
        rig.Scan();
        rig.RunTo(At("2026-03-01T08:00:00+08:00") + (badMinutes * Minute));
        rig.Set(10, 1000);
        rig.Scan();
        rig.Run("2026-03-01T09:00:00+08:00");
        Assert.Equal((valid, 60, state), (rig.Last.Window.Valid, rig.Last.Window.Due, rig.Last.Window.State));
    }

    [Fact]
    public void Uncertain_values_count_only_when_the_permit_says_so()
    {
        var rig = new ComplianceRig(Limit(Statistic.Minute), Limit(Statistic.Minute, index: 1) with { AcceptUncertain = true });
        rig.SetQuality(10, 1000, 20, Quality.Uncertain, Quality.Good);
        rig.Start("2026-03-01T08:00:00+08:00");
        rig.Run("2026-03-01T08:01:00+08:00");
        Assert.Equal(ComplianceState.Undetermined, Assert.Single(rig.Closed(0)).Window.State);
        Assert.Equal(ComplianceState.Complies, Assert.Single(rig.Closed(1)).Window.State);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public void An_impossible_number_with_good_quality_is_not_counted(double wild)
    {
        var rig = new ComplianceRig(Limit(Statistic.Hour));
        rig.Start("2026-03-01T08:00:00+08:00");
        rig.Run("2026-03-01T08:30:00+08:00");
        rig.Set(wild, 1000);
        rig.RunTo(rig.Utc + Minute);
        rig.Set(10, 1000);
        rig.Run("2026-03-01T09:00:00+08:00");
        Assert.Equal((10.0, ComplianceState.Complies), (rig.Last.Window.Value, rig.Last.Window.State));
        Assert.InRange(rig.Last.Window.Valid, 58, 59);
    }

    [Fact]
    public void Zero_flow_is_invalid_and_never_substituted()
    {
        var rig = new ComplianceRig(Limit(Statistic.Hour, index: 0), Limit(index: 1));
        rig.Set(10, 0);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-02T00:00:00+08:00");
        Assert.All(rig.Records, r => Assert.Equal(
            (ComplianceState.Undetermined, ComplianceReason.NoDischarge, double.NaN, 0),
            (r.Window.State, r.Window.Reason, r.Window.Value, r.Window.Valid)));
        Assert.Equal(25, rig.Records.Count);
    }

    [Theory]
    [InlineData(12.0, 8, ComplianceState.Complies)]
    [InlineData(12.01, 5, ComplianceState.Exceeds)]
    public void The_days_mean_temperature_chooses_the_ammonia_limit(double temperature, double limit, ComplianceState state)
    {
        var rig = new ComplianceRig(Limit(limit: 5) with { ColdLimit = 8, TemperatureTag = 2 });
        rig.Set(6, 1000, temperature);
        rig.Start("2026-03-01T00:00:00+08:00");
        for (int i = 0; rig.Utc < At("2026-03-02T00:00:00+08:00"); i++)
        {
            rig.Set(6, 1000 + (i % 977 * 0.37), temperature);
            rig.RunTo(rig.Utc + rig.Step);
        }
        Assert.Equal((limit, state), (rig.Last.Window.Limit, rig.Last.Window.State));
    }

    [Fact]
    public void The_temperature_is_weighted_with_the_flow()
    {
        var rig = new ComplianceRig(Limit(limit: 5) with { ColdLimit = 8, TemperatureTag = 2 });
        rig.Set(6, 3000, 11);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T12:00:00+08:00");
        rig.Set(6, 1000, 15);
        rig.Scan();
        rig.Run("2026-03-02T00:00:00+08:00");
        // (11·3 + 15·1) / 4 = 12.0: over time it would be 13.
        Assert.Equal((12.0, 8.0), (rig.Last.Window.Temperature, rig.Last.Window.Limit));
    }

    [Fact]
    public void A_day_that_began_before_the_gateway_is_undetermined_and_says_so()
    {
        var rig = new ComplianceRig(Limit());
        rig.Start("2026-03-01T01:00:00+08:00"); // 23 of 24 hours would be enough by count
        rig.Run("2026-03-03T00:00:00+08:00");
        ClosedWindow[] days = [.. rig.Closed(0)];
        Assert.Equal((ComplianceState.Undetermined, ComplianceReason.PartialFirstWindow, 23), (days[0].Window.State, days[0].Window.Reason, days[0].Window.Valid));
        Assert.Equal((ComplianceState.Complies, 24), (days[1].Window.State, days[1].Window.Valid));
    }

    [Fact]
    public void One_acid_value_exceeds_at_once_and_for_the_whole_day()
    {
        var rig = new ComplianceRig(Limit(Statistic.OneOff, 9) with { LimitLow = 6, FlowWeighted = false, HydrogenIonMean = true, Unit = "pH" });
        rig.Set(7, 1000);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T05:00:00+08:00");
        rig.Set(5.9, 1000);
        rig.RunTo(rig.Utc + rig.Step);
        ClosedWindow change = rig.Last;
        Assert.Equal((false, 5.9, 6.0, ComplianceState.Exceeds, ComplianceReason.BelowLimit, rig.Utc), (change.IsClosed, change.Window.Value, change.Window.Limit, change.Window.State, change.Window.Reason, change.Utc));
        rig.Set(7, 1000);
        rig.Run("2026-03-02T00:00:00+08:00");
        Assert.Equal((true, 5.9, ComplianceState.Exceeds, 5.9, 7.0), (rig.Last.IsClosed, rig.Last.Window.Value, rig.Last.Window.State, rig.Last.Window.Minimum, rig.Last.Window.Maximum));
        rig.Run("2026-03-02T00:02:00+08:00");
        Assert.Equal(ComplianceState.Complies, rig.Engine.Windows[0].State);
    }

    [Theory]
    [InlineData(0, true, 0)]     // no discharge: no value counts
    [InlineData(1000, false, 24)] // an unknown flow does not hurt what it does not weight
    public void A_reading_that_is_not_weighted_needs_discharge_but_no_known_flow(double flow, bool flowGood, int valid)
    {
        var rig = new ComplianceRig(Limit(limit: 9) with { LimitLow = 6, FlowWeighted = false, HydrogenIonMean = true });
        rig.SetQuality(7, flow, 20, Quality.Good, flowGood ? Quality.Good : Quality.BadTimeout);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-02T00:00:00+08:00");
        Assert.Equal(valid, rig.Last.Window.Valid);
    }

    [Fact]
    public void An_open_window_reports_a_change_once_and_undetermined_only_when_it_is_lost()
    {
        var rig = new ComplianceRig(Limit(Statistic.Hour));
        rig.Start("2026-03-01T08:00:00+08:00");
        Assert.Empty(rig.Records); // nothing known yet is no news
        rig.Run("2026-03-01T08:10:00+08:00");
        rig.SetQuality(10, 1000, 20, Quality.Bad, Quality.Good);
        rig.Scan();
        rig.Run("2026-03-01T08:25:00+08:00"); // 10 of 25 so far, yet 45 of 60 is still possible
        Assert.Equal(ComplianceState.Undetermined, rig.Engine.Windows[0].State);
        ClosedWindow first = Assert.Single(rig.Records);
        Assert.Equal((false, ComplianceState.Undetermined, ComplianceState.Complies), (first.IsClosed, first.FormerState, first.Window.State));
        rig.Run("2026-03-01T08:26:00+08:00");
        Assert.Equal((2, false, ComplianceState.Undetermined, ComplianceReason.TooFewValues), (rig.Records.Count, rig.Last.IsClosed, rig.Last.Window.State, rig.Last.Window.Reason));
        rig.Run("2026-03-01T08:59:50+08:00");
        Assert.Equal(2, rig.Records.Count);
        rig.Run("2026-03-01T09:00:00+08:00");
        Assert.Equal((3, true), (rig.Records.Count, rig.Last.IsClosed));
        Assert.Equal([0, 0, 1], rig.Seen.Select(e => e.Occurrence));
    }

    [Fact]
    public void A_mean_pH_goes_through_the_hydrogen_ion_concentration()
    {
        var rig = new ComplianceRig(Limit(limit: 9) with { LimitLow = 6, FlowWeighted = false, HydrogenIonMean = true, Unit = "pH" });
        rig.Set(7, 1000);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T12:00:00+08:00");
        rig.Set(8, 9000); // the flow must not matter
        rig.Scan();
        rig.Run("2026-03-02T00:00:00+08:00");
        Assert.Equal(7.259637310505756, rig.Last.Window.Value, 1e-12); // -log10((1e-7 + 1e-8) / 2)
    }

    [Fact]
    public void Limits_with_one_averaging_rule_share_their_sums_and_their_index_must_fit()
    {
        Assert.Throws<ArgumentException>(() => new ComplianceEngine([Limit(index: 1)], China));
        Assert.Throws<ArgumentException>(() => new ComplianceEngine([Limit() with { MinCoverage = 0 }], China));
        Assert.Throws<ArgumentException>(() => new ComplianceEngine([Limit(limit: 6) with { LimitLow = 9 }], China));
        var engine = new ComplianceEngine([Limit(), Limit(Statistic.Hour, index: 1), Limit(index: 2) with { Parameter = "TN" }], China);
        Assert.Equal(2, engine.CreateCheckpoint().Accumulators.Length);
    }

    [Fact]
    public void A_late_reader_loses_the_newest_verdicts_and_the_loss_is_counted()
    {
        var ring = new ClosedWindowRing(4);
        for (int i = 0; i < 7; i++)
            Assert.Equal(i < 4, ring.Add(new ClosedWindow { LimitIndex = i }));
        Assert.Equal(3, ring.Lost);
        for (int i = 0; i < 4; i++)
        {
            Assert.True(ring.TryTake(out ClosedWindow taken));
            Assert.Equal(i, taken.LimitIndex);
        }
        Assert.False(ring.TryTake(out _));
    }
}
