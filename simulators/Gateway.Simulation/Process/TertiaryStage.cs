using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Process;

/// <summary>
/// What stands behind the settlers: iron precipitates phosphate, a filter holds solids back, ultraviolet light
/// disinfects. All of it is a surrogate: the benchmark ends at the settler's weir. Used by one thread.
/// </summary>
public sealed class TertiaryStage
{
    private const double CoagulantKgIronPerLiter = 0.15;
    private const double IronGPerMol = 55.8;
    private const double PhosphorusGPerMol = 31;

    // Volume in hours of mean flow; share of solids that passes; flow that the filter takes, in mean flows.
    private const double VolumeHours = 0.75;
    private const double PassingShare = 0.42;
    private const double FilterCapacity = 2;

    private const double PhosphorusInSolids = 0.02;
    private const double LeastPhosphate = 0.03;
    private const double CarbonDioxide = 0.45;

    // mJ/cm2 at mean flow, full lamps and clear water; mJ/cm2 for a tenth of the germs; germs before and hidden in solids, per L.
    private const double FullDose = 45;
    private const double DosePerDecade = 9;
    private const double GermsBefore = 1_000_000;
    private const double GermsPerSolids = 15;
    private const double LampKWPerMeanFlow = 0.02;

    private readonly double _meanFlow;
    private readonly double[] _row = new double[Asm1.Row];
    private double _phosphate = 0.25;
    private double _iron;

    internal TertiaryStage(double meanFlowM3PerHour) => _meanFlow = meanFlowM3PerHour;

    /// <summary>Lamps of the disinfection, set-point in percent.</summary>
    public double LampSetpoint { get; set; } = 80;

    /// <summary>The lamps are off.</summary>
    public bool LampsFailed
    {
        get => Lamps.IsFailed;
        set => Lamps.IsFailed = value;
    }

    /// <summary>What is wrong with the lamps; they cannot be stuck or slow.</summary>
    public ActuatorCondition Lamps { get; } = new();

    /// <summary>Effluent COD in mg/L.</summary>
    public double Cod => Quality.Cod(_row);

    /// <summary>Effluent ammonium in mg/L N.</summary>
    public double Ammonium => _row[Asm1.SNH];

    /// <summary>Effluent nitrate in mg/L N.</summary>
    public double Nitrate => _row[Asm1.SNO];

    /// <summary>Effluent total nitrogen in mg/L N.</summary>
    public double TotalNitrogen => Quality.TotalNitrogen(_row, Asm1Parameters.Default);

    /// <summary>Effluent suspended solids in mg/L.</summary>
    public double Solids => Asm1.Solids(_row);

    /// <summary>Effluent total phosphorus in mg/L P (surrogate).</summary>
    public double TotalPhosphorus => _phosphate + (PhosphorusInSolids * Solids);

    /// <summary>Effluent pH (surrogate, from the alkalinity that nitrification and iron leave).</summary>
    public double Ph => SewageSource.PhOf(_row[Asm1.SALK] - (3 * _iron), CarbonDioxide);

    /// <summary>Ultraviolet dose in mJ/cm2.</summary>
    public double Dose { get; private set; }

    /// <summary>Fecal coliforms per liter behind the disinfection (surrogate).</summary>
    public double Germs { get; private set; }

    /// <summary>Power of the lamps in kW.</summary>
    public double Power => LampsFailed ? 0 : LampKWPerMeanFlow * _meanFlow * LampSetpoint / 100;

    /// <summary>Settles the stage on the water that comes.</summary>
    internal void Settle(ReadOnlySpan<double> secondary)
    {
        secondary.CopyTo(_row);
        foreach (var component in TakacsSettler.Particulate)
            _row[component] *= PassingShare;
    }

    /// <summary>Moves on.</summary>
    /// <param name="secondary">Water over the weirs, mixed.</param>
    /// <param name="phosphate">Phosphate in it, mg/L P.</param>
    /// <param name="flow">Its flow in m3/h.</param>
    /// <param name="coagulantLitersPerHour">Dose of coagulant.</param>
    /// <param name="hours">Length of the step.</param>
    internal void Step(ReadOnlySpan<double> secondary, double phosphate, double flow, double coagulantLitersPerHour, double hours)
    {
        var mixing = 1 - Math.Exp(-hours * flow / (VolumeHours * _meanFlow));
        // What the filter cannot take goes around it.
        var filtered = Math.Min(1, FilterCapacity * _meanFlow / Math.Max(flow, 1e-9));
        var passing = (PassingShare * filtered) + (1 - filtered);
        for (var component = 0; component < Asm1.Count; component++)
            _row[component] += (secondary[component] - _row[component]) * mixing;
        foreach (var component in TakacsSettler.Particulate)
            _row[component] += (passing - 1) * secondary[component] * mixing;

        var iron = coagulantLitersPerHour * CoagulantKgIronPerLiter * 1000 / IronGPerMol / Math.Max(flow, 0.02 * _meanFlow);
        _iron += (iron - _iron) * mixing;
        var molar = Math.Min(iron / Math.Max(phosphate / PhosphorusGPerMol, 1e-9), 5);
        var left = LeastPhosphate + (phosphate * Math.Exp(-1.4 * molar));
        _phosphate += (left - _phosphate) * mixing;
        Disinfect(flow);
    }

    // Solids take light away and hide germs from it.
    private void Disinfect(double flow)
    {
        var lamps = LampsFailed ? 0 : LampSetpoint / 100;
        Dose = FullDose * lamps * _meanFlow / Math.Max(flow, 0.2 * _meanFlow) * Math.Exp(-0.01 * Solids);
        Germs = (GermsBefore * Math.Pow(10, -Dose / DosePerDecade)) + (GermsPerSolids * Solids * Math.Exp(-Dose / FullDose));
    }
}
