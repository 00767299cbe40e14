using System.CommandLine;
using Gateway.Storage;
using Gateway.Storage.History;

namespace Gateway.Cli;

/// <summary><c>history backup</c> and <c>history restore</c>. Exit code 0 done and checked, 1 not.</summary>
internal static class HistoryBackup
{
    public static Command CreateBackup(Option<string> data)
    {
        var to = new Option<string>("--to") { Description = "Folder that is made for the copy; must not exist", Required = true };
        var command = new Command("backup", "Copies the data folder while the gateway runs, and checks the copy.") { data, to };
        command.SetAction(parsed => Backup(parsed.GetValue(data)!, parsed.GetValue(to)!));
        return command;
    }

    public static Command CreateRestore()
    {
        var from = new Option<string>("--from") { Description = "Folder that 'history backup' made", Required = true };
        var data = new Option<string>("--data") { Description = "Data folder without data; no gateway may run on it", Required = true };
        var command = new Command("restore", "Puts a copy back, after checking it.") { from, data };
        command.SetAction(parsed => Restore(parsed.GetValue(from)!, parsed.GetValue(data)!));
        return command;
    }

    /// <summary>Runs the verb; its output goes to the console.</summary>
    internal static int Backup(string folder, string destination) => StoreVerb.Run(folder, () =>
    {
        (int files, long bytes) = DataBackup.Write(folder, destination);
        int code = Check(destination);
        if (code == 0)
            Console.WriteLine($"{destination}: {files} files, {bytes} bytes; no errors");
        return code;
    });

    /// <summary>Runs the verb; its output goes to the console.</summary>
    internal static int Restore(string backup, string folder) => StoreVerb.Run(folder, () =>
    {
        DataBackup.Restore(backup, folder);
        int code = Check(folder);
        if (code == 0)
            Console.WriteLine($"{folder}: put back from {backup}; no errors. What was accepted after the copy is not in it.");
        return code;
    });

    /// <summary>The copy is opened and read whole: that it could be written says little.</summary>
    private static int Check(string folder) => StoreVerb.Report(folder, [.. JournalCheck.Run(folder).Faults, .. HistoryCheck.Run(folder).Faults]);
}
