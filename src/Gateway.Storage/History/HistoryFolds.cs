using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.History;

/// <summary>
/// Hours come slot by slot, which is how they are written cheaply, and are read tag by tag. Once a day is over its rows
/// are put together by tag, so that a year of one tag lies in one place. History thread.
/// </summary>
internal static class HistoryFolds
{
    private const int RowsAtOnce = 2000;

    /// <summary>The day, counted from 1970-01-01 UTC, of the first hour of a row.</summary>
    public static long DayOf(ReadOnlySpan<byte> hours) => BinaryPrimitives.ReadInt32LittleEndian(hours) / 24;

    /// <summary>Puts finished days together, a bounded number of rows at a time.</summary>
    /// <returns>True when there is more to do.</returns>
    public static bool Fold(string folder, long utcMs, TimeSpan keepFor)
    {
        if (!File.Exists(HistoryFolder.Hours(folder)))
            return false;
        using HistoryFile hours = HistoryFile.OpenForWriting(HistoryFolder.Hours(folder), isMonth: false);
        long today = utcMs / 86_400_000;
        var rows = new List<(long Key, byte[] Body)>();
        using (SqliteCommand command = hours.Sqlite.Command($"SELECT key, body FROM recent WHERE day < {today} ORDER BY key LIMIT {RowsAtOnce}"))
        using (SqliteDataReader row = command.ExecuteReader())
            while (row.Read())
                rows.Add((row.GetInt64(0), row.GetFieldValue<byte[]>(1)));
        if (rows.Count == 0)
            return false;
        using SqliteTransaction transaction = hours.Sqlite.BeginTransaction(deferred: false);
        using SqliteCommand old = hours.Sqlite.Command("SELECT body FROM hour WHERE key = $key", transaction);
        old.Parameters.Add("$key", SqliteType.Integer);
        using var put = new RowWriter(hours.Sqlite, "INSERT OR REPLACE", "hour", "key, body, sum");
        var sink = new ByteSink(1024);
        foreach (var days in rows.GroupBy(r => HistoryFile.Key(r.Key & ((1 << HistoryFile.TagBits) - 1), DayOf(r.Body))))
        {
            var parts = new List<Aggregate>();
            old.Parameters[0].Value = days.Key;
            if (old.ExecuteScalar() is byte[] before)
                AggregateCodec.ReadHours(before, parts);
            foreach (var (_, body) in days)
                AggregateCodec.ReadHours(body, parts);
            AggregateCodec.Combine(parts);
            sink.Clear();
            AggregateCodec.WriteHours(sink, CollectionsMarshal.AsSpan(parts));
            byte[] whole = sink.ToArray();
            put.Add(days.Key).Add(whole).Add((long)HistoryLog.Checksum(whole)).Write(transaction);
        }
        hours.Sqlite.Execute($"DELETE FROM recent WHERE key <= {rows[^1].Key} AND day < {today}", transaction);
        // The day stands in the lower part of the key of an hour.
        long oldest = today - (long)keepFor.TotalDays;
        hours.Sqlite.Execute($"DELETE FROM hour WHERE (key & {(1 << HistoryFile.TagBits) - 1}) < {oldest}", transaction);
        hours.Sqlite.Execute($"DELETE FROM slot WHERE number NOT IN (SELECT key >> {HistoryFile.TagBits} FROM recent) AND number < (SELECT max(number) FROM slot)", transaction);
        transaction.Commit();
        return rows.Count == RowsAtOnce;
    }
}
