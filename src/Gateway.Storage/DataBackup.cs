using System.Security.Cryptography;
using System.Text;
using Gateway.Storage.History;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage;

/// <summary>
/// Copies a data folder while the gateway writes to it, and puts a copy back. Databases are copied by SQLite's own backup,
/// one state of each; logs of open hours as far as they are whole; everything else as it is. SHA256SUMS names every file
/// with its hash and is written last, so a copy without it is none.
/// </summary>
public static class DataBackup
{
    /// <summary>Name of the list of files, in the form that <c>sha256sum -c</c> reads.</summary>
    public const string Sums = "SHA256SUMS";

    // What belongs to a process, or is made anew.
    private static readonly string[] s_left = ["gateway.lock", "reserve.bin"];

    /// <summary>Makes a copy.</summary>
    /// <param name="folder">Data folder; a gateway may be running on it.</param>
    /// <param name="destination">Folder that is made; must not exist.</param>
    /// <returns>Number of files and their bytes.</returns>
    /// <exception cref="StoreException">There is no journal, the destination exists, or a disk fails.</exception>
    public static (int Files, long Bytes) Write(string folder, string destination) => Guard(() =>
    {
        SqliteVersion.Require();
        RequireJournal(folder);
        string full = Path.GetFullPath(destination);
        if (Path.Exists(full))
            throw new StoreException("GW6413", "the destination exists already; name a folder that does not");
        // Accounts and keys are in it: nobody else may read.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(full);
        else
            Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // Logs before the files that their hour is closed into: a sample is then in one of them at least.
        string[] files = [.. FilesOf(folder)];
        foreach (string name in files.Where(IsLog))
            TryCopy(folder, full, name);
        foreach (string name in files.Where(IsDatabase))
            CopyDatabase(Path.Combine(folder, name), Path.Combine(full, name));
        foreach (string name in files.Where(name => !IsLog(name) && !IsDatabase(name)))
            TryCopy(folder, full, name);
        DropClosedLogs(full);
        long bytes = 0;
        var sums = new StringBuilder();
        string[] copied = [.. FilesOf(full).Where(name => name != Sums)];
        foreach (string name in copied)
        {
            bytes += new FileInfo(Path.Combine(full, name)).Length;
            sums.Append(HashOf(Path.Combine(full, name))).Append("  ").Append(name).Append('\n');
        }
        WriteThrough(Path.Combine(full, Sums), Encoding.UTF8.GetBytes(sums.ToString()));
        return (copied.Length, bytes);
    });

    /// <summary>Compares a copy with its list of files.</summary>
    /// <returns>What is wrong, one sentence each; empty when nothing is.</returns>
    /// <exception cref="StoreException">The folder is no copy.</exception>
    public static IReadOnlyList<string> Check(string backup) => Guard<IReadOnlyList<string>>(() =>
    {
        var faults = new List<string>();
        var listed = new HashSet<string>(StringComparer.Ordinal) { Sums };
        foreach (var (hash, name) in ReadSums(backup))
        {
            listed.Add(name);
            string file = Path.Combine(backup, name);
            if (!File.Exists(file))
                faults.Add($"{name} is missing");
            else if (HashOf(file) != hash)
                faults.Add($"{name} was changed");
        }
        faults.AddRange(FilesOf(backup).Where(name => !listed.Contains(name)).Select(name => $"{name} does not belong to the copy"));
        return faults;
    });

    /// <summary>Puts a copy back into a folder that holds no data.</summary>
    /// <param name="backup">Folder that <see cref="Write"/> made.</param>
    /// <param name="folder">Data folder; made when it is missing.</param>
    /// <exception cref="StoreException">The copy is not whole, the folder is in use or holds data, or a disk fails.</exception>
    public static void Restore(string backup, string folder) => Guard(() =>
    {
        if (Check(backup) is { Count: > 0 } faults)
            throw new StoreException("GW6414", $"the copy is not as it was made: {faults[0]}");
        using DataFolder held = DataFolder.Open(folder, 0);
        if (FilesOf(held.Path).FirstOrDefault() is { } there)
            throw new StoreException("GW6415", $"the data folder holds data already ({there}); move it away, or name another folder");
        string[] names = [.. ReadSums(backup).Select(entry => entry.Name)];
        string journal = Path.GetFileName(DataFolder.JournalIn(folder));
        // The journal last: what was put back in part only is no data folder that a gateway would go on from.
        foreach (string name in names.Where(name => name != journal).Append(journal))
            Copy(Path.Combine(backup, name), Path.Combine(held.Path, name));
        return 0;
    });

