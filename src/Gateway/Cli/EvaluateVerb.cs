using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gateway.Configuration;
using Gateway.Configuration.Samples;
using Gateway.Runtime.Compliance;

namespace Gateway.Cli;

/// <summary>
/// <c>evaluate</c>: verdicts for laboratory or on-line samples, no plant needed. Exit code 0 complies, 4 exceeds,
/// 5 undetermined, 1 input wrong.
/// </summary>
internal static class EvaluateVerb
{
    private const int Exceeds = 4;
    private const int Undetermined = 5;

    public static Command Create()
    {
        var permit = new Option<string>("--permit") { Description = "Permits, as compliance.json", Required = true };
        var samples = new Option<string>("--samples") { Description = "Samples: time,parameter,value[,unit][,quality], or time and a column for each parameter", Required = true };
        var sampling = new Option<string>("--sampling") { Description = "How samples count: auto (by their interval), online or laboratory", DefaultValueFactory = _ => "auto" };
        sampling.AcceptOnlyFromAmong("auto", "online", "laboratory");
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output" };
        var command = new Command("evaluate", "Judges samples of a file by the limits of a permit.") { permit, samples, sampling, json };
        command.SetAction(parsed => Run(parsed.GetValue(permit)!, parsed.GetValue(samples)!, parsed.GetValue(sampling)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(string permit, string samples, string sampling, bool json)
    {
        EvaluationLoadResult result = EvaluationLoader.Load(permit, samples, TimeProvider.System.GetUtcNow());
        foreach (Diagnostic diagnostic in result.Diagnostics)
            Console.Error.WriteLine(diagnostic);
        if (result.Input is not { } input)
            return 1;
        List<JudgedLimit> judged = JudgedLimit.Judge(input, sampling);
        ComplianceState verdict = WorstState.Of(judged.Where(one => !one.Limit.Source.IsGuide).Select(one => one.State)); // guides do not count
        if (json)
            WriteJson(input, judged, verdict);
        else
            WriteText(input, judged, verdict);
        return verdict switch
        {
            ComplianceState.Exceeds => Exceeds,
            ComplianceState.Undetermined => Undetermined,
            _ => 0,
        };
    }

    private static void WriteText(EvaluationInput input, List<JudgedLimit> judged, ComplianceState verdict)
    {
        foreach (JudgedLimit one in judged)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{one.Limit.PermitId} {one.Limit.Parameter} {ComplianceNames.Of(one.Limit.Statistic)}{(one.Limit.Source.IsGuide ? " (guide)" : "")}: {ComplianceNames.Of(one.State)}; {one.Windows.Count} windows, {one.Count(ComplianceState.Exceeds)} exceed, {one.Count(ComplianceState.Undetermined)} undetermined"));
            if (one.Shown is not { } shown)
                continue;
            Console.WriteLine($"  {CivilOf(input, shown.Window.From)} to {CivilOf(input, shown.Window.To)}{(shown.IsClosed ? "" : ", not over")}");
            foreach (string reason in VerdictText.Explain(one.Limit, shown.Window, one.Parts))
                Console.WriteLine("    " + reason);
        }
        Console.WriteLine($"verdict: {ComplianceNames.Of(verdict)}");
    }

    private static string CivilOf(EvaluationInput input, long utc) =>
        new DateTime(utc + input.Calendar.OffsetAt(utc)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static void WriteJson(EvaluationInput input, List<JudgedLimit> judged, ComplianceState verdict)
    {
        using Stream output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("verdict", ComplianceNames.Of(verdict));
        json.WriteString("timeZone", input.TimeZone);
        json.WriteStartArray("limits");
        foreach (JudgedLimit one in judged)
        {
            json.WriteStartObject();
            json.WriteString("permit", one.Limit.PermitId);
            json.WriteString("parameter", one.Limit.Parameter);
            json.WriteString("statistic", ComplianceNames.Of(one.Limit.Statistic));
            json.WriteString("state", ComplianceNames.Of(one.State));
            json.WriteBoolean("guide", one.Limit.Source.IsGuide);
            json.WriteString("sampling", one.IsOnline ? "online" : "laboratory");
            json.WriteNumber("samples", input.Series[one.Limit.ValueTag].Samples.Count);
            json.WriteNumber("exceeds", one.Count(ComplianceState.Exceeds));
            json.WriteNumber("undetermined", one.Count(ComplianceState.Undetermined));
            json.WriteStartArray("windows");
            foreach (EvaluatedWindow window in one.Windows)
                WriteWindow(json, one, window);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteWindow(Utf8JsonWriter json, JudgedLimit one, EvaluatedWindow window)
    {
        json.WriteStartObject();
        ComplianceJson.WriteMembers(json, one.Limit, window.Window, window.IsClosed, one.Parts);
        json.WriteNumber("belowDetection", window.BelowDetection);
        json.WriteNumber("aboveRange", window.AboveRange);
        // When every sample is a non-detect, the number is reported with "<".
        bool allBelow = window.BelowDetection > 0 && window.BelowDetection == window.Window.Valid;
        json.WriteString("qualifier", window.AboveRange > 0 ? ">" : allBelow ? "<" : "");
        json.WriteEndObject();
    }
}
