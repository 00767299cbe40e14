using Gateway.Configuration.Fields;

namespace Gateway.Configuration.Alarms;

/// <summary>The columns of alarms.csv.</summary>
internal static class AlarmShape
{
    private const double Day = 86_400;

    /// <summary>In the order of <see cref="Runtime.Alarms.AlarmType"/>.</summary>
    public static readonly string[] Types = ["HH", "H", "L", "LL", "STATE", "DEV", "ROC", "BADPV"];

    public static readonly string[] Severities = ["minor", "moderate", "severe"];

    /// <summary>In the order of <see cref="SignalDefaults.Of"/>.</summary>
    public static readonly string[] Signals = ["flow", "level", "pressure", "temperature", "analyzer", "probe", "contact", "communication"];

    public static readonly Field Id = Field.Named("id", "Unique name of the alarm.", required: true, example: "EFF_NH4_HH");
    public static readonly Field Tag = Field.Text("tag", "Tag watched.", required: true, example: "EFF_AIT_603");
    public static readonly Field Condition = Field.Choice("type", Types, "", "HH, H: at or above the limit. L, LL: at or below. STATE: equals 'stateValue'. DEV: away from the set-point. ROC: rate of change. BADPV: bad measurement.", required: true, example: "HH");
    public static readonly Field Limit = Field.Number("limit", "Limit in the tag's unit; for DEV the distance from the set-point, for ROC units per second. None for STATE and BADPV.", example: "5");
    public static readonly Field SetpointTag = Field.Text("setpointTag", "Tag with the set-point; for DEV.", example: "L1_VLV5_SP");
    public static readonly Field StateValue = Field.Integer("stateValue", 0, 65_535, "1", "Value that is the alarm; for STATE.");
    public static readonly Field RateWindow = Field.Number("rateWindowS", "Time over which a rate of change is measured, in s; for ROC.", 1, Day, "60");
    public static readonly Field Deadband = Field.Number("deadband", "How far the value must come back before the condition ends, in the unit of the limit.", 0, standard: "0", example: "0.2");
    public static readonly Field OnDelay = Field.Number("onDelayS", "How long the condition must hold, in s.", 0, Day, "0", example: "300");
    public static readonly Field OffDelay = Field.Number("offDelayS", "How long the condition must be away, in s.", 0, Day, "0", example: "60");
    public static readonly Field ReAlarm = Field.Number("reAlarmMin", "Time after which an acknowledged, still standing alarm sounds again, in min; 0 for never.", 0, 10_080, "0");
    public static readonly Field Priority = Field.Integer("priority", 1, 4, "3", "1 high, 2 medium, 3 low, 4 diagnostic.");
    public static readonly Field Class = Field.Named("class", "safety, environmental-permit, process, equipment, diagnostics or one of the site's own; without it process.", example: "environmental-permit");
    public static readonly Field Latching = Field.Boolean("latching", false, "The alarm stays until it is reset by hand.");
    public static readonly Field AckRequired = Field.Boolean("ackRequired", true, "An alarm that ended unseen stays listed until it is acknowledged.");
    public static readonly Field Shelving = Field.Boolean("shelving", true, "Operators may shelve the alarm.");
    public static readonly Field MaxShelve = Field.Integer("maxShelveMin", 1, 10_080, "480", "Longest time of one shelving, in min.");
    public static readonly Field EnableTag = Field.Text("enableTag", "Tag that disables the condition while it is 0.", example: "BL1_RUN");
    public static readonly Field SuppressTag = Field.Text("suppressTag", "Tag that suppresses the alarm by design while it is not 0.", example: "EFF_CLEANING");
    public static readonly Field Signal = Field.Choice("signal", Signals, "", "Kind of signal: gives deadband and delays where their cells are empty.", example: "level");
    public static readonly Field FirstOutGroup = Field.Named("firstOutGroup", "Group in which only the alarm that comes first is annunciated while it stands.", example: "BL1_TRIP");
    public static readonly Field ChatterHold = Field.Number("chatterHoldS", "Off-delay of an alarm that came three times within a minute, until it was away that long, in s; 0 for none.", 0, Day, "0", example: "300");
    public static readonly Field Area = Field.Text("area", "Area of the plant, where it differs from the tag's.");
    public static readonly Field Equipment = Field.Text("equipment", "Machine or instrument concerned.", example: "blower 1");
    public static readonly Field Message = Field.Text("message", "What the operator reads; without it the tag's description.", example: "effluent ammonium above permit");
    public static readonly Field Cause = Field.Text("cause", "Probable cause.");
    public static readonly Field Consequence = Field.Text("consequence", "What happens when nobody acts.");
    public static readonly Field Action = Field.Text("action", "What the operator should do.");
    public static readonly Field TimeToRespond = Field.Integer("timeToRespondMin", 0, 10_080, "0", "Time the operator has, in min; 0 when not rationalized.");
    public static readonly Field Severity = Field.Choice("severity", Severities, "", "Severity of the consequence.", example: "moderate");
    public static readonly Field Basis = Field.Text("basis", "Where the limit comes from: a clause, a data sheet, a test.");
    public static readonly Field ApprovedBy = Field.Text("approvedBy", "Who approved the row; not read.");
    public static readonly Field ApprovedOn = Field.Text("approvedOn", "When; not read.");
    public static readonly Field Example = Field.Boolean("example", false, "True when figures of the row are assumed and must be replaced by the site's.");
    public static readonly Field Remarks = Field.Text("remarks", "Notes; not read.");

    public static readonly Shape Columns = new("alarms.csv", "One row for each alarm: the master alarm database of ISA-18.2.",
    [
        Id, Tag, Condition, Limit, SetpointTag, StateValue, RateWindow, Deadband, OnDelay, OffDelay, ReAlarm, Priority, Class, Latching, AckRequired,
        Shelving, MaxShelve, EnableTag, SuppressTag, Signal, FirstOutGroup, ChatterHold, Area, Equipment, Message, Cause, Consequence, Action, TimeToRespond, Severity, Basis,
        ApprovedBy, ApprovedOn, Example, Remarks,
    ]);
}
