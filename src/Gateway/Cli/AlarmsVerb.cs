using System.CommandLine;
using System.Globalization;
using Gateway.Runtime.Alarms;
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

    /// <summary>Runs the verb; its output goes to the console.</summary>
    internal static int Report(string folder, string month, bool json)
    {
        if (!DateTime.TryParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime begin))
        {
            Console.Error.WriteLine($"error GW6601: '{month}' is no month; write it like 2026-05");
            return 1;
        }
        return StoreVerb.Run(folder, () =>
        {
            AlarmPerformance figures = Read(folder, begin.Ticks, begin.AddMonths(1).Ticks);
            if (json)
                StoreVerb.PrintJson(writer => AlarmPerformanceJson.Write(writer, figures));
            else
                WriteText(figures, month);
            return 0;
        });
    }

    internal static AlarmPerformance Read(string folder, long from, long to)
    {
        var figures = new AlarmPerformance(from, to);
        foreach (JournalRow row in JournalReader.Alarms(folder))
            if (row.Subject.Id is { } id)
                figures.Add(row.Item.Utc, id, row.Subject.Priority, (AlarmEventCode)row.Item.Code, (AlarmState)row.Item.From, (AlarmState)row.Item.To);
        return figures;
    }

    private static void WriteText(AlarmPerformance figures, string month)
    {
        Console.WriteLine($"Alarms of {month} (UTC), annunciations {figures.Annunciations}");
        foreach (AlarmFigure figure in figures.Figures)
            Console.WriteLine($"{figure.Name.Replace('_', ' '),-32} {Number(figure, figure.Value),12}   {Bounds(figure)}");
        WriteNames("standing", figures.Standing);
        WriteNames("stale", figures.Stale);
        WriteNames("chattering", figures.Chattering);
        WriteNames("fleeting", figures.Fleeting);
        foreach (AlarmCount line in figures.TopTen)
            Console.WriteLine($"  {line.Count,8}  {line.Id}");
    }

    private static string Bounds(in AlarmFigure figure)
    {
        if (double.IsNaN(figure.Target))
            return "";
        string target = double.IsNaN(figure.Limit) ? $"at most {Number(figure, figure.Target)}" : $"about {Number(figure, figure.Target)}, at most {Number(figure, figure.Limit)}";
        return figure.IsMet ? target : target + ": NOT MET";
    }

    private static string Number(in AlarmFigure figure, double value) => figure.Name.StartsWith("share", StringComparison.Ordinal)
        ? (value * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %"
        : value.ToString("0.##", CultureInfo.InvariantCulture);

    private static void WriteNames(string what, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
            Console.WriteLine($"{what}: {string.Join(' ', names)}");
    }
}
