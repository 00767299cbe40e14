namespace Gateway.Runtime.Alarms;

/// <summary>
/// Where a row of the table applies: without marks the base state, with marks every mark that is set (an alarm that is
/// both shelved and suppressed is in G and in H).
/// </summary>
[Flags]
internal enum From : ushort
{
    A = 1 << 0,
    B = 1 << 1,
    C = 1 << 2,
    D = 1 << 3,
    E = 1 << 4,
    F = 1 << 5,
    G = 1 << 6,
    H = 1 << 7,
    I = 1 << 8,
    Marked = G | H | I,
    Any = A | B | C | D | E | F | G | H | I,
}

/// <summary>The facts a row can ask for; every question has one bit per answer, so a guard is a set of facts.</summary>
[Flags]
internal enum Facts : uint
{
    None = 0,
    Latching = 1 << 0,
    NotLatching = 1 << 1,
    AckRequired = 1 << 2,
    AckNotRequired = 1 << 3,
    SameOccurrence = 1 << 4,
    OtherOccurrence = 1 << 5,
    ConditionTrue = 1 << 6,
    ConditionFalse = 1 << 7,
    /// <summary>The act is allowed: duration, class and reason of a shelving, user and reason of out of service.</summary>
    Permitted = 1 << 8,
    NotPermitted = 1 << 9,
    /// <summary>The mark this event sets or ends is not set.</summary>
    MarkClear = 1 << 10,
    /// <summary>A mark other than the one this event sets or ends is set.</summary>
    OtherMark = 1 << 11,
    NoOtherMark = 1 << 12,
    LatchStands = 1 << 13,
    NoLatchStands = 1 << 14,
    ByLogic = 1 << 15,
    ByOperator = 1 << 16,
    /// <summary>The suppression was set by logic, which still asks for it.</summary>
    HeldByLogic = 1 << 17,
}

/// <summary>
/// What a row does beside the change of state. Sound is no effect: it follows from the state shown (B and E sound or
/// flash, ISA-18.2), so leaving them silences.
/// </summary>
[Flags]
internal enum Effects : ushort
{
    /// <summary>Nothing happens and nothing is recorded.</summary>
    None = 0,
    /// <summary>The event is recorded as accepted.</summary>
    Record = 1 << 0,
    /// <summary>The event is recorded as refused.</summary>
    Refuse = 1 << 1,
    /// <summary>A new occurrence begins.</summary>
    Raise = 1 << 2,
    /// <summary>The alarm is annunciated (counted; it sounds).</summary>
    Annunciate = 1 << 3,
    /// <summary>User and time of the acknowledgment are kept and the re-alarm time begins.</summary>
    Acknowledge = 1 << 4,
    /// <summary>The shelving runs from now for the time asked for.</summary>
    StartShelf = 1 << 5,
    /// <summary>Who suppressed is kept.</summary>
    KeepCause = 1 << 6,
    /// <summary>The mark this event ends is cleared.</summary>
    EndMark = 1 << 7,
}

/// <summary>One row of the table.</summary>
/// <param name="Number">Row of the sheet; 0 for the last row, which catches what cannot happen or changes nothing.</param>
/// <param name="In">Where it applies.</param>
/// <param name="On">Events it applies to.</param>
/// <param name="Guard">Facts that must all hold.</param>
/// <param name="To">A to F: the new base state; G to I: the mark to set; null: stays.</param>
/// <param name="Effect">What else happens.</param>
/// <param name="Refusal">Why a refused act is refused; null when the one who asks the table knows better.</param>
internal readonly record struct AlarmTableRow(int Number, From In, On On, Facts Guard, AlarmState? To, Effects Effect, string? Refusal = null);

/// <summary>The events of the table as a set: one bit per <see cref="AlarmEventCode"/>.</summary>
[Flags]
internal enum On : ushort
{
    ConditionOn = 1 << AlarmEventCode.On,
    ConditionOff = 1 << AlarmEventCode.Off,
    Ack = 1 << AlarmEventCode.Ack,
    Reset = 1 << AlarmEventCode.Reset,
    ReAlarm = 1 << AlarmEventCode.ReAlarm,
    Shelve = 1 << AlarmEventCode.Shelve,
    Unshelve = 1 << AlarmEventCode.Unshelve,
    Expire = 1 << AlarmEventCode.Expire,
    Suppress = 1 << AlarmEventCode.Suppress,
    Unsuppress = 1 << AlarmEventCode.Unsuppress,
    OutOfService = 1 << AlarmEventCode.OutOfService,
    ReturnToService = 1 << AlarmEventCode.ReturnToService,
    Restart = 1 << AlarmEventCode.Restart,
    QualityBad = 1 << AlarmEventCode.QualityBad,
    ClockStep = 1 << AlarmEventCode.ClockStep,
    EndOfMark = Unshelve | Expire | Unsuppress | ReturnToService,
    All = (1 << (AlarmEventCode.ClockStep + 1)) - 1,
}

