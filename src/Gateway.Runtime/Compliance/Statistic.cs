namespace Gateway.Runtime.Compliance;

/// <summary>What of the measured values a limit is compared with.</summary>
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
}
