using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Process;

/// <summary>
/// One treatment lane: a <see cref="Bsm1Plant"/> of its size (two anoxic and three aerated tanks, settler), with the
/// valves, pumps and hydraulics that a works has around it. Used by one thread.
/// </summary>
public sealed class LaneProcess
{
    /// <summary>Number of aerated zones, named 3 to 5 in the tags.</summary>
    public const int Zones = 3;

    /// <summary>The biology moves on in steps of so many seconds.</summary>
    public const int BiologySeconds = 5;

    private const int FirstZone = 3;
    private const double PumpLagHours = 86.4 / 3600;
    private const double LeastReturnPercent = 15;
    private const double SurplusHours = 10.0 / 60;
    private const double TemperatureHours = 8;

    // Solids of a layer that count as sludge blanket, g/m3.
    private const double BlanketSolids = 2000;

    // A poison of strength 1 kills so much of the bacteria in an hour.
    private const double DeathPerHour = 0.5;

    private readonly double _scale;
    private readonly Bsm1Plant _model;
    private readonly AirValve[] _valves = [new(), new(), new()];
    private double _surplus;
    private bool _isShortCircuited;

    /// <summary>Creates a settled lane.</summary>
    /// <param name="scale">Size of the machines; 1 for 100,000 m3/d.</param>
    /// <param name="meanFlowM3PerDay">Mean flow.</param>
    /// <param name="temperature">Water temperature at the start.</param>
    internal LaneProcess(double scale, double meanFlowM3PerDay, double temperature)
    {
        _scale = scale;
        _model = new Bsm1Plant(new Bsm1Options
        {
            Size = new Bsm1Dimensions(meanFlowM3PerDay / new Bsm1Dimensions().Inflow),
            HasMixingFilter = false,
        })
        {
            StepsPerMinute = 60 / BiologySeconds,
        };
        SettledLane.Write(_model.MutableState);
        _surplus = meanFlowM3PerDay / 24 * SurplusHours;
        Temperature = temperature;
        InternalRecycle = InternalSetpoint / 100 * Size.MostInternalRecycle / 24;
        ReturnSludge = ReturnSetpoint / 100 * Size.MostReturnSludge / 24;
        _model.Refresh();
    }

    /// <summary>The model of biology and settler; between steps it may be read.</summary>
    public Bsm1Plant Model => _model;

    /// <summary>The air valves of zones 3, 4 and 5.</summary>
    public IReadOnlyList<AirValve> Valves => _valves;

    /// <summary>Weight of the lane in the distribution of the inflow; 0 takes it off the flow.</summary>
    public double Weight
    {
        get;
        set => field = Math.Clamp(value, 0, 10);
    } = 1;

    /// <summary>Flow into the lane in m3/h.</summary>
    public double Inflow { get; private set; }

    /// <summary>Flow over the settler's weir in m3/h.</summary>
    public double Outflow { get; private set; }

    /// <summary>Waste sludge drawn from the lane in m3/h.</summary>
    public double Waste { get; private set; }

    /// <summary>Volume above the settler's weir in m3; the only volume of the lane that varies.</summary>
    public double Surplus => _surplus;

    /// <summary>Internal recycle in m3/h.</summary>
    public double InternalRecycle { get; private set; }

    /// <summary>Return sludge in m3/h.</summary>
    public double ReturnSludge { get; private set; }

    /// <summary>Internal recycle pumps, set-point in percent.</summary>
    public double InternalSetpoint { get; set; } = 60;

    /// <summary>Return sludge pumps, set-point in percent.</summary>
    public double ReturnSetpoint { get; set; } = 50;

    /// <summary>Control mode written by the supervisor: 0 local, 1 DO set-point, 2 ammonium-based, 3 direct valve.</summary>
    public int Mode { get; set; }

    /// <summary>Nitrate at the end of the anoxic zone in mg/L N.</summary>
    public double NitrateAnoxic => _model.Tank(FirstZone - 1)[Asm1.SNO];

    /// <summary>Mixed-liquor suspended solids in g/L.</summary>
    public double Mlss => Asm1.Solids(_model.Tank(Bsm1Dimensions.Tanks)) / 1000;

    /// <summary>Solids of the return sludge in g/L.</summary>
    public double ReturnSolids => _model.Layer(0)[TakacsSettler.X] / 1000;

    /// <summary>Water temperature in degrees Celsius. The biology does not follow it.</summary>
    public double Temperature { get; private set; }

    /// <summary>Sludge blanket above the settler's floor in m: the layers, each as far as it is filled with sludge.</summary>
    public double Blanket
    {
        get
        {
            double height = 0;
            for (var layer = 0; layer < TakacsSettler.Layers; layer++)
                height += Bsm1Dimensions.LayerHeight * Math.Clamp(_model.Layer(layer)[TakacsSettler.X] / BlanketSolids, 0, 1);
            return height;
        }
    }

    /// <summary>Phosphate after biological uptake, before coagulation, in mg/L P (surrogate).</summary>
    public double Phosphate { get; private set; } = 1.6;

    /// <summary>Internal recycle pumps have failed: no recycle.</summary>
    public bool InternalPumpFailed
    {
        get => InternalPump.IsFailed;
        set => InternalPump.IsFailed = value;
    }

    /// <summary>Return sludge pumps have failed: no return.</summary>
    public bool ReturnPumpFailed
    {
        get => ReturnPump.IsFailed;
        set => ReturnPump.IsFailed = value;
    }

