namespace Gateway.Web.Messages;

/// <summary>The site and what the gateway does.</summary>
internal sealed record SiteMessage
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Version { get; init; }
    public required string ConfigHash { get; init; }
    /// <summary>Now, UTC.</summary>
    public required string Time { get; init; }
    /// <summary>Local time of the site minus UTC, now.</summary>
    public required int UtcOffsetMinutes { get; init; }
    /// <summary>Starting, Run, Stop or Fault; null before the first scan.</summary>
    public required string? RunState { get; init; }
    /// <summary>Why the run state is Fault.</summary>
    public required string? Fault { get; init; }
    /// <summary>Sequence number of the newest event.</summary>
    public required long LastEvent { get; init; }
    public required ScanMessage Scan { get; init; }
    public required CountsMessage Counts { get; init; }
    public required OverflowMessage Overflows { get; init; }
}

/// <summary>Figures of the scan.</summary>
internal sealed record ScanMessage
{
    public required long Number { get; init; }
    public required int PeriodMs { get; init; }
    /// <summary>Time of the newest snapshot.</summary>
    public required string? Time { get; init; }
    public required long Overruns { get; init; }
    public required double LongestSeconds { get; init; }
    public required double LargestLatenessSeconds { get; init; }
}

/// <summary>How many of what.</summary>
internal sealed record CountsMessage
{
    public required int Tags { get; init; }
    public required int BadTags { get; init; }
    public required int UncertainTags { get; init; }
    public required int Alarms { get; init; }
    public required int UnacknowledgedAlarms { get; init; }
    public required int StandingAlarms { get; init; }
    public required int Lines { get; init; }
    public required int LinesUp { get; init; }
    public required int Permits { get; init; }
    public required int Outputs { get; init; }
    public required int Streams { get; init; }
}

/// <summary>What was refused because something bounded was full, since start.</summary>
internal sealed record OverflowMessage
{
    public required long EventsLost { get; init; }
    public required long CommandsRefused { get; init; }
    public required long SnapshotsSkipped { get; init; }
    public required long StreamsRefused { get; init; }
    public required long StreamsDropped { get; init; }
}

/// <summary>Answer of the health endpoints.</summary>
internal sealed record HealthMessage
{
    public required string Status { get; init; }
    public required IReadOnlyList<string> Reasons { get; init; }
}
