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
    /// <summary>Ticks the running on- or off-delay has run; -1 when none runs.</summary>
    public long DelayRun;
    /// <summary>The last value was not usable, so the delay stands still until the value has been seen again.</summary>
    public bool InGap;
    /// <summary>Ticks the re-alarm time has run; 0 outside state C.</summary>
    public long ReAlarmRun;
}
