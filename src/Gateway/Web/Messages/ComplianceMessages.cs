namespace Gateway.Web.Messages;

/// <summary>All limits of the permit with their running windows.</summary>
internal sealed record ComplianceListMessage
{
    public required string? Time { get; init; }
    public required long Scan { get; init; }
    public required IReadOnlyList<ComplianceMessage> Windows { get; init; }
}

/// <summary>One limit and its running window. A number that cannot be said is null; <see cref="Reason"/> says why.</summary>
internal sealed record ComplianceMessage
{
    public required string Permit { get; init; }
    public required string Parameter { get; init; }
    public required string Statistic { get; init; }
    public required string Unit { get; init; }
    /// <summary>complies, warning, exceeds or undetermined.</summary>
    public required string State { get; init; }
    public required string Reason { get; init; }
    public required string? From { get; init; }
    public required string? To { get; init; }
    public required double? Value { get; init; }
    public required double? Minimum { get; init; }
    public required double? Maximum { get; init; }
    /// <summary>The limit in force: the lower one when the value is nearer to it, the cold one when the water is cold.</summary>
    public required double? Limit { get; init; }
    /// <summary>Lower limit of the permit; null for none.</summary>
    public required double? LimitLow { get; init; }
    /// <summary>Upper limit of the permit; null for none or not known.</summary>
    public required double? LimitHigh { get; init; }
    public required double? ColdLimit { get; init; }
    public required double? Temperature { get; init; }
    public required double? Headroom { get; init; }
    /// <summary>What the rest of the day may average; of a week, month or year what the days to come may, of loads by day.</summary>
    public required double? RemainingAverage { get; init; }
    /// <summary>The statistic at the end of the window at today's trend.</summary>
    public required double? Forecast { get; init; }
    /// <summary>The same if the rest is as yesterday was.</summary>
    public required double? PatternForecast { get; init; }
    /// <summary>Hours until the limit is passed at today's trend; null when it is not within the window.</summary>
    public required double? HoursToBreach { get; init; }
    /// <summary>Load that the rest of the window may still carry.</summary>
    public required double? RemainingLoad { get; init; }
    public required double Coverage { get; init; }
    public required int Valid { get; init; }
    public required int Due { get; init; }
    public required double MinCoverage { get; init; }
    public required string ValueTag { get; init; }
    public required string? FlowTag { get; init; }
    public required string? TemperatureTag { get; init; }
    public required string Standard { get; init; }
    public required string Class { get; init; }
    public required string Clause { get; init; }
    public required string RuleId { get; init; }
    /// <summary>How well the limit is known: read, secondHand, memory, proposal, gap or permit; empty when nobody says.</summary>
    public required string Confidence { get; init; }
    /// <summary>Distance to the limit in force in its unit; negative beyond it.</summary>
    public required double? Margin { get; init; }
    /// <summary>Removal in percent over the window, where an influent is known.</summary>
    public required double? Removal { get; init; }
    /// <summary>Largest sample of a year, or longest excursion of a month in minutes.</summary>
    public required double? Worst { get; init; }
    /// <summary>The chain of reasons of the verdict in words.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }
}
