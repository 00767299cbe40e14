using System.Text.Json.Serialization;

namespace Gateway.Web.Messages;

/// <summary>All alarms.</summary>
internal sealed record AlarmListMessage
{
    public required string? Time { get; init; }
    public required long Scan { get; init; }
    public required IReadOnlyList<AlarmMessage> Alarms { get; init; }
}

/// <summary>Alarms that changed, in the stream.</summary>
internal sealed record AlarmChangesMessage
{
    public required string Time { get; init; }
    public required long Scan { get; init; }
    /// <summary>True for the first message, which holds every alarm.</summary>
    public required bool Full { get; init; }
    public required IReadOnlyList<AlarmLiveMessage> Alarms { get; init; }
}

/// <summary>The live part of an alarm.</summary>
internal record AlarmLiveMessage
{
    // Members of the longer form come first otherwise; people look for the name.
    [JsonPropertyOrder(-1)]
    public required string Id { get; init; }
    /// <summary>Letter A to I of ISA-18.2.</summary>
    public required string State { get; init; }
    public required string StateName { get; init; }
    /// <summary>Letter A to F of the state under the marks.</summary>
    public required string Base { get; init; }
    public required bool Shelved { get; init; }
    public required bool Suppressed { get; init; }
    public required bool OutOfService { get; init; }
    /// <summary>Whether the condition stands, also under a mark.</summary>
    public required bool ConditionActive { get; init; }
    /// <summary>Number of the last occurrence, 0 before the first; an acknowledgment names it.</summary>
    public required int Occurrence { get; init; }
    public required long Annunciations { get; init; }
    public required string? Raised { get; init; }
    public required string? Acknowledged { get; init; }
    public required string? AcknowledgedBy { get; init; }
    public required string? Returned { get; init; }
    public required string? ShelvedUntil { get; init; }
    /// <summary>The shelving also ends when the condition goes.</summary>
    public required bool ShelvedOnce { get; init; }
    /// <summary>The alarm came three times within a minute and is held until it was away for its chatterHoldMs.</summary>
    public required bool Chattering { get; init; }
    /// <summary>Present value of the tag; null while its quality is bad.</summary>
    public required double? Value { get; init; }
    public required string Quality { get; init; }
}

/// <summary>One alarm: live part, settings and rationalization.</summary>
internal sealed record AlarmMessage : AlarmLiveMessage
{
    public required string Tag { get; init; }
    public required string Unit { get; init; }
    /// <summary>HH, H, L, LL, state, deviation, rateOfChange or badMeasurement.</summary>
    public required string Type { get; init; }
    public required string Area { get; init; }
    public required string Equipment { get; init; }
    /// <summary>1 to 4.</summary>
    public required int Priority { get; init; }
    /// <summary>high, medium, low or diagnostic.</summary>
    public required string PriorityName { get; init; }
    public required string Class { get; init; }
    /// <summary>Null for types without one.</summary>
    public required double? Limit { get; init; }
    public required string? SetpointTag { get; init; }
    /// <summary>The value that is the alarm; null for types other than state.</summary>
    public required double? StateValue { get; init; }
    /// <summary>Null for types other than rate of change.</summary>
    public required int? RateWindowMs { get; init; }
    public required double Deadband { get; init; }
    public required int OnDelayMs { get; init; }
    public required int OffDelayMs { get; init; }
    public required int ReAlarmMs { get; init; }
    public required bool Latching { get; init; }
    public required bool AckRequired { get; init; }
    public required bool ShelvingAllowed { get; init; }
    public required int MaxShelveSeconds { get; init; }
    public required string? EnableTag { get; init; }
    public required string? SuppressTag { get; init; }
    /// <summary>Tags of the suppression table that suppress the alarm.</summary>
    public required IReadOnlyList<string> SuppressionTags { get; init; }
    public required string FirstOutGroup { get; init; }
    public required int ChatterHoldMs { get; init; }
    public required string Message { get; init; }
    public required string Cause { get; init; }
    public required string Consequence { get; init; }
    public required string Action { get; init; }
    /// <summary>Null when not rationalized.</summary>
    public required int? TimeToRespondMinutes { get; init; }
    public required string Severity { get; init; }
    public required string Basis { get; init; }
}
