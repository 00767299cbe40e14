namespace Gateway.Runtime.Compliance;

/// <summary>
/// Live view of one limit's window: what was averaged, how much of it was valid and what remains possible. A plain
/// value, written by the scan, copied into snapshots. A minute limit shows its last closed minute, all others the open window.
/// </summary>
public struct ComplianceWindow
{
    /// <summary>Start of the window, UTC ticks, inclusive.</summary>
    public long From;
    /// <summary>End of the window, UTC ticks, exclusive.</summary>
    public long To;
    /// <summary>The statistic so far, unrounded, in <see cref="PermitLimit.Unit"/>; NaN before the first valid value.</summary>
    public double Value;
    /// <summary>Smallest valid value in the window, NaN for none.</summary>
    public double Minimum;
    /// <summary>Largest valid value in the window, NaN for none.</summary>
    public double Maximum;
    /// <summary>
    /// The limit in force (the lower one when the value is nearer to it). While the temperature is not known the
    /// stricter of the two. NaN when the standard's value is not known.
    /// </summary>
    public double Limit;
    /// <summary>Mean effluent temperature that chose the limit, °C; NaN when none was needed or known.</summary>
    public double Temperature;
    /// <summary>Valid part of the values due so far, 0 to 1; of a closed window, of all values due.</summary>
    public double Coverage;
    /// <summary>Number of valid values: days of a longer period, hours of a day, minutes of an hour or of excursions, seconds of a minute.</summary>
    public int Valid;
    /// <summary>Number of values due so far, in the same unit as <see cref="Valid"/>.</summary>
    public int Due;
    /// <summary>
    /// Part of the way to the limit that is left: (limit - value) / limit, 0 at the limit, negative above; with two
    /// limits the distance to the nearer one over half the span. NaN when it cannot be said.
    /// </summary>
    public double Headroom;
    /// <summary>
    /// Highest mean of the rest of the window that still complies; negative when it cannot comply any more. Of a day the
    /// mean concentration at the recent flow; of a week, month or year that of the days to come, today among them (of
    /// loads the load per day). NaN for other statistics, of a closed window or without discharge.
    /// </summary>
    public double RemainingAverage;
    /// <summary>
    /// The statistic at the end of the window at today's trend: recent flow and concentration stay, or the days to come
    /// are like today so far. NaN when it cannot be said.
    /// </summary>
    public double Forecast;
    /// <summary>The same if the rest is as the same hours of yesterday, or the days to come are like the last valid one; NaN when it cannot be said.</summary>
    public double PatternForecast;
    /// <summary>Hours until the statistic passes its upper limit at today's trend, 0 beyond it; NaN when it does not within the window.</summary>
    public double HoursToBreach;
    /// <summary>Load that the rest of the window may still carry, in the unit of mass of a load's limit; NaN for other statistics.</summary>
    public double RemainingLoad;
    /// <summary>Removal in % over the window, where an influent is known; otherwise NaN.</summary>
    public double Removal;
    /// <summary>Largest sample of a year, or longest excursion of a month in minutes; NaN for other statistics.</summary>
    public double Worst;
    /// <summary>Verdict if the window ended now.</summary>
    public ComplianceState State;
    /// <summary>Why the verdict is what it is.</summary>
    public ComplianceReason Reason;
}
