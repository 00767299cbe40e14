using Gateway.Simulation.Instruments;

namespace Gateway.Simulation.Tests.Instruments;

public sealed class InstrumentTests
{
    [Theory]
    [InlineData(SensorClass.A, 60)]
    [InlineData(SensorClass.A, 10)]
    [InlineData(SensorClass.B0, 600)]
    [InlineData(SensorClass.C0, 1200)]
    public void A_step_reaches_ninety_percent_at_T90(SensorClass sensor, double response)
    {
        const double Step = 0.1;
        var instrument = Quiet(sensor, response, 0);
        for (var time = 0.0; time < response - (Step / 2); time += Step)
            instrument.Step(10, Step);
        Assert.InRange(instrument.Value, 8.9, 9.1);
    }

    [Fact]
    public void Two_lags_follow_the_analytic_response()
    {
        // y = 1 - (1 + t/tau) exp(-t/tau) with tau = T90/3.89.
        var instrument = Quiet(SensorClass.A, 60, 0);
        for (var second = 1; second <= 120; second++)
        {
            for (var part = 0; part < 10; part++)
                instrument.Step(10, 0.1);
            var x = second / (60 / 3.89);
            Assert.Equal(10 * (1 - ((1 + x) * Math.Exp(-x))), instrument.Value, 0.03);
        }
    }

    [Fact]
    public void Noise_has_the_wanted_spread_and_changes_slowly()
    {
        var instrument = new Instrument(SensorClass.A, 60, -100, 100, 2, new SeededRandom(3), 0);
        var minutes = new double[20_000];
        for (var index = 0; index < minutes.Length; index++)
        {
            for (var part = 0; part < 6; part++)
            {
                var before = instrument.Value;
                instrument.Step(0, 10);
                Assert.True(Math.Abs(instrument.Value - before) < 4, "linear between minutes, no jump");
            }

            minutes[index] = instrument.Value;
        }

        var mean = minutes.Average();
        Assert.InRange(mean, -0.1, 0.1);
        // At whole minutes the interpolation has weight on one value alone.
        Assert.InRange(Math.Sqrt(minutes.Average(v => (v - mean) * (v - mean))), 1.9, 2.1);
    }

    [Fact]
    public void A_batch_analyzer_shows_the_sample_of_one_interval_before()
    {
        var instrument = Quiet(SensorClass.D, 1800, 1);
        var shown = new List<(double Time, double Value)>();
        var results = 0L;
        for (var time = 1; time <= 4 * 1800; time++)
        {
            instrument.Step(time / 1800.0, 1);
            if (instrument.Results == results)
                continue;
            results = instrument.Results;
            shown.Add((time, instrument.Value));
        }

        Assert.Equal(4, shown.Count);
        Assert.All(shown.Zip(shown.Skip(1)), pair => Assert.Equal(1800, pair.Second.Time - pair.First.Time));
        Assert.All(shown.Skip(1), pair => Assert.Equal((pair.Time - 1800) / 1800, pair.Value, 9));
    }

    [Fact]
    public void A_photometric_analyzer_holds_its_result_for_five_minutes()
    {
        var instrument = Quiet(SensorClass.B1, 600, 0);
        var changes = new List<int>();
        var last = instrument.Value;
        for (var time = 1; time <= 3600; time++)
        {
            instrument.Step(time / 600.0, 1);
            if (instrument.Value == last)
                continue;
            last = instrument.Value;
            changes.Add(time);
        }

        Assert.Equal(12, changes.Count);
        Assert.All(changes.Zip(changes.Skip(1)), pair => Assert.Equal(300, pair.Second - pair.First));
    }

    [Fact]
    public void Offset_drift_and_limits_act_and_calibration_removes_what_has_grown()
    {
        var instrument = Quiet(SensorClass.Ideal, 0, 5);
        instrument.Offset = 1;
        instrument.DriftPerHour = 0.5;
        Run(instrument, 5, 3600);
        Assert.Equal(6.5, instrument.Value, 6);
        Run(instrument, 9.5, 1);
        Assert.Equal(10, instrument.Value);
        Assert.True(instrument.IsOverRange);
        Run(instrument, -5, 1);
        Assert.Equal(0, instrument.Value);
        Assert.True(instrument.IsUnderRange);

        instrument.Calibrate();
        instrument.DriftPerHour = 0;
        Run(instrument, 5, 1);
        Assert.Equal(5, instrument.Value);
        Assert.False(instrument.IsOverRange || instrument.IsUnderRange);
    }

    [Fact]
    public void Stuck_failed_and_cleaning_hold_the_value()
    {
        var instrument = Quiet(SensorClass.Ideal, 0, 5);
        instrument.IsStuck = true;
        Run(instrument, 7, 10);
        Assert.Equal(5, instrument.Value);
        instrument.IsStuck = false;
        instrument.IsFailed = true;
        Run(instrument, 7, 10);
        Assert.Equal(5, instrument.Value);
        instrument.IsFailed = false;
        instrument.Clean(TimeSpan.FromMinutes(3));
        Run(instrument, 7, 179);
        Assert.Equal(5, instrument.Value);
        Assert.True(instrument.IsCleaning);
        Run(instrument, 7, 2);
        Assert.Equal(7, instrument.Value);
        Assert.False(instrument.IsCleaning);
    }

    private static Instrument Quiet(SensorClass sensor, double response, double initial) =>
        new(sensor, response, 0, 10, 0, new SeededRandom(1), initial);

    private static void Run(Instrument instrument, double truth, int seconds)
    {
        for (var second = 0; second < seconds; second++)
            instrument.Step(truth, 1);
    }
}
