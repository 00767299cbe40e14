using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Alarms;

/// <summary>
/// All alarms of the site: evaluates their conditions each scan, runs the state table, carries out operators' acts and
/// writes one event per transition and per refused act. An alarm whose condition stands at the first scan is
/// annunciated like any other. Owned by the scan thread: no member may be called from another one.
/// </summary>
public sealed partial class AlarmEngine
{
    private const int States = (int)AlarmState.OutOfService + 1;
    private const int Priorities = 4;

    // Shelvings that end together come back one by one, so that the operator can look at each (field lesson F-59).
    private const long ReturnSpacing = ScanTime.TicksPerSecond;

    private readonly AlarmDefinition[] _definitions;
    private readonly AlarmCondition[] _conditions;
    private readonly AlarmLive[] _live;
    private readonly long[] _reAlarmTicks;
    private readonly int[] _counts = new int[States * Priorities];
    // What the event of a shelving for one occurrence adds to the reason.
    private const string Once = " (until the condition goes)";

    private long _nextReturn = long.MinValue;

    /// <summary>Makes the engine; every alarm is normal.</summary>
    /// <exception cref="ArgumentException">A definition is out of its documented range or not at its index.</exception>
    public AlarmEngine(AlarmDefinition[] definitions)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        _definitions = definitions;
        _conditions = new AlarmCondition[definitions.Length];
        _live = new AlarmLive[definitions.Length];
        _reAlarmTicks = new long[definitions.Length];
        _suppressions = new AlarmSuppression[definitions.Length][];
        _holdUntil = new long[definitions.Length];
        _groups = GroupsOf(definitions, out int groups);
        _first = new int[groups];
        _behind = new int[definitions.Length];
        _firstReasons = [.. definitions.Select(definition => "first out: " + definition.Id)];
        Array.Fill(_first, None);
        Array.Fill(_behind, None);
        for (int i = 0; i < definitions.Length; i++)
        {
            AlarmDefinition definition = definitions[i];
            Require(definition, i);
            _conditions[i] = new AlarmCondition(definition);
            _reAlarmTicks[i] = definition.ReAlarmMs * ScanTime.TicksPerMillisecond;
            _suppressions[i] = SuppressionsOf(definition);
            _counts[CountSlot(AlarmState.Normal, definition.Priority)]++;
        }
    }

    /// <summary>Number of alarms.</summary>
    public int Count => _live.Length;

    /// <summary>Moves with every change of what can be read here.</summary>
    public long Version { get; private set; }

    /// <summary>The live part of one alarm.</summary>
    public ref readonly AlarmLive this[int index] => ref _live[index];

    /// <summary>The live part of all alarms, for copying into a snapshot.</summary>
    public ReadOnlySpan<AlarmLive> Live => _live;

    /// <summary>The definition of one alarm.</summary>
    public AlarmDefinition DefinitionOf(int index) => _definitions[index];

    /// <summary>How many alarms of <paramref name="priority"/> (1 to 4) show <paramref name="state"/> now.</summary>
    public int CountOf(AlarmState state, int priority) => _counts[CountSlot(state, priority)];

    /// <summary>How many alarms show <paramref name="state"/> now.</summary>
    public int CountOf(AlarmState state)
    {
        int sum = 0;
        for (int priority = 1; priority <= Priorities; priority++)
            sum += CountOf(state, priority);
        return sum;
    }

    /// <summary>Evaluates all alarms once. Allocates nothing.</summary>
    public void Execute(TagTable tags, in ScanTime now, EventRing events)
    {
        for (int i = 0; i < _live.Length; i++)
            ExecuteOne(i, tags, now, events);
    }

    /// <summary>Carries out or refuses an operator's act; both are written as an event.</summary>
    public AlarmCommandResult Apply(OperatorCommand command, in ScanTime now, EventRing events)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (command.Verb == CommandVerb.Notify && (uint)command.Target < (uint)_live.Length)
            return Note(command, now, events);
        if ((uint)command.Target >= (uint)_live.Length || EventOf(command.Verb) is not { } code)
            return RefuseUnknown(command, now, events);
        var act = new Act
        {
            Code = code,
            Once = command.Verb == CommandVerb.ShelveOnce,
            User = command.User,
            Reason = command.Verb == CommandVerb.ShelveOnce ? command.Reason + Once : command.Reason,
            Value = command.Argument,
            CorrelationId = command.CorrelationId,
            Prohibition = Prohibition(_definitions[command.Target], command),
        };
        string? refusal = Run(command.Target, act, now, events);
        return new AlarmCommandResult(refusal is null, refusal ?? "", _live[command.Target].State);
    }

    /// <summary>Writes what must survive a restart, one entry per alarm in the order of the definitions.</summary>
    /// <exception cref="ArgumentException"><paramref name="into"/> is shorter than <see cref="Count"/>.</exception>
    public void Save(Span<AlarmSnapshot> into, in ScanTime now)
    {
        if (into.Length < _live.Length)
            throw new ArgumentException("One entry per alarm is needed.", nameof(into));
        for (int i = 0; i < _live.Length; i++)
        {
            ref readonly AlarmLive live = ref _live[i];
            into[i] = new AlarmSnapshot
            {
                Id = _definitions[i].Id,
                Base = live.Base,
                Flags = live.Flags,
                ConditionActive = live.ConditionActive,
                SuppressedByLogic = live.SuppressedByLogic,
                Occurrence = live.Occurrence,
                Annunciations = live.Annunciations,
                RaisedUtc = live.RaisedUtc,
                AckedUtc = live.AckedUtc,
                ReturnedUtc = live.ReturnedUtc,
                AckedBy = live.AckedBy,
                ShelvedOnce = live.ShelvedOnce,
                HoldRemaining = Math.Max(0, _holdUntil[i] - now.Elapsed),
                ShelveRemaining = (live.Flags & AlarmFlags.Shelved) != 0 ? live.ShelveExpiryElapsed - now.Elapsed : 0,
                ReAlarmRun = live.Base == AlarmState.Acknowledged ? now.Elapsed - live.ReAlarmSince : 0,
            };
            _conditions[i].Save(ref into[i], now.Elapsed);
        }
    }

    /// <summary>
    /// Puts a saved state back before the first scan (row 36 of the table): no transition, no event, no second
    /// annunciation. Entries are found by name; an alarm without an entry starts normal, an entry without an alarm is
    /// dropped.
    /// </summary>
    /// <returns>How many alarms were restored.</returns>
    public int Restore(ReadOnlySpan<AlarmSnapshot> saved, in ScanTime now)
    {
        var byId = new Dictionary<string, int>(_definitions.Length, StringComparer.Ordinal);
        for (int i = 0; i < _definitions.Length; i++)
            byId[_definitions[i].Id] = i;
        int restored = 0;
        foreach (ref readonly AlarmSnapshot entry in saved)
        {
            if (!byId.TryGetValue(entry.Id, out int index))
                continue;
            RestoreOne(index, entry, now.Elapsed);
            restored++;
        }
        RestoreFirstOut();
        Version++;
        return restored;
    }

    private void RestoreOne(int index, in AlarmSnapshot entry, long elapsed)
    {
        ref AlarmLive live = ref _live[index];
        bool shelved = (entry.Flags & AlarmFlags.Shelved) != 0;
        AlarmState before = live.State;
        live = new AlarmLive
        {
            State = AlarmStateTable.ShownOf(entry.Base, entry.Flags),
            Base = entry.Base,
            Flags = entry.Flags,
            ConditionActive = entry.ConditionActive,
            SuppressedByLogic = entry.SuppressedByLogic,
            Occurrence = entry.Occurrence,
            Annunciations = entry.Annunciations,
            RaisedUtc = entry.RaisedUtc,
            AckedUtc = entry.AckedUtc,
            ReturnedUtc = entry.ReturnedUtc,
            AckedBy = entry.AckedBy,
            ShelveExpiryElapsed = shelved ? elapsed + entry.ShelveRemaining : 0,
            ShelvedOnce = entry.ShelvedOnce,
            Chatters = entry.Chatters,
            ReAlarmSince = elapsed - entry.ReAlarmRun,
        };
        _holdUntil[index] = elapsed + entry.HoldRemaining;
        _conditions[index].Restore(entry, elapsed);
        Recount(before, live.State, _definitions[index].Priority);
    }

    /// <summary>
    /// The order decides what is annunciated when several things happen in one scan: a suppression that begins hides
    /// the alarm that comes with it, and one that ends sees the condition as it is now.
    /// </summary>
    private void ExecuteOne(int index, TagTable tags, in ScanTime now, EventRing events)
    {
        ref AlarmLive live = ref _live[index];
        string? cause = SuppressionOf(index, tags, now.Elapsed);
        if (cause is not null && !live.SuppressedByLogic)
            Run(index, new Act { Code = AlarmEventCode.Suppress, ByLogic = true, Reason = cause }, now, events);
        ConditionEdge edge = _conditions[index].Update(tags, now);
        if (edge == ConditionEdge.On)
            SuppressBehindFirst(index, now, events);
        if (edge != ConditionEdge.None)
            RunCondition(index, edge, tags, now, events);
        FollowFirstOut(index);
        if (live.SuppressedByLogic && cause is null && !IsBehindFirst(index))
            Run(index, new Act { Code = AlarmEventCode.Unsuppress, ByLogic = true, Reason = EndOfSuppression }, now, events);
        FollowFirstOut(index);
        if ((live.Flags & AlarmFlags.Shelved) != 0)
            EndShelving(index, edge == ConditionEdge.Off, now, events);
        if (live.State == AlarmState.Acknowledged && _reAlarmTicks[index] > 0 && now.Elapsed - live.ReAlarmSince >= _reAlarmTicks[index])
            Run(index, ConditionAct(index, AlarmEventCode.ReAlarm, tags), now, events);
    }

    /// <summary>A shelving whose time is over ends when it is its turn; one for a single occurrence when that is over.</summary>
    private void EndShelving(int index, bool isGone, in ScanTime now, EventRing events)
    {
        ref AlarmLive live = ref _live[index];
        if (isGone && live.ShelvedOnce)
        {
            Run(index, new Act { Code = AlarmEventCode.Expire, Reason = "the condition went" }, now, events);
        }
        else if (now.Elapsed >= live.ShelveExpiryElapsed && now.Elapsed >= _nextReturn)
        {
            _nextReturn = now.Elapsed + ReturnSpacing;
            Run(index, new Act { Code = AlarmEventCode.Expire }, now, events);
        }
    }

    private void RunCondition(int index, ConditionEdge edge, TagTable tags, in ScanTime now, EventRing events)
    {
        ref AlarmLive live = ref _live[index];
        bool on = edge == ConditionEdge.On;
        live.ConditionActive = on;
        live.Chatters = _conditions[index].Chatters;
        live.ReturnedUtc = on || live.Occurrence == 0 ? 0 : now.Utc;
        Version++;
        Run(index, ConditionAct(index, on ? AlarmEventCode.On : AlarmEventCode.Off, tags), now, events);
    }

    private Act ConditionAct(int index, AlarmEventCode code, TagTable tags) => new()
    {
        Code = code,
        Value = _conditions[index].Compared,
        Limit = _definitions[index].Limit,
        Quality = tags[_definitions[index].Tag].Quality,
    };

    /// <summary>Looks the act up in the table and carries the row out.</summary>
    /// <returns>Why the act was refused, null when it was not.</returns>
    private string? Run(int index, in Act act, in ScanTime now, EventRing events)
    {
        ref AlarmLive live = ref _live[index];
        ref readonly AlarmTableRow row = ref AlarmStateTable.Find(live.Base, live.Flags, act.Code, FactsOf(index, act));
        if (row.Effect == Effects.None)
            return null;
        AlarmState before = live.State;
        bool refused = (row.Effect & Effects.Refuse) != 0;
        string? refusal = refused ? row.Refusal ?? act.Prohibition : null;
        if (!refused)
            CarryOut(index, row, act, now);
        var item = new ScanEvent
        {
            Kind = EventKind.Alarm,
            Subject = index,
            Code = (int)act.Code,
            From = (int)before,
            To = (int)live.State,
            Occurrence = live.Occurrence,
            Value = act.Value,
            Limit = act.Limit,
            Quality = act.Quality,
            Accepted = !refused,
            User = act.User,
            Reason = refused ? refusal : act.Reason,
            CorrelationId = act.CorrelationId,
        };
        events.Add(now, ref item);
        return refusal;
    }

    private void CarryOut(int index, in AlarmTableRow row, in Act act, in ScanTime now)
    {
        ref AlarmLive live = ref _live[index];
        AlarmState before = live.State;
        AlarmFlags mark = AlarmStateTable.MarkOf(act.Code);
        if ((row.Effect & Effects.EndMark) != 0)
            EndMark(ref live, mark);
        if (row.To is { } to)
        {
            AlarmFlags set = AlarmStateTable.MarkOf(to);
            live.Flags |= set;
            live.Base = set == AlarmFlags.None ? to : live.Base;
        }
        if ((row.Effect & Effects.Raise) != 0)
        {
            live.Occurrence++;
            live.RaisedUtc = now.Utc;
            live.AckedUtc = 0;
            live.AckedBy = null;
        }
        if ((row.Effect & Effects.Annunciate) != 0)
            live.Annunciations++;
        if ((row.Effect & Effects.Acknowledge) != 0)
        {
            live.AckedUtc = now.Utc;
            live.AckedBy = act.User;
            live.ReAlarmSince = now.Elapsed;
        }
        if ((row.Effect & Effects.StartShelf) != 0)
            (live.ShelveExpiryElapsed, live.ShelvedOnce) = (now.Elapsed + (long)(act.Value * ScanTime.TicksPerSecond), act.Once);
        if ((row.Effect & Effects.KeepCause) != 0)
            live.SuppressedByLogic = act.ByLogic;
        live.State = AlarmStateTable.ShownOf(live.Base, live.Flags);
        Recount(before, live.State, _definitions[index].Priority);
        Version++;
    }

    private static void EndMark(ref AlarmLive live, AlarmFlags mark)
    {
        live.Flags &= ~mark;
        if (mark == AlarmFlags.Shelved)
            (live.ShelveExpiryElapsed, live.ShelvedOnce) = (0, false);
        if (mark == AlarmFlags.Suppressed)
            live.SuppressedByLogic = false;
    }

    private Facts FactsOf(int index, in Act act)
    {
        ref readonly AlarmLive live = ref _live[index];
        AlarmDefinition definition = _definitions[index];
        AlarmFlags mark = AlarmStateTable.MarkOf(act.Code);
        // Occurrence 0 in an acknowledgment means the current one.
        bool same = act.Value == 0 || act.Value == live.Occurrence;
        bool latched = live.Base is AlarmState.LatchedUnacknowledged or AlarmState.LatchedAcknowledged;
        Facts facts = definition.Latching ? Facts.Latching : Facts.NotLatching;
        facts |= definition.AckRequired ? Facts.AckRequired : Facts.AckNotRequired;
        facts |= same ? Facts.SameOccurrence : Facts.OtherOccurrence;
        facts |= live.ConditionActive ? Facts.ConditionTrue : Facts.ConditionFalse;
        facts |= act.Prohibition is null ? Facts.Permitted : Facts.NotPermitted;
        facts |= (live.Flags & mark) == 0 ? Facts.MarkClear : Facts.None;
        facts |= (live.Flags & ~mark) != 0 ? Facts.OtherMark : Facts.NoOtherMark;
        facts |= latched ? Facts.LatchStands : Facts.NoLatchStands;
        facts |= act.ByLogic ? Facts.ByLogic : Facts.ByOperator;
        facts |= live.SuppressedByLogic ? Facts.HeldByLogic : Facts.None;
        return facts;
    }

    /// <summary>Records that a receiver outside was told, or could not be: no act, so no row of the table.</summary>
    private AlarmCommandResult Note(OperatorCommand command, in ScanTime now, EventRing events)
    {
        ref readonly AlarmLive live = ref _live[command.Target];
        var item = new ScanEvent
        {
            Kind = EventKind.Alarm,
            Subject = command.Target,
            Code = (int)AlarmEventCode.Notify,
            From = (int)live.State,
            To = (int)live.State,
            Occurrence = live.Occurrence,
            Value = command.Argument,
            Limit = double.NaN,
            Accepted = command.Denied is null,
            User = command.User,
            Reason = command.Denied ?? command.Reason,
        };
        events.Add(now, ref item);
        return new AlarmCommandResult(command.Denied is null, command.Denied ?? "", live.State);
    }

    private AlarmCommandResult RefuseUnknown(OperatorCommand command, in ScanTime now, EventRing events)
    {
        bool known = (uint)command.Target < (uint)_live.Length;
        string refusal = known ? "not an act on an alarm" : "no such alarm";
        // No alarm and no row of the table is concerned: the event is about the command.
        var item = new ScanEvent
        {
            Kind = EventKind.Command,
            Subject = command.Target,
            Code = (int)command.Verb,
            Value = command.Argument,
            Limit = double.NaN,
            User = command.User,
            Reason = refusal,
            CorrelationId = command.CorrelationId,
        };
        events.Add(now, ref item);
        return new AlarmCommandResult(false, refusal, known ? _live[command.Target].State : AlarmState.Normal);
    }

    /// <summary>Why the definition or the form of the command forbids the act, null when neither does.</summary>
    private static string? Prohibition(AlarmDefinition definition, OperatorCommand command)
    {
        bool named = !string.IsNullOrWhiteSpace(command.User);
        bool reasoned = !string.IsNullOrWhiteSpace(command.Reason);
        return command.Verb switch
        {
            CommandVerb.Shelve or CommandVerb.ShelveOnce when !definition.ShelvingAllowed => "the class of this alarm forbids shelving",
            CommandVerb.Shelve or CommandVerb.ShelveOnce when !reasoned => "shelving needs a reason",
            // Written so that a duration that is not a number is refused, too.
            CommandVerb.Shelve or CommandVerb.ShelveOnce when !(command.Argument > 0) => "the duration must be above zero",
            CommandVerb.Shelve or CommandVerb.ShelveOnce when command.Argument > definition.MaxShelveSeconds => "longer than this alarm may be shelved",
            CommandVerb.OutOfService when !named => "out of service needs a named user",
            CommandVerb.OutOfService when !reasoned => "out of service needs a reason",
            _ => null,
        };
    }

    private static AlarmEventCode? EventOf(CommandVerb verb) => verb switch
    {
        CommandVerb.Ack => AlarmEventCode.Ack,
        CommandVerb.Shelve or CommandVerb.ShelveOnce => AlarmEventCode.Shelve,
        CommandVerb.Unshelve => AlarmEventCode.Unshelve,
        CommandVerb.Suppress => AlarmEventCode.Suppress,
        CommandVerb.Unsuppress => AlarmEventCode.Unsuppress,
        CommandVerb.OutOfService => AlarmEventCode.OutOfService,
        CommandVerb.ReturnToService => AlarmEventCode.ReturnToService,
        CommandVerb.Reset => AlarmEventCode.Reset,
        _ => null,
    };

    private void Recount(AlarmState before, AlarmState after, int priority)
    {
        _counts[CountSlot(before, priority)]--;
        _counts[CountSlot(after, priority)]++;
    }

    private static int CountSlot(AlarmState state, int priority) => ((int)state * Priorities) + priority - 1;

    private static void Require(AlarmDefinition definition, int index)
    {
        bool limited = definition.Type is not (AlarmType.State or AlarmType.BadMeasurement);
        string? fault =
            definition.Index != index ? "is not at its index"
            : definition.Tag < 0 ? "watches no tag"
            : definition.Priority is < 1 or > Priorities ? "has a priority outside 1 to 4"
            : limited && double.IsNaN(definition.Limit) ? "has no limit"
            : !(definition.Deadband >= 0) ? "has a negative deadband"
            : definition.OnDelayMs < 0 || definition.OffDelayMs < 0 || definition.ReAlarmMs < 0 || definition.ChatterHoldMs < 0 ? "has a negative delay"
            : definition.MaxShelveSeconds < 0 ? "has a negative shelving time"
            : definition.Type == AlarmType.Deviation && definition.SetpointTag < 0 ? "has no set-point"
            : definition.Type == AlarmType.RateOfChange && definition.RateWindowMs <= 0 ? "has no rate window"
            : definition.Type is AlarmType.RateOfChange or AlarmType.Deviation && !(definition.Limit > 0) ? "has a limit that is not above zero"
            : null;
        if (fault is not null)
            throw new ArgumentException($"Alarm '{definition.Id}' {fault}.", nameof(definition));
    }

    /// <summary>One thing that happens to an alarm, with what the event of it will say.</summary>
    private readonly struct Act()
    {
        public required AlarmEventCode Code { get; init; }
        public bool ByLogic { get; init; }
        public bool Once { get; init; }
        public string? User { get; init; }
        public string? Reason { get; init; }
        public string? Prohibition { get; init; }
        public long CorrelationId { get; init; }
        public double Value { get; init; } = double.NaN;
        public double Limit { get; init; } = double.NaN;
        public Quality Quality { get; init; }
    }
}
