using Gateway.Simulation.Process;

namespace Gateway.Simulation.Tests.Process;

public sealed class EffluentProcessTests
{
    // A Monday in May.
    private static readonly DateTimeOffset Monday = new(2026, 5, 4, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_day_profile_has_mean_one_and_two_peaks()
    {
        var hours = Enumerable.Range(0, 240).Select(index => InfluentGenerator.DayProfile(index / 10.0)).ToArray();
        Assert.Equal(1, hours.Average(), 9);
        var peaks = Enumerable.Range(0, hours.Length)
            .Where(i => hours[i] > hours[(i + 239) % 240] && hours[i] > hours[(i + 1) % 240])
            .Select(i => i / 10.0)
            .ToArray();
        Assert.Equal(2, peaks.Length);
        Assert.InRange(peaks[0], 8, 11);
        Assert.InRange(peaks[1], 19, 22);
        Assert.InRange(hours.Min(), 0.5, 0.6);
    }

    [Fact]
    public void Flow_follows_the_day_and_is_less_on_a_weekend()
    {
        var week = Flows(Weather.Dry, days: 7);
        var monday = week.Take(24).ToArray();
        Assert.InRange(monday.Min() / monday.Average(), 0.45, 0.65);
        Assert.InRange(monday.Max() / monday.Average(), 1.15, 1.5);
        Assert.InRange(week.Take(120).Average(), 16_667 * 0.97, 16_667 * 1.03);
        Assert.InRange(week.Skip(120).Average() / week.Take(120).Average(), 0.88, 0.96);
    }

    [Fact]
    public void Rain_raises_the_flow_and_a_storm_raises_it_more_and_flushes_solids()
    {
        Assert.True(Flows(Weather.Rain, 1).Average() > 1.6 * Flows(Weather.Dry, 1).Average());
        Assert.True(Flows(Weather.Storm, 1).Average() > 1.25 * Flows(Weather.Rain, 1).Average());

        var dry = Settled();
        var storm = Settled();
        storm.Influent.Weather = Weather.Storm;
        double most = 0;
        for (var minute = 0; minute < 120; minute++)
        {
            Run(dry, Monday.AddMinutes(minute), 60);
            Run(storm, Monday.AddMinutes(minute), 60);
            most = Math.Max(most, storm.Influent.Solids / dry.Influent.Solids);
        }

        Assert.True(most > 1.2, $"first flush {most}");
        Assert.True(storm.Influent.Ammonium < 0.5 * dry.Influent.Ammonium);
        Run(storm, Monday.AddHours(2), 24 * 3600);
        Run(dry, Monday.AddHours(2), 24 * 3600);
        Assert.True(storm.Influent.Solids < dry.Influent.Solids, "later the rain only dilutes");
        Assert.True(storm.Solids > 1.3 * dry.Solids, "the settler carries over");
    }

    [Theory]
    [InlineData(Weather.Dry)]
    [InlineData(Weather.Storm)]
    public void Every_cubic_meter_is_accounted_for(Weather weather)
    {
        var process = Settled();
        process.Influent.Weather = weather;
        var before = Balance(process);
        Run(process, Monday, 2 * 86_400);
        Assert.True(process.InflowTotal > 500_000);
        Assert.Equal(before, Balance(process), process.InflowTotal * 1e-9);

        static double Balance(EffluentProcess p) =>
            p.InflowTotal - p.EffluentTotal - p.WasteTotal - p.OverflowTotal - p.StoredVolume;
    }

    [Fact]
    public void A_sump_without_pumps_overflows_and_recovers()
    {
        var process = Settled();
        Run(process, Monday, 3600);
        Assert.Equal(0, process.OverflowTotal);
        process.InletPumpsFailed = true;
        var inBefore = process.InflowTotal;
        var volume = process.SumpVolume;
        Run(process, Monday.AddHours(8), 2 * 3600);
        Assert.Equal(0, process.Pumped);
        Assert.Equal(EffluentProcess.SumpOverflowM, process.SumpLevel, 1e-9);
        Assert.Equal(
            process.InflowTotal - inBefore - (process.SumpVolume - volume), process.OverflowTotal, 1e-3);
        Assert.True(process.OverflowTotal > 10_000);

        process.InletPumpsFailed = false;
        Run(process, Monday.AddHours(10), 6 * 3600);
        Assert.InRange(process.SumpLevel, 2, 5);
    }

    [Fact]
    public void More_coagulant_lowers_phosphorus()
    {
        var (low, normal, high) = (Settled(), Settled(), Settled());
        low.Coagulant.Setpoint = 0;
        high.Coagulant.Setpoint = 900;
        Run(low, Monday, 6 * 3600);
        Run(normal, Monday, 6 * 3600);
        Run(high, Monday, 6 * 3600);
        Assert.True(low.TotalPhosphorus > 1.2, $"{low.TotalPhosphorus}");
        Assert.True(normal.TotalPhosphorus < 0.6 * low.TotalPhosphorus);
        Assert.True(high.TotalPhosphorus < normal.TotalPhosphorus);
        Assert.True(high.Ph < low.Ph, "iron takes alkalinity");
    }

    [Fact]
    public void More_carbon_or_more_recycle_lowers_nitrate()
    {
        var (normal, carbon, recycle) = (Settled(), Settled(), Settled());
        carbon.Carbon.Setpoint = 1500;
        foreach (var lane in recycle.Lanes)
            lane.InternalSetpoint = 100;
        foreach (var lane in normal.Lanes)
            lane.InternalSetpoint = 20;
        Run(normal, Monday, 86_400);
        Run(carbon, Monday, 86_400);
        Run(recycle, Monday, 86_400);
        Assert.True(carbon.Lanes[0].NitrateAnoxic < recycle.Lanes[0].NitrateAnoxic);
        Assert.True(recycle.TotalNitrogen < normal.TotalNitrogen);
        Assert.True(recycle.Power > normal.Power);
    }

    [Fact]
    public void Less_air_lowers_oxygen_raises_ammonium_and_saves_power()
    {
        var (normal, starved) = (Settled(), Settled());
        foreach (var blower in starved.Air.Blowers)
            blower.Setpoint = 15;
        Run(normal, Monday, 86_400);
        Run(starved, Monday, 86_400);
        Assert.True(starved.Lanes[0].Oxygen(0) < 0.5 * normal.Lanes[0].Oxygen(0));
        Assert.True(starved.Ammonium > 2 * normal.Ammonium);
        Assert.True(starved.Energy < 0.7 * normal.Energy);
        Assert.True(starved.Air.Pressure < normal.Air.Pressure);
    }

    [Fact]
    public void More_waste_sludge_lowers_the_solids_of_the_lanes()
    {
        var (normal, wasting) = (Settled(), Settled());
        wasting.WasteSetpoint *= 3;
        Run(normal, Monday, 2 * 86_400);
        Run(wasting, Monday, 2 * 86_400);
        Assert.True(wasting.Lanes[0].Mlss < 0.9 * normal.Lanes[0].Mlss);
    }

    [Fact]
    public void Winter_water_is_cold_and_nitrifies_less()
    {
        var (summer, winter) = (Settled(), Settled());
        Run(summer, new DateTimeOffset(2026, 7, 27, 0, 0, 0, TimeSpan.Zero), 2 * 86_400);
        Run(winter, new DateTimeOffset(2026, 1, 26, 0, 0, 0, TimeSpan.Zero), 2 * 86_400);
        Assert.InRange(summer.Temperature, 22, 26);
        Assert.InRange(winter.Temperature, 10, 14);
        Assert.True(winter.Ammonium > 1.5 * summer.Ammonium);
    }

    [Fact]
    public void A_tripped_blower_stands_until_reset_and_unlocked()
    {
        var process = Settled();
        var blower = process.Air.Blowers[0];
        Run(process, Monday, 60);
        Assert.True(blower.IsRunning);
        blower.Trip();
        Run(process, Monday, 60);
        Assert.False(blower.IsRunning || blower.IsReady);
        Assert.True(blower.Feedback < 1);
        blower.Reset();
        Run(process, Monday, 30);
        Assert.False(blower.IsRunning, "the restart lock holds for two minutes");
        Run(process, Monday, 60);
        Assert.True(blower.IsRunning);
    }

    [Fact]
    public void Closed_valves_make_the_blowers_surge_at_a_bounded_pressure()
    {
        var process = Settled();
        foreach (var valve in process.Lanes.SelectMany(lane => lane.Valves))
            valve.Setpoint = 0;
        Run(process, Monday, 120);
        Assert.True(process.Air.Blowers[0].IsSurging);
        Assert.InRange(process.Air.Pressure, 90, 100);
        Assert.Equal(0, process.Air.Air);
    }

    [Fact]
    public void A_tank_runs_empty_or_is_refilled()
    {
        var process = Settled();
        process.Carbon.IsRefilled = false;
        process.Carbon.Setpoint = process.Coagulant.Setpoint = 5000;
        double least = 10;
        double most = 0;
        for (var hour = 0; hour < 48; hour++)
        {
            Run(process, Monday.AddHours(hour), 3600);
            least = Math.Min(least, process.Coagulant.Level);
            most = Math.Max(most, process.Coagulant.Level);
        }

        Assert.InRange(process.Carbon.Level, 0, 0.06);
        Assert.Equal(0, process.Carbon.Flow, 1.0);
        Assert.InRange(least, 0.7, 1.01);
        Assert.InRange(most, 4.9, 5.6);
    }

    [Fact]
    public void A_long_step_is_refused()
    {
        var process = Settled();
        Assert.Throws<ArgumentOutOfRangeException>(() => process.Step(Monday, 11));
        Assert.Throws<ArgumentOutOfRangeException>(() => process.Step(Monday, 0));
    }

    private static EffluentProcess Settled() => new(4, 100_000, new SeededRandom(5));

    private static double[] Flows(Weather weather, int days)
    {
        var influent = new InfluentGenerator(16_667, new SeededRandom(2)) { Weather = weather };
        var hours = new double[24 * days];
        for (var hour = 0; hour < hours.Length; hour++)
        {
            for (var part = 0; part < 360; part++)
                influent.Step(Monday.AddHours(hour).AddSeconds(10 * (part + 1)), 10.0 / 3600);
            hours[hour] = influent.Flow;
        }

        return hours;
    }

    private static void Run(EffluentProcess process, DateTimeOffset from, int seconds)
    {
        for (var second = 10; second <= seconds; second += 10)
            process.Step(from.AddSeconds(second), 10);
    }
}
