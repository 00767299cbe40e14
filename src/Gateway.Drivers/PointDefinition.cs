namespace Gateway.Drivers;

/// <summary>
/// One value of a device and the tag it feeds: what every protocol has. Each protocol adds the address below.
/// Immutable after load; any thread may read it.
/// </summary>
public abstract record PointDefinition
{
    /// <summary>Index of the tag fed by this point.</summary>
    public required int Tag { get; init; }
    /// <summary>Time from poll to poll in milliseconds, at least 1.</summary>
    public int PollPeriodMs { get; init; } = 1000;
    /// <summary>Offset of the polls on the grid of the period, in milliseconds.</summary>
    public int PhaseMs { get; init; }
    /// <summary>Index of the output written through this point; −1 when it is only read.</summary>
    public int Output { get; init; } = -1;
}
