namespace Gateway.Runtime.Compliance;

/// <summary>How many of the samples of a year may fail, by their number: a look-up table of a standard. Immutable.</summary>
public sealed class SampleAllowance
{
    private readonly int[] _from;
    private readonly int[] _failures;

    /// <summary>Makes a table from rows in rising order.</summary>
    /// <param name="rows">Smallest number of samples and failures permitted from it on.</param>
    /// <exception cref="ArgumentException">No rows, or they do not rise.</exception>
    public SampleAllowance(ReadOnlySpan<(int From, int Failures)> rows)
    {
        _from = new int[rows.Length];
        _failures = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            (_from[i], _failures[i]) = rows[i];
            if (i > 0 && (_from[i] <= _from[i - 1] || _failures[i] < _failures[i - 1]))
                throw new ArgumentException("The rows of a look-up table must rise.", nameof(rows));
        }
        if (rows.Length == 0)
            throw new ArgumentException("A look-up table needs rows.", nameof(rows));
    }

    /// <summary>Fewest samples that can be judged.</summary>
    public int Fewest => _from[0];

    /// <summary>Failures permitted; -1 when there are too few samples to judge. Beyond the last row that row holds.</summary>
    public int For(int samples)
    {
        int row = Array.BinarySearch(_from, samples);
        if (row < 0)
            row = ~row - 1;
        return row < 0 ? -1 : _failures[row];
    }
}
