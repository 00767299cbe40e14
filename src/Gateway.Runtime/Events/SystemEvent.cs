namespace Gateway.Runtime.Events;

/// <summary>Codes of events about the gateway itself.</summary>
public enum SystemEvent
{
    /// <summary>The run state changed.</summary>
    RunStateChanged = 1,
    /// <summary>Cycles were skipped because a scan took too long.</summary>
    ScanOverrun = 2,
    /// <summary>Events were refused because their reader was late; the value is their number.</summary>
    EventsLost = 3,
    /// <summary>The wall clock was stepped; the value is the step in seconds.</summary>
    ClockStep = 4,
    /// <summary>The scan was restored from its store; the value is the time since it was saved, in seconds.</summary>
    Restored = 6,
    /// <summary>The journal became durable, degraded or failed; the reason says why.</summary>
    StoreChanged = 7,
}