    private static void RequireJournal(string folder)
    {
        string file = DataFolder.JournalIn(folder);
        if (!File.Exists(file))
            throw new StoreException("GW6406", $"there is no {Path.GetFileName(file)} in this folder");
    }

    private static bool IsLog(string name) => name.StartsWith("history-open-", StringComparison.Ordinal);

    private static bool IsDatabase(string name) => name.EndsWith(".db", StringComparison.Ordinal) && !name.Contains("damaged-", StringComparison.Ordinal);

    /// <summary>Names of all files, with a slash between folders; logs of SQLite belong to their database.</summary>
    private static IEnumerable<string> FilesOf(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'))
        .Where(name => !s_left.Contains(name) && !name.EndsWith("-wal", StringComparison.Ordinal) && !name.EndsWith("-shm", StringComparison.Ordinal) && !name.EndsWith(".new", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static void CopyDatabase(string from, string to)
    {
        using (SqliteConnection source = SqliteVersion.Open(from, SqliteOpenMode.ReadOnly))
        using (SqliteConnection target = SqliteVersion.Open(to, SqliteOpenMode.ReadWriteCreate))
            source.BackupDatabase(target);
        using var copy = new FileStream(to, FileMode.Open, FileAccess.ReadWrite);
        copy.Flush(flushToDisk: true);
    }

    /// <summary>A file that the gateway has removed or replaced meanwhile is not part of the copy.</summary>
    private static void TryCopy(string folder, string destination, string name)
    {
        try
        {
            Copy(Path.Combine(folder, name), Path.Combine(destination, name));
        }
        catch (FileNotFoundException)
        {
            // See above.
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        // A log may be open for writing, so it is read as it is; its rights go with it.
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = File.GetUnixFileMode(from);
        using var target = new FileStream(to, options);
        source.CopyTo(target);
        target.Flush(flushToDisk: true);
    }

    /// <summary>A log whose hour is in the copy of its month already would put its beginning in the place of the whole hour.</summary>
    private static void DropClosedLogs(string folder)
    {
        foreach (string log in HistoryFolder.Logs(folder).ToArray())
        {
            (long number, long startMs) = (0, 0);
            HistoryLog.Read(log, (n, start, _) => (number, startMs) = (n, start), (_, _) => { });
            string month = HistoryFolder.Month(folder, startMs);
            if (number == 0 || !File.Exists(month))
                continue;
            bool isClosed;
            using (HistoryFile file = HistoryFile.OpenForReading(month))
                isClosed = file.Sqlite.Number($"SELECT count(*) FROM slot WHERE number = {number}") > 0;
            if (isClosed)
                File.Delete(log);
            foreach (string suffix in new[] { "-wal", "-shm" })
                File.Delete(month + suffix);
        }
    }

    private static IEnumerable<(string Hash, string Name)> ReadSums(string backup)
    {
        string file = Path.Combine(backup, Sums);
        if (!File.Exists(file))
            throw new StoreException("GW6414", $"there is no {Sums} in this folder: it is no copy, or one that was not finished");
        foreach (string line in File.ReadAllLines(file))
        {
            // No name may lead out of the folder.
            if (line.Length < 67 || line[64..66] != "  " || line[66..].Split('/').Any(part => part is "" or "." or ".."))
                throw new StoreException("GW6414", $"{Sums} has a line that is none");
            yield return (line[..64], line[66..]);
        }
    }

    private static string HashOf(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static void WriteThrough(string file, byte[] content)
    {
        using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    private static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException("GW6416", $"copying failed: {e.Message}", e);
        }
    }
}
