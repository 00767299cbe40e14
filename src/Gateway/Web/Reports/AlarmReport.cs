using System.Collections.Frozen;
using Gateway.Runtime;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Web.Messages;

namespace Gateway.Web.Reports;

/// <summary>Alarms as the API tells them. Any thread.</summary>
internal sealed class AlarmReport
{
    private static readonly string[] s_stateNames =
    [
        "normal", "unacknowledged", "acknowledged", "returned, unacknowledged", "latched, unacknowledged", "latched, acknowledged",
        "shelved", "suppressed by design", "out of service",
    ];

    private static readonly string[] s_priorityNames = ["high", "medium", "low", "diagnostic"];

    private readonly PlantModel _plant;
    private readonly FrozenDictionary<string, int> _byId;

    public AlarmReport(GatewayContext context)
    {
        _plant = context.Scan.Plant;
        _byId = _plant.Alarms.ToFrozenDictionary(a => a.Id, a => a.Index, StringComparer.Ordinal);
    }

    public int Count => _plant.Alarms.Length;

    public bool TryFind(string id, out int alarm) => _byId.TryGetValue(id, out alarm);

    /// <summary>high, medium, low or diagnostic.</summary>
    public static string PriorityName(int priority) => s_priorityNames[priority - 1];

    public AlarmLiveMessage Live(Snapshot snapshot, int index)
    {
        ref readonly AlarmLive live = ref snapshot.Alarms[index];
        ref readonly TagValue value = ref snapshot.Tags[_plant.Alarms[index].Tag];
        return new AlarmLiveMessage
        {
            Id = _plant.Alarms[index].Id,
            State = AlarmNames.LetterOf(live.State),
            StateName = s_stateNames[(int)live.State],
            Base = AlarmNames.LetterOf(live.Base),
            Shelved = (live.Flags & AlarmFlags.Shelved) != 0,
            Suppressed = (live.Flags & AlarmFlags.Suppressed) != 0,
            OutOfService = (live.Flags & AlarmFlags.OutOfService) != 0,
            ConditionActive = live.ConditionActive,
            Occurrence = live.Occurrence,
            Annunciations = live.Annunciations,
            Raised = ApiClock.AtOrNever(live.RaisedUtc),
            Acknowledged = ApiClock.AtOrNever(live.AckedUtc),
            AcknowledgedBy = live.AckedBy,
            Returned = ApiClock.AtOrNever(live.ReturnedUtc),
            ShelvedUntil = ApiClock.AtElapsed(live.ShelveExpiryElapsed, snapshot.Time),
            ShelvedOnce = live.ShelvedOnce,
            Chattering = live.Chatters,
            Value = value.Quality.IsBad ? null : Numbers.OrNull(value.Value),
            Quality = value.Quality.ToString(),
        };
    }

    public List<AlarmMessage> List(Snapshot snapshot)
    {
        var list = new List<AlarmMessage>(_plant.Alarms.Length);
        foreach (AlarmDefinition alarm in _plant.Alarms)
            list.Add(Describe(alarm, Live(snapshot, alarm.Index)));
        return list;
    }

    private AlarmMessage Describe(AlarmDefinition alarm, AlarmLiveMessage live) => new()
    {
        Id = live.Id,
        State = live.State,
        StateName = live.StateName,
        Base = live.Base,
        Shelved = live.Shelved,
        Suppressed = live.Suppressed,
        OutOfService = live.OutOfService,
        ConditionActive = live.ConditionActive,
        Occurrence = live.Occurrence,
        Annunciations = live.Annunciations,
        Raised = live.Raised,
        Acknowledged = live.Acknowledged,
        AcknowledgedBy = live.AcknowledgedBy,
        Returned = live.Returned,
        ShelvedUntil = live.ShelvedUntil,
        ShelvedOnce = live.ShelvedOnce,
        Chattering = live.Chattering,
        Value = live.Value,
        Quality = live.Quality,
        Tag = _plant.Tags[alarm.Tag].Name,
        Unit = _plant.Tags[alarm.Tag].Unit,
        Type = TypeName(alarm.Type),
        Area = alarm.Area,
        Equipment = alarm.Equipment,
        Priority = alarm.Priority,
        PriorityName = PriorityName(alarm.Priority),
        Class = alarm.Class,
        Limit = Numbers.OrNull(alarm.Limit),
        SetpointTag = Numbers.NameOrNull(_plant, alarm.SetpointTag),
        StateValue = alarm.Type == AlarmType.State ? alarm.StateValue : null,
        RateWindowMs = alarm.Type == AlarmType.RateOfChange ? alarm.RateWindowMs : null,
        Deadband = alarm.Deadband,
        OnDelayMs = alarm.OnDelayMs,
        OffDelayMs = alarm.OffDelayMs,
        ReAlarmMs = alarm.ReAlarmMs,
        Latching = alarm.Latching,
        AckRequired = alarm.AckRequired,
        ShelvingAllowed = alarm.ShelvingAllowed,
        MaxShelveSeconds = alarm.MaxShelveSeconds,
        EnableTag = Numbers.NameOrNull(_plant, alarm.EnableTag),
        SuppressTag = Numbers.NameOrNull(_plant, alarm.SuppressTag),
        SuppressionTags = [.. alarm.Suppressions.Select(one => _plant.Tags[one.Tag].Name)],
        FirstOutGroup = alarm.FirstOutGroup,
        ChatterHoldMs = alarm.ChatterHoldMs,
        Message = alarm.Message,
        Cause = alarm.Cause,
        Consequence = alarm.Consequence,
        Action = alarm.Action,
        TimeToRespondMinutes = alarm.TimeToRespondMinutes == 0 ? null : alarm.TimeToRespondMinutes,
        Severity = alarm.Severity,
        Basis = alarm.Basis,
    };

    private static string TypeName(AlarmType type) => type switch
    {
        AlarmType.HighHigh => "HH",
        AlarmType.High => "H",
        AlarmType.Low => "L",
        AlarmType.LowLow => "LL",
        AlarmType.State => "state",
        AlarmType.Deviation => "deviation",
        AlarmType.RateOfChange => "rateOfChange",
        _ => "badMeasurement",
    };
}
