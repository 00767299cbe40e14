namespace Gateway.Simulation.Instruments;

/// <summary>
/// What stands between a process value and the controller: lag, noise, drift, range, batch sampling, and faults that
/// are switched at run time. Deterministic for a seed; stepping allocates nothing. Used by one thread.
/// </summary>
/// <remarks>
/// The signal path is that of the benchmark: lags, then noise, then the limits of the range, then sample and hold.
/// Offset and drift are added before the limits, because a real transmitter clips what it has got wrong, too.
/// </remarks>
public sealed class Instrument
{
    // Benchmark noise: one independent value per minute, linear in between.
    private const double NoiseIntervalSeconds = 60;

    // One lag's time constant as a share of T90, for two and for eight equal lags.
    private const double TwoLags = 3.89;
    private const double EightLags = 11.7724;

    // A coating of strength 1.
    private const double SlowedByFouling = 9;
    private const double SignalTakenByFouling = 0.3;

    private readonly SeededRandom _random;
    private readonly double[] _lags;
    private readonly double _lagSeconds;
    private readonly double _intervalSeconds;
    private readonly bool _delaysOneInterval;
    private double _factor;
    private double _factorSeconds;
    private double _noiseFrom;
    private double _noiseTo;
    private double _noisePhase;
    private double _untilSample;
    private double _sampled;
    private double _drift;
    private double _cleaningSeconds;
    private double _lagFouling;

