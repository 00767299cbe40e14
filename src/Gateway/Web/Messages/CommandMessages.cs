namespace Gateway.Web.Messages;

/// <summary>Body of an act on an alarm.</summary>
internal sealed record AlarmActRequest
{
    /// <summary>Who acts; 1 to 64 characters.</summary>
    public string? User { get; init; }
    /// <summary>Why; at most 500 characters; needed for shelving and out of service.</summary>
    public string? Reason { get; init; }
    /// <summary>The occurrence acknowledged, as the list showed it; 0 or absent means the current one.</summary>
    public int? Occurrence { get; init; }
    /// <summary>How long to shelve.</summary>
    public double? Seconds { get; init; }
}

/// <summary>Body of a write to an output.</summary>
internal sealed record OutputWriteRequest
{
    /// <summary>Who acts; 1 to 64 characters.</summary>
    public string? User { get; init; }
    /// <summary>Why; at most 500 characters.</summary>
    public string? Reason { get; init; }
    /// <summary>Value in engineering units.</summary>
    public double? Value { get; init; }
}

/// <summary>Sign of life in the stream.</summary>
internal sealed record HeartbeatMessage
{
    public required string Time { get; init; }
    public required string? RunState { get; init; }
    public required string? Fault { get; init; }
    public required long Scan { get; init; }
    public required string? ScanTime { get; init; }
    /// <summary>Sequence number of the newest event.</summary>
    public required long Last { get; init; }
}
