using System.Diagnostics;
using Gateway.Simulation.Process;

namespace Gateway.Simulation.Tests.Process;

public sealed class SimulatedPlantTests
{
    private static readonly PlantOptions Options = new()
    {
        Start = new DateTimeOffset(2026, 5, 4, 0, 0, 0, TimeSpan.Zero),
        WarmUp = TimeSpan.FromHours(6),
    };

    private readonly SimulatedPlant _plant = new(Options);

    [Theory]
    [InlineData(1, 83)]
    [InlineData(4, 155)]
    [InlineData(8, 251)]
    public void The_signals_are_59_for_the_works_and_24_for_each_lane(int lanes, int count)
    {
        var plant = new SimulatedPlant(Options with { Lanes = lanes, WarmUp = TimeSpan.FromMinutes(10) });
        Assert.Equal(count, plant.Signals.Count);
        Assert.Equal(count, plant.Signals.Select(signal => signal.Name).Distinct().Count());
        for (var index = 0; index < count; index++)
            Assert.Equal(index, plant.Resolve(plant.Signals[index].Name));
    }

    [Theory]
    [InlineData("IN_FIT_101", "m3/h", 0, 60_000, false)]
    [InlineData("EFF_AIT_604", "mg/L", 0, 5, false)]
    [InlineData("EFF_SAMPLE_TS", "s", 0, 4_294_967_295, false)]
    [InlineData("BL_PSP_300", "kPa(g)", 40, 80, true)]
    [InlineData("BL4_STAT", "-", 0, 65_535, false)]
    [InlineData("CHM_SP_502", "L/h", 0, 2000, true)]
    [InlineData("L4_VLV5_SP", "%", 0, 100, true)]
    [InlineData("L2_FIT_AIR4", "Nm3/h", 0, 20_000, false)]
    [InlineData("L3_MODE", "-", 0, 3, true)]
    public void Signals_have_the_names_units_ranges_and_access_of_the_tag_list(
        string name, string unit, double low, double high, bool writable)
    {
        var signal = _plant.Signals[_plant.Resolve(name)];
        Assert.Equal((name, unit, low, high, writable), (signal.Name, signal.Unit, signal.Low, signal.High, signal.IsWritable));
    }

    [Fact]
    public void Unknown_signals_are_said_to_be_unknown()
    {
        Assert.Throws<ArgumentException>(() => _plant.Resolve("L9_MODE"));
        Assert.False(_plant.TryGet("L9_MODE", out _));
        Assert.False(_plant.Set("L9_MODE", 1));
        Assert.Throws<ArgumentException>(() => _plant.Instrument("L1_MODE"));
    }

    [Fact]
    public void Writes_are_limited_to_the_range_and_refused_for_measured_values()
    {
        Assert.True(_plant.Set("CHM_SP_502", 99_999));
        Assert.Equal(2000, _plant[_plant.Resolve("CHM_SP_502")]);
        Assert.True(_plant.Set("L1_MODE", 1.6));
        Assert.Equal(2, _plant[_plant.Resolve("L1_MODE")]);
        Assert.False(_plant.Set("CHM_SP_502", double.NaN));
        Assert.False(_plant.Set("EFF_AIT_604", 1));
        Assert.False(_plant.Set("L1_STAT", 1));
    }

    [Theory]
    [InlineData(Weather.Dry, 5)]
    [InlineData(Weather.Storm, 8)]
    [InlineData(Weather.Rain, 1)]
    public void All_values_stay_finite_and_inside_their_ranges(Weather weather, int month)
    {
        var plant = new SimulatedPlant(Options with
        {
            Start = new DateTimeOffset(2026, month, 4, 0, 0, 0, TimeSpan.Zero),
            Weather = weather,
            NoiseScale = 1,
        });
        for (var minute = 0; minute < 2 * 1440; minute++)
        {
            plant.Step(60);
            for (var index = 0; index < plant.Signals.Count; index++)
            {
                var signal = plant.Signals[index];
                Assert.True(
                    plant[index] >= signal.Low && plant[index] <= signal.High,
                    $"{signal.Name} = {plant[index]} at minute {minute}");
            }
        }
    }

