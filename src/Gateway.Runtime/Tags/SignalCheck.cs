using Gateway.Runtime.Scan;

namespace Gateway.Runtime.Tags;

/// <summary>What to make of a value outside its range.</summary>
public enum RangePolicy : byte
{
    /// <summary>Bad, out of range; the last usable value stays.</summary>
    Bad,
    /// <summary>The value is kept and marked uncertain (engineering units exceeded).</summary>
    Uncertain,
    /// <summary>The value is clamped to the range and marked uncertain.</summary>
    Clamp,
}

/// <summary>
/// The plausibility checks of one signal, in the order in which they are made: not a number, range, rate of change,
/// stuck. Immutable; made at load.
/// </summary>
public sealed record SignalCheck
{
    /// <summary>No check but the one for NaN and infinity, which always gives bad.</summary>
    public static SignalCheck None { get; } = new();

    /// <summary>Lowest plausible value in engineering units; NaN for none.</summary>
    public double Low { get; init; } = double.NaN;

    /// <summary>Highest plausible value in engineering units; NaN for none.</summary>
    public double High { get; init; } = double.NaN;

    /// <summary>What to make of a value outside.</summary>
    public RangePolicy OutOfRange { get; init; } = RangePolicy.Bad;

    /// <summary>Largest plausible change in units per second; NaN for none. A faster change is uncertain.</summary>
    public double MaxRatePerSecond { get; init; } = double.NaN;

    /// <summary>A value that has moved less than <see cref="StuckBand"/> for this many seconds is uncertain; 0 for none.</summary>
    public double StuckSeconds { get; init; }

    /// <summary>Movement in units that counts as alive; 0 means any change of the value.</summary>
    public double StuckBand { get; init; }
}

/// <summary>What a <see cref="SignalCheck"/> remembers between two values of its tag. Written by the scan only.</summary>
public struct SignalCheckState
{
    private double _previous;
    private long _previousAt;
    private double _anchor;
    private long _anchorAt;
    private bool _hasPrevious;

    /// <summary>
    /// Checks one fresh value. The value may be clamped; the quality returned is the worse of the source's and the
    /// check's. A bad result means that <paramref name="value"/> must not be used.
    /// </summary>
    public Quality Apply(SignalCheck check, ref double value, Quality source, long elapsed)
    {
        if (source.IsBad)
            return source;
        if (!double.IsFinite(value))
            return Quality.BadDecodingError;
        Quality result = Quality.Worst(source, Range(check, ref value));
        if (result.IsBad)
            return result;
        if (_hasPrevious)
            result = Quality.Worst(Quality.Worst(result, Rate(check, value, elapsed)), Stuck(check, value, elapsed));
        else
            (_anchor, _anchorAt, _hasPrevious) = (value, elapsed, true);
        (_previous, _previousAt) = (value, elapsed);
        return result;
    }

    private static Quality Range(SignalCheck check, ref double value)
    {
        // A comparison with NaN is false, so an absent bound needs no branch of its own.
        bool below = value < check.Low, above = value > check.High;
        if (!below && !above)
            return Quality.Good;
        if (check.OutOfRange == RangePolicy.Bad)
            return Quality.BadOutOfRange;
        if (check.OutOfRange == RangePolicy.Clamp)
            value = below ? check.Low : check.High;
        return Quality.UncertainEngineeringUnitsExceeded;
    }

    private readonly Quality Rate(SignalCheck check, double value, long elapsed)
    {
        double seconds = (elapsed - _previousAt) / (double)ScanTime.TicksPerSecond;
        return seconds > 0 && Math.Abs(value - _previous) > check.MaxRatePerSecond * seconds ? Quality.UncertainSensorNotAccurate : Quality.Good;
    }

    private Quality Stuck(SignalCheck check, double value, long elapsed)
    {
        if (check.StuckSeconds <= 0)
            return Quality.Good;
        double moved = Math.Abs(value - _anchor);
        if (moved > check.StuckBand)
        {
            (_anchor, _anchorAt) = (value, elapsed);
            return Quality.Good;
        }
        return elapsed - _anchorAt >= check.StuckSeconds * ScanTime.TicksPerSecond ? Quality.UncertainSensorNotAccurate : Quality.Good;
    }
}
