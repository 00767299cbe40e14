namespace Gateway.Simulation.Process;

/// <summary>
/// The sewage that reaches the works, by hour, weekday, season and weather. The figures are plausible, not measured.
/// </summary>
public sealed class InfluentGenerator
{
    private const double MeanAmmonium = 26;
    private const double MeanCod = 380;
    private const double MeanSolids = 200;
    private const double MeanPhosphorus = 5;
    private const double WeekendFactor = 0.92;

    private readonly double _meanFlow;
    private readonly SeededRandom _random;
    private double _wet;
    private double _deposits = 0.6;
    private double _flowWander;
    private double _strengthWander;

    /// <summary>Creates the generator.</summary>
    /// <param name="meanFlowM3PerHour">Mean dry-weather flow of a weekday.</param>
    /// <param name="random">The generator's own random source.</param>
    public InfluentGenerator(double meanFlowM3PerHour, SeededRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(meanFlowM3PerHour);
        _meanFlow = meanFlowM3PerHour;
        _random = random;
    }

    /// <summary>The weather; may be changed at any time, the flow follows within minutes to hours.</summary>
    public Weather Weather { get; set; }

    /// <summary>Flow in m3/h.</summary>
    public double Flow { get; private set; }

    /// <summary>Water temperature in degrees Celsius.</summary>
    public double Temperature { get; private set; }

    /// <summary>pH.</summary>
    public double Ph { get; private set; }

    /// <summary>Ammonium in mg/L N.</summary>
    public double Ammonium { get; private set; }

    /// <summary>Chemical oxygen demand in mg/L.</summary>
    public double Cod { get; private set; }

    /// <summary>Suspended solids in mg/L.</summary>
    public double Solids { get; private set; }

    /// <summary>Total nitrogen in mg/L N.</summary>
    public double TotalNitrogen { get; private set; }

    /// <summary>Total phosphorus in mg/L P.</summary>
    public double TotalPhosphorus { get; private set; }

    /// <summary>Moves on.</summary>
    /// <param name="local">Local time at the end of the step: it decides hour, weekday and season.</param>
    /// <param name="hours">Length of the step in hours.</param>
    public void Step(DateTimeOffset local, double hours)
    {
        var time = local.DateTime;
        var hour = time.TimeOfDay.TotalHours;
        StepWeather(hours);
        _flowWander = Wander(_flowWander, 0.03, hours);
        _strengthWander = Wander(_strengthWander, 0.05, hours);

        var weekend = time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? WeekendFactor : 1;
        var dry = weekend * DayProfile(hour) * (1 + _flowWander);
        Flow = _meanFlow * (dry + _wet);

        // Rain adds water and no pollution; the first flush brings what had settled in the sewers.
        var dilution = dry / (dry + _wet);
        var strength = dilution * (1 + _strengthWander);
        var flush = _deposits * Math.Max(0, _wet - 0.5);
        Ammonium = MeanAmmonium * strength * Wave(hour, 10, 0.25, 0.10);
        Cod = (MeanCod * strength * Wave(hour, 12, 0.28, 0.08)) + (450 * flush);
        Solids = (MeanSolids * strength * Wave(hour, 12, 0.30, 0.10)) + (650 * flush);
        TotalNitrogen = (Ammonium * 1.3) + (0.03 * Cod);
        TotalPhosphorus = (MeanPhosphorus * strength * Wave(hour, 11, 0.2, 0.08)) + (1.5 * flush);

        var season = Math.Cos(2 * Math.PI * (time.DayOfYear - 1 + (hour / 24) - 210) / 365.25);
        Temperature = 18 + (6 * season) + (0.3 * Wave(hour, 16, 1, 0)) - (1.5 * Math.Min(_wet, 1));
        Ph = 7.45 + (0.12 * (Wave(hour, 10, 1, 0) - 1)) - (0.1 * Math.Min(_wet, 1));
    }

    /// <summary>Share of the mean flow by hour of the day: least at 3, peaks at 9 and 21; its mean is exactly 1.</summary>
    public static double DayProfile(double hour) =>
        1 + (0.20 * Math.Cos(2 * Math.PI * (hour - 15) / 24)) + (0.25 * Math.Cos(4 * Math.PI * (hour - 9) / 24));

    private static double Wave(double hour, double peak, double first, double second) =>
        1 + (first * Math.Cos(2 * Math.PI * (hour - peak) / 24)) + (second * Math.Cos(4 * Math.PI * (hour - peak) / 24));

    private void StepWeather(double hours)
    {
        var (target, rise) = Weather switch
        {
            Weather.Rain => (0.8, 0.75),
            Weather.Storm => (1.5, 0.2),
            _ => (0.0, 3.0),
        };
        var lag = target > _wet ? rise : 3.0;
        _wet += (target - _wet) * (1 - Math.Exp(-hours / lag));
        var washed = Math.Max(0, _wet - 0.5);
        _deposits = (_deposits + (hours / 72)) / (1 + (hours * ((1.0 / 72) + washed)));
    }

    // A slow random walk that returns to zero (Ornstein-Uhlenbeck, one hour).
    private double Wander(double value, double sigma, double hours) =>
        (value * Math.Exp(-hours)) + (sigma * Math.Sqrt(1 - Math.Exp(-2 * hours)) * _random.NextGaussian());
}
