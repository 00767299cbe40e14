namespace Gateway.Runtime.Compliance;

/// <summary>
/// What of the measured values a limit is compared with. Periods are civil periods of <see cref="SiteCalendar"/>; a day
/// counts by its flow-weighted mean and only when enough of its hours are valid. docs/compliance.md has the formulas.
/// </summary>
public enum Statistic
{
    /// <summary>Mean of each minute.</summary>
    Minute,
    /// <summary>Mean of each clock hour of the site.</summary>
    Hour,
    /// <summary>Mean of the civil day of the permit, from its valid hours (HJ 356-2019 ch. 7).</summary>
    DailyMean,
    /// <summary>Each valid value on its own; the window is the civil day and its value the worst one so far.</summary>
    OneOff,
    /// <summary>Mean of the last 60 minutes, moved each minute.</summary>
    RollingHour,
    /// <summary>Mean of the last 24 clock hours, moved each hour.</summary>
    Rolling24Hour,
    /// <summary>Arithmetic mean of the last 7 days (40 CFR 133.101), moved each day.</summary>
    Rolling7Day,
    /// <summary>Arithmetic mean of the last 30 days (40 CFR 133.101), moved each day.</summary>
    Rolling30Day,
    /// <summary>Arithmetic mean of the days of a calendar week (40 CFR 122.2).</summary>
    WeeklyMean,
    /// <summary>Arithmetic mean of the days of a calendar month (HJ 356-2019 ch. 7; 40 CFR 122.2).</summary>
    MonthlyMean,
    /// <summary>Arithmetic mean of the days of a calendar year (91/271/EEC annex I, table 2).</summary>
    AnnualMean,
    /// <summary>Smallest valid value of the day.</summary>
    DailyMinimum,
    /// <summary>Largest valid value of the day.</summary>
    DailyMaximum,
    /// <summary>Mass discharged in the day: mean concentration times volume.</summary>
    DailyLoad,
    /// <summary>Mean of the daily loads of a month, or their sum, by the unit of the limit.</summary>
    MonthlyLoad,
    /// <summary>Mean of the daily loads of a year, or their sum, by the unit of the limit.</summary>
    AnnualLoad,
    /// <summary>Geometric mean of the days of a calendar week.</summary>
    WeeklyGeometricMean,
    /// <summary>Geometric mean of the days of a calendar month.</summary>
    MonthlyGeometricMean,
    /// <summary>Percentile, by nearest rank, of the readings of a month.</summary>
    MonthlyPercentile,
    /// <summary>Percentile, by nearest rank, of the readings of a year.</summary>
    AnnualPercentile,
    /// <summary>Removal of the day in %: 1 - effluent mean / influent mean.</summary>
    DailyRemoval,
    /// <summary>Removal in % from the means of a month.</summary>
    MonthlyRemoval,
    /// <summary>Removal in % from the means of the last 30 days (40 CFR 133.101).</summary>
    Rolling30DayRemoval,
    /// <summary>Failing daily samples of a year against those a look-up table permits (91/271/EEC annex I, table 3).</summary>
    AnnualSamples,
    /// <summary>Minutes of a month outside a band, each excursion on its own too (40 CFR 401.17).</summary>
    MonthlyExcursion,
}

/// <summary>Civil period over which a statistic is formed.</summary>
public enum CivilPeriod
{
    /// <summary>No calendar period: shorter than a day, or rolling.</summary>
    None,
    /// <summary>Civil day.</summary>
    Day,
    /// <summary>Week from the permit's first day of the week.</summary>
    Week,
    /// <summary>Calendar month.</summary>
    Month,
    /// <summary>Calendar year.</summary>
    Year,
}

/// <summary>How a zero enters a geometric mean, which has no logarithm of it. Permits differ.</summary>
public enum ZeroRule
{
    /// <summary>As 1.</summary>
    One,
    /// <summary>Left out.</summary>
    Ignore,
    /// <summary>1 is added to all values and taken away from the mean.</summary>
    AddOne,
}

