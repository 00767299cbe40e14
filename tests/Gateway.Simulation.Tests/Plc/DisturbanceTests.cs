using Gateway.Modbus;
using Gateway.Modbus.Server;
using Gateway.Simulation.Plc;
using Gateway.Simulation.Process;

namespace Gateway.Simulation.Tests.Plc;

/// <summary>What goes wrong by the plant's time: begin, ramp, end, and that nothing is left behind.</summary>
public sealed class DisturbanceTests
{
    private readonly SimulatedPlcStation _station = new(SmallSite.Build(), new SimulatedPlant(new PlantOptions
    {
        Start = new DateTimeOffset(2026, 5, 4, 0, 0, 0, TimeSpan.Zero),
        WarmUp = TimeSpan.FromHours(1),
        Lanes = 1,
        NoiseScale = 0,
    }));

    [Fact]
    public void A_bias_begins_grows_and_ends()
    {
        Add(DisturbanceKind.Bias, "SYS_POWER", value: 1000, start: 100, duration: 300, ramp: 200);
        Assert.Equal(0, Error(100 - 1), 1e-6);
        Assert.Equal(500, Error(101), 10.0);
        Assert.Equal(1000, Error(101), 10.0);
        Assert.Equal(1000, Error(98), 1e-6);
        Assert.Equal(0, Error(2), 1e-6);
        Assert.True(_station.Disturbances.List().Single().IsOver);

        double Error(double seconds)
        {
            _station.Step(seconds);
            return _station.Value("SYS_POWER") - _station.Plant.Process.Power;
        }
    }

    [Fact]
    public void Errors_on_one_instrument_add_up_and_go_one_by_one()
    {
        var first = Add(DisturbanceKind.Bias, "SYS_POWER", value: 300);
        Add(DisturbanceKind.Bias, "SYS_POWER", value: 200, duration: 50);
        _station.Step(10);
        Assert.Equal(500, Error(), 1e-6);
        _station.Step(45);
        Assert.Equal(300, Error(), 1e-6);
        Assert.True(_station.Disturbances.Remove(first));
        Assert.False(_station.Disturbances.Remove(first));
        _station.Step(1);
        Assert.Equal(0, Error(), 1e-6);

        double Error() => _station.Value("SYS_POWER") - _station.Plant.Process.Power;
    }

    [Fact]
    public void A_drift_grows_by_the_hour_and_a_calibration_ends_held()
    {
        Add(DisturbanceKind.Drift, "L1_AIT_MLSS", value: 0.5, duration: 7200);
        _station.Step(3600);
        Assert.Equal(0.5, _station.Value("L1_AIT_MLSS") - _station.Plant.Process.Lanes[0].Mlss, 0.02);
        _station.Step(3590);
        Assert.Equal(1, _station.Value("L1_AIT_MLSS") - _station.Plant.Process.Lanes[0].Mlss, 0.02);
        Add(DisturbanceKind.Calibration, "L1_AIT_MLSS", duration: 600);
        var held = _station.Value("L1_AIT_MLSS");
        _station.Step(300);
        Assert.Equal(held, _station.Value("L1_AIT_MLSS"));
        Assert.Equal(1 << 13, (int)_station.Value("L1_STAT") & (1 << 13));
        _station.Step(900);
        Assert.Equal(_station.Plant.Process.Lanes[0].Mlss, _station.Value("L1_AIT_MLSS"), 0.02);
        Assert.Equal(0, (int)_station.Value("L1_STAT") & (1 << 13));
    }

    [Fact]
    public void Cleaning_comes_again_and_again()
    {
        Add(DisturbanceKind.Cleaning, "EFF_AIT_603", start: 600, duration: 120, every: 3600);
        var cleaning = new List<int>();
        for (var minute = 1; minute <= 180; minute++)
        {
            _station.Step(60);
            if (((int)_station.Value("EFF_STAT") & 0b10) != 0)
                cleaning.Add(minute);
        }

        Assert.Equal([10, 11, 70, 71, 130, 131], cleaning);
    }

    [Fact]
    public void Faults_of_an_instrument_show_as_they_should()
    {
        var truth = _station.Value("L1_AIT_DO4");
        var ids = new[] { DisturbanceKind.OutOfRange, DisturbanceKind.Lost, DisturbanceKind.Failed, DisturbanceKind.NotANumber }.Select(kind =>
        {
            var id = Add(kind, "L1_AIT_DO4");
            _station.Step(60);
            var shown = (_station.Value("L1_AIT_DO4"), (int)_station.Value("L1_STAT") & 0b10);
            _station.Disturbances.Remove(id);
            _station.Step(5);
            return shown;
        }).ToArray();
        Assert.Equal((10, 0), ids[0]);
        Assert.Equal((0, 0), ids[1]);
        Assert.Equal(0b10, ids[2].Item2);
        Assert.True(double.IsNaN(ids[3].Item1));
        _station.Step(600);
        Assert.InRange(_station.Value("L1_AIT_DO4"), 0.2 * truth, 3 * truth);
    }