    /// <summary>What is wrong with the internal recycle pumps.</summary>
    public ActuatorCondition InternalPump { get; } = new();

    /// <summary>What is wrong with the return sludge pumps.</summary>
    public ActuatorCondition ReturnPump { get; } = new();

    /// <summary>What is wrong with the mixer.</summary>
    public ActuatorCondition Mixer { get; } = new();

    /// <summary>The anoxic zone's mixer has failed: half of the recycle passes the zone without mixing.</summary>
    public bool MixerFailed
    {
        get => Mixer.IsFailed;
        set => Mixer.IsFailed = value;
    }

    /// <summary>The lane's input and output station is cut off: what the plant reads of it is frozen.</summary>
    public bool IsIoLost { get; set; }

    internal AirValve[] ValveArray => _valves;

    private Bsm1Dimensions Size => _model.Size;

    /// <summary>Dissolved oxygen of aerated zone 0 to 2 in mg/L.</summary>
    public double Oxygen(int zone) => _model.Tank(FirstZone + zone)[Asm1.SO];

    /// <summary>Ammonium of aerated zone 0 to 2 in mg/L N.</summary>
    public double Ammonium(int zone) => _model.Tank(FirstZone + zone)[Asm1.SNH];

    /// <summary>Pumps and water; exact in volume: what is added is what came minus what went.</summary>
    internal void StepFlows(double hours, double inflow, double waste, double temperature)
    {
        Inflow = inflow;
        // Without inflow nothing may be drawn: the settler's water would run backward.
        Waste = Math.Min(waste, 0.9 * inflow);
        var wantedInternal = InternalPumpFailed ? 0 : InternalSetpoint / 100 * Size.MostInternalRecycle / 24;
        // Interlock: a lane that is fed returns its sludge, whatever the set-point says.
        var returnPercent = inflow > 0 ? Math.Max(ReturnSetpoint, LeastReturnPercent) : ReturnSetpoint;
        var wantedReturn = ReturnPumpFailed ? 0 : returnPercent / 100 * Size.MostReturnSludge / 24;
        InternalRecycle += (wantedInternal - InternalRecycle) * InternalPump.Share(hours, PumpLagHours);
        ReturnSludge += (wantedReturn - ReturnSludge) * ReturnPump.Share(hours, PumpLagHours);
        _surplus = (_surplus + (hours * (Inflow - Waste))) / (1 + (hours / SurplusHours));
        Outflow = _surplus / SurplusHours;
        Temperature += (temperature - Temperature) * (1 - Math.Exp(-hours / TemperatureHours));
    }

    /// <summary>The biology and the settler, <see cref="BiologySeconds"/> further.</summary>
    /// <param name="sewage">What comes in.</param>
    /// <param name="carbonM3PerDay">External carbon into the anoxic zone.</param>
    internal void StepBiology(SewageSource sewage, double carbonM3PerDay)
    {
        var handles = _model.Handles;
        handles.InternalRecycle = InternalRecycle * 24;
        handles.ReturnSludge = ReturnSludge * 24;
        handles.WasteSludge = Waste * 24;
        handles.SetCarbon(1, carbonM3PerDay);
        for (var zone = 0; zone < Zones; zone++)
            handles.SetAeration(FirstZone + zone, Aeration.Kla(_valves[zone].Air, Size.Volume(FirstZone + zone), _scale));
        if (MixerFailed != _isShortCircuited)
            ShortCircuit();
        _model.HoldInfluent(sewage.Row, Inflow * 24);
        _model.Step();
        StepPhosphate(sewage);
        if (sewage.Toxicity > 0)
            Poison(DeathPerHour * sewage.Toxicity * BiologySeconds / 3600.0);
    }

    private void ShortCircuit()
    {
        _isShortCircuited = MixerFailed;
        ReadOnlySpan<double> shares = MixerFailed ? [0.5, 0, 0.5, 0, 0] : [1, 0, 0, 0, 0];
        _model.Handles.SetShares(InletStream.InternalRecycle, shares);
    }

    // Two thirds of the phosphorus go with the sludge; the tanks even out the rest.
    private void StepPhosphate(SewageSource sewage)
    {
        var exchange = Inflow / (5 * Size.Volume(1));
        Phosphate += ((0.32 * sewage.TotalPhosphorus) - Phosphate) * (1 - Math.Exp(-exchange * BiologySeconds / 3600.0));
    }

    /// <summary>Kills a share of the bacteria; like in decay, COD and nitrogen stay.</summary>
    internal void Poison(double share)
    {
        var biology = _model.Biology.Parameters;
        var state = _model.MutableState;
        for (var tank = 1; tank <= Bsm1Dimensions.Tanks; tank++)
        {
            var row = state.Slice(StateLayout.Tank(tank), Asm1.Row);
            // Nitrifiers are the tender ones.
            var dead = share * (row[Asm1.XBA] + (0.3 * row[Asm1.XBH]));
            row[Asm1.XBA] -= share * row[Asm1.XBA];
            row[Asm1.XBH] -= 0.3 * share * row[Asm1.XBH];
            row[Asm1.XS] += (1 - biology.InertShare) * dead;
            row[Asm1.XP] += biology.InertShare * dead;
            row[Asm1.XND] += (biology.NitrogenInBiomass - (biology.InertShare * biology.NitrogenInProducts)) * dead;
        }
    }
}
