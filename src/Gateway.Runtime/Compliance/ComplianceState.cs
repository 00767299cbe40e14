namespace Gateway.Runtime.Compliance;

/// <summary>
/// Verdict on a window. Of an open window it is the verdict the window would get if it ended now.
/// </summary>
public enum ComplianceState
{
    /// <summary>Judged and not above the limit; a value equal to the limit complies.</summary>
    Complies,
    /// <summary>Complies, but most of the head-room is used or the forecast ends above the limit.</summary>
    Warning,
    /// <summary>Above the upper or below the lower limit, unrounded.</summary>
    Exceeds,
    /// <summary>Cannot be judged; the reason says why. Never counts as complying.</summary>
    Undetermined,
}

/// <summary>Why a window has its verdict.</summary>
public enum ComplianceReason
{
    /// <summary>Nothing to add to the verdict.</summary>
    None,
    /// <summary>No valid value yet.</summary>
    NoData,
    /// <summary>Fewer valid values than required.</summary>
    TooFewValues,
    /// <summary>Too few valid values because there was no discharge: zero flow is never substituted.</summary>
    NoDischarge,
    /// <summary>The gateway started after the window had begun, so its first part was never seen.</summary>
    PartialFirstWindow,
    /// <summary>The effluent temperature is not known and the two limits it chooses between disagree.</summary>
    TemperatureUnknown,
    /// <summary>The limit has no value in the standards file (a gap in the source).</summary>
    NoLimit,
    /// <summary>The wall clock is behind time that was counted already; nothing is counted twice.</summary>
    ClockBehind,
    /// <summary>Above the upper limit.</summary>
    AboveLimit,
    /// <summary>Below the lower limit.</summary>
    BelowLimit,
    /// <summary>Above the limit, and even a remainder of the day at zero concentration would not bring it back.</summary>
    CannotComply,
    /// <summary>Less head-room left than the warning ratio asks for.</summary>
    NearLimit,
    /// <summary>Below the limit now, but the forecast for the end of the day is above.</summary>
    ForecastAboveLimit,
    /// <summary>A single sample is above its cap, or a single excursion longer than permitted.</summary>
    BeyondCap,
    /// <summary>Above the limit, but the removal complies as an alternative.</summary>
    RemovalComplies,
    /// <summary>More samples fail than the look-up table permits.</summary>
    TooManyFailures,
    /// <summary>A value is above the measuring range, so that it is not known how high.</summary>
    AboveRange,
}

/// <summary>The words for states and reasons used in files, events and the interface; no string is built in a scan.</summary>
public static class ComplianceNames
{
    private static readonly string[] States = ["complies", "warning", "exceeds", "undetermined"];

    private static readonly string[] Statistics =
    [
        "minute", "hour", "dailyMean", "oneOff", "rollingHour", "rolling24Hour", "rolling7Day", "rolling30Day", "weeklyMean", "monthlyMean", "annualMean",
        "dailyMinimum", "dailyMaximum", "dailyLoad", "monthlyLoad", "annualLoad", "weeklyGeometricMean", "monthlyGeometricMean", "monthlyPercentile",
        "annualPercentile", "dailyRemoval", "monthlyRemoval", "rolling30DayRemoval", "annualSamples", "monthlyExcursion",
    ];

    private static readonly string[] Reasons =
    [
        "",
        "no valid value yet",
        "too few valid values",
        "too few valid values: no discharge",
        "window began before the gateway started",
        "effluent temperature unknown and the limits differ",
        "the standard's value is not known",
        "wall clock is behind time already counted",
        "above the upper limit",
        "below the lower limit",
        "above the limit and no longer recoverable today",
        "near the limit",
        "forecast for the end of the day is above the limit",
        "a single value is beyond its cap",
        "above the limit, but the removal complies",
        "more samples fail than permitted",
        "a value is above the measuring range",
    ];

    /// <summary>Name of a state as in compliance.jsonl.</summary>
    public static string Of(ComplianceState state) => States[(int)state];

    /// <summary>Name of a statistic as in compliance.jsonl and in the standards files.</summary>
    public static string Of(Statistic statistic) => Statistics[(int)statistic];

    /// <summary>Text of a reason; empty for <see cref="ComplianceReason.None"/>.</summary>
    public static string Of(ComplianceReason reason) => Reasons[(int)reason];
}
