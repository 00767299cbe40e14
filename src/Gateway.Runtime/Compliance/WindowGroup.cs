namespace Gateway.Runtime.Compliance;

/// <summary>Where the open minute, hour and day begin and end, UTC ticks.</summary>
internal struct WindowBounds
{
    public long MinuteEnd;
    public long HourStart;
    public long HourEnd;
    public long DayStart;
    public long DayEnd;
    public int HoursClosed;
    public int HoursOfDay;
}

/// <summary>The shortest window that is over; the longer ones follow from the bounds.</summary>
internal enum ClosingFrom
{
    Minute,
    Hour,
    Day,
}

/// <summary>
/// Sums that depend on each other, with their limits: the smallest set that can be closed on its own, so that the work
/// of a boundary can be spread over scans. Written by the scan only.
/// </summary>
internal sealed class WindowGroup
{
    private WindowGroup(int[] accumulators, PermitLimit[] limits)
    {
        Accumulators = accumulators;
        Count = limits.Length;
        MinuteLimits = Where(limits, s => s == Statistic.Minute);
        RollingHours = Where(limits, s => s == Statistic.RollingHour);
        HourLimits = Where(limits, s => s == Statistic.Hour);
        RollingDays = Where(limits, s => s == Statistic.Rolling24Hour);
        Percentiles = Where(limits, StatisticRules.IsPercentile);
        DayLimits = Where(limits, s => StatisticRules.PeriodOf(s) == CivilPeriod.Day);
        PeriodLimits = Where(limits, s => StatisticRules.IsOfDays(s) && s != Statistic.MonthlyExcursion);
        Excursions = Where(limits, s => s == Statistic.MonthlyExcursion);
    }

    public int[] Accumulators { get; }
    public int Count { get; }
    public int[] MinuteLimits { get; }
    public int[] RollingHours { get; }
    public int[] HourLimits { get; }
    public int[] RollingDays { get; }
    public int[] Percentiles { get; }
    public int[] DayLimits { get; }
    /// <summary>Limits on finished days and readings.</summary>
    public int[] PeriodLimits { get; }
    public int[] Excursions { get; }

    /// <summary>A minute was set aside and has to be closed.</summary>
    public bool MustClose { get; set; }
    /// <summary>Open windows have to be filled anew.</summary>
    public bool MustRefresh { get; set; }

    public bool IsWaiting => MustClose || MustRefresh;

    /// <summary>The groups of an engine, in the order of their sums.</summary>
    /// <param name="limits">Its limits.</param>
    /// <param name="accumulatorOf">Sum of each limit.</param>
    /// <param name="influentOf">Sum of the influent of each limit, -1 for none.</param>
    /// <param name="accumulators">Number of sums.</param>
    public static WindowGroup[] Of(PermitLimit[] limits, int[] accumulatorOf, int[] influentOf, int accumulators)
    {
        int[] leader = [.. Enumerable.Range(0, accumulators)];
        for (int i = 0; i < limits.Length; i++)
        {
            if (influentOf[i] < 0)
                continue;
            int a = LeaderOf(accumulatorOf[i]), b = LeaderOf(influentOf[i]);
            leader[Math.Max(a, b)] = Math.Min(a, b);
        }
        return
        [
            .. Enumerable.Range(0, accumulators).GroupBy(LeaderOf).Select(sums =>
                new WindowGroup([.. sums], [.. limits.Where((_, i) => LeaderOf(accumulatorOf[i]) == sums.Key)])),
        ];

        int LeaderOf(int a)
        {
            while (leader[a] != a)
                a = leader[a];
            return a;
        }
    }

    private static int[] Where(PermitLimit[] limits, Func<Statistic, bool> condition) => [.. limits.Where(limit => condition(limit.Statistic)).Select(limit => limit.Index)];
}
