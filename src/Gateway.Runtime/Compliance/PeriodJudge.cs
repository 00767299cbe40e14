namespace Gateway.Runtime.Compliance;

/// <summary>Fills and judges a window beyond the day from its sums: one place for the scan and for samples of a file. Pure.</summary>
internal static class PeriodJudge
{
    /// <summary>Fills the numbers of a window; its times and temperature are there already.</summary>
    public static void Fill(PermitLimit limit, PeriodWindow period, in PartSum sum, int due, ref ComplianceWindow window)
    {
        window.Valid = sum.Valid;
        window.Due = limit.MinReadings > 0 ? Math.Max(limit.MinReadings, sum.Valid) : due;
        window.Coverage = window.Due > 0 ? Math.Min(1, (double)sum.Valid / window.Due) : 0;
        window.Value = period.ValueOf(sum, due);
        window.Minimum = double.IsInfinity(sum.Minimum) ? double.NaN : sum.Minimum;
        window.Maximum = double.IsInfinity(sum.Maximum) ? double.NaN : sum.Maximum;
        ComplianceEngine.ClearLookAhead(ref window);
        ref readonly PeriodState state = ref period.State;
        window.Removal = StatisticRules.IsRemoval(limit.Statistic) ? window.Value : 100 * (1 - state.PairedEffluent.DividedBy(state.PairedInfluent));
        window.Worst = limit.Statistic switch
        {
            Statistic.AnnualSamples when sum.Valid > 0 => state.Largest,
            Statistic.MonthlyExcursion => (double)state.LongestTicks / TimeSpan.TicksPerMinute,
            _ => double.NaN,
        };
    }

    /// <summary>Judges a filled window.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="valid">Valid parts.</param>
    /// <param name="beganLater">The first sample came after the window had begun.</param>
    /// <param name="noDischarge">What is missing is missing because there was no discharge.</param>
    /// <param name="window">The window.</param>
    public static void Judge(PermitLimit limit, int valid, bool beganLater, bool noDischarge, ref ComplianceWindow window)
    {
        bool covered = valid >= StatisticRules.Required(limit, window.Due);
        LimitJudge.Judge(limit, ref window, new LimitJudge.Facts
        {
            Covered = covered,
            Partial = !covered && beganLater,
            NoDischarge = noDischarge,
            Upper = limit.Allowance is { } table && limit.Statistic == Statistic.AnnualSamples ? table.For(valid) : double.NaN,
            BeyondCap = window.Worst > limit.Cap,
            RemovalComplies = window.Removal >= limit.MinRemoval,
        });
    }
}
