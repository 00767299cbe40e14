namespace Gateway.Runtime.Tags;

/// <summary>How a raw value becomes engineering units.</summary>
public enum ScalingKind : byte
{
    /// <summary>The raw value is the value.</summary>
    None,
    /// <summary>Straight line through two points.</summary>
    Linear,
    /// <summary>Square root of the fraction of the raw range: flow from differential pressure.</summary>
    SquareRoot,
    /// <summary>Straight lines between the points of a table: level to volume, weir to flow.</summary>
    Table,
}

/// <summary>
/// Conversion of raw values to engineering units and back. Immutable; made at load; pure, so any thread may use it.
/// Outside the raw range lines are continued (a signal check decides what that means), a table is not.
/// </summary>
public sealed class Scaling
{
    private readonly double _rawLow;
    private readonly double _rawHigh;
    private readonly double _low;
    private readonly double _high;
    private readonly double _gain;
    private readonly double[] _tableRaw = [];
    private readonly double[] _tableValue = [];

    private Scaling(ScalingKind kind, double rawLow, double rawHigh, double low, double high)
    {
        Kind = kind;
        _rawLow = rawLow;
        _rawHigh = rawHigh;
        _low = low;
        _high = high;
        _gain = (high - low) / (rawHigh - rawLow);
    }

    private Scaling(double[] raw, double[] value)
    {
        Kind = ScalingKind.Table;
        _tableRaw = raw;
        _tableValue = value;
    }

    /// <summary>The raw value is the value.</summary>
    public static Scaling None { get; } = new(ScalingKind.None, 0, 1, 0, 1);

    /// <summary>What kind of conversion this is.</summary>
    public ScalingKind Kind { get; }

    /// <summary>A straight line through (<paramref name="rawLow"/>, <paramref name="low"/>) and (<paramref name="rawHigh"/>, <paramref name="high"/>).</summary>
    /// <exception cref="ArgumentException">The raw range or the value range is empty or not finite.</exception>
    public static Scaling Linear(double rawLow, double rawHigh, double low, double high)
    {
        CheckRange(rawLow, rawHigh, low, high);
        return new(ScalingKind.Linear, rawLow, rawHigh, low, high);
    }

    /// <summary>Square root between the two points; raw values below <paramref name="rawLow"/> give <paramref name="low"/>.</summary>
    /// <exception cref="ArgumentException">The raw range or the value range is empty or not finite.</exception>
    public static Scaling SquareRoot(double rawLow, double rawHigh, double low, double high)
    {
        CheckRange(rawLow, rawHigh, low, high);
        return new(ScalingKind.SquareRoot, rawLow, rawHigh, low, high);
    }

    /// <summary>Lines between the points; the ends hold.</summary>
    /// <param name="raw">Raw values, strictly rising, at least two.</param>
    /// <param name="value">Value at each raw value.</param>
    /// <exception cref="ArgumentException">Fewer than two points, unequal lengths, not finite or not rising.</exception>
    public static Scaling Table(ReadOnlySpan<double> raw, ReadOnlySpan<double> value)
    {
        if (raw.Length < 2 || raw.Length != value.Length)
            throw new ArgumentException("A table needs at least two points and as many values as raw values.", nameof(raw));
        for (int i = 0; i < raw.Length; i++)
        {
            if (!double.IsFinite(raw[i]) || !double.IsFinite(value[i]))
                throw new ArgumentException("A table holds finite numbers only.", nameof(raw));
            if (i > 0 && raw[i] <= raw[i - 1])
                throw new ArgumentException("The raw values of a table must rise.", nameof(raw));
        }
        return new(raw.ToArray(), value.ToArray());
    }

    /// <summary>Raw value to engineering units. NaN gives NaN.</summary>
    public double ToUnits(double raw) => Kind switch
    {
        ScalingKind.None => raw,
        ScalingKind.Linear => _low + (raw - _rawLow) * _gain,
        ScalingKind.SquareRoot => SquareRootToUnits(raw),
        _ => Interpolate(_tableRaw, _tableValue, raw),
    };

    /// <summary>Engineering units to raw, for writes.</summary>
    /// <returns>False when the value cannot be reached: below a square root's low end, outside a table, or a table that is not monotonic.</returns>
    public bool TryToRaw(double value, out double raw)
    {
        switch (Kind)
        {
            case ScalingKind.None:
                raw = value;
                return double.IsFinite(value);
            case ScalingKind.Linear:
                raw = _rawLow + (value - _low) / _gain;
                return double.IsFinite(raw);
            case ScalingKind.SquareRoot:
                double fraction = (value - _low) / (_high - _low);
                raw = _rawLow + fraction * fraction * (_rawHigh - _rawLow);
                return fraction >= 0 && double.IsFinite(raw);
            default:
                return TryTableToRaw(value, out raw);
        }
    }

    private double SquareRootToUnits(double raw)
    {
        double fraction = (raw - _rawLow) / (_rawHigh - _rawLow);
        return fraction < 0 ? _low : _low + Math.Sqrt(fraction) * (_high - _low);
    }

    private bool TryTableToRaw(double value, out double raw)
    {
        raw = double.NaN;
        bool rising = _tableValue[^1] > _tableValue[0];
        for (int i = 1; i < _tableValue.Length; i++)
            if (_tableValue[i] == _tableValue[i - 1] || _tableValue[i] > _tableValue[i - 1] != rising)
                return false;
        for (int i = 1; i < _tableValue.Length; i++)
        {
            double a = _tableValue[i - 1], b = _tableValue[i];
            if ((value - a) * (value - b) > 0 || double.IsNaN(value))
                continue;
            raw = _tableRaw[i - 1] + (value - a) / (b - a) * (_tableRaw[i] - _tableRaw[i - 1]);
            return true;
        }
        return false;
    }

    private static double Interpolate(double[] x, double[] y, double at)
    {
        if (double.IsNaN(at))
            return double.NaN;
        if (at <= x[0])
            return y[0];
        if (at >= x[^1])
            return y[^1];
        int low = 0, high = x.Length - 1;
        while (high - low > 1)
        {
            int middle = (low + high) >> 1;
            if (x[middle] <= at)
                low = middle;
            else
                high = middle;
        }
        return y[low] + (at - x[low]) / (x[high] - x[low]) * (y[high] - y[low]);
    }

    private static void CheckRange(double rawLow, double rawHigh, double low, double high)
    {
        if (!double.IsFinite(rawLow) || !double.IsFinite(rawHigh) || rawLow == rawHigh)
            throw new ArgumentException("The raw range must be finite and not empty.", nameof(rawHigh));
        if (!double.IsFinite(low) || !double.IsFinite(high) || low == high)
            throw new ArgumentException("The value range must be finite and not empty.", nameof(high));
    }
}
