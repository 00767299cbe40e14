using Microsoft.Data.Sqlite;

namespace Gateway.Storage.History;

/// <summary>What a check of the history found.</summary>
/// <param name="Faults">What is wrong, one sentence each; empty when nothing is. Bounded.</param>
/// <param name="Months">Files of months.</param>
/// <param name="Chunks">Chunks and rows of means, each read and compared with its checksum.</param>
/// <param name="Samples">Samples in the chunks.</param>
/// <param name="OpenSamples">Samples in the logs of open hours, as far as they are whole.</param>
public sealed record HistoryCheckResult(IReadOnlyList<string> Faults, int Months, long Chunks, long Samples, long OpenSamples);

/// <summary>
/// Checks the files of the history: by SQLite's own check, every row by its checksum, every chunk by reading it. The end of
/// a log that is not whole is no fault: a running gateway may be writing it.
/// </summary>
public sealed class HistoryCheck
{
    private const int MaxFaults = 20;
    private const int Batch = 500; // rows of one question, so that no reader keeps the log of a file from being emptied

    private readonly List<string> _faults = [];
    private long _chunks;
    private long _samples;

    private HistoryCheck()
    {
    }

    /// <summary>Checks the history of a data folder; it may be in use. A folder without one has nothing wrong.</summary>
    /// <exception cref="StoreException">A file is none of this program, or cannot be read.</exception>
    public static HistoryCheckResult Run(string folder)
    {
        SqliteVersion.Require();
        var check = new HistoryCheck();
        int months = 0;
        foreach (var (file, _, _) in HistoryFolder.Months(folder))
        {
            check.CheckFile(file, ("chunk", true), ("minute", false));
            months++;
        }
        if (File.Exists(HistoryFolder.Hours(folder)))
            check.CheckFile(HistoryFolder.Hours(folder), ("recent", false), ("hour", false));
        long open = 0;
        foreach (string log in HistoryFolder.Logs(folder))
            open += CountOpen(log);
        return new HistoryCheckResult(check._faults, months, check._chunks, check._samples, open);
    }

    private void CheckFile(string file, params ReadOnlySpan<(string Table, bool IsChunk)> tables)
    {
        string name = Path.GetFileName(file);
        try
        {
            using (HistoryFile opened = HistoryFile.OpenForReading(file))
            {
                if (opened.Sqlite.Number("PRAGMA application_id") != HistoryFile.ApplicationId || opened.Sqlite.Number("PRAGMA user_version") != HistoryFile.Version)
                    throw new StoreException("GW6408", $"{name} is not a history of this version of the program");
                using SqliteCommand command = opened.Sqlite.Command("PRAGMA integrity_check(10)");
                using SqliteDataReader row = command.ExecuteReader();
                while (row.Read())
                    if (row.GetString(0) != "ok")
                        Say($"{name}: integrity check: {row.GetString(0)}");
            }
            foreach (var (table, isChunk) in tables)
                CheckRows(file, name, table, isChunk);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB)
        {
            Say($"{name} is damaged: {e.Message}");
        }
        catch (SqliteException) when (!File.Exists(file))
        {
            // Retention has removed the month meanwhile.
        }
        catch (SqliteException e)
        {
            throw new StoreException("GW6409", $"{name} cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidCastException or InvalidOperationException)
        {
            Say($"{name}: a row has a value of the wrong kind: {e.Message}");
        }
    }

    private void CheckRows(string file, string name, string table, bool isChunk)
    {
        long after = -1;
        int read;
        do
        {
            read = 0;
            using HistoryFile opened = HistoryFile.OpenForReading(file);
            using SqliteCommand command = opened.Sqlite.Command($"SELECT key, body, sum FROM {table} WHERE key > {after} ORDER BY key LIMIT {Batch}");
            using SqliteDataReader row = command.ExecuteReader();
            for (; row.Read(); read++, _chunks++)
            {
                after = row.GetInt64(0);
                byte[] body = row.GetFieldValue<byte[]>(1);
                if (HistoryLog.Checksum(body) != row.GetInt64(2))
                    Say($"{name}: {table} {after} was changed");
                else if (isChunk)
                    CheckChunk(name, after, body);
            }
        }
        while (read == Batch);
    }

    private void CheckChunk(string name, long key, byte[] body)
    {
        var samples = new List<StoredSample>();
        StoredSample? before = null;
        try
        {
            ChunkCodec.Read(body, long.MinValue, long.MaxValue, samples, ref before);
            _samples += samples.Count;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or IndexOutOfRangeException)
        {
            Say($"{name}: chunk {key} cannot be read although its checksum is right: {e.Message}");
        }
    }

    private static long CountOpen(string log)
    {
        long samples = 0;
        try
        {
            HistoryLog.Read(log, (_, _, _) => { }, (frame, _) => samples += frame.Length);
        }
        catch (FileNotFoundException)
        {
            // Its hour was closed meanwhile.
        }
        return samples;
    }

    private void Say(string fault)
    {
        if (_faults.Count < MaxFaults)
            _faults.Add(fault);
    }
}
