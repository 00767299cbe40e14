namespace Gateway.Simulation.Process.Bsm1;

/// <summary>Statistics of samples as the benchmark defines them.</summary>
internal static class Statistics
{
    /// <summary>The value below which a share of the samples lies: the i-th of n sorted ones stands at 100 (i - 0.5)/n percent, linear in between.</summary>
    public static double Percentile(ReadOnlySpan<double> values, double percent)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var place = (percent / 100 * sorted.Length) - 0.5;
        if (place <= 0)
            return sorted[0];
        var below = (int)place;
        return below >= sorted.Length - 1 ? sorted[^1] : sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below]));
    }

    /// <summary>How many samples are above a limit, and in how many separate runs; a run present at the start counts.</summary>
    public static (int Samples, int Runs) Above(ReadOnlySpan<double> values, double limit)
    {
        var (samples, runs, before) = (0, 0, false);
        foreach (var value in values)
        {
            var above = value > limit;
            samples += above ? 1 : 0;
            runs += above && !before ? 1 : 0;
            before = above;
        }

        return (samples, runs);
    }
}
