using Gateway.Simulation.Instruments;

namespace Gateway.Simulation.Process;

/// <summary>
/// The list of all signals: where each is read in the process, through which instrument, and what a write does.
/// Delegates are made once; reading them allocates nothing.
/// </summary>
internal sealed class SignalTable
{
    // Benchmark noise: 2.5 % of the upper end of the range.
    private const double NoiseShare = 0.025;
    private const int NoLane = -1;

    private readonly SimulatedPlant _plant;
    private readonly PlantOptions _options;
    private readonly TreatmentWorks _process;
    private readonly List<SignalEntry> _entries = [];

    public SignalTable(SimulatedPlant plant, PlantOptions options)
    {
        _plant = plant;
        _options = options;
        _process = plant.Process;
    }

    public SignalEntry[] Build()
    {
        AddSystem();
        AddInlet();
        AddBlowers();
        AddSludgeAndChemicals();
        AddEffluent();
        for (var lane = 0; lane < _options.Lanes; lane++)
            AddLane(lane, _process.Lanes[lane]);
        return [.. _entries];
    }

    private void AddSystem()
    {
        const string Area = "system";
        Status("SYS_PLC_HB", Area, 65535, () => _plant.Heartbeat);
        Command("SYS_GW_HB", Area, 65535, () => _plant.SupervisorHeartbeat, _plant.TakeHeartbeat);
        Status("SYS_REMOTE_EN", Area, 7, () => _plant.RemoteWord);
        Command("SYS_RAIN_MODE", Area, 2, () => _plant.RainMode, value => _plant.RainMode = (int)value);
        Measured("SYS_POWER", Area, "kW", 0, 10_000, SensorClass.Ideal, 0, () => _process.Power);
        Status("SYS_ENERGY", Area, uint.MaxValue, () => Math.Floor(_process.Energy), "kWh");
    }

    private void AddInlet()
    {
        const string Area = "inlet";
        var influent = _process.Influent;
        Measured("IN_FIT_101", Area, "m3/h", 0, 60_000, SensorClass.A, 60, () => influent.Flow);
        Measured("IN_LIT_101", Area, "m", 0, 8, SensorClass.A, 60, () => _process.Pumping.Level);
        Measured("IN_AIT_102", Area, "-", 5, 9, SensorClass.A, 60, () => influent.Ph, sigma: 0.1);
        Measured("IN_TIT_103", Area, "degC", 0, 40, SensorClass.A, 60, () => influent.Temperature, sigma: 0.5);
        Measured("IN_AIT_104", Area, "mg/L", 0, 50, SensorClass.B1, 600, () => influent.Ammonium);
        Measured("IN_AIT_105", Area, "mg/L", 0, 1000, SensorClass.A, 60, () => influent.Cod);
        Measured("IN_AIT_106", Area, "mg/L", 0, 1000, SensorClass.A, 60, () => influent.Solids);
        Measured("IN_AIT_107", Area, "mg/L", 0, 100, SensorClass.D, 1800, () => influent.TotalNitrogen);
        Measured("IN_AIT_108", Area, "mg/L", 0, 20, SensorClass.D, 1800, () => influent.TotalPhosphorus);
        Status("IN_STAT", Area, 65535, () => _plant.Inlet.StatusWord);
    }

    private void AddBlowers()
    {
        const string Area = "blowers";
        var air = _process.Air;
        Measured("BL_PIT_300", Area, "kPa(g)", 0, 100, SensorClass.A, 5, () => air.Pressure);
        Measured("BL_FIT_300", Area, "Nm3/h", 0, 240_000, SensorClass.A, 10, () => air.Air);
        Setpoint("BL_PSP_300", Area, "kPa(g)", 40, 80, () => air.PressureSetpoint, value => air.PressureSetpoint = value);
        for (var index = 0; index < air.Blowers.Count; index++)
        {
            var number = index;
            var blower = air.Blowers[index];
            var name = $"BL{index + 1}";
            Setpoint(name + "_SP", Area, "%", 0, 100, () => blower.Setpoint, value => _plant.CommandBlower(number, value), blower.Condition, isControlled: true);
            Measured(name + "_FB", Area, "%", 0, 100, SensorClass.Ideal, 0, () => blower.Feedback);
            Measured(name + "_PWR", Area, "kW", 0, 1000, SensorClass.Ideal, 0, () => blower.Power);
            Status(name + "_STAT", Area, 65535, () => StatusWords.OfBlower(blower, _plant.IsBlowerRemote(number)));
        }

        Status("BL_ENERGY", Area, uint.MaxValue, () => Math.Floor(_process.AirEnergy), "kWh");
    }

