namespace Gateway.Runtime.Alarms;

/// <summary>State of an alarm; letters and order of ISA-18.2 and IEC 62682. The number is exported as a metric.</summary>
public enum AlarmState : byte
{
    /// <summary>A: the condition is absent and nothing waits for the operator.</summary>
    Normal,
    /// <summary>B: the condition is present and not acknowledged; sound and flashing.</summary>
    Unacknowledged,
    /// <summary>C: the condition is present and acknowledged.</summary>
    Acknowledged,
    /// <summary>D: the condition went away before anyone acknowledged it.</summary>
    ReturnedUnacknowledged,
    /// <summary>E: the condition went away, the latch stands, not acknowledged.</summary>
    LatchedUnacknowledged,
    /// <summary>F: the condition went away, the latch stands, acknowledged.</summary>
    LatchedAcknowledged,
    /// <summary>G: put aside by an operator for a limited time.</summary>
    Shelved,
    /// <summary>H: suppressed by the logic of the plant.</summary>
    SuppressedByDesign,
    /// <summary>I: taken out of service for maintenance.</summary>
    OutOfService,
}

/// <summary>The three marks that hide the base state; they are independent, the highest one set is shown.</summary>
[Flags]
public enum AlarmFlags : byte
{
    /// <summary>The base state is shown.</summary>
    None = 0,
    /// <summary>Mark of state G.</summary>
    Shelved = 1,
    /// <summary>Mark of state H.</summary>
    Suppressed = 2,
    /// <summary>Mark of state I.</summary>
    OutOfService = 4,
}

/// <summary>What happened to an alarm: the code of an event of the kind alarm, and the column of the state table.</summary>
public enum AlarmEventCode : byte
{
    /// <summary>The condition came (after its on-delay).</summary>
    On,
    /// <summary>The condition went (after its off-delay).</summary>
    Off,
    /// <summary>An operator acknowledged one occurrence.</summary>
    Ack,
    /// <summary>An operator reset the latch.</summary>
    Reset,
    /// <summary>The re-alarm time of an acknowledged alarm ran out.</summary>
    ReAlarm,
    /// <summary>An operator shelved the alarm.</summary>
    Shelve,
    /// <summary>An operator ended the shelving.</summary>
    Unshelve,
    /// <summary>The time of the shelving ran out.</summary>
    Expire,
    /// <summary>Logic or an operator suppressed the alarm.</summary>
    Suppress,
    /// <summary>Logic or an operator ended the suppression.</summary>
    Unsuppress,
    /// <summary>The alarm was taken out of service.</summary>
    OutOfService,
    /// <summary>The alarm was returned to service.</summary>
    ReturnToService,
    /// <summary>The gateway started again; never a transition.</summary>
    Restart,
    /// <summary>The quality of the tag became bad; never a transition of a process alarm.</summary>
    QualityBad,
    /// <summary>The wall clock was stepped; never a transition.</summary>
    ClockStep,
    /// <summary>Somebody outside was told, or could not be told; never a transition, not on the sheet.</summary>
    Notify,
}

/// <summary>The names of states and events as they stand in the event stream.</summary>
public static class AlarmNames
{
    private static readonly string[] States = ["A", "B", "C", "D", "E", "F", "G", "H", "I"];

    private static readonly string[] Events =
    [
        "ON", "OFF", "ACK", "RESET", "REALARM", "SHELVE", "UNSHELVE", "EXPIRE", "SUPPRESS", "UNSUPPRESS",
        "OOS", "RETURN TO SERVICE", "RESTART", "QUALITY BAD", "CLOCK STEP", "NOTIFY",
    ];

    /// <summary>The letter A to I of a state.</summary>
    public static string LetterOf(AlarmState state) => States[(int)state];

    /// <summary>The name of an event as the state table writes it.</summary>
    public static string NameOf(AlarmEventCode code) => Events[(int)code];
}