    /// <summary>Creates an instrument that shows <paramref name="initial"/> and is settled on it.</summary>
    /// <param name="sensorClass">Its dynamics.</param>
    /// <param name="responseSeconds">T90, the time to 90 % of a step; without effect for <see cref="SensorClass.D"/> and ideal ones.</param>
    /// <param name="low">Lower end of the measuring range.</param>
    /// <param name="high">Upper end of the measuring range.</param>
    /// <param name="sigma">Standard deviation of the noise, in the unit of the value.</param>
    /// <param name="random">The instrument's own random source.</param>
    /// <param name="initial">The process value at the start.</param>
    public Instrument(
        SensorClass sensorClass, double responseSeconds, double low, double high, double sigma, SeededRandom random, double initial)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(high, low);
        _random = random;
        Low = low;
        High = high;
        Sigma = sigma;
        (var lags, _intervalSeconds) = sensorClass switch
        {
            SensorClass.A => (2, 0.0),
            SensorClass.B0 or SensorClass.C0 => (8, 0.0),
            SensorClass.B1 or SensorClass.C1 => (8, 300.0),
            SensorClass.D => (0, 1800.0),
            _ => (0, 0.0),
        };
        _delaysOneInterval = sensorClass == SensorClass.D;
        _lags = new double[lags];
        _lagSeconds = responseSeconds / (lags == 2 ? TwoLags : EightLags);
        Array.Fill(_lags, initial);
        _sampled = Math.Clamp(initial, low, high);
        Value = _sampled;
        _noiseFrom = random.NextGaussian();
        _noiseTo = random.NextGaussian();
        // Instruments do not sample in step with each other.
        _untilSample = _intervalSeconds * random.NextDouble();
    }

    /// <summary>What the instrument shows.</summary>
    public double Value { get; private set; }

    /// <summary>Lower end of the measuring range.</summary>
    public double Low { get; }

    /// <summary>Upper end of the measuring range.</summary>
    public double High { get; }

    /// <summary>Standard deviation of the noise, in the unit of the value; 0 for none.</summary>
    public double Sigma { get; set; }

    /// <summary>A constant error, in the unit of the value, as after a wrong calibration.</summary>
    public double Offset { get; set; }

    /// <summary>A growing error, in the unit of the value per hour; <see cref="Calibrate"/> removes what has grown.</summary>
    public double DriftPerHour { get; set; }

    /// <summary>The value is frozen and nothing says so.</summary>
    public bool IsStuck { get; set; }

    /// <summary>The instrument has failed and knows it: the value is frozen and the status word shows the fault.</summary>
    public bool IsFailed { get; set; }

    /// <summary>True while the value is held for cleaning.</summary>
    public bool IsCleaning => _cleaningSeconds > 0 || CleaningCount > 0;

    /// <summary>The value before the limits lies above the range.</summary>
    public bool IsOverRange { get; private set; }

    /// <summary>The value before the limits lies below the range.</summary>
    public bool IsUnderRange { get; private set; }

    /// <summary>True while the value is held for a calibration.</summary>
    public bool IsCalibrating => CalibratingCount > 0;

    /// <summary>Errors that disturbances have put on top, in the unit of the value.</summary>
    internal double AddedOffset { get; set; }

    /// <summary>Noise that disturbances have put on top, in the unit of the value.</summary>
    internal double AddedSigma { get; set; }

    /// <summary>Fouling by disturbances: 1 makes it ten times slower and takes 30 % of the signal.</summary>
    internal double Fouling { get; set; }

    /// <summary>Disturbances that freeze the value.</summary>
    internal int StuckCount { get; set; }

    /// <summary>Disturbances that freeze the value and are known to the instrument.</summary>
    internal int FailedCount { get; set; }

    /// <summary>Cleanings by disturbances under way.</summary>
    internal int CleaningCount { get; set; }

    /// <summary>Calibrations under way.</summary>
    internal int CalibratingCount { get; set; }

    /// <summary>Disturbances that have cut the signal: it shows the low end of the range.</summary>
    internal int LostCount { get; set; }

    /// <summary>The status word shows a fault.</summary>
    internal bool ShowsFault => IsFailed || FailedCount > 0;

    /// <summary>True for instruments that give results now and then instead of continuously.</summary>
    public bool IsBatch => _intervalSeconds > 0;

    /// <summary>Number of batch results shown so far; a change of it is a new result.</summary>
    public long Results { get; private set; }

    /// <summary>Holds the value for a while, as a cleaning cycle does.</summary>
    public void Clean(TimeSpan duration) => _cleaningSeconds = duration.TotalSeconds;

    /// <summary>Removes the offset and the drift that has grown.</summary>
    public void Calibrate()
    {
        Offset = 0;
        _drift = 0;
    }

    /// <summary>Moves the instrument on.</summary>
    /// <param name="truth">The process value.</param>
    /// <param name="seconds">Length of the step; above 0.</param>
    public void Step(double truth, double seconds)
    {
        _drift += DriftPerHour * (seconds / 3600);
        var raw = (Lagged(truth, seconds) * (1 - (SignalTakenByFouling * Math.Min(Fouling, 1))))
            + ((Sigma + AddedSigma) * Noise(seconds)) + Offset + AddedOffset + _drift;
        if (LostCount > 0)
        {
            Value = Limit(Low);
            return;
        }

        var held = IsStuck || ShowsFault || IsCleaning || StuckCount > 0 || IsCalibrating;
        if (_cleaningSeconds > 0)
            _cleaningSeconds -= seconds;
        if (held)
        {
            // A held batch analyzer goes on sampling afterwards, not for the time in between.
            _untilSample = Math.Max(_untilSample - seconds, 0);
            return;
        }

        if (_intervalSeconds == 0)
        {
            Value = Limit(raw);
            return;
        }

        _untilSample -= seconds;
        if (_untilSample > 0)
            return;
        _untilSample += _intervalSeconds;
        var sample = Limit(raw);
        Value = _delaysOneInterval ? _sampled : sample;
        _sampled = sample;
        Results++;
    }

    private double Lagged(double truth, double seconds)
    {
        if (_lags.Length == 0)
            return truth;
        if (seconds != _factorSeconds || Fouling != _lagFouling)
        {
            (_factorSeconds, _lagFouling) = (seconds, Fouling);
            _factor = 1 - Math.Exp(-seconds / (_lagSeconds * (1 + (SlowedByFouling * Fouling))));
        }

        var input = truth;
        foreach (ref var lag in _lags.AsSpan())
        {
            lag += (input - lag) * _factor;
            input = lag;
        }

        return input;
    }

    private double Noise(double seconds)
    {
        _noisePhase += seconds / NoiseIntervalSeconds;
        while (_noisePhase >= 1)
        {
            _noisePhase -= 1;
            _noiseFrom = _noiseTo;
            _noiseTo = _random.NextGaussian();
        }

        return _noiseFrom + ((_noiseTo - _noiseFrom) * _noisePhase);
    }

    private double Limit(double raw)
    {
        IsOverRange = raw > High;
        IsUnderRange = raw < Low;
        return Math.Clamp(raw, Low, High);
    }
}
