using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Process;

/// <summary>
/// A whole works: sewage, pumping station, treatment lanes with the benchmark's biology, aeration, chemicals, tertiary
/// stage and energy. Deterministic for its arguments and the sequence of steps; stepping allocates nothing. Used by one
/// thread.
/// </summary>
/// <remarks>
/// Lanes follow the benchmark's scaling law, so that their concentrations are comparable with the literature. What the
/// benchmark does not have (phosphorus, pH, temperature, filter, disinfection) is a surrogate; docs/plant.md names each.
/// </remarks>
public sealed class TreatmentWorks
{
    private const double ReferenceM3PerDay = 100_000;
    private const double WasteM3PerHourPerLane = 87;
    private const double CarbonLitersPerHourPerLane = 75;
    private const double CoagulantLitersPerHourPerLane = 115;
    private const double WastePumpRunsDryGPerLiter = 0.8;
    private const double WasteLagHours = 1.0 / 60;

    // Interlock: below this share of the mean flow nothing is dosed.
    private const double LeastFlowToDose = 0.05;
    private const int BlowerCount = 4;

    private readonly LaneProcess[] _lanes;
    private readonly double[] _outlet = new double[Asm1.Row];
    private readonly double[] _mixed = new double[Asm1.Row];
    private readonly double _scale;
    private long _biologySteps;

    /// <summary>Creates a works in a settled state.</summary>
    /// <param name="lanes">Number of lanes, 1 to 16.</param>
    /// <param name="meanFlowM3PerDayPerLane">Mean flow of a lane; all volumes and machines scale with it.</param>
    /// <param name="seed">Decides the scatter of the sewage.</param>
    /// <param name="start">Local time at the start.</param>
    /// <param name="influent">Influent for a plant of the benchmark's size, repeated for ever; null for the generator's.</param>
    public TreatmentWorks(int lanes, double meanFlowM3PerDayPerLane, ulong seed, DateTimeOffset start, InfluentSeries? influent = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lanes, 16);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(meanFlowM3PerDayPerLane);
        _scale = meanFlowM3PerDayPerLane / ReferenceM3PerDay;
        _biologySteps = BiologyStepsUntil(start);
        var perHour = meanFlowM3PerDayPerLane / 24;
        Influent = new SewageSource(perHour * lanes, seed, influent);
        Influent.Step(start, LaneProcess.BiologySeconds / 3600.0);
        Pumping = new PumpingStation(_scale, lanes);
        Air = new AirHeader(BlowerCount, _scale, lanes);
        Tertiary = new TertiaryStage(perHour * lanes);
        _lanes = new LaneProcess[lanes];
        for (var index = 0; index < lanes; index++)
        {
            _lanes[index] = new LaneProcess(_scale, meanFlowM3PerDayPerLane, Influent.Temperature)
            {
                // No splitter divides exactly: 3 % more for the first lane, 3 % less for the last.
                Weight = lanes == 1 ? 1 : 1.03 - (0.06 * index / (lanes - 1)),
            };
        }