    [Fact]
    public void Fouling_makes_a_probe_slow_and_low_and_the_local_control_follows_it()
    {
        Add(DisturbanceKind.Fouling, "L1_AIT_DO5", value: 1);
        _station.Step(2 * 3600);
        Assert.InRange(_station.Value("L1_AIT_DO5"), 1.7, 2.3);
        Assert.InRange(_station.Plant.Process.Lanes[0].Oxygen(2), 2.5, 3.3);
    }

    [Fact]
    public void Noise_is_added_and_stuck_holds()
    {
        Add(DisturbanceKind.Noise, "L1_AIT_MLSS", value: 0.3);
        double least = 100, most = 0;
        for (var minute = 0; minute < 60; minute++)
        {
            _station.Step(60);
            least = Math.Min(least, _station.Value("L1_AIT_MLSS"));
            most = Math.Max(most, _station.Value("L1_AIT_MLSS"));
        }

        Assert.True(most - least > 0.6);
        Add(DisturbanceKind.Stuck, "L1_AIT_MLSS");
        var held = _station.Value("L1_AIT_MLSS");
        _station.Step(600);
        Assert.Equal(held, _station.Value("L1_AIT_MLSS"));
    }

    [Fact]
    public void Machines_stick_slow_down_and_fail()
    {
        var plant = _station.Plant;
        Add(DisturbanceKind.ActuatorStuck, "L1_RAS_SP", duration: 600);
        Add(DisturbanceKind.ActuatorSlow, "CHM_SP_502", value: 100, duration: 600);
        Add(DisturbanceKind.ActuatorFailed, "BL2_SP", duration: 600);
        Add(DisturbanceKind.ActuatorFailed, "WAS_SP_401", duration: 600);
        var (sludge, dose) = (plant.Process.Lanes[0].ReturnSludge, plant.Process.Coagulant.Flow);
        plant.Set("L1_RAS_SP", 100);
        plant.Set("CHM_SP_502", 1000);
        _station.Step(120);
        Assert.Equal(sludge, plant.Process.Lanes[0].ReturnSludge);
        Assert.InRange(plant.Process.Coagulant.Flow, dose + 10, 200);
        Assert.True(plant.Process.Air.Blowers[1].IsTripped);
        Assert.Equal(1 << 2, (int)_station.Value("WAS_STAT") & (1 << 2));
        _station.Step(900);
        Assert.True(plant.Process.Lanes[0].ReturnSludge > 1.5 * sludge);
        Assert.Equal(1000, plant.Process.Coagulant.Flow, 1.0);
        Assert.False(plant.Process.Air.Blowers[1].IsTripped);
        Assert.Equal(0, (int)_station.Value("WAS_STAT") & (1 << 2));
    }

    [Fact]
    public void A_shifted_map_shows_every_value_one_register_later()
    {
        var line = _station.Lines[0];
        var (right, shifted) = (new byte[4], new byte[4]);
        line.HoldingRegisters(SmallSite.Works, 120, 2, default, right);
        var id = Add(DisturbanceKind.MapShift, "plc-works");
        Assert.Equal(ModbusExceptionCode.None, line.HoldingRegisters(SmallSite.Works, 121, 2, default, shifted));
        Assert.Equal(right, shifted);
        Assert.Equal(ModbusExceptionCode.IllegalDataAddress, line.HoldingRegisters(SmallSite.Works, 100, 1, default, shifted.AsSpan(0, 2)));
        _station.Disturbances.Remove(id);
        Assert.Equal(ModbusExceptionCode.IllegalDataAddress, line.HoldingRegisters(SmallSite.Works, 121, 2, default, shifted));
    }

    [Fact]
    public void A_restart_takes_the_plc_away_and_begins_with_local_control()
    {
        _station.Use(plant => plant.Set("SYS_GW_HB", 1));
        _station.Step(1);
        Assert.True(_station.Plant.IsRemoteActive);
        Add(DisturbanceKind.PlcRestart, "plc-works", start: 5, duration: 3);
        _station.Step(6);
        Assert.False(((IDataModel)_station.Lines[0]).Serves(SmallSite.Works));
        _station.Use(plant => plant.Set("SYS_GW_HB", 2));
        _station.Step(3);
        Assert.True(((IDataModel)_station.Lines[0]).Serves(SmallSite.Works));
        // SmallSite's works PLC does not carry the supervisor's heartbeat, so the control stays where it is.
        Assert.True(_station.Plant.IsRemoteActive);
        _station.Plant.RestartController();
        Assert.False(_station.Plant.IsRemoteActive);
        _station.Step(2);
        Assert.Equal(2, _station.Value("SYS_PLC_HB"));
    }

