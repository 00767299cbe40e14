using Microsoft.Data.Sqlite;

namespace Gateway.Storage.History;

/// <summary>All chunks that are closed at once, on their way into the files. History thread.</summary>
internal sealed class HistorySlotWriter(string folder)
{
    private readonly ByteSink _sink = new(16_384);

    /// <summary>Stores a slot. May be called again with the same slot: what it had stored is replaced by the same.</summary>
    public void Write(long number, long startMs, long finishMs, long samples, IReadOnlyList<HistoryTag> tags, TagRecord[] records, Lock gate)
    {
        using (HistoryFile month = HistoryFile.OpenForWriting(HistoryFolder.Month(folder, startMs), isMonth: true))
        {
            using SqliteTransaction transaction = month.Sqlite.BeginTransaction(deferred: false);
            WriteMonth(month, number, tags, records, gate, transaction);
            Note(month, number, startMs, finishMs, samples, transaction);
            transaction.Commit();
        }
        using HistoryFile hours = HistoryFile.OpenForWriting(HistoryFolder.Hours(folder), isMonth: false);
        using SqliteTransaction last = hours.Sqlite.BeginTransaction(deferred: false);
        WriteHours(hours, number, tags, records, last);
        Note(hours, number, startMs, finishMs, samples, last);
        last.Commit();
    }

    private void WriteMonth(HistoryFile month, long number, IReadOnlyList<HistoryTag> tags, TagRecord[] records, Lock gate, SqliteTransaction transaction)
    {
        long[] ids = month.TagIds(tags, transaction);
        // Keys must rise, so that rows are appended.
        int[] order = [.. Enumerable.Range(0, ids.Length).OrderBy(i => ids[i])];
        using var chunk = new RowWriter(month.Sqlite, "INSERT OR REPLACE", "chunk", "key, body, sum");
        using var minute = new RowWriter(month.Sqlite, "INSERT OR REPLACE", "minute", "key, body, sum");
        foreach (int i in order)
        {
            if (!records[i].HasAny)
                continue;
            _sink.Clear();
            records[i].Write(_sink);
            Add(chunk, HistoryFile.Key(number, ids[i]), transaction);
        }
        foreach (int i in order)
        {
            _sink.Clear();
            lock (gate)
                AggregateCodec.WriteMinutes(_sink, records[i].CutMinutes());
            if (_sink.Length > 0)
                Add(minute, HistoryFile.Key(number, ids[i]), transaction);
        }
    }

    private void WriteHours(HistoryFile hours, long number, IReadOnlyList<HistoryTag> tags, TagRecord[] records, SqliteTransaction transaction)
    {
        long[] ids = hours.TagIds(tags, transaction);
        using var recent = new RowWriter(hours.Sqlite, "INSERT OR REPLACE", "recent", "key, day, body, sum");
        foreach (int i in Enumerable.Range(0, ids.Length).OrderBy(i => ids[i]))
        {
            _sink.Clear();
            AggregateCodec.WriteHours(_sink, records[i].CutMinutes());
            if (_sink.Length == 0)
                continue;
            byte[] body = _sink.ToArray();
            recent.Add(HistoryFile.Key(number, ids[i])).Add(HistoryFolds.DayOf(body)).Add(body).Add((long)HistoryLog.Checksum(body)).Write(transaction);
        }
    }

    private void Add(RowWriter row, long key, SqliteTransaction transaction)
    {
        byte[] body = _sink.ToArray();
        row.Add(key).Add(body).Add((long)HistoryLog.Checksum(body)).Write(transaction);
    }

    private static void Note(HistoryFile file, long number, long startMs, long finishMs, long samples, SqliteTransaction transaction) =>
        file.Sqlite.Execute($"INSERT OR REPLACE INTO slot VALUES ({number}, {startMs}, {finishMs}, {samples})", transaction);
}
