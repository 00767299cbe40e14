using Gateway.Runtime.Alarms;
using Gateway.Runtime.Events;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Alarms;

public sealed class AlarmConditionTests
{
    private static readonly AlarmDefinition High = AlarmRig.Plain with { Deadband = 2 };

    [Theory]
    [InlineData(AlarmType.High, 9.999999, 10, 8, 7.999999)]
    [InlineData(AlarmType.HighHigh, 9.999999, 10, 8, 7.999999)]
    [InlineData(AlarmType.Low, 10.000001, 10, 12, 12.000001)]
    [InlineData(AlarmType.LowLow, 10.000001, 10, 12, 12.000001)]
    public void Limits_come_at_the_limit_and_go_beyond_the_deadband(AlarmType type, double justNot, double at, double edge, double beyond)
    {
        var rig = new AlarmRig(High with { Type = type });
        rig.Scan(justNot);
        Assert.False(rig.Live.ConditionActive);
        rig.Scan(at);
        Assert.True(rig.Live.ConditionActive);
        rig.Scan(edge);
        Assert.True(rig.Live.ConditionActive);
        rig.Scan(beyond);
        Assert.False(rig.Live.ConditionActive);
        rig.Scan(edge);
        Assert.False(rig.Live.ConditionActive);
    }

    [Fact]
    public void The_on_delay_ends_at_its_last_tick_and_not_before()
    {
        var rig = new AlarmRig(High with { OnDelayMs = 5000 });
        rig.Scan(10);
        Assert.Empty(rig.ScanAfter(4.9999999));
        Assert.Single(rig.ScanAfter(0.0000001));
    }

    [Fact]
    public void The_off_delay_ends_at_its_last_tick_and_not_before()
    {
        var rig = new AlarmRig(High with { OffDelayMs = 5000 });
        rig.Scan(10);
        Assert.Empty(rig.Scan(7));
        Assert.Empty(rig.ScanAfter(4.9999999));
        Assert.Single(rig.ScanAfter(0.0000001));
    }

    [Fact]
    public void A_dip_below_the_limit_starts_the_on_delay_anew_even_inside_the_deadband()
    {
        var rig = new AlarmRig(High with { OnDelayMs = 5000 });
        rig.Scan(10);
        rig.Wait(4);
        Assert.Empty(rig.Scan(9.5));
        rig.Wait(1);
        Assert.Empty(rig.Scan(10));
        Assert.Empty(rig.ScanAfter(4));
        Assert.Single(rig.ScanAfter(1));
    }

    [Fact]
    public void A_return_into_the_deadband_starts_the_off_delay_anew()
    {
        var rig = new AlarmRig(High with { OffDelayMs = 5000 });
        rig.Scan(10);
        rig.Scan(7);
        rig.Wait(4);
        Assert.Empty(rig.Scan(8));
        rig.Wait(1);
        Assert.Empty(rig.Scan(7));
        Assert.Empty(rig.ScanAfter(4));
        Assert.Single(rig.ScanAfter(1));
    }

    [Theory]
    [InlineData(12, true)]
    [InlineData(double.NaN, false)]
    public void A_gap_freezes_a_running_on_delay(double value, bool bad)
    {
        var rig = new AlarmRig(High with { OnDelayMs = 5000 });
        rig.Scan(12);
        rig.Wait(3);
        rig.Scan(12); // 3 s seen
        rig.Wait(1);
        Assert.Empty(rig.Scan(value, bad ? Quality.BadTimeout : Quality.Good));
        rig.Wait(100);
        Assert.Empty(rig.Scan(value, bad ? Quality.BadTimeout : Quality.Good));
        rig.Wait(1);
        Assert.Empty(rig.Scan(12)); // still 3 s: the value was not seen between its neighbors
        Assert.Empty(rig.ScanAfter(1.999));
        Assert.Single(rig.ScanAfter(0.001));
    }