    [Fact]
    public void In_dry_weather_the_effluent_is_plausible_and_the_local_control_holds_the_oxygen()
    {
        var plant = new SimulatedPlant(Options with { NoiseScale = 0 });
        var sums = new double[7];
        string[] names = ["EFF_AIT_602", "EFF_AIT_603", "EFF_AIT_604", "EFF_AIT_605", "EFF_AIT_607", "L1_AIT_DO3", "BL_PIT_300"];
        for (var minute = 0; minute < 1440; minute++)
        {
            plant.Step(60);
            for (var index = 0; index < names.Length; index++)
                sums[index] += plant[plant.Resolve(names[index])] / 1440;
        }

        Assert.InRange(sums[0], 20, 45);
        Assert.InRange(sums[1], 0.1, 3);
        Assert.InRange(sums[2], 0.2, 0.6);
        Assert.InRange(sums[3], 6, 15);
        Assert.InRange(sums[4], 4, 15);
        Assert.InRange(sums[5], 1.9, 2.1);
        Assert.InRange(sums[6], 59, 61);
    }

    [Fact]
    public void Equal_options_give_equal_values_and_another_seed_does_not()
    {
        var same = new SimulatedPlant(Options);
        var other = new SimulatedPlant(Options with { Seed = 2 });
        for (var minute = 0; minute < 120; minute++)
        {
            _plant.Step(60);
            same.Step(60);
            other.Step(60);
            for (var index = 0; index < _plant.Signals.Count; index++)
                Assert.Equal(BitConverter.DoubleToInt64Bits(_plant[index]), BitConverter.DoubleToInt64Bits(same[index]));
        }

        Assert.NotEqual(_plant[_plant.Resolve("IN_FIT_101")], other[other.Resolve("IN_FIT_101")]);
    }

    [Fact]
    public void The_heartbeat_counts_seconds()
    {
        var heartbeat = _plant.Resolve("SYS_PLC_HB");
        var before = _plant[heartbeat];
        for (var step = 0; step < 100; step++)
            _plant.Step(0.1);
        Assert.Equal(10, _plant[heartbeat] - before);
        _plant.Step(65_536);
        Assert.Equal(10, _plant[heartbeat] - before);
        Assert.Equal(Options.Start.AddSeconds(65_546), _plant.Now);
    }

    [Fact]
    public void The_supervisor_controls_while_its_heartbeat_lives_and_the_plant_falls_back_afterwards()
    {
        var remote = _plant.Resolve("SYS_REMOTE_EN");
        var valve = _plant.Resolve("L1_VLV3_SP");
        Assert.Equal(1, _plant[remote]);
        _plant.Set(valve, 12);
        _plant.Step(1);
        Assert.NotEqual(12, _plant[valve]);

        _plant.Set("L1_MODE", 3);
        for (var beat = 1; beat <= 60; beat++)
        {
            _plant.Set("SYS_GW_HB", beat);
            _plant.Set(valve, 12);
            _plant.Set("BL2_SP", 40);
            _plant.Step(1);
        }

        Assert.Equal(3, _plant[remote]);
        Assert.Equal(12, _plant[valve]);
        Assert.Equal(12, _plant[_plant.Resolve("L1_VLV3_FB")], 0.01);
        Assert.Equal(40, _plant[_plant.Resolve("BL2_FB")], 0.5);
        Assert.Equal(1 << 14, Word("L1_STAT"));
        Assert.Equal(0, Word("L2_STAT"));
        Assert.Equal(0b1011, Word("BL2_STAT"));
        Assert.Equal(0b0011, Word("BL1_STAT"));

        // One second has passed since the last beat.
        _plant.Step(9);
        Assert.Equal(3, _plant[remote]);
        _plant.Step(1);
        Assert.Equal(5, _plant[remote]);
        _plant.Step(600);
        Assert.True(_plant[valve] > 20, "the local oxygen control has opened the valve again");
        Assert.Equal(0, Word("L1_STAT"));

        _plant.Set("SYS_GW_HB", 61);
        _plant.Step(1);
        Assert.Equal(3, _plant[remote]);
        _plant.IsRemoteEnabled = false;
        _plant.Step(1);
        Assert.Equal(0, _plant[remote]);
    }

