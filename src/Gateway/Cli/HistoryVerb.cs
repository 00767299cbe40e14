using System.CommandLine;
using System.Text.Json;
using Gateway.Storage;

namespace Gateway.Cli;

/// <summary><c>history</c>: what the data folder holds. Exit code 0 in order, 1 something is wrong.</summary>
internal static class HistoryVerb
{
    public static Command Create() => new("history", "What a data folder holds.") { HistoryExport.Create(Data()), CreateVerify() };

    private static Option<string> Data() => new("--data") { Description = "Data folder; the gateway may be running on it", Required = true };

    private static Command CreateVerify()
    {
        Option<string> data = Data();
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output" };
        var command = new Command("verify", "Checks the file, every row and the hash chains of the journal.") { data, json };
        command.SetAction(parsed => Verify(parsed.GetValue(data)!, parsed.GetValue(json)));
        return command;
    }

    private static int Verify(string folder, bool json)
    {
        JournalCheckResult result;
        try
        {
            result = JournalCheck.Run(folder);
        }
        catch (StoreException e)
        {
            Console.Error.WriteLine($"{folder}: error {e.Code}: {e.Message}");
            return 1;
        }
        if (json)
            WriteJson(result);
        else
            WriteText(folder, result);
        return result.Faults.Count == 0 ? 0 : 1;
    }

    private static void WriteText(string folder, JournalCheckResult result)
    {
        foreach (string fault in result.Faults)
            Console.Error.WriteLine($"{folder}: error GW6407: {fault}");
        if (result.Faults.Count > 0)
            return;
        Console.WriteLine($"{folder}: {result.Events} events, {result.Quality} changes of quality, {result.Audit} audit rows, {result.Windows} closed windows; no errors");
        Console.WriteLine($"newest hashes, to be noted elsewhere: events {result.EventHash}, audit {result.AuditHash}");
    }

    private static void WriteJson(JournalCheckResult result)
    {
        using Stream output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteBoolean("valid", result.Faults.Count == 0);
        json.WriteStartArray("faults");
        foreach (string fault in result.Faults)
            json.WriteStringValue(fault);
        json.WriteEndArray();
        json.WriteNumber("events", result.Events);
        json.WriteNumber("quality", result.Quality);
        json.WriteNumber("audit", result.Audit);
        json.WriteNumber("windows", result.Windows);
        json.WriteString("eventHash", result.EventHash);
        json.WriteString("auditHash", result.AuditHash);
        json.WriteEndObject();
    }
}
