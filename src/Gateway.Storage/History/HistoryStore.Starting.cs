using Microsoft.Data.Sqlite;

namespace Gateway.Storage.History;

public sealed partial class HistoryStore
{
    /// <summary>Closes what the last run left open. On the history thread: control does not wait for it.</summary>
    private void Start()
    {
        Directory.CreateDirectory(_folder);
        SetAsideDamaged();
        string hours = HistoryFolder.Hours(_folder);
        if (File.Exists(hours))
            using (HistoryFile file = HistoryFile.OpenForReading(hours))
                _number = file.Sqlite.Number("SELECT max(number) FROM slot");
        foreach (string log in HistoryFolder.Logs(_folder))
            Replay(log);
        Status.Measure(HistoryFolder.Bytes(_folder));
        _syncedAt = _time.GetTimestamp();
        _isStarted = true;
    }

    private void Replay(string log)
    {
        HistoryTag[] tags = [];
        TagRecord[] records = [];
        long number = 0, firstMs = 0, lastMs = 0, finishMs = 0, samples = 0;
        long torn = HistoryLog.Read(log, (n, start, t) => (number, firstMs, lastMs, finishMs, tags, records) = (n, start, start, start, t, NewRecords(t)), (frame, utcMs) =>
        {
            (firstMs, finishMs) = Apply(frame.Span, utcMs, records, ref lastMs, firstMs, finishMs);
            samples += frame.Length;
        });
        if (samples > 0)
        {
            MarkEnd(null, records, lastMs);
            _writer.Write(number, firstMs, finishMs + 1, samples, tags, records, _gate);
            LogReplayed(_logger, Path.GetFileName(log), samples, torn);
        }
        _number = Math.Max(_number, number);
        File.Delete(log);
    }

    /// <summary>A file that SQLite cannot use must not end the history: it is kept beside and a new one begins.</summary>
    private void SetAsideDamaged()
    {
        string[] files = [HistoryFolder.Hours(_folder), HistoryFolder.Month(_folder, ToMs(_time.GetUtcNow().UtcTicks))];
        foreach (string file in files)
        {
            if (!File.Exists(file))
                continue;
            try
            {
                using HistoryFile opened = HistoryFile.OpenForReading(file);
                opened.Sqlite.Number("SELECT max(number) FROM slot");
            }
            catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB)
            {
                string aside = Path.GetFileNameWithoutExtension(file).Replace("history-", "damaged-", StringComparison.Ordinal) + $"-{_time.GetUtcNow():yyyyMMddTHHmmss}.db";
                foreach (string suffix in new[] { "-wal", "-shm", "" })
                    if (File.Exists(file + suffix))
                        File.Move(file + suffix, Path.Combine(_folder, aside + suffix));
                LogSetAside(_logger, Path.GetFileName(file), aside, e.Message);
            }
        }
    }

    /// <summary>Removes what is too old or too much, a bounded part at a time, and puts finished days together. History thread only.</summary>
    /// <returns>True when there may be more to do.</returns>
    public bool Trim()
    {
        if (Status.State == StoreState.Failed)
            return false;
        try
        {
            long nowMs = ToMs(_time.GetUtcNow().UtcTicks);
            bool more = HistoryFolds.Fold(_folder, nowMs, _options.KeepHoursFor) | HistoryTrimmer.Trim(_folder, nowMs, _options);
            Status.Measure(HistoryFolder.Bytes(_folder));
            return more;
        }
        catch (Exception e) when (IsDiskFault(e))
        {
            // The next write says whether the disk is at fault.
            LogTrimFailed(_logger, e.Message);
            return false;
        }
    }

    [Microsoft.Extensions.Logging.LoggerMessage(1426, Microsoft.Extensions.Logging.LogLevel.Warning, "Old history could not be removed: {Reason}")]
    private static partial void LogTrimFailed(Microsoft.Extensions.Logging.ILogger logger, string reason);
}
