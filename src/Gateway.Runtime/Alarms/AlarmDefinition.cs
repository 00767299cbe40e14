namespace Gateway.Runtime.Alarms;

/// <summary>Which condition an alarm watches.</summary>
public enum AlarmType : byte
{
    /// <summary>HH: the value is at or above the limit.</summary>
    HighHigh,
    /// <summary>H: the value is at or above the limit.</summary>
    High,
    /// <summary>L: the value is at or below the limit.</summary>
    Low,
    /// <summary>LL: the value is at or below the limit.</summary>
    LowLow,
    /// <summary>The value equals <see cref="AlarmDefinition.StateValue"/>.</summary>
    State,
    /// <summary>The distance between value and set-point is at or above the limit.</summary>
    Deviation,
    /// <summary>The value changes, up or down, at the limit's rate or faster.</summary>
    RateOfChange,
    /// <summary>The quality of the tag is bad.</summary>
    BadMeasurement,
}

/// <summary>A state of the plant in which an alarm says nothing new: a storm, a start-up, maintenance.</summary>
/// <param name="Tag">Suppresses while it is good and not zero.</param>
/// <param name="HoldMs">How long the suppression goes on after that, in milliseconds, 0 or more.</param>
/// <param name="Reason">What the event of the suppression says.</param>
public sealed record AlarmSuppression(int Tag, int HoldMs, string Reason);

/// <summary>
/// One row of the master alarm database (ISA-18.2: identity, rationalization, settings, behavior). Built by the
/// configuration, never changed afterwards, read by every thread.
/// </summary>
public sealed record AlarmDefinition
{
    /// <summary>The longest shelving when the row gives none: 8 hours, in seconds.</summary>
    public const int DefaultMaxShelveSeconds = 28_800;

    /// <summary>Unique name of the alarm.</summary>
    public required string Id { get; init; }
    /// <summary>Place of the alarm in the engine, from 0 without gaps.</summary>
    public required int Index { get; init; }
    /// <summary>Index of the tag watched.</summary>
    public required int Tag { get; init; }
    /// <summary>Which condition is watched.</summary>
    public required AlarmType Type { get; init; }

    /// <summary>Part of the plant.</summary>
    public string Area { get; init; } = "";
    /// <summary>Machine or instrument concerned.</summary>
    public string Equipment { get; init; } = "";

    /// <summary>
    /// Limit in the unit of the tag; for a deviation the distance from the set-point; for a rate of change units per
    /// second, positive. NaN for state and bad measurement, which have none.
    /// </summary>
    public double Limit { get; init; } = double.NaN;
    /// <summary>Index of the set-point's tag for a deviation, -1 for none.</summary>
    public int SetpointTag { get; init; } = -1;
    /// <summary>The value that is the alarm, for a state: 0 or 1 for a bit, or the number of an enumerated state.</summary>
    public double StateValue { get; init; } = 1;
    /// <summary>Time over which a rate of change is measured, in milliseconds, above 0.</summary>
    public int RateWindowMs { get; init; } = 60_000;
    /// <summary>How far the value must come back before the condition ends, in the unit of the limit, 0 or more.</summary>
    public double Deadband { get; init; }
    /// <summary>How long the condition must hold before the alarm comes, in milliseconds, 0 or more.</summary>
    public int OnDelayMs { get; init; }
    /// <summary>How long the condition must be away before the alarm goes, in milliseconds, 0 or more.</summary>
    public int OffDelayMs { get; init; }
    /// <summary>Time after which an acknowledged, still standing alarm sounds again, in milliseconds; 0 for never.</summary>
    public int ReAlarmMs { get; init; }

    /// <summary>1 high, 2 medium, 3 low, 4 diagnostic.</summary>
    public int Priority { get; init; } = 3;
    /// <summary>Class: safety, environmental-permit, process, equipment, diagnostics or one of the site's own.</summary>
    public string Class { get; init; } = "process";
    /// <summary>The alarm stays after its condition ended until it is reset by hand.</summary>
    public bool Latching { get; init; }
    /// <summary>An alarm that ended unseen stays in the list until it is acknowledged.</summary>
    public bool AckRequired { get; init; } = true;
    /// <summary>Whether the class of the alarm allows shelving.</summary>
    public bool ShelvingAllowed { get; init; } = true;
    /// <summary>Longest time of one shelving, in seconds.</summary>
    public int MaxShelveSeconds { get; init; } = DefaultMaxShelveSeconds;
    /// <summary>
    /// Tag that enables the condition, -1 for always. The condition is disabled, which counts as absent, while this
    /// tag is zero; a bad or missing enable leaves it enabled, because a needless alarm is better than a missed one.
    /// </summary>
    public int EnableTag { get; init; } = -1;
    /// <summary>Tag that suppresses the alarm by design while it is good and not zero, -1 for none.</summary>
    public int SuppressTag { get; init; } = -1;

    /// <summary>Rows of the suppression table that name this alarm.</summary>
    public IReadOnlyList<AlarmSuppression> Suppressions { get; init; } = [];
    /// <summary>
    /// Group in which only the alarm that came first is annunciated while it stands: the others are its consequences.
    /// Empty for none.
    /// </summary>
    public string FirstOutGroup { get; init; } = "";
    /// <summary>Off-delay while the alarm chatters, in milliseconds, when it is longer than the other one; 0 changes nothing.</summary>
    public int ChatterHoldMs { get; init; }

    /// <summary>What the operator reads.</summary>
    public string Message { get; init; } = "";
    /// <summary>Probable cause.</summary>
    public string Cause { get; init; } = "";
    /// <summary>What happens when nobody acts.</summary>
    public string Consequence { get; init; } = "";
    /// <summary>What the operator should do.</summary>
    public string Action { get; init; } = "";
    /// <summary>Time the operator has, in minutes; 0 when not rationalized.</summary>
    public int TimeToRespondMinutes { get; init; }
    /// <summary>Severity of the consequence: minor, moderate or severe.</summary>
    public string Severity { get; init; } = "";
    /// <summary>Where the limit comes from: a clause, a data sheet, a test.</summary>
    public string Basis { get; init; } = "";
}
