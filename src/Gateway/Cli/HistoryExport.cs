using System.CommandLine;
using System.Globalization;
using Gateway.Runtime.Tags;
using Gateway.Storage;
using Gateway.Storage.History;

namespace Gateway.Cli;

/// <summary><c>history export</c>: closed chunks as CSV in the form that <c>replay</c> reads.</summary>
internal static class HistoryExport
{
    // A month of one tag at 10 Hz.
    private const int MostSamples = 30_000_000;

    public static Command Create(Option<string> data)
    {
        var tag = new Option<string[]>("--tag") { Description = "Tag; may be given more than once; without it all", AllowMultipleArgumentsPerToken = true };
        var from = new Option<DateTimeOffset>("--from") { Description = "Begin, ISO 8601 with offset", Required = true };
        var to = new Option<DateTimeOffset>("--to") { Description = "End, ISO 8601 with offset", Required = true };
        var step = new Option<string>("--step") { Description = "raw, minute or hour", DefaultValueFactory = _ => "raw" };
        step.AcceptOnlyFromAmong("raw", "minute", "hour");
        var output = new Option<string?>("--out") { Description = "CSV file; without it standard output" };
        var command = new Command("export", "Writes samples, minutes or hours as CSV. What the running gateway has not closed yet is asked for at /api/v1/history.") { data, tag, from, to, step, output };
        command.SetAction(parsed => Run(parsed.GetValue(data)!, parsed.GetValue(tag) ?? [], parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(step)!, parsed.GetValue(output)));
        return command;
    }

    /// <summary>Runs the verb; what has no file goes to the console.</summary>
    internal static int Run(string folder, string[] tags, DateTimeOffset from, DateTimeOffset to, string step, string? output)
    {
        try
        {
            IReadOnlyList<string> known = HistoryReader.Tags(folder);
            if (tags.FirstOrDefault(t => !known.Contains(t)) is { } missing)
            {
                Console.Error.WriteLine($"{folder}: error GW6410: there is no tag '{missing}' in this history");
                return 1;
            }
            using TextWriter writer = output is null ? Console.Out : new StreamWriter(output);
            string[] wanted = tags.Length > 0 ? tags : [.. known];
            (long fromMs, long toMs) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
            if (step == "raw")
                WriteSamples(writer, folder, wanted, fromMs, toMs);
            else
                WriteAggregates(writer, folder, wanted, step == "hour", fromMs, toMs);
            return 0;
        }
        catch (StoreException e)
        {
            Console.Error.WriteLine($"{folder}: error {e.Code}: {e.Message}");
            return 1;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"{output}: error GW6411: the file cannot be written: {e.Message}");
            return 1;
        }
    }

    /// <summary>An hour at a time, because the rows of all tags stand in the order of time.</summary>
    private static void WriteSamples(TextWriter writer, string folder, string[] tags, long fromMs, long toMs)
    {
        const long HourMs = 3_600_000;
        writer.WriteLine("time,tag,value,quality");
        for (long at = fromMs; at <= toMs; at = at - at % HourMs + HourMs)
        {
            long end = Math.Min(toMs, at - at % HourMs + HourMs - 1);
            var rows = new List<(string Tag, StoredSample Sample)>();
            foreach (string tag in tags)
            {
                HistorySamples read = HistoryReader.Samples(folder, tag, at, end, MostSamples);
                // What stood at the begin is a row too, or the first hour of a tag that never changed would be empty.
                if (at == fromMs && read.Before is { } before)
                    rows.Add((tag, before with { UtcMs = fromMs }));
                rows.AddRange(read.Samples.Select(s => (tag, s)));
            }
            foreach (var (tag, sample) in rows.OrderBy(r => r.Sample.UtcMs))
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Time(sample.UtcMs)},{tag},{(double.IsFinite(sample.Value) ? sample.Value : null)},{new Quality(sample.Quality)}"));
        }
    }

    private static void WriteAggregates(TextWriter writer, string folder, string[] tags, bool isHours, long fromMs, long toMs)
    {
        writer.WriteLine("time,tag,mean,minimum,maximum,coverage");
        double span = HistoryReader.SpanMs(isHours);
        foreach (string tag in tags)
            foreach (Aggregate part in HistoryReader.Aggregates(folder, tag, isHours, fromMs, toMs))
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Time(part.StartMs)},{tag},{part.Mean},{part.Minimum},{part.Maximum},{part.UsableMs / span:0.####}"));
    }

    private static string Time(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
