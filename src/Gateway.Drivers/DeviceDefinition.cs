namespace Gateway.Drivers;

/// <summary>
/// One device on a line: what every protocol has. Each protocol adds its own below. Immutable after load; any thread
/// may read it.
/// </summary>
public abstract record DeviceDefinition
{
    /// <summary>Name of the device; unique in the site.</summary>
    public required string Name { get; init; }
    /// <summary>Position in the list of all devices of all lines.</summary>
    public required int Index { get; init; }
    /// <summary>True to read a written value back and to report a difference.</summary>
    public bool VerifyWrites { get; init; } = true;
    /// <summary>Time in milliseconds within which a written value must be seen in the device.</summary>
    public int VerifyWithinMs { get; init; } = 2000;
    /// <summary>Age of values, in poll periods, at which they become uncertain.</summary>
    public double UncertainAfterPolls { get; init; } = 2;
    /// <summary>Age of values, in poll periods, at which they become bad.</summary>
    public double BadAfterPolls { get; init; } = 4;
    /// <summary>The values read from and written to the device; all of the device's protocol.</summary>
    public required PointDefinition[] Points { get; init; }
}
