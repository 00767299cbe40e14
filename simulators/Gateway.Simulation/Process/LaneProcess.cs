namespace Gateway.Simulation.Process;

/// <summary>
/// One treatment lane: an anoxic zone, three aerated zones in a row, a settler, internal recycle and return sludge.
/// First-order reactions with saturation terms, integrated implicitly so that no concentration can become negative.
/// A placeholder with plausible behavior, not a biological model.
/// </summary>
public sealed class LaneProcess
{
    /// <summary>Number of aerated zones, named 3 to 5 in the tags.</summary>
    public const int Zones = 3;

    // Volumes of a lane for a mean flow of 100,000 m3/d.
    private const double AnoxicM3 = 10_840;
    private const double ZoneM3 = 7_225;
    private const double SettlerMixingM3 = 9_000;

    private const double MostInternalM3PerHour = 20_829;
    private const double MostReturnM3PerHour = 8_331;
    private const double PumpLagHours = 86.4 / 3600;
    private const double NitrificationPerHour = 13;
    private const double DenitrificationPerHour = 20;

    // kg of oxygen dissolved per Nm3 of air: 0.299 kg in it, 25 % transferred in clean water, 60 % of that in sludge.
    private const double OxygenPerNm3 = 0.299 * 0.25 * 0.6;

    private static readonly double[] CarbonShare = [0.45, 0.33, 0.22];

    private readonly double _scale;
    private readonly double _meanFlow;
    private readonly AirValve[] _valves = [new(), new(), new()];
    private readonly double[] _oxygen = [2, 2, 2];
    private readonly double[] _ammonium = [6, 3, 1];
    private readonly double[] _nitrate = [4, 6, 8];
    private double _ammoniumAnoxic = 9;
    private double _carbonLoad;
    private double _surplus;

    internal LaneProcess(double scale, double meanFlowM3PerHour, double temperature)
    {
        _scale = scale;
        _meanFlow = meanFlowM3PerHour;
        Temperature = temperature;
        _carbonLoad = 0.38 * meanFlowM3PerHour;
        _surplus = meanFlowM3PerHour * SurplusHours;
        InternalRecycle = 0.6 * MostInternalM3PerHour * scale;
        ReturnSludge = 0.5 * MostReturnM3PerHour * scale;
    }

    /// <summary>The air valves of zones 3, 4 and 5.</summary>
    public IReadOnlyList<AirValve> Valves => _valves;

    /// <summary>Flow into the lane in m3/h.</summary>
    public double Inflow { get; private set; }

    /// <summary>Flow over the settler's weir in m3/h.</summary>
    public double Outflow { get; private set; }

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
    public double NitrateAnoxic { get; private set; } = 1;

    /// <summary>Mixed-liquor suspended solids in g/L.</summary>
    public double Mlss { get; private set; } = 3.5;

    /// <summary>Solids of the return sludge in g/L.</summary>
    public double ReturnSolids { get; private set; } = 7;

    /// <summary>Water temperature in degrees Celsius.</summary>
    public double Temperature { get; private set; }

    /// <summary>Sludge blanket above the settler's floor in m.</summary>
    public double Blanket { get; private set; } = 1;

    /// <summary>Ammonium that leaves the settler in mg/L N.</summary>
    public double EffluentAmmonium { get; private set; } = 1;

    /// <summary>Nitrate that leaves the settler in mg/L N.</summary>
    public double EffluentNitrate { get; private set; } = 8;

    /// <summary>Phosphate after biological uptake, before coagulation, in mg/L P.</summary>
    public double Phosphate { get; private set; } = 1.6;

    /// <summary>Dissolved residual COD in mg/L.</summary>
    public double DissolvedCod { get; private set; } = 26;

    /// <summary>Suspended solids that leave the settler in mg/L.</summary>
    public double EffluentSolids { get; private set; } = 8;

    /// <summary>Internal recycle pumps have failed: no recycle.</summary>
    public bool InternalPumpFailed { get; set; }