    [Fact]
    public void Wire_faults_come_and_go_as_rules()
    {
        Add(DisturbanceKind.PlcException, "plc-works", value: 6, start: 10, duration: 10);
        Add(DisturbanceKind.LinkSilent, "works", start: 10, duration: 10);
        Assert.Empty(_station.Faults.List());
        _station.Step(11);
        Assert.Equal(
            [(FaultKind.Exception, "plc-works", 6), (FaultKind.Silence, "plc-works", null), (FaultKind.Silence, "plc-blowers", null)],
            _station.Faults.List().Select(rule => (rule.Rule.Kind, rule.Rule.Device, rule.Rule.Argument)));
        _station.Step(10);
        Assert.Empty(_station.Faults.List());
        Add(DisturbanceKind.LinkDown, "lane", duration: 5);
        Assert.True(_station.Lines[1].IsStopped && _station.Lines[1].Server.IsStopped);
        _station.Step(6);
        Assert.False(_station.Lines[1].IsStopped || _station.Lines[1].Server.IsStopped);
    }

    [Fact]
    public void Weather_and_poison_come_and_go()
    {
        Add(DisturbanceKind.Storm, null, start: 60, duration: 3600);
        Add(DisturbanceKind.Toxic, null, value: 0.5, start: 60, duration: 3600, ramp: 1800);
        _station.Step(60 + 900);
        Assert.Equal(Weather.Storm, _station.Plant.Weather);
        Assert.Equal(0.25, _station.Plant.Process.Influent.Toxicity, 0.01);
        _station.Step(3600);
        Assert.Equal(Weather.Dry, _station.Plant.Weather);
        Assert.Equal(0, _station.Plant.Process.Influent.Toxicity);
    }

    [Theory]
    [InlineData(DisturbanceKind.Bias, "NOPE", 1.0, 0, 0, "no signal")]
    [InlineData(DisturbanceKind.Bias, "CHM_SP_501", 1.0, 0, 0, "not measured")]
    [InlineData(DisturbanceKind.Stuck, "L1_AIT_DO3", 1.0, 0, 0, "takes no 'value'")]
    [InlineData(DisturbanceKind.Bias, "L1_AIT_DO3", 1.0, -1, 0, "'start'")]
    [InlineData(DisturbanceKind.PlcStop, "plc-works", null, 0, 10, "cannot grow")]
    [InlineData(DisturbanceKind.PlcStop, "nope", null, 0, 0, "no device")]
    [InlineData(DisturbanceKind.LinkDown, "nope", null, 0, 0, "no line")]
    [InlineData(DisturbanceKind.ActuatorStuck, "L1_AIT_DO3", null, 0, 0, "no machine")]
    [InlineData(DisturbanceKind.Toxic, "L1_AIT_DO3", null, 0, 0, "takes no 'target'")]
    [InlineData(DisturbanceKind.PlcRestart, "plc-works", null, 0, 0, "needs a 'duration'")]
    [InlineData(DisturbanceKind.PlcException, "plc-works", 0.0, 0, 0, "1 to 255")]
    public void A_disturbance_that_cannot_be_is_refused(DisturbanceKind kind, string target, double? value, double start, double ramp, string why)
    {
        var error = Assert.Throws<ArgumentException>(() => _station.Disturbances.Add(new Disturbance { Kind = kind, Target = target, Value = value, Start = start, Ramp = ramp }));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Empty(_station.Disturbances.List());
    }

    [Fact]
    public void Steps_allocate_nothing_while_disturbances_act()
    {
        Add(DisturbanceKind.Bias, "L1_AIT_DO3", value: 1, ramp: 1e6);
        Add(DisturbanceKind.Drift, "L1_AIT_MLSS", value: 0.001);
        _station.Step(600);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 0; step < 1000; step++)
            _station.Step(1);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Interlocks_hold_dosing_return_sludge_and_blowers_safe()
    {
        var plant = _station.Plant;
        plant.Set("L1_RAS_SP", 0);
        plant.Process.Pumping.PumpsFailed = true;
        _station.Step(600);
        Assert.Equal(0, plant.Process.Coagulant.Flow, 1e-3);
        Assert.Equal(0, plant.Process.Carbon.Flow, 1e-3);
        Assert.Equal(0, plant.Process.Waste, 1e-3);
        plant.Process.Pumping.PumpsFailed = false;
        _station.Step(1800);
        Assert.True(plant.Process.Coagulant.Flow > 50);
        Assert.Equal(0.15 * plant.Process.Lanes[0].Model.Size.MostReturnSludge / 24, plant.Process.Lanes[0].ReturnSludge, 1.0);

        plant.Set("L1_MODE", 3);
        for (var beat = 1; beat <= 60; beat++)
        {
            plant.Set("SYS_GW_HB", beat);
            foreach (var valve in (string[])["L1_VLV3_SP", "L1_VLV4_SP", "L1_VLV5_SP"])
                plant.Set(valve, 0);
            _station.Step(5);
        }

        Assert.True(plant.Process.Air.Blowers[0].IsTripped, "the surge protection stops blowers that work against closed valves");
        _station.Step(1800);
        Assert.All(plant.Process.Air.Blowers, blower => Assert.True(blower.IsRunning, "the local control has opened the valves, and the blowers have started again"));
    }

    private long Add(
        DisturbanceKind kind, string? target, double? value = null, double start = 0, double? duration = null, double ramp = 0, double? every = null) =>
        _station.Disturbances.Add(new Disturbance { Kind = kind, Target = target, Value = value, Start = start, Duration = duration, Ramp = ramp, Every = every });
}
