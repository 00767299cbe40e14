using Gateway.Simulation.Instruments;

namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// A sensor of the benchmark (Rieger et al. 2003): lags, then noise, then the limits of the range, then for some
/// classes sample and hold. Its lags are states of the plant's equations. Owned by the thread that steps the plant.
/// </summary>
public sealed class BenchmarkSensor
{
    private const double MinutesPerDay = 1440;

    // T90 over the time constant of one of n equal lags.
    private const double TwoLags = 3.89;
    private const double EightLags = 11.7724;

    // Standard deviation of the noise as a share of the range.
    private const double NoiseShare = 0.025;

    private double _held;
    private double _next;

    /// <summary>Describes a sensor.</summary>
    /// <param name="name">Name, for people.</param>
    /// <param name="variable">What it measures.</param>
    /// <param name="sensorClass">Its class.</param>
    /// <param name="low">Lower end of the range.</param>
    /// <param name="high">Upper end of the range.</param>
    /// <param name="noiseColumn">Which column of the noise table it takes; a column of its own for each sensor.</param>
    public BenchmarkSensor(string name, PlantVariable variable, SensorClass sensorClass, double low, double high, int noiseColumn)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(high, low);
        ArgumentOutOfRangeException.ThrowIfNegative(noiseColumn);
        (Name, Variable, Class, Low, High, NoiseColumn) = (name, variable, sensorClass, low, high, noiseColumn);
        Sigma = NoiseShare * (high - low);
        (Lags, ResponseMinutes, IntervalMinutes) = sensorClass switch
        {
            SensorClass.A => (2, 1, 0),
            SensorClass.B0 => (8, 10, 0),
            SensorClass.B1 => (8, 10, 5),
            SensorClass.C0 => (8, 20, 0),
            SensorClass.C1 => (8, 20, 5),
            SensorClass.D => (0, 30, 30),
            _ => (0, 0, 0),
        };
        TimeConstant = Lags == 0 ? 0 : ResponseMinutes / (Lags == 2 ? TwoLags : EightLags) / MinutesPerDay;
    }

    /// <summary>Name, for people.</summary>
    public string Name { get; }

    /// <summary>What it measures.</summary>
    public PlantVariable Variable { get; }

    /// <summary>Its class.</summary>
    public SensorClass Class { get; }

    /// <summary>Lower end of the range.</summary>
    public double Low { get; }

    /// <summary>Upper end of the range.</summary>
    public double High { get; }

    /// <summary>Standard deviation of the noise, in the unit of the value.</summary>
    public double Sigma { get; }

    /// <summary>Column of the noise table.</summary>
    public int NoiseColumn { get; }

    /// <summary>T90 in minutes.</summary>
    public double ResponseMinutes { get; }

    /// <summary>Interval of sample and hold in minutes; 0 for continuous sensors.</summary>
    public int IntervalMinutes { get; }

    /// <summary>Number of equal first-order lags.</summary>
    internal int Lags { get; }

    /// <summary>Time constant of one lag in d.</summary>
    internal double TimeConstant { get; }

    /// <summary>Place of the first lag in the plant's state.</summary>
    internal int Offset { get; set; }

    /// <summary>Noise at the start of the step, in units of <see cref="Sigma"/>.</summary>
    internal double NoiseFrom { get; set; }

    /// <summary>Noise at the end of the step.</summary>
    internal double NoiseTo { get; set; }

    /// <summary>Adds noise and limits what the last lag shows.</summary>
    internal double Show(double lagged, double noise) => Math.Min(Math.Max(lagged + (Sigma * noise), Low), High);

    /// <summary>What a sampling sensor shows until its next sample.</summary>
    internal double Held => _held;

    /// <summary>Takes a sample; class D shows it one interval later.</summary>
    internal void Sample(double shown)
    {
        _held = Class == SensorClass.D ? _next : shown;
        _next = shown;
    }

    /// <summary>Settles a sampling sensor on a value.</summary>
    internal void Settle(double shown) => _held = _next = shown;
}