    /// <summary>Return sludge pumps have failed: no return.</summary>
    public bool ReturnPumpFailed { get; set; }

    /// <summary>The anoxic zone's mixer has failed; it takes half of the denitrification with it.</summary>
    public bool MixerFailed { get; set; }

    /// <summary>The lane's input and output station is cut off: what the plant reads of it is frozen.</summary>
    public bool IsIoLost { get; set; }

    internal AirValve[] ValveArray => _valves;

    private static double SurplusHours => 10.0 / 60;

    /// <summary>Dissolved oxygen of aerated zone 0 to 2 in mg/L.</summary>
    public double Oxygen(int zone) => _oxygen[zone];

    /// <summary>Ammonium of aerated zone 0 to 2 in mg/L N.</summary>
    public double Ammonium(int zone) => _ammonium[zone];

    internal void Step(double hours, double inflow, double waste, double carbonKgPerHour, InfluentGenerator influent)
    {
        Inflow = inflow;
        StepFlows(hours, waste);
        Temperature += (influent.Temperature - Temperature) * (1 - Math.Exp(-hours / 8));
        _carbonLoad += ((inflow * influent.Cod / 1000) - _carbonLoad) * (1 - Math.Exp(-hours));

        var through = inflow + InternalRecycle + ReturnSludge;
        StepAnoxic(hours, through, carbonKgPerHour, influent);
        StepZones(hours, through);
        StepSludge(hours, inflow, waste);
        StepSettler(hours, inflow, carbonKgPerHour, influent);
    }

    private void StepFlows(double hours, double waste)
    {
        var share = 1 - Math.Exp(-hours / PumpLagHours);
        var wantedInternal = InternalPumpFailed ? 0 : InternalSetpoint / 100 * MostInternalM3PerHour * _scale;
        var wantedReturn = ReturnPumpFailed ? 0 : ReturnSetpoint / 100 * MostReturnM3PerHour * _scale;
        InternalRecycle += (wantedInternal - InternalRecycle) * share;
        ReturnSludge += (wantedReturn - ReturnSludge) * share;

        // Implicit, and exact in volume: what is added is what came minus what went.
        _surplus = (_surplus + (hours * (Inflow - waste))) / (1 + (hours / SurplusHours));
        Outflow = _surplus / SurplusHours;
    }

    private void StepAnoxic(double hours, double through, double carbonKgPerHour, InfluentGenerator influent)
    {
        var volume = AnoxicM3 * _scale;
        var returned = InternalRecycle + ReturnSludge;

        // Organic nitrogen of the influent turns to ammonium on the way: the load is a little above that of ammonium.
        var ammoniumIn = (Inflow * influent.Ammonium * 1.1) + (returned * _ammonium[Zones - 1]);
        _ammoniumAnoxic = (_ammoniumAnoxic + (hours * ammoniumIn / volume)) / (1 + (hours * through / volume));

        var oxygenIn = returned * _oxygen[Zones - 1] / through;
        var food = Math.Clamp(_carbonLoad / (0.38 * _meanFlow), 0.3, 1.6);
        var rate = DenitrificationPerHour * (Mlss / 3.5) * Warmth(1.05) * food / (1 + oxygenIn);
        rate += carbonKgPerHour * 1000 / 4.5 / volume;
        if (MixerFailed)
            rate /= 2;
        var loss = rate / (0.5 + NitrateAnoxic);
        NitrateAnoxic = (NitrateAnoxic + (hours * returned * _nitrate[Zones - 1] / volume))
            / (1 + (hours * ((through / volume) + loss)));
    }