    [Fact]
    public void A_gap_freezes_a_running_off_delay()
    {
        var rig = new AlarmRig(High with { OffDelayMs = 5000 });
        rig.Scan(12);
        rig.Scan(5);
        rig.Wait(1);
        rig.Scan(5, Quality.BadNoCommunication);
        rig.Wait(60);
        Assert.Empty(rig.Scan(5));
        Assert.Empty(rig.ScanAfter(4.999));
        Assert.Single(rig.ScanAfter(0.001));
    }

    [Fact]
    public void Not_a_number_neither_raises_nor_clears()
    {
        var rig = new AlarmRig(High);
        Assert.Empty(rig.Scan(double.NaN));
        Assert.Single(rig.Scan(12));
        Assert.Empty(rig.Scan(double.NaN));
        Assert.Empty(rig.ScanAfter(1000));
        Assert.Equal("B", rig.Letter);
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(0, 0, 1)]
    [InlineData(3, 3, 2)]
    public void A_state_is_an_alarm_at_its_value_only(double alarmValue, double on, double off)
    {
        var rig = new AlarmRig(AlarmRig.Plain with { Type = AlarmType.State, StateValue = alarmValue, Limit = double.NaN, OnDelayMs = 1000 });
        Assert.Empty(rig.Scan(off));
        Assert.Empty(rig.Scan(on));
        Assert.True(double.IsNaN(Assert.Single(rig.ScanAfter(1)).Limit));
        Assert.Empty(rig.Scan(off, Quality.Bad));
        Assert.Single(rig.Scan(off));
    }

    [Fact]
    public void A_deviation_is_measured_to_both_sides_of_the_set_point_and_needs_it()
    {
        var rig = new AlarmRig(AlarmRig.Plain with { Type = AlarmType.Deviation, Limit = 2, Deadband = 0.5, SetpointTag = 3 });
        rig.Tags.Set(3, 100, Quality.Good, 0);
        Assert.Empty(rig.Scan(101.9));
        ScanEvent item = Assert.Single(rig.Scan(98));
        Assert.Equal((2.0, 2.0), (item.Value, item.Limit));
        Assert.Empty(rig.Scan(98.5));
        rig.Tags.SetQuality(3, Quality.BadOutOfService);
        Assert.Empty(rig.Scan(100));
        rig.Tags.Set(3, double.NaN, Quality.Good, 0);
        Assert.Empty(rig.Scan(100));
        rig.Tags.Set(3, 100, Quality.Good, 0);
        Assert.Single(rig.Scan(98.75));
        rig.Tags.Set(3, 96.75, Quality.Good, 0);
        Assert.Single(rig.Scan(98.75));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(-0.5)]
    public void A_rate_is_measured_over_its_window_and_comes_at_the_limit(double perSecond)
    {
        var rig = new AlarmRig(AlarmRig.Plain with { Type = AlarmType.RateOfChange, Limit = 0.5, Deadband = 0.125, RateWindowMs = 8000 });
        double value = 50;
        rig.Scan(value);
        for (int second = 1; second <= 7; second++)
            Assert.Empty(Step(perSecond));
        ScanEvent item = Assert.Single(Step(perSecond));
        Assert.Equal((0.5, AlarmRig.Plain.Index), (item.Value, item.Subject));
        // The slope falls by 1/8 of the ramp's per second at rest: 0.4375, 0.375 (the edge), 0.3125.
        Assert.Empty(Step(0));
        Assert.Empty(Step(0));
        Assert.Equal(0.3125, Assert.Single(Step(0)).Value);

        List<ScanEvent> Step(double change)
        {
            value += change;
            rig.Wait(1);
            return rig.Scan(value);
        }
    }

    [Fact]
    public void A_rate_just_below_its_limit_is_no_alarm()
    {
        var rig = new AlarmRig(AlarmRig.Plain with { Type = AlarmType.RateOfChange, Limit = 0.5, RateWindowMs = 8000 });
        for (int second = 0; second < 60; second++)
        {
            rig.Wait(1);
            Assert.Empty(rig.Scan(second * 0.4999));
        }
    }

