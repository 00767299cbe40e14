namespace Gateway.Simulation.Process;

/// <summary>
/// A whole works: influent, pump sump, treatment lanes, aeration, chemicals, effluent and energy.
/// </summary>
/// <remarks>
/// This is a placeholder until a biological model takes its place. It moves in the right direction and stays in
/// plausible ranges; its numbers are not to be compared with a real plant or a benchmark. Deterministic for a seed and
/// a sequence of steps; stepping allocates nothing. Used by one thread.
/// </remarks>
public sealed class EffluentProcess
{
    /// <summary>Level at which the pump sump spills into the storm overflow, in m.</summary>
    public const double SumpOverflowM = 7.8;

    private const double SumpM2PerLane = 375;
    private const double PumpM3PerHourPerMPerLane = 1_667;
    private const double PumpsStopAtM = 0.5;
    private const double ReferenceM3PerDay = 100_000;
    private const double CarbonKgCodPerLiter = 0.4;
    private const double CoagulantKgIronPerLiter = 0.15;
    private const int BlowerCount = 4;

    private readonly LaneProcess[] _lanes;
    private readonly double _scale;
    private double _soluble = 0.25;

    /// <summary>Creates a works in a settled state.</summary>
    /// <param name="lanes">Number of lanes, 1 to 16.</param>
    /// <param name="meanFlowM3PerDayPerLane">Mean flow of a lane; all volumes scale with it.</param>
    /// <param name="random">The process's own random source.</param>
    public EffluentProcess(int lanes, double meanFlowM3PerDayPerLane, SeededRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lanes, 16);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(meanFlowM3PerDayPerLane);
        _scale = meanFlowM3PerDayPerLane / ReferenceM3PerDay;
        var perHour = meanFlowM3PerDayPerLane / 24;
        Influent = new InfluentGenerator(perHour * lanes, random);
        Air = new AirHeader(BlowerCount, _scale, lanes);
        _lanes = new LaneProcess[lanes];
        for (var index = 0; index < lanes; index++)
            _lanes[index] = new LaneProcess(_scale, perHour, temperature: 18);
        Carbon = new DosingTank(4, 75 * _scale * lanes);
        Coagulant = new DosingTank(4.5, 115 * _scale * lanes);
        WasteSetpoint = Waste = 75 * _scale * lanes;
        SumpVolume = 3 * SumpArea;
        Temperature = 18;
        foreach (var blower in Air.Blowers)
            blower.Setpoint = 65;
    }

    /// <summary>What comes in.</summary>
    public InfluentGenerator Influent { get; }

    /// <summary>Blowers and header.</summary>
    public AirHeader Air { get; }

    /// <summary>The lanes.</summary>
    public IReadOnlyList<LaneProcess> Lanes => _lanes;

    /// <summary>External carbon.</summary>
    public DosingTank Carbon { get; }

    /// <summary>Coagulant (iron).</summary>
    public DosingTank Coagulant { get; }

    /// <summary>Volume in the pump sump in m3.</summary>
    public double SumpVolume { get; private set; }

    /// <summary>Level in the pump sump in m.</summary>
    public double SumpLevel => SumpVolume / SumpArea;

    /// <summary>Flow pumped to the lanes in m3/h.</summary>
    public double Pumped { get; private set; }

    /// <summary>Waste sludge set-point in m3/h.</summary>
    public double WasteSetpoint { get; set; }

    /// <summary>Waste sludge in m3/h.</summary>
    public double Waste { get; private set; }

    /// <summary>Solids of the waste sludge in g/L.</summary>
    public double WasteSolids { get; private set; }

    /// <summary>The inlet pumps have failed: nothing is pumped and the sump fills until it overflows.</summary>
    public bool InletPumpsFailed { get; set; }

    /// <summary>Waste sludge pumps have failed.</summary>
    public bool WastePumpFailed { get; set; }

    /// <summary>Effluent flow in m3/h.</summary>
    public double Flow { get; private set; }

    /// <summary>Effluent COD in mg/L.</summary>
    public double Cod { get; private set; }

    /// <summary>Effluent ammonium in mg/L N.</summary>
    public double Ammonium { get; private set; }

    /// <summary>Effluent total nitrogen in mg/L N.</summary>
    public double TotalNitrogen { get; private set; }

    /// <summary>Effluent total phosphorus in mg/L P.</summary>
    public double TotalPhosphorus { get; private set; }

    /// <summary>Effluent suspended solids in mg/L.</summary>
    public double Solids { get; private set; }

    /// <summary>Effluent pH.</summary>
    public double Ph { get; private set; }

    /// <summary>Effluent temperature in degrees Celsius.</summary>
    public double Temperature { get; private set; }

    /// <summary>Electrical power of the works in kW.</summary>
    public double Power { get; private set; }

    /// <summary>Electrical energy since the start in kWh.</summary>
    public double Energy { get; private set; }

    /// <summary>Volume that came in since the start, in m3.</summary>
    public double InflowTotal { get; private set; }

    /// <summary>Volume that left as effluent since the start, in m3.</summary>
    public double EffluentTotal { get; private set; }

    /// <summary>Volume that left as waste sludge since the start, in m3.</summary>
    public double WasteTotal { get; private set; }

    /// <summary>Volume that spilled from the pump sump since the start, in m3.</summary>
    public double OverflowTotal { get; private set; }

    /// <summary>Volume held in the pump sump and above the weirs, in m3.</summary>
    public double StoredVolume
    {
        get
        {
            var volume = SumpVolume;
            foreach (var lane in _lanes)
                volume += lane.Surplus;
            return volume;
        }
    }

    private double SumpArea => SumpM2PerLane * _scale * _lanes.Length;

    /// <summary>Moves on.</summary>
    /// <param name="local">Local time at the end of the step.</param>
    /// <param name="seconds">Length of the step, above 0 and at most 10.</param>
    public void Step(DateTimeOffset local, double seconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seconds);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seconds, 10);
        var hours = seconds / 3600;
        Influent.Step(local, hours);
        Air.Step(seconds, _lanes);
        StepSump(hours);
        Carbon.Step(hours);
        Coagulant.Step(hours);
        var wanted = WastePumpFailed ? 0 : WasteSetpoint;
        Waste += (wanted - Waste) * (1 - Math.Exp(-hours * 60));
        WasteTotal += Waste * hours;

        var carbon = Carbon.Flow * CarbonKgCodPerLiter / _lanes.Length;
        foreach (var lane in _lanes)
            lane.Step(hours, Pumped / _lanes.Length, Waste / _lanes.Length, carbon, Influent);
        MixEffluent(hours);
        StepEnergy(hours);
    }

    private void StepSump(double hours)
    {
        InflowTotal += Influent.Flow * hours;
        var pumps = PumpM3PerHourPerMPerLane * _scale * _lanes.Length;
        Pumped = InletPumpsFailed ? 0 : pumps * Math.Max(0, SumpLevel - PumpsStopAtM);
        SumpVolume += hours * (Influent.Flow - Pumped);
        var spilled = Math.Max(0, SumpVolume - (SumpOverflowM * SumpArea));
        SumpVolume -= spilled;
        OverflowTotal += spilled;
    }

    private void MixEffluent(double hours)
    {
        double flow = 0;
        double ammonium = 0;
        double nitrate = 0;
        double phosphate = 0;
        double cod = 0;
        double solids = 0;
        double temperature = 0;
        WasteSolids = 0;
        foreach (var lane in _lanes)
        {
            var share = lane.Outflow;
            flow += share;
            ammonium += share * lane.EffluentAmmonium;
            nitrate += share * lane.EffluentNitrate;
            phosphate += share * lane.Phosphate;
            cod += share * lane.DissolvedCod;
            solids += share * lane.EffluentSolids;
            temperature += share * lane.Temperature;
            WasteSolids += lane.ReturnSolids / _lanes.Length;
        }

        Flow = flow;
        EffluentTotal += flow * hours;
        var divisor = Math.Max(flow, 1e-9);
        Ammonium = ammonium / divisor;
        nitrate /= divisor;
        Solids = solids / divisor;
        Temperature = temperature / divisor;
        Cod = (cod / divisor) + (0.9 * Solids);
        TotalNitrogen = Ammonium + nitrate + 0.8 + (0.06 * Solids);
        Precipitate(hours, phosphate / divisor);
        TotalPhosphorus = _soluble + (0.02 * Solids);
        Ph = Math.Clamp(7.35 - (0.02 * nitrate) + (0.015 * Ammonium) - (0.1 * IronToPhosphorus(phosphate / divisor)), 5.5, 8.5);
    }

    private void Precipitate(double hours, double phosphate)
    {
        var remaining = 0.03 + (phosphate * Math.Exp(-1.4 * IronToPhosphorus(phosphate)));
        _soluble += (remaining - _soluble) * (1 - Math.Exp(-hours / 0.75));
    }

    /// <summary>Moles of iron dosed per mole of phosphorus, 55.8 and 31 g/mol, at most 5.</summary>
    private double IronToPhosphorus(double phosphate)
    {
        var ironMoles = Coagulant.Flow * CoagulantKgIronPerLiter / 55.8;
        var phosphorusMoles = phosphate * Math.Max(Flow, 1) / 1000 / 31;
        return Math.Min(ironMoles / Math.Max(phosphorusMoles, 1e-9), 5);
    }

    private void StepEnergy(double hours)
    {
        var power = Air.Power + (0.05 * Pumped) + (0.05 * Waste);
        foreach (var lane in _lanes)
            power += (0.004 * lane.InternalRecycle) + (0.008 * lane.ReturnSludge) + (90 * _scale);
        Power = power;
        Energy += power * hours;
    }
}
