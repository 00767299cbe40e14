using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Tags;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Expressions;
using Gateway.Runtime.Tags;
using static Gateway.Configuration.Alarms.AlarmShape;

namespace Gateway.Configuration.Alarms;

/// <summary>Reads the rows of alarms.csv and checks each in itself and against its tags. Used by one thread.</summary>
internal sealed class AlarmReader
{
    private const int Seconds = 1000;
    private const int Minutes = 60_000;

    private readonly TableReader _row;
    private readonly TagSet _tags;
    private readonly List<AlarmDefinition> _alarms = [];
    private readonly List<int> _rows = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Tag, AlarmType Type, double Limit, double State, int Setpoint), int> _conditions = [];

    private AlarmReader(TableReader row, TagSet tags)
    {
        _row = row;
        _tags = tags;
    }

    /// <summary>The alarms of the table.</summary>
    public static List<AlarmDefinition> Read(TableReader row, TagSet tags)
    {
        var reader = new AlarmReader(row, tags);
        if (!row.Usable)
            return [];
        for (int i = 0; i < row.RowCount; i++)
        {
            row.MoveTo(i);
            reader.ReadRow();
        }
        new AlarmLimitCheck(row, reader._alarms, reader._rows).CheckAll();
        return reader._alarms;
    }

    private void ReadRow()
    {
        _row.CheckRequired();
        string id = _row.Text(Id);
        int tag = _tags.Resolve(_row, AlarmShape.Tag, DiagnosticCodes.AlarmTag), type = _row.Choice(Condition);
        TagDefinition? watched = tag < 0 ? null : _tags.Definitions[tag];
        SignalDefaults? signal = _row.Choice(Signal) is >= 0 and var kind ? SignalDefaults.Of(kind) : null;
        var alarm = new AlarmDefinition
        {
            Id = id,
            Index = _alarms.Count,
            Tag = tag,
            Type = (AlarmType)Math.Max(0, type),
            Area = _row.Has(Area) ? _row.Text(Area) : watched?.Area ?? "",
            Equipment = _row.Text(Equipment),
            Limit = _row.Number(Limit),
            SetpointTag = _tags.Resolve(_row, SetpointTag, DiagnosticCodes.AlarmTag),
            StateValue = _row.Integer(StateValue),
            RateWindowMs = Milliseconds(RateWindow, Seconds),
            Deadband = signal is null || _row.Has(Deadband) ? _row.Number(Deadband) : DeadbandOf(signal, type, watched),
            OnDelayMs = signal is null || _row.Has(OnDelay) ? Milliseconds(OnDelay, Seconds) : signal.OnDelayS * Seconds,
            OffDelayMs = signal is null || _row.Has(OffDelay) ? Milliseconds(OffDelay, Seconds) : signal.OffDelayS * Seconds,
            ReAlarmMs = Milliseconds(ReAlarm, Minutes),
            Priority = _row.Integer(Priority),
            Class = _row.Has(Class) ? _row.Text(Class) : "process",
            Latching = _row.Boolean(Latching),
            AckRequired = _row.Boolean(AckRequired),
            ShelvingAllowed = _row.Boolean(Shelving),
            MaxShelveSeconds = _row.Integer(MaxShelve) * 60,
            EnableTag = _tags.Resolve(_row, EnableTag, DiagnosticCodes.AlarmTag),
            SuppressTag = _tags.Resolve(_row, SuppressTag, DiagnosticCodes.AlarmTag),
            FirstOutGroup = _row.Text(FirstOutGroup),
            ChatterHoldMs = Milliseconds(ChatterHold, Seconds),
            Message = _row.Has(Message) ? _row.Text(Message) : watched?.Description ?? "",
            Cause = _row.Text(Cause),
            Consequence = _row.Text(Consequence),
            Action = _row.Text(AlarmShape.Action),
            TimeToRespondMinutes = _row.Integer(TimeToRespond),
            Severity = _row.Choice(Severity) is >= 0 and var severity ? Severities[severity] : "",
            Basis = _row.Text(Basis),
        };
        _row.Boolean(Example);
        if (id.Length > 0 && !_ids.TryAdd(id, _row.Row))
            _row.Fail(DiagnosticCodes.DuplicateAlarm, Id, $"alarm '{id}' is there already, in line {_row.At(_ids[id], Id).Line}; rename or remove one");
        if (type >= 0 && watched is not null && !_row.Failed)
            CheckCondition(alarm, watched, _tags.Details[tag]);
        if (!_row.Failed)
            CheckRationalization(alarm);
        if (_row.Failed || watched is null)
            return;
        _alarms.Add(alarm);
        _rows.Add(_row.Row);
    }

    /// <summary>The signal's part of the tag's range, where the alarm has a limit and the signal a deadband.</summary>
    private double DeadbandOf(SignalDefaults signal, int type, TagDefinition? tag)
    {
        if (signal.DeadbandPercent == 0 || tag is null || (AlarmType)type is AlarmType.State or AlarmType.BadMeasurement or AlarmType.RateOfChange)
            return 0;
        double span = tag.RangeHigh - tag.RangeLow;
        if (double.IsFinite(span))
            return signal.DeadbandPercent / 100 * span;
        _row.Fail(DiagnosticCodes.AlarmSignal, Signal, $"the deadband of a {_row.Text(Signal)} is {FieldText.Text(signal.DeadbandPercent)} % of the range, and tag '{tag.Name}' has none; give the tag rangeLow and rangeHigh, or the alarm a deadband");
        return 0;
    }

    private int Milliseconds(Field field, int factor) => (int)Math.Round(_row.Number(field) * factor);

    private void CheckCondition(AlarmDefinition alarm, TagDefinition tag, TagDetail detail)
    {
        bool needsLimit = alarm.Type is not (AlarmType.State or AlarmType.BadMeasurement);
        if (needsLimit && !_row.Has(Limit))
            _row.Fail(DiagnosticCodes.AlarmLimit, Condition, $"an alarm of type {Types[(int)alarm.Type]} needs 'limit'");
        else if (needsLimit)
            CheckLimit(alarm, tag);
        switch (alarm.Type)
        {
            case AlarmType.State:
                CheckState(alarm, tag, detail);
                break;
            case AlarmType.Deviation:
                CheckSetpoint(alarm, tag);
                break;
            case AlarmType.RateOfChange:
                if (alarm.RateWindowMs < 2 * detail.PeriodMs)
                    _row.Fail(DiagnosticCodes.AlarmRate, _row.Has(RateWindow) ? RateWindow : Condition, $"the tag is read each {FieldText.Text(detail.PeriodMs / 1000.0)} s, so a rate cannot be measured over {FieldText.Text(alarm.RateWindowMs / 1000.0)} s; use {FieldText.Text(detail.PeriodMs / 500.0)} s or more");
                break;
        }
        CheckUseless(alarm, needsLimit);
        if (alarm.SuppressTag == alarm.Tag || (alarm.SuppressTag >= 0 && alarm.SuppressTag == alarm.EnableTag))
            _row.Fail(DiagnosticCodes.AlarmSuppressed, SuppressTag, "the alarm is suppressed whenever its condition could stand; choose another tag");
        if (!_row.Failed && !_conditions.TryAdd((alarm.Tag, alarm.Type, needsLimit ? alarm.Limit : 0, alarm.Type == AlarmType.State ? alarm.StateValue : 0, alarm.SetpointTag), _row.Row))
            _row.Fail(DiagnosticCodes.SameCondition, Condition, $"the alarm in line {_row.At(_conditions[(alarm.Tag, alarm.Type, needsLimit ? alarm.Limit : 0, alarm.Type == AlarmType.State ? alarm.StateValue : 0, alarm.SetpointTag)], Id).Line} watches the same condition, so both will always come together; remove one");
    }

    private void CheckLimit(AlarmDefinition alarm, TagDefinition tag)
    {
        double low = tag.RangeLow, high = tag.RangeHigh, limit = alarm.Limit;
        string range = $"the range {FieldText.Text(low)} to {FieldText.Text(high)} of tag '{tag.Name}'";
        bool isHigh = alarm.Type is AlarmType.High or AlarmType.HighHigh, isLow = alarm.Type is AlarmType.Low or AlarmType.LowLow;
        // Comparisons with an absent range are false.
        if ((isHigh || isLow) && (limit < low || limit > high))
            _row.Fail(DiagnosticCodes.AlarmLimitRange, Limit, $"the limit {FieldText.Text(limit)} lies outside {range}, so it is never reached; correct the limit or the range");
        else if ((isHigh && limit == low) || (isLow && limit == high))
            _row.Fail(DiagnosticCodes.AlarmLimitRange, Limit, $"the limit {FieldText.Text(limit)} is the end of {range} from which the alarm always stands; correct the limit");
        else if (alarm.Type == AlarmType.Deviation && (limit <= 0 || limit > high - low))
            _row.Fail(DiagnosticCodes.AlarmLimitRange, Limit, $"a distance from the set-point must be above 0 and within {range}");
        else if (alarm.Type == AlarmType.RateOfChange && limit <= 0)
            _row.Fail(DiagnosticCodes.AlarmRate, Limit, "a rate of change must be above 0; it counts for rise and fall");
        if (alarm.Type != AlarmType.RateOfChange && alarm.Deadband >= high - low)
            _row.Fail(DiagnosticCodes.AlarmDeadband, Deadband, $"the deadband of {FieldText.Text(alarm.Deadband)} is not below the span of {range}, so the alarm would never end; lower it");
        else if (alarm.Type is AlarmType.Deviation or AlarmType.RateOfChange && alarm.Deadband >= limit && limit > 0)
            _row.Fail(DiagnosticCodes.AlarmDeadband, Deadband, $"the deadband of {FieldText.Text(alarm.Deadband)} is not below the limit of {FieldText.Text(limit)}, so the alarm would never end; lower it");
    }

    private void CheckState(AlarmDefinition alarm, TagDefinition tag, TagDetail detail)
    {
        Field field = _row.Has(StateValue) ? StateValue : Condition;
        if (detail.IsBool && alarm.StateValue > 1)
            _row.Fail(DiagnosticCodes.AlarmStateValue, field, $"tag '{tag.Name}' is 0 or 1 and never {FieldText.Text(alarm.StateValue)}; correct 'stateValue'");
        else if (alarm.StateValue < tag.RangeLow || alarm.StateValue > tag.RangeHigh)
            _row.Fail(DiagnosticCodes.AlarmStateValue, field, $"the state {FieldText.Text(alarm.StateValue)} lies outside the range {FieldText.Text(tag.RangeLow)} to {FieldText.Text(tag.RangeHigh)} of tag '{tag.Name}'; correct 'stateValue'");
    }

    private void CheckSetpoint(AlarmDefinition alarm, TagDefinition tag)
    {
        if (!_row.Has(SetpointTag))
        {
            _row.Fail(DiagnosticCodes.AlarmSetpoint, Condition, "an alarm of type DEV needs 'setpointTag'");
            return;
        }
        if (alarm.SetpointTag < 0)
            return;
        TagDefinition setpoint = _tags.Definitions[alarm.SetpointTag];
        // The scan compares numbers, so the units must be the same and not only convertible.
        bool same = Unit.TryParse(tag.Unit, out Unit a, out _) && Unit.TryParse(setpoint.Unit, out Unit b, out _) ? a == b : tag.Unit == setpoint.Unit;
        if (alarm.SetpointTag == alarm.Tag)
            _row.Fail(DiagnosticCodes.AlarmSetpoint, SetpointTag, "the set-point is the tag itself, so there is never a deviation; name the tag of the set-point");
        else if (!same)
            _row.Fail(DiagnosticCodes.AlarmSetpoint, SetpointTag, $"the set-point's unit '{setpoint.Unit}' is not the tag's unit '{tag.Unit}'; convert one by a calculated tag");
    }

    private void CheckUseless(AlarmDefinition alarm, bool needsLimit)
    {
        Warn(Limit, needsLimit);
        Warn(Deadband, needsLimit);
        Warn(SetpointTag, alarm.Type == AlarmType.Deviation);
        Warn(StateValue, alarm.Type == AlarmType.State);
        Warn(RateWindow, alarm.Type == AlarmType.RateOfChange);
        Warn(MaxShelve, alarm.ShelvingAllowed);

        void Warn(Field field, bool isUsed)
        {
            if (!isUsed && _row.Has(field) && !_row.Failed)
                _row.Fail(DiagnosticCodes.AlarmUseless, field, $"'{field.Name}' has no effect here (type {Types[(int)alarm.Type]}{(field == MaxShelve ? ", shelving no" : "")}); leave the cell empty");
        }
    }

    private void CheckRationalization(AlarmDefinition alarm)
    {
        if (alarm.Priority < 4)
            CheckWords();
        if (alarm.TimeToRespondMinutes > 0 && alarm.OnDelayMs >= alarm.TimeToRespondMinutes * Minutes)
            _row.Fail(DiagnosticCodes.AlarmDelay, OnDelay, $"the on-delay of {FieldText.Text(alarm.OnDelayMs / 1000.0)} s uses up the {alarm.TimeToRespondMinutes} min there are to respond; shorten it");
        if (alarm.Class == "environmental-permit" && alarm.ShelvingAllowed)
            _row.Fail(DiagnosticCodes.PermitShelving, _row.Has(Shelving) ? Shelving : Class, "an alarm of a permit should not be put aside by one person; set 'shelving' to no");
        if (alarm.Severity.Length == 0 || alarm.TimeToRespondMinutes == 0 || alarm.Priority > 3)
            return;
        int wanted = PriorityOf(Array.IndexOf(Severities, alarm.Severity), alarm.TimeToRespondMinutes);
        if (wanted != alarm.Priority)
            _row.Fail(DiagnosticCodes.AlarmPriority, _row.Has(Priority) ? Priority : Severity, $"severity {alarm.Severity} and {alarm.TimeToRespondMinutes} min to respond give priority {wanted}, not {alarm.Priority}; correct one of the three");
    }

    private void CheckWords()
    {
        string[] missing = [.. new[] { Cause, Consequence, AlarmShape.Action, TimeToRespond, Severity, Basis }.Where(field => !_row.Has(field)).Select(field => field.Name)];
        if (missing.Length > 0)
            _row.Fail(DiagnosticCodes.NotRationalized, Id, $"the alarm is not rationalized: {FieldText.Listed(missing).Replace(" or ", " and ", StringComparison.Ordinal)} {(missing.Length == 1 ? "is" : "are")} missing; complete the row, or give priority 4 when nobody has to act");
    }

    /// <summary>Priority by severity (rows of the table) and time to respond.</summary>
    private static int PriorityOf(int severity, int minutes)
    {
        int column = minutes < 5 ? 0 : minutes <= 30 ? 1 : 2;
        ReadOnlySpan<int> table = [2, 3, 3, 1, 2, 3, 1, 1, 2];
        return table[severity * 3 + column];
    }
}