    [Fact]
    public void A_gap_empties_the_window_of_a_rate()
    {
        var rig = new AlarmRig(AlarmRig.Plain with { Type = AlarmType.RateOfChange, Limit = 1, RateWindowMs = 4000 });
        rig.Scan(0);
        for (int second = 0; second < 8; second++)
            rig.ScanAfter(1);
        rig.Wait(1);
        rig.Scan(0, Quality.BadTimeout);
        rig.Wait(1);
        // The jump happened unseen: its slope is not known.
        Assert.Empty(rig.Scan(1000));
        for (int second = 0; second < 20; second++)
            Assert.Empty(rig.ScanAfter(1));
    }

    [Fact]
    public void Fast_scans_and_long_windows_stay_within_one_part_of_the_true_slope()
    {
        var window = new RateWindow(60_000);
        double slope = double.NaN;
        long elapsed = 0;
        for (int i = 0; i < 20_000; i++, elapsed += 123_457)
        {
            // A parabola: the mean slope over the last w seconds at time t is 2t - w.
            double t = elapsed / 1e7;
            slope = window.Add(t * t, elapsed);
            if (!double.IsNaN(slope))
                Assert.InRange((2 * t) - slope, 60 - 1e-6, 60 * 33 / 32.0 + 0.1);
        }
        Assert.False(double.IsNaN(slope));
    }

    [Fact]
    public void A_bad_measurement_alarms_after_its_own_delay_and_uncertain_is_not_bad()
    {
        var rig = new AlarmRig(AlarmRig.Plain with { Type = AlarmType.BadMeasurement, Limit = double.NaN, OnDelayMs = 2000 });
        Assert.Empty(rig.Scan(5, Quality.BadSensorFailure));
        Assert.Empty(rig.ScanAfter(1.999));
        Assert.Equal(Quality.BadSensorFailure, Assert.Single(rig.ScanAfter(0.001)).Quality);
        Assert.Single(rig.Scan(5, Quality.UncertainLastUsableValue));
        Assert.Empty(rig.Scan(double.NaN));
        Assert.Single(rig.ScanAfter(2));
    }

    [Fact]
    public void A_tag_that_never_had_a_value_raises_only_the_bad_measurement()
    {
        var bad = AlarmRig.Plain with { Id = "XA-1", Index = 1, Type = AlarmType.BadMeasurement };
        var engine = new AlarmEngine([AlarmRig.Plain with { Type = AlarmType.Low }, bad]);
        engine.Execute(new TagTable(1), new(1, 0, 0), new EventRing(16));
        Assert.Equal((AlarmState.Normal, AlarmState.Unacknowledged), (engine[0].State, engine[1].State));
    }

    [Fact]
    public void A_disabled_condition_is_absent_even_when_the_measurement_is_bad()
    {
        var rig = new AlarmRig(High with { EnableTag = 2, OffDelayMs = 3000 });
        rig.Tags.Set(2, 0, Quality.Good, 0);
        Assert.Empty(rig.Scan(12));
        rig.Tags.Set(2, 1, Quality.Good, 0);
        Assert.Single(rig.Scan(12));
        rig.Tags.Set(2, 0, Quality.Uncertain, 0);
        Assert.Empty(rig.Scan(12, Quality.Bad));
        Assert.Single(rig.ScanAfter(3));
        rig.Tags.SetQuality(2, Quality.BadTimeout);
        Assert.Single(rig.Scan(12));
    }

    [Fact]
    public void An_alarm_present_at_the_first_scan_is_annunciated()
    {
        var rig = new AlarmRig();
        Assert.Single(rig.Scan(12));
        Assert.Equal(("B", 1L), (rig.Letter, rig.Live.Annunciations));
    }
}
