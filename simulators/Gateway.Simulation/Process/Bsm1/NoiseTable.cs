namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// Standard normal noise, one value per minute and column, linear in between. After its last minute it starts again.
/// Immutable.
/// </summary>
public sealed class NoiseTable
{
    private readonly double[][] _columns;

    /// <summary>Takes columns of equal length.</summary>
    /// <param name="columns">At least one column with at least one value.</param>
    public NoiseTable(IReadOnlyList<double[]> columns)
    {
        _columns = [.. columns];
        if (_columns.Length == 0 || _columns[0].Length == 0 || _columns.Any(column => column.Length != _columns[0].Length))
            throw new ArgumentException("columns of equal length are needed", nameof(columns));
    }

    /// <summary>Number of columns.</summary>
    public int Columns => _columns.Length;

    /// <summary>Number of values in a column.</summary>
    public int Minutes => _columns[0].Length;

    /// <summary>Draws a table; each column has a sequence of its own that depends on the seed only.</summary>
    /// <param name="seed">Decides all values.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="minutes">Last minute.</param>
    public static NoiseTable Draw(ulong seed, int columns, int minutes)
    {
        var table = new double[columns][];
        for (var column = 0; column < columns; column++)
        {
            var random = new SeededRandom(seed, $"noise{column}");
            table[column] = new double[minutes + 1];
            foreach (ref var value in table[column].AsSpan())
                value = random.NextGaussian();
        }

        return new NoiseTable(table);
    }

    /// <summary>The noise at a time.</summary>
    /// <param name="column">Column; beyond the last one they are counted from the first again.</param>
    /// <param name="minute">Whole minutes since the start.</param>
    /// <param name="fraction">Part of the next minute, 0 to 1.</param>
    public double At(int column, long minute, double fraction)
    {
        var values = _columns[column % _columns.Length];
        var from = values[minute % values.Length];
        return fraction == 0 ? from : from + (fraction * (values[(minute + 1) % values.Length] - from));
    }
}