    [Fact]
    public void A_lost_supervisor_leaves_pumps_dosing_and_lamps_at_the_plants_own_set_points()
    {
        string[] names = ["L1_RAS_SP", "L2_QINT_SP", "WAS_SP_401", "CHM_SP_501", "CHM_SP_502", "DIS_SP_701", "BL_PSP_300"];
        double[] local = Read();
        _plant.Set("SYS_GW_HB", 1);
        _plant.Step(1);
        double[] written = [80, 90, 300, 900, 700, 20, 70];
        for (int i = 0; i < names.Length; i++)
            Assert.True(_plant.Set(names[i], written[i]));
        _plant.Step(8);
        Assert.Equal(written, Read());
        _plant.Step(2);
        Assert.Equal(local, Read());

        // Nobody supervises: an act at the panel stays, also when a controller starts anew.
        _plant.Set("CHM_SP_502", 300);
        _plant.Step(60);
        _plant.RestartController();
        _plant.Step(60);
        Assert.Equal(300, _plant[_plant.Resolve("CHM_SP_502")]);

        double[] Read() => Array.ConvertAll(names, name => _plant[_plant.Resolve(name)]);
    }

    [Fact]
    public void Faults_show_in_the_status_words()
    {
        var process = _plant.Process;
        _plant.Instrument("L1_AIT_DO4").IsFailed = true;
        _plant.Instrument("L1_AIT_MLSS").Clean(TimeSpan.FromMinutes(5));
        process.Lanes[0].Valves[2].IsStuck = true;
        process.Lanes[0].ReturnPumpFailed = true;
        process.Lanes[1].IsIoLost = true;
        process.Air.Blowers[2].Trip();
        process.WastePumpFailed = true;
        var frozen = _plant[_plant.Resolve("L2_FIT_201")];
        _plant.Step(60);

        Assert.Equal((1 << 1) | (1 << 9) | (1 << 11) | (1 << 13), Word("L1_STAT"));
        Assert.Equal(1 << 15, Word("L2_STAT"));
        Assert.Equal(frozen, _plant[_plant.Resolve("L2_FIT_201")]);
        Assert.Equal((1 << 2) | (1 << 5), Word("BL3_STAT"));
        Assert.Equal(1 << 2, Word("WAS_STAT") & ~1);
    }

    [Fact]
    public void The_effluent_station_tells_new_results_and_troubles()
    {
        var plant = new SimulatedPlant(Options with { NoiseScale = 0 });
        var toggles = 0;
        var last = 0;
        var stamps = new HashSet<double>();
        for (var minute = 0; minute < 240; minute++)
        {
            plant.Step(60);
            var bit = (Word(plant, "EFF_STAT") >> 9) & 1;
            toggles += bit == last ? 0 : 1;
            last = bit;
            stamps.Add(plant[plant.Resolve("EFF_SAMPLE_TS")]);
        }

        // Three batch analyzers every 30 min and the ammonium analyzer every 5 min in four hours.
        Assert.InRange(stamps.Count, 40, 73);
        Assert.True(toggles > 20);
        Assert.Equal(1, Word(plant, "EFF_STAT") & 0b1101_1111_1111);

        plant.Effluent.IsReagentLow = true;
        plant.Step(1);
        Assert.Equal(0b1001, Word(plant, "EFF_STAT") & 0b1_1111);

        plant.Effluent.IsSampleLost = true;
        plant.Instrument("EFF_AIT_604").IsFailed = true;
        var stamp = plant[plant.Resolve("EFF_SAMPLE_TS")];
        plant.Step(7200);
        Assert.Equal((1 << 3) | (1 << 4) | (1 << 7) | (1 << 12), Word(plant, "EFF_STAT") & ~(1 << 9));
        Assert.Equal(stamp, plant[plant.Resolve("EFF_SAMPLE_TS")]);
    }

    [Fact]
    public void A_step_allocates_nothing_and_is_thousands_of_times_faster_than_real_time()
    {
        for (var step = 0; step < 1000; step++)
            _plant.Step(1);
        var clock = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        double sum = 0;
        for (var step = 0; step < 5000; step++)
        {
            _plant.Set(1, step);
            _plant.Step(1);
            sum += _plant[20];
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(double.IsFinite(sum));
        Assert.True(5000 / clock.Elapsed.TotalSeconds > 1000, $"only {5000 / clock.Elapsed.TotalSeconds:F0} times real time");
    }

    private static int Word(SimulatedPlant plant, string name) => (int)plant[plant.Resolve(name)];

    private int Word(string name) => Word(_plant, name);
}