/// <summary>
/// The state table of ISA-18.2 / IEC 62682 as data, one line per line of the sheet (docs: README.md of this folder).
/// The first row that applies is taken; <see cref="AlarmEngine"/> carries it out. Constant, so free to read.
/// </summary>
internal static class AlarmStateTable
{
    private const AlarmState A = AlarmState.Normal, B = AlarmState.Unacknowledged, C = AlarmState.Acknowledged,
        D = AlarmState.ReturnedUnacknowledged, E = AlarmState.LatchedUnacknowledged, F = AlarmState.LatchedAcknowledged,
        G = AlarmState.Shelved, H = AlarmState.SuppressedByDesign, I = AlarmState.OutOfService;

    private const Effects NewAlarm = Effects.Record | Effects.Raise | Effects.Annunciate;

    // Row 4 stands for B on the sheet; an old number is as wrong in D and E. Row 20's refusal cannot be reached while F
    // implies an absent condition; it is there so that a reset never clears a standing alarm.
    private static readonly AlarmTableRow[] Table =
    [
        new(1, From.A, On.ConditionOn, Facts.None, B, NewAlarm),
        new(2, From.A, On.ConditionOff, Facts.None, null, Effects.None),
        new(2, From.A, On.Ack | On.Reset, Facts.None, null, Effects.Refuse, "there is no alarm"),
        new(3, From.B, On.Ack, Facts.SameOccurrence, C, Effects.Record | Effects.Acknowledge),
        new(4, From.B | From.D | From.E, On.Ack, Facts.OtherOccurrence, null, Effects.Refuse, "old occurrence"),
        new(5, From.B, On.ConditionOff, Facts.Latching, E, Effects.Record),
        new(6, From.B, On.ConditionOff, Facts.NotLatching | Facts.AckRequired, D, Effects.Record),
        new(7, From.B, On.ConditionOff, Facts.NotLatching | Facts.AckNotRequired, A, Effects.Record),
        new(8, From.B, On.Reset, Facts.None, null, Effects.Refuse, "the condition still stands"),
        new(9, From.C, On.ConditionOff, Facts.Latching, F, Effects.Record),
        new(10, From.C, On.ConditionOff, Facts.NotLatching, A, Effects.Record),
        new(11, From.C, On.Ack, Facts.None, null, Effects.Refuse, "already acknowledged"),
        new(11, From.C, On.Reset, Facts.None, null, Effects.Refuse, "the condition still stands"),
        new(12, From.C, On.ReAlarm, Facts.ConditionTrue, B, Effects.Record | Effects.Annunciate),
        new(13, From.D, On.ConditionOn, Facts.None, B, NewAlarm),
        new(14, From.D, On.Ack, Facts.SameOccurrence, A, Effects.Record | Effects.Acknowledge),
        new(15, From.D, On.Reset, Facts.None, null, Effects.Refuse, "nothing is latched"),
        new(16, From.E, On.ConditionOn, Facts.None, B, NewAlarm),
        new(17, From.E, On.Ack, Facts.SameOccurrence, F, Effects.Record | Effects.Acknowledge),
        new(18, From.E, On.Reset, Facts.None, null, Effects.Refuse, "acknowledge first"),
        new(19, From.F, On.ConditionOn, Facts.None, B, NewAlarm),
        new(20, From.F, On.Reset, Facts.ConditionFalse, A, Effects.Record),
        new(20, From.F, On.Reset, Facts.ConditionTrue, null, Effects.Refuse, "the condition still stands"),
        new(21, From.F, On.Ack, Facts.None, null, Effects.Refuse, "already acknowledged"),
        new(22, From.Any, On.Shelve, Facts.MarkClear | Facts.Permitted, G, Effects.Record | Effects.StartShelf),
        new(23, From.Any, On.Shelve, Facts.MarkClear | Facts.NotPermitted, null, Effects.Refuse),
        new(24, From.G, On.Shelve, Facts.Permitted, null, Effects.Record | Effects.StartShelf),
        new(24, From.G, On.Shelve, Facts.NotPermitted, null, Effects.Refuse),
        new(25, From.Any, On.Suppress, Facts.MarkClear, H, Effects.Record | Effects.KeepCause),
        new(25, From.H, On.Suppress, Facts.ByLogic, null, Effects.Record | Effects.KeepCause),
        new(25, From.H, On.Suppress, Facts.ByOperator, null, Effects.Refuse, "already suppressed"),
        new(26, From.Any, On.OutOfService, Facts.Permitted, I, Effects.Record),
        new(26, From.Any, On.OutOfService, Facts.NotPermitted, null, Effects.Refuse),
        new(27, From.Marked, On.ConditionOn | On.ConditionOff, Facts.None, null, Effects.None),
        new(28, From.Marked, On.Ack | On.Reset, Facts.None, null, Effects.Refuse, "shelved, suppressed or out of service"),
        new(29, From.G, On.Unshelve | On.Expire, Facts.OtherMark, null, Effects.Record | Effects.EndMark),
        new(30, From.H, On.Unsuppress, Facts.ByOperator | Facts.HeldByLogic, null, Effects.Refuse, "the logic still suppresses"),
        new(30, From.H, On.Unsuppress, Facts.OtherMark, null, Effects.Record | Effects.EndMark),
        new(31, From.I, On.ReturnToService, Facts.OtherMark, null, Effects.Record | Effects.EndMark),
        new(32, From.Marked, On.EndOfMark, Facts.NoOtherMark | Facts.ConditionTrue, B, NewAlarm | Effects.EndMark),
        new(33, From.Marked, On.EndOfMark, Facts.NoOtherMark | Facts.ConditionFalse | Facts.LatchStands, null, Effects.Record | Effects.EndMark),
        new(34, From.Marked, On.EndOfMark, Facts.NoOtherMark | Facts.ConditionFalse | Facts.NoLatchStands, A, Effects.Record | Effects.EndMark),
        new(35, From.Any, On.Unshelve, Facts.MarkClear, null, Effects.Refuse, "not shelved"),
        new(35, From.Any, On.Unsuppress, Facts.MarkClear, null, Effects.Refuse, "not suppressed"),
        new(35, From.Any, On.ReturnToService, Facts.MarkClear, null, Effects.Refuse, "not out of service"),
        new(36, From.Any, On.Restart, Facts.None, null, Effects.None),
        new(37, From.Any, On.QualityBad, Facts.None, null, Effects.None),
        new(38, From.Any, On.ClockStep, Facts.None, null, Effects.None),
        new(0, From.Any, On.All, Facts.None, null, Effects.None),
    ];

