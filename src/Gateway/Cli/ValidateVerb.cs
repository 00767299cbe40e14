using System.CommandLine;
using System.Text.Json;
using Gateway.Configuration;

namespace Gateway.Cli;

/// <summary><c>validate</c>: checks everything, prints all diagnostics. Exit code 0 none, 1 errors.</summary>
internal static class ValidateVerb
{
    public static Command Create()
    {
        Option<string> site = SiteOption.Create();
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output" };
        var command = new Command("validate", "Checks the configuration of a site and prints all that is wrong.") { site, json };
        command.SetAction(parsed => Run(parsed.GetValue(site)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(string folder, bool json)
    {
        SiteLoadResult result = SiteLoader.Load(folder);
        if (json)
            WriteJson(result);
        else
            WriteText(folder, result);
        return result.Site is null ? 1 : 0;
    }

    private static void WriteText(string folder, SiteLoadResult result)
    {
        foreach (Diagnostic diagnostic in result.Diagnostics)
            Console.Error.WriteLine(diagnostic);
        if (result.Site is { } site)
            Console.WriteLine($"{folder}: {site.Plant.Tags.Length} tags, {site.Plant.Alarms.Length} alarms, {site.Plant.Permits.Length} permit limits, {site.Plant.Outputs.Length} outputs, {site.Lines.Length} lines; no errors");
    }

    private static void WriteJson(SiteLoadResult result)
    {
        using Stream output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteBoolean("valid", result.Site is not null);
        json.WriteStartArray("diagnostics");
        foreach (Diagnostic diagnostic in result.Diagnostics)
        {
            json.WriteStartObject();
            json.WriteString("code", diagnostic.Code);
            json.WriteString("severity", diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning");
            json.WriteString("file", diagnostic.File);
            json.WriteNumber("line", diagnostic.Line);
            json.WriteNumber("column", diagnostic.Column);
            json.WriteString("message", diagnostic.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
