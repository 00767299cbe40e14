using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Events;
using Gateway.Storage;

namespace Gateway.Cli;

/// <summary><c>alarms report</c>: the performance of the alarm system, from the journal. Exit code 0 done, 1 input wrong.</summary>
internal static class AlarmsVerb
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "Data folder; the gateway may be running on it", Required = true };
        var month = new Option<string>("--month") { Description = "Month in UTC, as 2026-05", Required = true };
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output" };
        var report = new Command("report", "Rates, floods and frequent alarms of a month against the targets of ISA-18.2.") { data, month, json };
        report.SetAction(parsed => Report(parsed.GetValue(data)!, parsed.GetValue(month)!, parsed.GetValue(json)));
        return new Command("alarms", "The performance of the alarm system.") { report };
    }

    private static int Report(string folder, string month, bool json)
    {
        if (!DateTime.TryParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime begin))
        {
            Console.Error.WriteLine($"error GW6601: '{month}' is no month; write it like 2026-05");
            return 1;
        }
        try
        {
            AlarmPerformance figures = Read(folder, begin.Ticks, begin.AddMonths(1).Ticks);
            if (json)
                WriteJson(figures, month);
            else
                WriteText(figures, month);
            return 0;
        }
        catch (StoreException e)
        {
            Console.Error.WriteLine($"{folder}: error {e.Code}: {e.Message}");
            return 1;
        }
    }

    internal static AlarmPerformance Read(string folder, long from, long to)
    {
        var figures = new AlarmPerformance(from, to);
        long after = 0;
        while (true)
        {
            IReadOnlyList<JournalRow> rows = JournalReader.ReadAfter(folder, after, long.MaxValue, JournalReader.MaxRows);
            if (rows.Count == 0)
                return figures;
            foreach (JournalRow row in rows)
                if (row.Item is { Kind: EventKind.Alarm, Accepted: true } item && row.Subject.Id is { } id)
                    figures.Add(item.Utc, id, row.Subject.Priority, (AlarmEventCode)item.Code, (AlarmState)item.From, (AlarmState)item.To);
            after = rows[^1].Item.Sequence;
        }
    }

    private static void WriteText(AlarmPerformance figures, string month)
    {
        void Line(string name, string value, string target) => Console.WriteLine($"{name,-34} {value,12}   {target}");
        string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
        string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";
        (int floods, double flooded) = figures.Floods;
        Console.WriteLine($"Alarms of {month} (UTC), annunciations {figures.Annunciations}");
        Line("per 10 minutes", Number(figures.PerTenMinutes), "about 1, at most 2");
        Line("per hour", Number(figures.PerHour), "about 6, at most 12");
        Line("per day", Number(figures.PerDay), "about 144, at most 288");
        Line("most in 10 minutes", Number(figures.MostInTenMinutes), "at most 10");
        Line("10-minute periods above 10", Percent(figures.ShareAboveTen), "below 1 %");
        Line("floods", Number(floods), "");
        Line("time in flood", Percent(flooded), "below 1 %");
        Line("share of the ten most frequent", Percent(figures.TopTenShare), "below 1 %, 5 % with a plan");
        Line("priority 1 / 2 / 3 / 4", string.Join(" / ", Enumerable.Range(1, 4).Select(p => Percent(figures.ShareOf(p)))), "5 / 15 / 80 %");
        Line("standing at the end", Number(figures.Standing.Count), "below 10");
        Line("stale (24 h)", string.Join(' ', figures.Stale.Prepend(Number(figures.Stale.Count))), "below 5");
        Line("chattering", string.Join(' ', figures.Chattering.Prepend(Number(figures.Chattering.Count))), "none");
        Line("fleeting", string.Join(' ', figures.Fleeting.Prepend(Number(figures.Fleeting.Count))), "none");
        foreach (AlarmCount line in figures.TopTen)
            Console.WriteLine($"  {line.Count,8}  {line.Id}");
    }

    private static void WriteJson(AlarmPerformance figures, string month)
    {
        using Stream output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        (int floods, double flooded) = figures.Floods;
        json.WriteStartObject();
        json.WriteString("month", month);
        json.WriteNumber("annunciations", figures.Annunciations);
        json.WriteNumber("perTenMinutes", figures.PerTenMinutes);
        json.WriteNumber("perHour", figures.PerHour);
        json.WriteNumber("perDay", figures.PerDay);
        json.WriteNumber("mostInTenMinutes", figures.MostInTenMinutes);
        json.WriteNumber("shareAboveTen", figures.ShareAboveTen);
        json.WriteNumber("floods", floods);
        json.WriteNumber("shareInFlood", flooded);
        json.WriteNumber("topTenShare", figures.TopTenShare);
        json.WriteStartArray("priorityShares");
        for (int priority = 1; priority <= 4; priority++)
            json.WriteNumberValue(figures.ShareOf(priority));
        json.WriteEndArray();
        WriteNames(json, "standing", figures.Standing);
        WriteNames(json, "stale", figures.Stale);
        WriteNames(json, "chattering", figures.Chattering);
        WriteNames(json, "fleeting", figures.Fleeting);
        json.WriteStartArray("topTen");
        foreach (AlarmCount line in figures.TopTen)
        {
            json.WriteStartObject();
            json.WriteString("id", line.Id);
            json.WriteNumber("count", line.Count);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string name, IReadOnlyList<string> names)
    {
        json.WriteStartArray(name);
        foreach (string item in names)
            json.WriteStringValue(item);
        json.WriteEndArray();
    }
}