        Carbon = new DosingTank(4, CarbonLitersPerHourPerLane * _scale * lanes);
        Coagulant = new DosingTank(4.5, CoagulantLitersPerHourPerLane * _scale * lanes);
        WasteSetpoint = Waste = WasteM3PerHourPerLane * _scale * lanes;
        Temperature = Influent.Temperature;
        foreach (var blower in Air.Blowers)
            blower.Setpoint = 65;
        _lanes[0].Model.Effluent(_outlet);
        Tertiary.Settle(_outlet);
    }

    /// <summary>What comes in.</summary>
    public SewageSource Influent { get; }

    /// <summary>Pump sump and inlet pumps.</summary>
    public PumpingStation Pumping { get; }

    /// <summary>Blowers and header.</summary>
    public AirHeader Air { get; }

    /// <summary>The lanes.</summary>
    public IReadOnlyList<LaneProcess> Lanes => _lanes;

    /// <summary>External carbon.</summary>
    public DosingTank Carbon { get; }

    /// <summary>Coagulant (iron).</summary>
    public DosingTank Coagulant { get; }

    /// <summary>Precipitation, filter and disinfection; the effluent.</summary>
    public TertiaryStage Tertiary { get; }

    /// <summary>Waste sludge set-point in m3/h.</summary>
    public double WasteSetpoint { get; set; }

    /// <summary>Waste sludge in m3/h.</summary>
    public double Waste { get; private set; }

    /// <summary>Solids of the waste sludge in g/L.</summary>
    public double WasteSolids { get; private set; }

    /// <summary>Waste sludge pumps have failed.</summary>
    public bool WastePumpFailed
    {
        get => WastePump.IsFailed;
        set => WastePump.IsFailed = value;
    }

    /// <summary>What is wrong with the waste sludge pumps.</summary>
    public ActuatorCondition WastePump { get; } = new();

    /// <summary>The waste sludge pumps have stopped because the sludge is as thin as water.</summary>
    public bool IsWastePumpDry { get; private set; }

    /// <summary>Effluent flow in m3/h.</summary>
    public double Flow { get; private set; }

    /// <summary>Effluent temperature in degrees Celsius.</summary>
    public double Temperature { get; private set; }

    /// <summary>Electrical power of the works in kW.</summary>
    public double Power { get; private set; }

    /// <summary>Electrical energy since the start in kWh.</summary>
    public double Energy { get; private set; }

    /// <summary>Electrical energy of the blowers since the start in kWh.</summary>
    public double AirEnergy { get; private set; }

    /// <summary>Volume that left as effluent since the start, in m3.</summary>
    public double EffluentTotal { get; private set; }

    /// <summary>Volume that left as waste sludge since the start, in m3.</summary>
    public double WasteTotal { get; private set; }

    /// <summary>Volume held in the pump sump and above the weirs, in m3.</summary>
    public double StoredVolume
    {
        get
        {
            var volume = Pumping.Volume;
            foreach (var lane in _lanes)
                volume += lane.Surplus;
            return volume;
        }
    }

    /// <summary>Moves on. The biology moves on its own grid of 5 s, so that it is the same however the time is divided.</summary>
    /// <param name="local">Local time at the end of the step.</param>
    /// <param name="seconds">Length of the step, above 0 and at most 10.</param>
    public void Step(DateTimeOffset local, double seconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seconds);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seconds, 10);
        var hours = seconds / 3600;
        Air.Step(seconds, _lanes);
        Pumping.Step(Influent.Flow, hours);
        Carbon.IsInterlocked = Coagulant.IsInterlocked = Pumping.Pumped < LeastFlowToDose * ReferenceM3PerDay / 24 * _scale * _lanes.Length;
        Carbon.Step(hours);
        Coagulant.Step(hours);
        StepLanes(hours);
        for (var due = BiologyStepsUntil(local); _biologySteps < due; _biologySteps++)
            StepBiology(local);
        MixEffluent(hours);
        StepEnergy(hours);
    }

    private static long BiologyStepsUntil(DateTimeOffset local) => local.Ticks / (LaneProcess.BiologySeconds * TimeSpan.TicksPerSecond);

    private void StepLanes(double hours)
    {
        double weights = 0;
        foreach (var lane in _lanes)
            weights += lane.Weight;
        var wanted = WastePumpFailed || IsWastePumpDry ? 0 : WasteSetpoint;
        var asked = Waste + ((wanted - Waste) * WastePump.Share(hours, WasteLagHours));
        Waste = 0;
        foreach (var lane in _lanes)
        {
            lane.StepFlows(hours, weights > 0 ? Pumping.Pumped * lane.Weight / weights : 0, asked / _lanes.Length, Influent.Temperature);
            Waste += lane.Waste;
        }

        WasteTotal += Waste * hours;
    }

    private void StepBiology(DateTimeOffset local)
    {
        Influent.Step(local, LaneProcess.BiologySeconds / 3600.0);
        var carbon = Carbon.Flow * 24 / 1000 / _lanes.Length;
        double solids = 0;
        foreach (var lane in _lanes)
        {
            lane.StepBiology(Influent, carbon);
            solids += lane.ReturnSolids / _lanes.Length;
        }

        WasteSolids = solids;
        IsWastePumpDry = solids < WastePumpRunsDryGPerLiter;
    }

    private void MixEffluent(double hours)
    {
        Array.Clear(_mixed);
        double flow = 0;
        double phosphate = 0;
        double temperature = 0;
        foreach (var lane in _lanes)
        {
            var share = lane.Outflow;
            lane.Model.Effluent(_outlet);
            for (var component = 0; component < Asm1.Count; component++)
                _mixed[component] += share * _outlet[component];
            flow += share;
            phosphate += share * lane.Phosphate;
            temperature += share * lane.Temperature;
        }

        Flow = flow;
        EffluentTotal += flow * hours;
        var divisor = Math.Max(flow, 1e-9);
        for (var component = 0; component < Asm1.Count; component++)
            _mixed[component] /= divisor;
        if (flow > 1e-6)
            Temperature = temperature / divisor;
        Tertiary.Step(_mixed, phosphate / divisor, flow, Coagulant.Flow, hours);
    }

    private void StepEnergy(double hours)
    {
        var power = Air.Power + Tertiary.Power + (0.05 * Pumping.Pumped) + (0.05 * Waste);
        foreach (var lane in _lanes)
            power += (0.004 * lane.InternalRecycle) + (0.008 * lane.ReturnSludge) + (lane.MixerFailed ? 0 : 90 * _scale);
        Power = power;
        Energy += power * hours;
        AirEnergy += Air.Power * hours;
    }
}