    private void AddSludgeAndChemicals()
    {
        const string Sludge = "waste sludge";
        Measured("WAS_FIT_401", Sludge, "m3/h", 0, 2000, SensorClass.A, 60, () => _process.Waste);
        Setpoint("WAS_SP_401", Sludge, "m3/h", 0, 2000, () => _process.WasteSetpoint, value => _process.WasteSetpoint = value, _process.WastePump);
        Measured("WAS_AIT_402", Sludge, "g/L", 0, 20, SensorClass.A, 60, () => _process.WasteSolids);
        AddTank("501", 5000, _process.Carbon);
        AddTank("502", 2000, _process.Coagulant);
        Status("WAS_STAT", Sludge, 65535, () => StatusWords.OfWastePumps(_process, _plant.IsRemoteActive));
    }

    private void AddTank(string number, double most, DosingTank tank)
    {
        const string Area = "chemicals";
        Setpoint("CHM_SP_" + number, Area, "L/h", 0, most, () => tank.Setpoint, value => tank.Setpoint = value, tank.Condition);
        Measured("CHM_FIT_" + number, Area, "L/h", 0, most, SensorClass.A, 30, () => tank.Flow);
        Measured("CHM_LIT_" + number, Area, "m", 0, 6, SensorClass.A, 30, () => tank.Level);
    }

    private void AddEffluent()
    {
        const string Area = "effluent";
        var water = _process.Tertiary;
        Measured("EFF_FIT_601", Area, "m3/h", 0, 60_000, SensorClass.A, 60, () => _process.Flow);
        Measured("EFF_AIT_602", Area, "mg/L", 0, 200, SensorClass.D, 1800, () => water.Cod);
        Measured("EFF_AIT_603", Area, "mg/L", 0, 20, SensorClass.C1, 1200, () => water.Ammonium);
        Measured("EFF_AIT_604", Area, "mg/L", 0, 5, SensorClass.D, 1800, () => water.TotalPhosphorus);
        Measured("EFF_AIT_605", Area, "mg/L", 0, 50, SensorClass.D, 1800, () => water.TotalNitrogen);
        Measured("EFF_AIT_606", Area, "-", 5, 9, SensorClass.A, 60, () => water.Ph, sigma: 0.1);
        Measured("EFF_AIT_607", Area, "mg/L", 0, 200, SensorClass.A, 60, () => water.Solids);
        Measured("EFF_TIT_608", Area, "degC", 0, 40, SensorClass.A, 60, () => _process.Temperature, sigma: 0.5);
        Status("EFF_STAT", Area, 65535, () => _plant.Effluent.StatusWord);
        Status("EFF_SAMPLE_TS", Area, uint.MaxValue, () => _plant.Effluent.LastResultUnixSeconds, "s");
        Setpoint("DIS_SP_701", Area, "%", 0, 100, () => water.LampSetpoint, value => water.LampSetpoint = value, water.Lamps);
        Measured("DIS_AIT_701", Area, "mJ/cm2", 0, 250, SensorClass.A, 60, () => water.Dose, sigma: 2);
        Measured("DIS_AIT_702", Area, "1/L", 0, 2_000_000, SensorClass.Ideal, 0, () => water.Germs);
    }

