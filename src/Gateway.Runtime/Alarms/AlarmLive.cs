namespace Gateway.Runtime.Alarms;

/// <summary>The live part of one alarm. Written by the scan only; other threads read copies in snapshots.</summary>
public struct AlarmLive
{
    /// <summary>The state people see.</summary>
    public AlarmState State;
    /// <summary>The state under the marks, A to F.</summary>
    public AlarmState Base;
    /// <summary>Shelved, suppressed, out of service.</summary>
    public AlarmFlags Flags;
    /// <summary>Whether the condition stands, after delays; kept up to date under every mark.</summary>
    public bool ConditionActive;
    /// <summary>The suppression was set by logic and ends with it.</summary>
    public bool SuppressedByLogic;
    /// <summary>Number of the last occurrence, 0 before the first.</summary>
    public int Occurrence;
    /// <summary>How often the alarm was annunciated: occurrences and re-alarms.</summary>
    public long Annunciations;
    /// <summary>When the last occurrence began, UTC ticks, 0 for never.</summary>
    public long RaisedUtc;
    /// <summary>When the last occurrence was acknowledged, UTC ticks, 0 for not yet.</summary>
    public long AckedUtc;
    /// <summary>When the condition last went away, UTC ticks; 0 while it stands or before the first occurrence.</summary>
    public long ReturnedUtc;
    /// <summary>Who acknowledged the last occurrence, null for nobody yet.</summary>
    public string? AckedBy;
    /// <summary>When the shelving ends, on the monotonic clock of the scan in ticks; 0 when not shelved.</summary>
    public long ShelveExpiryElapsed;
    /// <summary>The shelving also ends when the condition goes.</summary>
    public bool ShelvedOnce;
    /// <summary>The alarm came three times within a minute and is held by its off-delay for chatter.</summary>
    public bool Chatters;
    /// <summary>Since when the re-alarm time runs, monotonic ticks; means something in state C only.</summary>
    internal long ReAlarmSince;
}
