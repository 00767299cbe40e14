namespace Gateway.Runtime.Tags;

/// <summary>What of a tag's changes the history keeps.</summary>
public enum HistoryMode : byte
{
    /// <summary>A change of at least the archive deadband, read as steps: a value holds until the next.</summary>
    Deadband,
    /// <summary>The corners of a line that no value is further from than the archive deadband.</summary>
    SwingingDoor,
    /// <summary>Nothing.</summary>
    Off,
}