    private void AddLane(int index, LaneProcess lane)
    {
        var area = $"lane {index + 1}";
        var prefix = $"L{index + 1}_";
        Measured(prefix + "FIT_201", area, "m3/h", 0, 15_000, SensorClass.A, 60, () => lane.Inflow, index);
        for (var zone = 0; zone < LaneProcess.Zones; zone++)
        {
            var number = zone;
            var valve = lane.ValveArray[zone];
            var suffix = zone + 3;
            Measured($"{prefix}AIT_DO{suffix}", area, "mg/L", 0, 10, SensorClass.A, 60, () => lane.Oxygen(number), index);
            Measured($"{prefix}FIT_AIR{suffix}", area, "Nm3/h", 0, 20_000, SensorClass.A, 10, () => valve.Air, index);
            Setpoint($"{prefix}VLV{suffix}_SP", area, "%", 0, 100, () => valve.Setpoint, value => valve.Setpoint = value, valve.Condition, isControlled: true);
            Measured($"{prefix}VLV{suffix}_FB", area, "%", 0, 100, SensorClass.Ideal, 0, () => valve.Position, index);
        }

        Measured(prefix + "AIT_NO3", area, "mg/L", 0, 20, SensorClass.B0, 600, () => lane.NitrateAnoxic, index);
        Measured(prefix + "AIT_NH4", area, "mg/L", 0, 20, SensorClass.B0, 600, () => lane.Ammonium(LaneProcess.Zones - 1), index);
        Measured(prefix + "AIT_MLSS", area, "g/L", 0, 10, SensorClass.A, 60, () => lane.Mlss, index);
        Measured(prefix + "TIT_202", area, "degC", 0, 40, SensorClass.A, 60, () => lane.Temperature, index, 0.5);
        Measured(prefix + "FIT_QINT", area, "m3/h", 0, 30_000, SensorClass.A, 60, () => lane.InternalRecycle, index);
        Setpoint(prefix + "QINT_SP", area, "%", 0, 100, () => lane.InternalSetpoint, value => lane.InternalSetpoint = value, lane.InternalPump);
        Measured(prefix + "FIT_RAS", area, "m3/h", 0, 12_000, SensorClass.A, 60, () => lane.ReturnSludge, index);
        Setpoint(prefix + "RAS_SP", area, "%", 0, 100, () => lane.ReturnSetpoint, value => lane.ReturnSetpoint = value, lane.ReturnPump);
        Measured(prefix + "LIT_SBL", area, "m", 0, 5, SensorClass.A, 60, () => lane.Blanket, index);
        Command(prefix + "MODE", area, 3, () => lane.Mode, value => lane.Mode = (int)value);

        string[] watched = ["AIT_DO3", "AIT_DO4", "AIT_DO5", "AIT_NO3", "AIT_NH4", "AIT_MLSS", "FIT_201"];
        var instruments = Array.ConvertAll(
            watched, name => _entries.Find(entry => entry.Signal.Name == prefix + name)!.Instrument!);
        Status(prefix + "STAT", area, 65535, () => StatusWords.OfLane(lane, instruments, _plant.IsLaneRemote(lane)));
    }

    private void Measured(
        string name, string area, string unit, double low, double high, SensorClass sensor, double response, Func<double> read, int lane = NoLane, double? sigma = null)
    {
        var signal = new PlantSignal(name, area, SignalKind.Measured, unit, low, high, sensor, response);
        var noise = sensor == SensorClass.Ideal ? 0 : (sigma ?? (NoiseShare * high)) * _options.NoiseScale;
        var instrument = new Instrument(
            sensor, response, low, high, noise, new SeededRandom(_options.Seed, name), read());
        _entries.Add(new SignalEntry(signal, read, null, instrument, lane == NoLane ? null : _process.Lanes[lane]));
    }

    // What the local control moves by itself needs no value to fall back to.
    private void Setpoint(
        string name, string area, string unit, double low, double high, Func<double> read, Action<double> write, ActuatorCondition? actuator = null, bool isControlled = false)
    {
        var signal = new PlantSignal(name, area, SignalKind.Setpoint, unit, low, high, SensorClass.Ideal, 0);
        _entries.Add(new SignalEntry(signal, read, write, null, null, actuator, isControlled ? null : read()));
    }

    private void Command(string name, string area, double high, Func<double> read, Action<double> write) =>
        _entries.Add(new SignalEntry(new PlantSignal(name, area, SignalKind.Command, "-", 0, high, SensorClass.Ideal, 0), read, write, null, null));

    private void Status(string name, string area, double high, Func<double> read, string unit = "-") =>
        _entries.Add(new SignalEntry(new PlantSignal(name, area, SignalKind.Status, unit, 0, high, SensorClass.Ideal, 0), read, null, null, null));
}

/// <summary>One row of the table.</summary>
/// <param name="Signal">What is published about it.</param>
/// <param name="Read">The process value.</param>
/// <param name="Write">What a write does; null when read only.</param>
/// <param name="Instrument">The instrument in between; null for set-points, commands and status words.</param>
/// <param name="Lane">The lane whose input station carries it; null when it is not lost with one.</param>
/// <param name="Actuator">What obeys the set-point; null for others.</param>
/// <param name="Fallback">What the set-point returns to when the supervisor is gone; null where the local control moves it, and for others.</param>
internal sealed record SignalEntry(
    PlantSignal Signal, Func<double> Read, Action<double>? Write, Instrument? Instrument, LaneProcess? Lane, ActuatorCondition? Actuator = null, double? Fallback = null);
