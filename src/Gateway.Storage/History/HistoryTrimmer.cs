using Microsoft.Data.Sqlite;

namespace Gateway.Storage.History;

/// <summary>Retention: samples go first and a month at a time, its minutes later with the whole file. History thread.</summary>
internal static class HistoryTrimmer
{
    private const int RowsAtOnce = 500;

    /// <summary>Removes one bounded part of what is too old or too much.</summary>
    /// <returns>True when there may be more.</returns>
    public static bool Trim(string folder, long nowMs, HistoryOptions options)
    {
        (string File, long FromMs, long ToMs)[] months = [.. HistoryFolder.Months(folder)];
        foreach (var (file, _, toMs) in months)
        {
            if (toMs < nowMs - (long)options.KeepMinutesFor.TotalMilliseconds)
            {
                HistoryFolder.Delete(file);
                return true;
            }
            if (toMs < nowMs - (long)options.KeepSamplesFor.TotalMilliseconds && Thin(file))
                return true;
        }
        if (HistoryFolder.Bytes(folder) <= options.MaxBytes)
            return false;
        foreach (var (file, _, _) in months)
            if (Thin(file))
                return true;
        if (months.Length == 0 || months[0].ToMs > nowMs)
            return false;
        HistoryFolder.Delete(months[0].File);
        return true;
    }

    /// <summary>Removes the oldest chunks of a file and gives their pages back to the disk.</summary>
    /// <returns>False when it had none.</returns>
    private static bool Thin(string name)
    {
        using HistoryFile file = HistoryFile.OpenForWriting(name, isMonth: true);
        using (SqliteCommand delete = file.Sqlite.Command($"DELETE FROM chunk WHERE key IN (SELECT key FROM chunk ORDER BY key LIMIT {RowsAtOnce})"))
            if (delete.ExecuteNonQuery() == 0)
                return false;
        using SqliteCommand vacuum = file.Sqlite.Command("PRAGMA incremental_vacuum");
        using SqliteDataReader steps = vacuum.ExecuteReader();
        while (steps.Read())
        {
            // Each row that is read gives one page back.
        }
        return true;
    }
}
