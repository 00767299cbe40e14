using System.CommandLine;
using System.Text;
using System.Text.Json;
using Gateway.Storage;
using Gateway.Storage.History;

namespace Gateway.Cli;

/// <summary><c>history</c>: what the data folder holds. Exit code 0 in order, 1 something is wrong.</summary>
internal static class HistoryVerb
{
    public static Command Create() => new("history", "What a data folder holds.") { HistoryExport.Create(Data()), CreateVerify(), HistoryBackup.CreateBackup(Data()), HistoryBackup.CreateRestore() };

    private static Option<string> Data() => new("--data") { Description = "Data folder; the gateway may be running on it", Required = true };

    private static Command CreateVerify()
    {
        Option<string> data = Data();
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output" };
        var command = new Command("verify", "Checks the files, every row, the hash chains of the journal and every chunk of the history.") { data, json };
        command.SetAction(parsed => Verify(parsed.GetValue(data)!, parsed.GetValue(json)));
        return command;
    }

    /// <summary>Runs the verb; its output goes to the console.</summary>
    internal static int Verify(string folder, bool json)
    {
        JournalCheckResult journal;
        HistoryCheckResult history;
        try
        {
            (journal, history) = (JournalCheck.Run(folder), HistoryCheck.Run(folder));
        }
        catch (StoreException e)
        {
            Console.Error.WriteLine($"{folder}: error {e.Code}: {e.Message}");
            return 1;
        }
        string[] faults = [.. journal.Faults, .. history.Faults];
        if (json)
            WriteJson(journal, history, faults);
        else
            WriteText(folder, journal, history, faults);
        return faults.Length == 0 ? 0 : 1;
    }

    private static void WriteText(string folder, JournalCheckResult journal, HistoryCheckResult history, string[] faults)
    {
        foreach (string fault in faults)
            Console.Error.WriteLine($"{folder}: error GW6407: {fault}");
        if (faults.Length > 0)
            return;
        Console.WriteLine($"{folder}: {journal.Events} events, {journal.Quality} changes of quality, {journal.Audit} audit rows, {journal.Windows} closed windows; {history.Samples} samples in {history.Months} months, {history.OpenSamples} in open hours; no errors");
        Console.WriteLine($"newest hashes, to be noted elsewhere: events {journal.EventHash}, audit {journal.AuditHash}");
    }

    private static void WriteJson(JournalCheckResult journal, HistoryCheckResult history, string[] faults)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBoolean("valid", faults.Length == 0);
            json.WriteStartArray("faults");
            foreach (string fault in faults)
                json.WriteStringValue(fault);
            json.WriteEndArray();
            json.WriteNumber("events", journal.Events);
            json.WriteNumber("quality", journal.Quality);
            json.WriteNumber("audit", journal.Audit);
            json.WriteNumber("windows", journal.Windows);
            json.WriteString("eventHash", journal.EventHash);
            json.WriteString("auditHash", journal.AuditHash);
            json.WriteNumber("months", history.Months);
            json.WriteNumber("chunks", history.Chunks);
            json.WriteNumber("samples", history.Samples);
            json.WriteNumber("openSamples", history.OpenSamples);
            json.WriteEndObject();
        }
        Console.WriteLine(Encoding.UTF8.GetString(memory.ToArray()));
    }
}
