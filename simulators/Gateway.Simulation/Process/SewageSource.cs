using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Process;

/// <summary>
/// The sewage that reaches the works, by hour, weekday, season and weather: the dry-weather pattern of
/// <see cref="GeneratedInfluent"/> with runoff that follows the weather of the moment, or an influent from a file.
/// Stepping allocates nothing. Used by one thread.
/// </summary>
public sealed class SewageSource
{
    /// <summary>Phosphorus per COD of the sewage (surrogate: the benchmark has no phosphorus).</summary>
    private const double PhosphorusPerCod = 0.0131;

    // The demonstration site against the benchmark: less inert COD, less nitrogen, warmer water.
    private const double InertShare = 0.7;
    private const double NitrogenShare = 0.83;
    private const double WarmerBy = 3;

    // mol/m3 of dissolved carbon dioxide, and the first acidity constant of carbonic acid at 15 °C.
    private const double CarbonDioxide = 0.7;
    private const double AcidityConstant = 6.4;

    // Rain in mean dry-weather flows; a storm is showers with pauses.
    private const double SteadyRain = 0.8;
    private const double ShowerRain = 2.6;
    private const double ShowerHours = 1.5;
    private const double ShowerEveryHours = 8;

    private readonly double _size;
    private readonly InfluentSeries _dry;
    private readonly bool _isFile;
    private readonly Catchment _catchment = new();
    private readonly RandomWalk _flow;
    private readonly RandomWalk _dissolved;
    private readonly RandomWalk _ammonium;
    private readonly RandomWalk _particulate;
    private readonly double[] _row = new double[InfluentSeries.RowLength];
    private double _stormHours;
    private double _fileMinutes;

    /// <summary>Creates the source.</summary>
    /// <param name="meanFlowM3PerHour">Mean dry-weather flow.</param>
    /// <param name="seed">Decides the scatter.</param>
    /// <param name="influent">An influent for a plant of the benchmark's size, repeated for ever; null for the generator's.</param>
    public SewageSource(double meanFlowM3PerHour, ulong seed, InfluentSeries? influent = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(meanFlowM3PerHour);
        _size = meanFlowM3PerHour / InfluentSeries.Constant[0][InfluentSeries.Flow];
        _isFile = influent is not null;
        _dry = influent ?? GeneratedInfluent.DryWeek();
        _flow = Walk("flow", GeneratedInfluent.FlowScatter, GeneratedInfluent.FlowScatterHours);
        _dissolved = Walk("dissolved", GeneratedInfluent.LaboratoryScatter, GeneratedInfluent.LaboratoryScatterHours);
        _ammonium = Walk("ammonium", GeneratedInfluent.LaboratoryScatter, GeneratedInfluent.LaboratoryScatterHours);
        _particulate = Walk("particulate", GeneratedInfluent.LaboratoryScatter, GeneratedInfluent.LaboratoryScatterHours);

        RandomWalk Walk(string part, double sigma, double hours) => new(new SeededRandom(seed, "sewage " + part), sigma, hours);
    }

    /// <summary>The weather; may be changed at any time, the flow follows within minutes to hours.</summary>
    public Weather Weather
    {
        get;
        set
        {
            if (value != field)
                _stormHours = 0;
            field = value;
        }
    }

    /// <summary>Strength of a poison in the sewage: 0 for none, 1 for one that kills bacteria within hours.</summary>
    public double Toxicity { get; set; }

    /// <summary>Flow in m3/h.</summary>
    public double Flow { get; private set; }

    /// <summary>Water temperature in degrees Celsius.</summary>
    public double Temperature { get; private set; }

    /// <summary>pH (surrogate, from the alkalinity).</summary>
    public double Ph { get; private set; }

    /// <summary>Ammonium in mg/L N.</summary>
    public double Ammonium => _row[Asm1.SNH];

    /// <summary>Chemical oxygen demand in mg/L.</summary>
    public double Cod { get; private set; }

    /// <summary>Suspended solids in mg/L.</summary>
    public double Solids { get; private set; }

    /// <summary>Total nitrogen in mg/L N.</summary>
    public double TotalNitrogen { get; private set; }

    /// <summary>Total phosphorus in mg/L P (surrogate, from the COD).</summary>
    public double TotalPhosphorus => PhosphorusPerCod * Cod;

    /// <summary>Concentrations in the order of <see cref="Asm1"/>, padded.</summary>
    public ReadOnlySpan<double> Row => _row.AsSpan(0, Asm1.Row);

    /// <summary>Moves on.</summary>
    /// <param name="local">Local time at the end of the step: it decides hour, weekday and season.</param>
    /// <param name="hours">Length of the step in hours.</param>
    public void Step(DateTimeOffset local, double hours)
    {
        var time = local.DateTime;
        _catchment.Step(Rain(hours), hours);
        if (_isFile)
            TakeFile(hours);
        else
            TakePattern(time, hours);
        GeneratedInfluent.AddRunoff(_row, _catchment.Flow, _catchment.Flush);

        Flow = _size * _row[InfluentSeries.Flow];
        var hour = time.TimeOfDay.TotalHours;
        Temperature = _isFile && double.IsFinite(_row[InfluentSeries.Temperature])
            ? _row[InfluentSeries.Temperature]
            : WarmerBy + GeneratedInfluent.Temperature(time.DayOfYear, hour, _catchment.Flow);
        Cod = Quality.Cod(_row);
        Solids = Asm1.Solids(_row);
        TotalNitrogen = Quality.TotalNitrogen(_row, Asm1Parameters.Default);
        // Urea makes the morning's sewage a little more alkaline than its bicarbonate alone.
        var urea = 0.1 * ((Ammonium / (NitrogenShare * InfluentSeries.Constant[0][Asm1.SNH])) - 1);
        Ph = PhOf(_row[Asm1.SALK], CarbonDioxide) + urea;
    }

    /// <summary>pH of water by its alkalinity and dissolved carbon dioxide, both mol/m3.</summary>
    internal static double PhOf(double alkalinity, double carbonDioxide) =>
        Math.Clamp(AcidityConstant + Math.Log10(Math.Max(alkalinity, 0.02) / carbonDioxide), 5, 9);

    private double Rain(double hours)
    {
        if (Weather != Weather.Storm)
            return Weather == Weather.Rain ? SteadyRain : 0;
        _stormHours += hours;
        return _stormHours % ShowerEveryHours < ShowerHours ? ShowerRain : 0;
    }

    private void TakePattern(DateTime time, double hours)
    {
        var day = ((int)time.DayOfWeek + 6) % 7;
        var minutes = time.TimeOfDay.TotalMinutes;
        _dry.At((day * 1440) + (long)minutes, minutes % 1, _row);
        _row[InfluentSeries.Flow] *= 1 + _flow.Next(hours);
        _row[Asm1.SI] *= InertShare;
        _row[Asm1.SS] *= 1 + _dissolved.Next(hours);
        _row[Asm1.SND] *= NitrogenShare * (1 + _dissolved.Value);
        _row[Asm1.SNH] *= NitrogenShare * (1 + _ammonium.Next(hours));
        var particulate = 1 + _particulate.Next(hours);
        _row[Asm1.XI] *= particulate;
        _row[Asm1.XS] *= particulate;
        _row[Asm1.XBH] *= particulate;
        _row[Asm1.XND] *= NitrogenShare * particulate;
    }

    private void TakeFile(double hours)
    {
        _fileMinutes = (_fileMinutes + (hours * 60)) % (_dry.Count * InfluentSeries.MinutesPerRow);
        _dry.At((long)_fileMinutes, _fileMinutes % 1, _row);
    }
}
