using System.Globalization;
using System.Text;
using Gateway.Runtime;
using Gateway.Runtime.Alarms;

namespace Gateway.Storage;

/// <summary>
/// The settings of all alarms as text, kept in the journal so that a start can say which of them were changed: ISA-18.2
/// wants the record of the alarm database under change control.
/// </summary>
internal static class AlarmSettings
{
    /// <summary>One line per alarm: its name, then each setting as name=value, parted by tabs.</summary>
    public static string Of(PlantModel plant)
    {
        var text = new StringBuilder();
        foreach (AlarmDefinition alarm in plant.Alarms)
        {
            text.Append(Cell(alarm.Id));
            foreach (var (name, value) in ListOf(alarm, plant))
                text.Append('\t').Append(name).Append('=').Append(Cell(value));
            text.Append('\n');
        }
        return text.ToString();
    }

    /// <summary>What was changed, alarm by alarm, in the order of the names.</summary>
    public static IEnumerable<(string Alarm, string What)> Changes(string before, string after)
    {
        Dictionary<string, string[]> old = Parse(before), now = Parse(after);
        foreach (string id in old.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
        {
            if (!now.TryGetValue(id, out string[]? settings))
                yield return (id, "removed");
            else if (!old.TryGetValue(id, out string[]? former))
                yield return (id, "added");
            else if (Difference(former, settings) is { Length: > 0 } what)
                yield return (id, what);
        }
    }

    private static string Difference(string[] before, string[] after)
    {
        Dictionary<string, string> old = Named(before), now = Named(after);
        // A setting that only one of the two programs knows was not changed by anybody.
        return string.Join("; ", now.Where(pair => old.TryGetValue(pair.Key, out string? former) && former != pair.Value).Select(pair => $"{pair.Key}: '{old[pair.Key]}' -> '{pair.Value}'"));
    }

    private static Dictionary<string, string> Named(string[] settings) =>
        settings.Select(setting => setting.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    private static Dictionary<string, string[]> Parse(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToDictionary(cells => cells[0], cells => cells[1..], StringComparer.Ordinal);

    private static string Cell(string text) => text.Replace('\t', ' ').Replace('\n', ' ').Replace('\r', ' ');

    private static IEnumerable<(string Name, string Value)> ListOf(AlarmDefinition alarm, PlantModel plant)
    {
        yield return ("tag", plant.Tags[alarm.Tag].Name);
        yield return ("type", alarm.Type.ToString());
        yield return ("limit", Number(alarm.Limit));
        yield return ("setpointTag", Tag(alarm.SetpointTag));
        yield return ("stateValue", Number(alarm.StateValue));
        yield return ("rateWindowMs", Number(alarm.RateWindowMs));
        yield return ("deadband", Number(alarm.Deadband));
        yield return ("onDelayMs", Number(alarm.OnDelayMs));
        yield return ("offDelayMs", Number(alarm.OffDelayMs));
        yield return ("reAlarmMs", Number(alarm.ReAlarmMs));
        yield return ("chatterHoldMs", Number(alarm.ChatterHoldMs));
        yield return ("priority", Number(alarm.Priority));
        yield return ("class", alarm.Class);
        yield return ("latching", alarm.Latching ? "yes" : "no");
        yield return ("ackRequired", alarm.AckRequired ? "yes" : "no");
        yield return ("shelving", alarm.ShelvingAllowed ? "yes" : "no");
        yield return ("maxShelveSeconds", Number(alarm.MaxShelveSeconds));
        yield return ("enableTag", Tag(alarm.EnableTag));
        yield return ("suppressTag", Tag(alarm.SuppressTag));
        yield return ("suppressions", string.Join(", ", alarm.Suppressions.Select(one => $"{Tag(one.Tag)} {one.HoldMs}")));
        yield return ("firstOutGroup", alarm.FirstOutGroup);
        yield return ("message", alarm.Message);
        yield return ("cause", alarm.Cause);
        yield return ("consequence", alarm.Consequence);
        yield return ("action", alarm.Action);
        yield return ("timeToRespondMinutes", Number(alarm.TimeToRespondMinutes));
        yield return ("severity", alarm.Severity);
        yield return ("basis", alarm.Basis);

        string Tag(int index) => index < 0 ? "" : plant.Tags[index].Name;
    }

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
