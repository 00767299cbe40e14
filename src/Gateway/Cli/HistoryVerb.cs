using System.CommandLine;
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
    internal static int Verify(string folder, bool json) => StoreVerb.Run(folder, () =>
    {
        JournalCheckResult journal = JournalCheck.Run(folder);
        HistoryCheckResult history = HistoryCheck.Run(folder);
        string[] faults = [.. journal.Faults, .. history.Faults];
        if (json)
        {
            StoreVerb.PrintJson(writer => Write(writer, journal, history, faults));
            return faults.Length == 0 ? 0 : 1;
        }
        if (StoreVerb.Report(folder, faults) is var code and not 0)
            return code;
        Console.WriteLine($"{folder}: {journal.Events} events, {journal.Quality} changes of quality, {journal.Audit} audit rows, {journal.Windows} closed windows; {history.Samples} samples in {history.Months} months, {history.OpenSamples} in open hours; no errors");
        Console.WriteLine($"newest hashes, to be noted elsewhere: events {journal.EventHash}, audit {journal.AuditHash}");
        return 0;
    });

    private static void Write(Utf8JsonWriter json, JournalCheckResult journal, HistoryCheckResult history, string[] faults)
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
}
