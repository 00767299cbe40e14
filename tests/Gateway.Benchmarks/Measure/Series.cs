namespace Gateway.Benchmarks.Measure;

/// <summary>Order statistics of a list of figures.</summary>
internal sealed class Series
{
    private readonly List<double> _values = [];
    private bool _isSorted;

    public Series()
    {
    }

    public Series(IEnumerable<double> values) => _values.AddRange(values);

    public int Count => _values.Count;

    public double Median => Percentile(50);

    public double Max => Percentile(100);

    public void Add(double value)
    {
        _values.Add(value);
        _isSorted = false;
    }

    /// <summary>The value below which that part of the figures lies, in percent, linear between neighbors.</summary>
    public double Percentile(double percent)
    {
        if (_values.Count == 0)
            return double.NaN;
        if (!_isSorted)
            _values.Sort();
        _isSorted = true;
        double place = percent / 100 * (_values.Count - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, _values.Count - 1);
        return _values[below] + (place - below) * (_values[above] - _values[below]);
    }

    /// <summary>Lower and upper quartile, the spread that is printed beside a median.</summary>
    public string Quartiles(string format) => $"{Percentile(25).ToString(format)}..{Percentile(75).ToString(format)}";
}
