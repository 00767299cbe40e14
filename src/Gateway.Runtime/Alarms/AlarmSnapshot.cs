namespace Gateway.Runtime.Alarms;

/// <summary>
/// What of an alarm must survive a restart: state, marks, occurrence and every running time. Times are durations, not
/// points, because the monotonic clock begins anew; the time without a gateway counts in none of them.
/// </summary>
public struct AlarmSnapshot
{
    /// <summary>Name of the alarm; a snapshot is put back by name, so the table may have been reordered.</summary>
    public string Id;
    /// <summary>State under the marks, A to F.</summary>
    public AlarmState Base;
    /// <summary>Marks set.</summary>
    public AlarmFlags Flags;
    /// <summary>Whether the condition stood, after delays.</summary>
    public bool ConditionActive;
    /// <summary>The suppression came from logic.</summary>
    public bool SuppressedByLogic;
    /// <summary>Number of the last occurrence.</summary>
    public int Occurrence;
    /// <summary>Number of annunciations.</summary>
    public long Annunciations;
    /// <summary>Begin of the last occurrence, UTC ticks.</summary>
    public long RaisedUtc;
    /// <summary>Acknowledgment of the last occurrence, UTC ticks.</summary>
    public long AckedUtc;
    /// <summary>Last return to normal, UTC ticks.</summary>
    public long ReturnedUtc;
    /// <summary>Who acknowledged.</summary>
    public string? AckedBy;
    /// <summary>Ticks left of the shelving; 0 when not shelved.</summary>
    public long ShelveRemaining;
    /// <summary>The shelving also ends when the condition goes.</summary>
    public bool ShelvedOnce;
    /// <summary>Ticks that a suppression goes on although its state has ended; 0 for none.</summary>
    public long HoldRemaining;
    /// <summary>The alarm is held for chatter.</summary>
    public bool Chatters;
    /// <summary>Ticks since the condition last came; -1 when that plays no part.</summary>
    public long LastOnAge;
    /// <summary>Ticks since it came the time before; -1 likewise.</summary>
    public long FormerOnAge;
    /// <summary>Ticks the running on- or off-delay has run; -1 when none runs.</summary>
    public long DelayRun;
    /// <summary>The last value was not usable, so the delay stands still until the value has been seen again.</summary>
    public bool InGap;
    /// <summary>Ticks the re-alarm time has run; 0 outside state C.</summary>
    public long ReAlarmRun;
}