/// <summary>How a sample below the detection limit ("&lt; 0.5") counts. Permits differ; the entered text is kept beside it.</summary>
public enum DetectionRule
{
    /// <summary>As 0; in a geometric mean by its <see cref="ZeroRule"/>.</summary>
    Zero,
    /// <summary>As half of the number.</summary>
    Half,
    /// <summary>As the number.</summary>
    Level,
}

/// <summary>What the engine must know about each statistic. Pure.</summary>
public static class StatisticRules
{
    /// <summary>The civil period, or <see cref="CivilPeriod.None"/>.</summary>
    public static CivilPeriod PeriodOf(Statistic statistic) => statistic switch
    {
        Statistic.DailyMean or Statistic.OneOff or Statistic.DailyMinimum or Statistic.DailyMaximum or Statistic.DailyLoad or Statistic.DailyRemoval => CivilPeriod.Day,
        Statistic.WeeklyMean or Statistic.WeeklyGeometricMean => CivilPeriod.Week,
        Statistic.MonthlyMean or Statistic.MonthlyLoad or Statistic.MonthlyGeometricMean or Statistic.MonthlyPercentile or Statistic.MonthlyRemoval or Statistic.MonthlyExcursion => CivilPeriod.Month,
        Statistic.AnnualMean or Statistic.AnnualLoad or Statistic.AnnualPercentile or Statistic.AnnualSamples => CivilPeriod.Year,
        _ => CivilPeriod.None,
    };

    /// <summary>Parts of a rolling window: minutes, hours or days; 0 for one that does not roll.</summary>
    public static int RollingParts(Statistic statistic) => statistic switch
    {
        Statistic.RollingHour => 60,
        Statistic.Rolling24Hour => 24,
        Statistic.Rolling7Day => 7,
        Statistic.Rolling30Day or Statistic.Rolling30DayRemoval => 30,
        _ => 0,
    };

    /// <summary>True when the window is filled with whole days, or with readings within days.</summary>
    public static bool IsOfDays(Statistic statistic) =>
        statistic is Statistic.Rolling7Day or Statistic.Rolling30Day or Statistic.Rolling30DayRemoval || PeriodOf(statistic) is CivilPeriod.Week or CivilPeriod.Month or CivilPeriod.Year;

    /// <summary>True for a mass: the limit's unit is one of mass or of mass per time.</summary>
    public static bool IsLoad(Statistic statistic) => statistic is Statistic.DailyLoad or Statistic.MonthlyLoad or Statistic.AnnualLoad;

    /// <summary>True for a removal: the limit's unit is % and the influent is needed.</summary>
    public static bool IsRemoval(Statistic statistic) => statistic is Statistic.DailyRemoval or Statistic.MonthlyRemoval or Statistic.Rolling30DayRemoval;

    /// <summary>True for a geometric mean.</summary>
    public static bool IsGeometric(Statistic statistic) => statistic is Statistic.WeeklyGeometricMean or Statistic.MonthlyGeometricMean;

    /// <summary>True for a percentile of readings.</summary>
    public static bool IsPercentile(Statistic statistic) => statistic is Statistic.MonthlyPercentile or Statistic.AnnualPercentile;

    /// <summary>Valid parts that a window needs: a number of readings, the least of a look-up table, or a part of those due.</summary>
    public static long Required(PermitLimit limit, long due)
    {
        if (limit.Statistic == Statistic.AnnualSamples)
            return Math.Max(limit.MinReadings, limit.Allowance?.Fewest ?? 1);
        return limit.MinReadings > 0 && IsOfDays(limit.Statistic) ? limit.MinReadings : RequiredOf(limit.MinCoverage, due);
    }

    /// <summary>How many of the due values a window needs, rounded up; at least one.</summary>
    public static long RequiredOf(double minCoverage, long due) => Math.Max(1, (long)Math.Ceiling((minCoverage * due) - 1e-6));
}
