using Gateway.Simulation.Process;
using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Tests.Process;

public sealed class TreatmentWorksTests
{
    // A Monday in May.
    private static readonly DateTimeOffset Monday = new(2026, 5, 4, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Lanes_of_any_size_have_the_same_concentrations()
    {
        var (small, large) = (new TreatmentWorks(2, 10_000, 5, Monday), new TreatmentWorks(2, 250_000, 5, Monday));
        Run(small, Monday, 6 * 3600);
        Run(large, Monday, 6 * 3600);
        for (var lane = 0; lane < 2; lane++)
        {
            for (var component = 0; component < Asm1.Count; component++)
                Assert.Equal(small.Lanes[lane].Model.Tank(5)[component], large.Lanes[lane].Model.Tank(5)[component], 1e-9 * 3000);
        }

        Assert.Equal(small.Tertiary.TotalNitrogen, large.Tertiary.TotalNitrogen, 1e-9);
        Assert.Equal(25, large.Power / small.Power, 1e-6);
    }

    [Fact]
    public void A_lane_is_the_benchmark_under_its_own_flows_and_air()
    {
        var works = new TreatmentWorks(1, 100_000, 5, Monday);
        var lane = works.Lanes[0];
        var twin = new Bsm1Plant(new Bsm1Options { Size = new Bsm1Dimensions(100_000 / 18_446.0), HasMixingFilter = false }) { StepsPerMinute = 12 };
        twin.CopyStateOf(lane.Model);
        for (var second = 5; second <= 7200; second += 5)
        {
            works.Step(Monday.AddSeconds(second), 5);
            twin.Handles.InternalRecycle = lane.InternalRecycle * 24;
            twin.Handles.ReturnSludge = lane.ReturnSludge * 24;
            twin.Handles.WasteSludge = lane.Waste * 24;
            twin.Handles.SetCarbon(1, works.Carbon.Flow * 24 / 1000);
            for (var tank = 3; tank <= 5; tank++)
                twin.Handles.SetAeration(tank, lane.Model.Handles.Aeration(tank));
            twin.HoldInfluent(works.Influent.Row, lane.Inflow * 24);
            twin.Step();
        }

        Assert.True(twin.State.SequenceEqual(lane.Model.State));
    }

    [Fact]
    public void A_lane_starts_where_a_long_run_of_dry_weather_ends()
    {
        var plant = new SimulatedPlant(new PlantOptions { Start = Monday.AddHours(-8), WarmUp = TimeSpan.Zero, NoiseScale = 0, Lanes = 1 });
        var lane = plant.Process.Lanes[0].Model;
        var before = lane.State[..StateLayout.MixingFilter].ToArray();
        plant.Step(7 * 86_400);
        foreach (var component in (ReadOnlySpan<int>)[Asm1.XI, Asm1.XBH, Asm1.XBA, Asm1.XP])
            Reference(before[StateLayout.Tank(5) + component], lane.Tank(5)[component], 0.06);
        Reference(before[StateLayout.Layer(0)], lane.Layer(0)[TakacsSettler.X], 0.06);

        static void Reference(double expected, double actual, double share) => Assert.InRange(actual, expected * (1 - share), expected * (1 + share));
    }

    [Fact]
    public void The_inflow_is_divided_by_the_weights_of_the_lanes()
    {
        var works = Settled();
        Run(works, Monday, 60);
        Assert.InRange(works.Lanes[0].Inflow / works.Lanes[3].Inflow, 1.06, 1.07);
        works.Lanes[1].Weight = 0;
        works.Lanes[2].Weight = 2;
        Run(works, Monday.AddMinutes(1), 60);
        Assert.Equal(0, works.Lanes[1].Inflow);
        Assert.Equal(works.Pumping.Pumped, works.Lanes.Sum(lane => lane.Inflow), 1e-6);
        Assert.Equal(2 / 1.03, works.Lanes[2].Inflow / works.Lanes[0].Inflow, 1e-9);
    }

    [Fact]
    public void Rain_raises_the_flow_and_a_storm_comes_in_showers_that_flush_solids()
    {
        var (dry, rain, storm) = (Flows(Weather.Dry), Flows(Weather.Rain), Flows(Weather.Storm));
        Assert.True(rain.Flow.Average() > 1.6 * dry.Flow.Average());
        Assert.True(storm.Flow.Max() > 1.2 * rain.Flow.Max());
        Assert.True(storm.Flow.Average() < rain.Flow.Average(), "showers have pauses");
        Assert.True(storm.Solids.Take(24).Zip(dry.Solids).Max(pair => pair.First / pair.Second) > 1.2, "first flush");
        Assert.True(storm.Ammonium.Take(12).Zip(dry.Ammonium).Min(pair => pair.First / pair.Second) < 0.5, "dilution");

        static (double[] Flow, double[] Solids, double[] Ammonium) Flows(Weather weather)
        {
            var sewage = new SewageSource(16_667, 2) { Weather = weather };
            var rows = new (double, double, double)[24 * 12];
            for (var row = 0; row < rows.Length; row++)
            {
                sewage.Step(Monday.AddMinutes(5 * (row + 1)), 5.0 / 60);
                rows[row] = (sewage.Flow, sewage.Solids, sewage.Ammonium);
            }

            return ([.. rows.Select(row => row.Item1)], [.. rows.Select(row => row.Item2)], [.. rows.Select(row => row.Item3)]);
        }
    }

    [Fact]
    public void An_influent_of_rows_is_taken_as_it_is_and_repeated()
    {
        var series = new InfluentSeries(96);
        for (var row = 0; row < 96; row++)
        {
            InfluentSeries.Constant[0].CopyTo(series[row]);
            series[row][Asm1.SNH] = 20 + (row / 10.0);
        }

        var sewage = new SewageSource(18_446 / 24.0, 1, series);
        for (var minute = 1; minute <= 1440 + 150; minute++)
            sewage.Step(Monday.AddMinutes(minute), 1.0 / 60);
        Assert.Equal(21, sewage.Ammonium, 1e-6);
        Assert.Equal(18_446 / 24.0, sewage.Flow, 1e-9);
        Assert.Equal(30, sewage.Row[Asm1.SI]);
    }

    [Theory]
    [InlineData(Weather.Dry)]
    [InlineData(Weather.Storm)]
    public void Every_cubic_meter_is_accounted_for(Weather weather)
    {
        var works = Settled();
        works.Influent.Weather = weather;
        var before = Balance(works);
        Run(works, Monday, 2 * 86_400);
        Assert.True(works.Pumping.InflowTotal > 500_000);
        Assert.Equal(before, Balance(works), works.Pumping.InflowTotal * 1e-9);

        static double Balance(TreatmentWorks w) =>
            w.Pumping.InflowTotal - w.EffluentTotal - w.WasteTotal - w.Pumping.OverflowTotal - w.StoredVolume;
    }

    [Fact]
    public void A_sump_without_pumps_overflows_and_recovers()
    {
        var works = Settled();
        Run(works, Monday, 3600);
        var pumping = works.Pumping;
        Assert.Equal(0, pumping.OverflowTotal);
        pumping.PumpsFailed = true;
        var (inBefore, volume) = (pumping.InflowTotal, pumping.Volume);
        Run(works, Monday.AddHours(8), 2 * 3600);
        Assert.Equal(0, pumping.Pumped);
        Assert.Equal(0, works.Waste, 1e-9);
        Assert.Equal(PumpingStation.OverflowM, pumping.Level, 1e-9);
        Assert.Equal(pumping.InflowTotal - inBefore - (pumping.Volume - volume), pumping.OverflowTotal, 1e-3);
        Assert.True(pumping.OverflowTotal > 10_000);

        pumping.PumpsFailed = false;
        Run(works, Monday.AddHours(10), 6 * 3600);
        Assert.InRange(pumping.Level, 2, 5);
    }

    [Fact]
    public void More_coagulant_lowers_phosphorus_and_takes_alkalinity()
    {
        var (low, normal, high) = (Settled(), Settled(), Settled());
        low.Coagulant.Setpoint = 0;
        high.Coagulant.Setpoint = 900;
        Run(low, Monday, 6 * 3600);
        Run(normal, Monday, 6 * 3600);
        Run(high, Monday, 6 * 3600);
        Assert.True(low.Tertiary.TotalPhosphorus > 1.2, $"{low.Tertiary.TotalPhosphorus}");
        Assert.True(normal.Tertiary.TotalPhosphorus < 0.6 * low.Tertiary.TotalPhosphorus);
        Assert.True(high.Tertiary.TotalPhosphorus < normal.Tertiary.TotalPhosphorus);
        Assert.True(high.Tertiary.Ph < low.Tertiary.Ph);
    }

    [Fact]
    public void More_carbon_or_more_recycle_lowers_nitrate()
    {
        var (little, carbon, recycle) = (Settled(), Settled(), Settled());
        foreach (var works in (TreatmentWorks[])[little, carbon])
        {
            foreach (var lane in works.Lanes)
                lane.InternalSetpoint = 15;
        }

        carbon.Carbon.Setpoint = 1500;
        Run(little, Monday, 86_400);
        Run(carbon, Monday, 86_400);
        Run(recycle, Monday, 86_400);
        Assert.True(carbon.Tertiary.TotalNitrogen < little.Tertiary.TotalNitrogen - 0.3);
        Assert.True(recycle.Tertiary.Nitrate < little.Tertiary.Nitrate - 0.3);
        Assert.True(recycle.Power > little.Power);
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
        Assert.True(starved.Tertiary.Ammonium > 2 * normal.Tertiary.Ammonium);
        Assert.True(starved.Energy < 0.7 * normal.Energy);
        Assert.True(starved.Air.Pressure < normal.Air.Pressure);
    }

    [Fact]
    public void Air_gives_the_transfer_of_the_engineering_relation()
    {
        // 10,000 Nm3/h with 25 % of 0.299 kg/Nm3 transferred in clean water and 60 % of that in sludge, over V = 7225 m3.
        Assert.Equal(10_000 * 24 * 0.299 * 0.25 * 0.6 * 1000 / (8 * 7225), Simulation.Process.Aeration.Kla(10_000, 7225, 1), 1e-9);
        Assert.Equal(0, Simulation.Process.Aeration.Kla(0, 7225, 1));
        var twice = Simulation.Process.Aeration.Kla(20_000, 7225, 1) / Simulation.Process.Aeration.Kla(10_000, 7225, 1);
        Assert.InRange(twice, 1.8, 1.9);
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
    public void Without_return_sludge_the_blanket_rises()
    {
        var works = Settled();
        works.Lanes[0].ReturnPumpFailed = true;
        Run(works, Monday, 6 * 3600);
        Assert.True(works.Lanes[0].Blanket > works.Lanes[1].Blanket + 0.1, $"{works.Lanes[0].Blanket} {works.Lanes[1].Blanket}");
        Assert.True(works.Lanes[0].ReturnSolids > 1.5 * works.Lanes[1].ReturnSolids);
        Assert.True(works.Lanes[0].Mlss < 0.8 * works.Lanes[1].Mlss, $"{works.Lanes[0].Mlss} {works.Lanes[1].Mlss}");
    }

    [Fact]
    public void A_mixer_that_stands_still_leaves_nitrate()
    {
        var (normal, failed) = (Settled(), Settled());
        foreach (var lane in failed.Lanes)
            lane.MixerFailed = true;
        Run(normal, Monday, 86_400);
        Run(failed, Monday, 86_400);
        Assert.True(failed.Tertiary.Nitrate > normal.Tertiary.Nitrate + 0.5, $"{failed.Tertiary.Nitrate} {normal.Tertiary.Nitrate}");
    }

    [Fact]
    public void Poison_kills_nitrifiers_and_keeps_cod_and_nitrogen()
    {
        var (normal, poisoned) = (Settled(), Settled());
        poisoned.Influent.Toxicity = 1;
        Run(poisoned, Monday, 4 * 3600);
        poisoned.Influent.Toxicity = 0;
        Run(normal, Monday, 4 * 3600);
        Assert.True(poisoned.Lanes[0].Model.Tank(5)[Asm1.XBA] < 0.3 * normal.Lanes[0].Model.Tank(5)[Asm1.XBA]);
        Run(normal, Monday.AddHours(4), 12 * 3600);
        Run(poisoned, Monday.AddHours(4), 12 * 3600);
        Assert.True(poisoned.Tertiary.Ammonium > 4 + normal.Tertiary.Ammonium);

        // At one instant: what dies stays in the balance.
        var lane = Settled().Lanes[0];
        var before = lane.Model.Tank(5).ToArray();
        lane.Poison(0.2);
        var after = lane.Model.Tank(5).ToArray();
        Assert.Equal(Quality.Cod(before), Quality.Cod(after), 1e-9);
        Assert.Equal(Quality.TotalNitrogen(before, new Asm1Parameters()), Quality.TotalNitrogen(after, new Asm1Parameters()), 1e-9);
        Assert.Equal(0.8 * before[Asm1.XBA], after[Asm1.XBA], 1e-9);
    }

    [Fact]
    public void Water_is_cold_in_winter_and_the_biology_does_not_notice()
    {
        var summer = new TreatmentWorks(1, 100_000, 5, new DateTimeOffset(2026, 7, 27, 0, 0, 0, TimeSpan.Zero));
        var winter = new TreatmentWorks(1, 100_000, 5, new DateTimeOffset(2026, 1, 26, 0, 0, 0, TimeSpan.Zero));
        Assert.InRange(summer.Temperature, 21, 25);
        Assert.InRange(winter.Temperature, 11, 15);
    }

    [Fact]
    public void Lamps_kill_germs_and_solids_hide_them()
    {
        var (on, off) = (Settled(), Settled());
        off.Tertiary.LampsFailed = true;
        Run(on, Monday, 3600);
        Run(off, Monday, 3600);
        Assert.InRange(on.Tertiary.Germs, 1, 1000);
        Assert.True(off.Tertiary.Germs > 100_000);
        Assert.True(on.Power > off.Power);
    }

    [Fact]
    public void The_filter_holds_solids_back_until_the_flow_is_too_high()
    {
        var water = new TertiaryStage(1000);
        double[] row = new double[Asm1.Row];
        row[Asm1.XI] = 40;
        foreach (var (flow, share) in new[] { (1000.0, 0.42), (2000, 0.42), (4000, 0.71) })
        {
            for (var minute = 0; minute < 600; minute++)
                water.Step(row, 1, flow, 20, 1.0 / 60);
            Assert.Equal(30 * share, water.Solids, 0.01);
        }
    }

    [Fact]
    public void A_tripped_blower_stands_until_reset_and_unlocked()
    {
        var works = Settled();
        var blower = works.Air.Blowers[0];
        Run(works, Monday, 60);
        Assert.True(blower.IsRunning);
        blower.Trip();
        Run(works, Monday, 60);
        Assert.False(blower.IsRunning || blower.IsReady);
        Assert.True(blower.Feedback < 1);
        blower.Reset();
        Run(works, Monday, 30);
        Assert.False(blower.IsRunning, "the restart lock holds for two minutes");
        Run(works, Monday, 60);
        Assert.True(blower.IsRunning);
    }

    [Fact]
    public void Closed_valves_make_the_blowers_surge_at_a_bounded_pressure()
    {
        var works = Settled();
        foreach (var valve in works.Lanes.SelectMany(lane => lane.Valves))
            valve.Setpoint = 0;
        Run(works, Monday, 120);
        Assert.True(works.Air.Blowers[0].IsSurging);
        Assert.InRange(works.Air.Pressure, 90, 100);
        Assert.Equal(0, works.Air.Air);
    }

    [Fact]
    public void A_tank_runs_empty_or_is_refilled()
    {
        var works = Settled();
        works.Carbon.IsRefilled = false;
        works.Carbon.Setpoint = works.Coagulant.Setpoint = 5000;
        double least = 10;
        double most = 0;
        for (var hour = 0; hour < 48; hour++)
        {
            Run(works, Monday.AddHours(hour), 3600);
            least = Math.Min(least, works.Coagulant.Level);
            most = Math.Max(most, works.Coagulant.Level);
        }

        Assert.InRange(works.Carbon.Level, 0, 0.06);
        Assert.Equal(0, works.Carbon.Flow, 1.0);
        Assert.InRange(least, 0.7, 1.01);
        Assert.InRange(most, 4.9, 5.6);
    }

    [Fact]
    public void A_long_step_is_refused()
    {
        var works = Settled();
        Assert.Throws<ArgumentOutOfRangeException>(() => works.Step(Monday, 11));
        Assert.Throws<ArgumentOutOfRangeException>(() => works.Step(Monday, 0));
    }

    private static TreatmentWorks Settled() => new(4, 100_000, 5, Monday);

    private static void Run(TreatmentWorks works, DateTimeOffset from, int seconds)
    {
        for (var second = 10; second <= seconds; second += 10)
            works.Step(from.AddSeconds(second), 10);
    }
}