    /// <summary>All rows in the order of the sheet.</summary>
    public static ReadOnlySpan<AlarmTableRow> Rows => Table;

    /// <summary>The first row that applies.</summary>
    public static ref readonly AlarmTableRow Find(AlarmState baseState, AlarmFlags flags, AlarmEventCode code, Facts facts)
    {
        From place = PlaceOf(baseState, flags);
        On happened = (On)(1 << (int)code);
        for (int i = 0; i < Table.Length; i++)
        {
            ref readonly AlarmTableRow row = ref Table[i];
            if ((row.In & place) != 0 && (row.On & happened) != 0 && (row.Guard & facts) == row.Guard)
                return ref row;
        }
        Invariant.Check(false);
        return ref Table[^1];
    }

    /// <summary>The state people see: the highest mark, else the base state.</summary>
    public static AlarmState ShownOf(AlarmState baseState, AlarmFlags flags) =>
        (flags & AlarmFlags.OutOfService) != 0 ? I
        : (flags & AlarmFlags.Suppressed) != 0 ? H
        : (flags & AlarmFlags.Shelved) != 0 ? G
        : baseState;

    /// <summary>The mark an event sets or ends, none for events that concern the base state.</summary>
    public static AlarmFlags MarkOf(AlarmEventCode code) => code switch
    {
        AlarmEventCode.Shelve or AlarmEventCode.Unshelve or AlarmEventCode.Expire => AlarmFlags.Shelved,
        AlarmEventCode.Suppress or AlarmEventCode.Unsuppress => AlarmFlags.Suppressed,
        AlarmEventCode.OutOfService or AlarmEventCode.ReturnToService => AlarmFlags.OutOfService,
        _ => AlarmFlags.None,
    };

    /// <summary>The mark a target state stands for, none for a base state.</summary>
    public static AlarmFlags MarkOf(AlarmState state) => state switch
    {
        G => AlarmFlags.Shelved,
        H => AlarmFlags.Suppressed,
        I => AlarmFlags.OutOfService,
        _ => AlarmFlags.None,
    };

    private static From PlaceOf(AlarmState baseState, AlarmFlags flags) =>
        flags == AlarmFlags.None ? (From)(1 << (int)baseState) : (From)((int)flags << (int)G);
}
