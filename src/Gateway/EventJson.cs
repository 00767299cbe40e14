using System.Globalization;
using System.Text.Json;
using Gateway.Runtime;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Gateway.Storage;

namespace Gateway;

/// <summary>
/// The one place that turns an event into JSON: the events file of a replay, the API and the stream show the same
/// fields. A number that is not finite is null.
/// </summary>
public static class EventJson
{
    /// <summary>Format of times in files and in the API: UTC, milliseconds.</summary>
    public const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>Writes <paramref name="item"/> as one object.</summary>
    public static void Write(Utf8JsonWriter json, in ScanEvent item, PlantModel plant) => Write(json, in item, EventSubject.Of(in item, plant));

    /// <summary>Writes <paramref name="item"/> with the words its subject had when it was stored.</summary>
    public static void Write(Utf8JsonWriter json, in ScanEvent item, in EventSubject subject)
    {
        json.WriteStartObject();
        json.WriteString("time", FormatTime(item.Utc));
        json.WriteNumber("scan", item.Scan);
        json.WriteNumber("sequence", item.Sequence);
        json.WriteString("kind", KindOf(item.Kind));
        switch (item.Kind)
        {
            case EventKind.Alarm: WriteAlarm(json, in item, subject); break;
            case EventKind.Compliance: WriteCompliance(json, in item, subject); break;
            case EventKind.Quality: WriteQuality(json, in item, subject); break;
            case EventKind.Output: WriteOutput(json, in item, subject); break;
            case EventKind.Command: WriteCommand(json, in item); break;
            default: WriteSystem(json, in item); break;
        }
        json.WriteEndObject();
    }

    /// <summary>A time as UTC text with milliseconds.</summary>
    public static string FormatTime(long utcTicks) => new DateTime(utcTicks, DateTimeKind.Utc).ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>The word for a kind of event.</summary>
    public static string KindOf(EventKind kind) => kind switch
    {
        EventKind.Alarm => "alarm",
        EventKind.Compliance => "compliance",
        EventKind.Command => "command",
        EventKind.Output => "output",
        EventKind.Quality => "quality",
        _ => "system",
    };

    /// <summary>The word for the result of a write, as in the metrics.</summary>
    public static string ResultOf(OutputResult result) => result switch
    {
        OutputResult.Done => "done",
        OutputResult.Refused => "refused",
        OutputResult.TimedOut => "timed_out",
        OutputResult.Expired => "expired",
        OutputResult.Interlocked => "interlocked",
        OutputResult.FailedVerify => "failed_verify",
        _ => "none",
    };

    /// <summary>The word for a command, as in the commands file.</summary>
    public static string VerbOf(CommandVerb verb) => verb switch
    {
        CommandVerb.Ack => "ack",
        CommandVerb.Shelve => "shelve",
        CommandVerb.Unshelve => "unshelve",
        CommandVerb.Suppress => "suppress",
        CommandVerb.Unsuppress => "unsuppress",
        CommandVerb.OutOfService => "outOfService",
        CommandVerb.ReturnToService => "returnToService",
        CommandVerb.Reset => "reset",
        CommandVerb.Write => "write",
        CommandVerb.Mode => "mode",
        CommandVerb.Setpoint => "setpoint",
        CommandVerb.SignIn => "signIn",
        CommandVerb.ShelveOnce => "shelveOnce",
        CommandVerb.Notify => "notify",
        _ => "signOut",
    };

    /// <summary>Writes a number, or null when it is not finite.</summary>
    public static void WriteNumberOrNull(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }

    private static void WriteAlarm(Utf8JsonWriter json, in ScanEvent item, in EventSubject subject)
    {
        json.WriteString("id", subject.Id);
        json.WriteString("event", AlarmNames.NameOf((AlarmEventCode)item.Code));
        json.WriteString("from", AlarmNames.LetterOf((AlarmState)item.From));
        json.WriteString("to", AlarmNames.LetterOf((AlarmState)item.To));
        json.WriteNumber("occurrence", item.Occurrence);
        json.WriteNumber("priority", subject.Priority);
        WriteNumberOrNull(json, "value", item.Value);
        WriteNumberOrNull(json, "limit", item.Limit);
        json.WriteString("quality", item.Quality.ToString());
        WriteAct(json, in item);
        json.WriteString("message", subject.Text);
    }

    private static void WriteCompliance(Utf8JsonWriter json, in ScanEvent item, in EventSubject subject)
    {
        json.WriteString("id", subject.Id);
        json.WriteString("from", ComplianceNames.Of((ComplianceState)item.From));
        json.WriteString("to", ComplianceNames.Of((ComplianceState)item.To));
        WriteNumberOrNull(json, "value", item.Value);
        WriteNumberOrNull(json, "limit", item.Limit);
        json.WriteString("unit", subject.Text);
        json.WriteString("reason", item.Reason);
    }

    private static void WriteQuality(Utf8JsonWriter json, in ScanEvent item, in EventSubject subject)
    {
        json.WriteString("id", subject.Id);
        json.WriteString("quality", item.Quality.ToString());
        WriteNumberOrNull(json, "value", item.Value);
    }

    private static void WriteOutput(Utf8JsonWriter json, in ScanEvent item, in EventSubject subject)
    {
        json.WriteString("id", subject.Id);
        json.WriteString("event", ResultOf((OutputResult)item.Code));
        WriteNumberOrNull(json, "value", item.Value);
        WriteAct(json, in item);
    }

    private static void WriteCommand(Utf8JsonWriter json, in ScanEvent item)
    {
        json.WriteNull("id");
        json.WriteString("event", VerbOf((CommandVerb)item.Code));
        WriteNumberOrNull(json, "value", item.Value);
        WriteAct(json, in item);
    }

    private static void WriteSystem(Utf8JsonWriter json, in ScanEvent item)
    {
        var what = (SystemEvent)item.Code;
        json.WriteNull("id");
        json.WriteString("event", SystemName(what));
        if (what == SystemEvent.RunStateChanged)
        {
            json.WriteString("from", ((RunState)item.From).ToString());
            json.WriteString("to", ((RunState)item.To).ToString());
        }
        if (what == SystemEvent.StoreChanged)
        {
            json.WriteString("from", ((StoreState)item.From).ToString());
            json.WriteString("to", ((StoreState)item.To).ToString());
        }
        WriteNumberOrNull(json, "value", item.Value);
        if (item.Reason is not null)
            json.WriteString("reason", item.Reason);
    }

    private static string SystemName(SystemEvent what) => what switch
    {
        SystemEvent.RunStateChanged => "runState",
        SystemEvent.ScanOverrun => "scanOverrun",
        SystemEvent.EventsLost => "eventsLost",
        SystemEvent.ClockStep => "clockStep",
        SystemEvent.StoreChanged => "storeState",
        _ => "restored",
    };

    private static void WriteAct(Utf8JsonWriter json, in ScanEvent item)
    {
        json.WriteString("user", item.User);
        json.WriteString("reason", item.Reason);
        json.WriteBoolean("accepted", item.Accepted);
        if (item.CorrelationId != 0)
            json.WriteNumber("correlation", item.CorrelationId);
    }
}