    private void StepZones(double hours, double through)
    {
        var volume = ZoneM3 * _scale;
        var exchange = through / volume;
        var saturation = 14.6 - (0.37 * Temperature) + (0.0045 * Temperature * Temperature);
        var ammoniumBefore = _ammoniumAnoxic;
        var nitrateBefore = NitrateAnoxic;
        var oxygenBefore = 0.0;
        for (var zone = 0; zone < Zones; zone++)
        {
            var oxygen = _oxygen[zone];
            var most = NitrificationPerHour * (Mlss / 3.5) * Warmth(1.06) * oxygen / (0.5 + oxygen);
            var loss = most / (1 + _ammonium[zone]);
            _ammonium[zone] = (_ammonium[zone] + (hours * exchange * ammoniumBefore)) / (1 + (hours * (exchange + loss)));
            var nitrified = loss * _ammonium[zone];
            _nitrate[zone] = (_nitrate[zone] + (hours * ((exchange * nitrateBefore) + nitrified))) / (1 + (hours * exchange));

            // Oxygen uptake per mg/L of oxygen present, so that the implicit step cannot overdraw it.
            var carbon = 0.28 * _carbonLoad * CarbonShare[zone] * 1000 / volume;
            var uptake = (carbon / (0.2 + oxygen)) + (4.57 * nitrified / Math.Max(oxygen, 0.01));
            var transfer = _valves[zone].Air * OxygenPerNm3 * 1000 / (saturation * volume);
            _oxygen[zone] = (oxygen + (hours * ((transfer * saturation) + (exchange * oxygenBefore))))
                / (1 + (hours * (transfer + exchange + uptake)));

            ammoniumBefore = _ammonium[zone];
            nitrateBefore = _nitrate[zone];
            oxygenBefore = _oxygen[zone];
        }
    }

    private void StepSludge(double hours, double inflow, double waste)
    {
        var volume = (AnoxicM3 + (Zones * ZoneM3)) * _scale;
        var drawn = Math.Max(ReturnSludge + waste, 1);
        ReturnSolids = Math.Min(Mlss * (inflow + ReturnSludge) / drawn, 15);
        var grown = 0.34 * _carbonLoad;
        Mlss = (Mlss + (hours * grown / volume)) / (1 + (hours * waste * ReturnSolids / Mlss / volume));

        var load = Math.Pow(Mlss / 3.5, 1.5) * (inflow / _meanFlow);
        var draw = 0.5 + (0.5 * _meanFlow / Math.Max(ReturnSludge, 0.2 * _meanFlow));
        var height = Math.Clamp(0.2 + (0.8 * load * draw), 0, 4.8);
        Blanket += (height - Blanket) * (1 - Math.Exp(-hours));
    }

    private void StepSettler(double hours, double inflow, double carbonKgPerHour, InfluentGenerator influent)
    {
        var mixing = 1 - Math.Exp(-hours * inflow / (SettlerMixingM3 * _scale));
        EffluentAmmonium += (_ammonium[Zones - 1] - EffluentAmmonium) * mixing;
        EffluentNitrate += (_nitrate[Zones - 1] - EffluentNitrate) * mixing;

        // Carbon that finds no nitrate passes the anoxic zone, and a part of it the whole lane.
        var unused = carbonKgPerHour * 1000 / Math.Max(inflow, 1) * 0.5 / (0.5 + NitrateAnoxic);
        var residual = 19 + (0.012 * influent.Cod) + (0.2 * unused);
        DissolvedCod += (residual - DissolvedCod) * mixing;

        var retention = (AnoxicM3 + (Zones * ZoneM3)) * _scale / Math.Max(inflow, 1);
        Phosphate += ((0.32 * influent.TotalPhosphorus) - Phosphate) * (1 - Math.Exp(-hours / retention));

        var carried = 4 + (3 * Math.Pow(inflow / _meanFlow, 1.5) * (Mlss / 3.5)) + (20 * Math.Max(0, Blanket - 2.5));
        EffluentSolids += (carried - EffluentSolids) * (1 - Math.Exp(-hours * 3));
    }

    private double Warmth(double perDegree) => Math.Pow(perDegree, Temperature - 20);
}
