using Gateway.Runtime.Events;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage;

/// <summary>
/// Reads stored events beside the writer, through a connection of its own that lives for one bounded question: a reader
/// that stays would keep the log of the file from being emptied. Any thread.
/// </summary>
public static class JournalReader
{
    /// <summary>Most rows of one answer.</summary>
    public const int MaxRows = 1000;

    private const string Columns = JournalSchema.EventColumns;

    /// <summary>Reads events newer than a number, oldest first.</summary>
    /// <param name="folder">Data folder.</param>
    /// <param name="after">Sequence number.</param>
    /// <param name="upTo">Newest sequence number wanted.</param>
    /// <param name="count">Most rows wanted, 1 to <see cref="MaxRows"/>.</param>
    /// <exception cref="StoreException">The journal cannot be read now.</exception>
    public static IReadOnlyList<JournalRow> ReadAfter(string folder, long after, long upTo, int count) => Read(
        folder,
        $"SELECT * FROM (SELECT {Columns} FROM event WHERE sequence > $after AND sequence <= $upTo ORDER BY sequence LIMIT $count) " +
        $"UNION ALL SELECT * FROM (SELECT {Columns} FROM quality WHERE sequence > $after AND sequence <= $upTo ORDER BY sequence LIMIT $count) ORDER BY sequence LIMIT $count",
        after,
        upTo,
        Math.Clamp(count, 1, MaxRows),
        JournalRow.Read);

    /// <summary>
    /// Reads all transitions of alarms newer than a number, oldest first; refused acts are none. They are read by pages
    /// while they are asked for: so the journal is never held open, and its length does not matter.
    /// </summary>
    /// <param name="folder">Data folder.</param>
    /// <param name="after">Sequence number.</param>
    /// <exception cref="StoreException">There is no journal, or it cannot be read now.</exception>
    public static IEnumerable<JournalRow> Alarms(string folder, long after = 0)
    {
        while (ReadAlarms(folder, after) is { Count: > 0 } rows)
        {
            foreach (JournalRow row in rows)
                yield return row;
            after = rows[^1].Item.Sequence;
        }
    }

    /// <summary>Reads the newest events, oldest first.</summary>
    /// <exception cref="StoreException">The journal cannot be read now.</exception>
    public static IReadOnlyList<JournalRow> ReadNewest(string folder, int count) => Read(
        folder,
        $"SELECT * FROM (SELECT * FROM (SELECT {Columns} FROM event ORDER BY sequence DESC LIMIT $count) " +
        $"UNION ALL SELECT * FROM (SELECT {Columns} FROM quality ORDER BY sequence DESC LIMIT $count) ORDER BY sequence DESC LIMIT $count) ORDER BY sequence",
        0,
        long.MaxValue,
        Math.Clamp(count, 1, MaxRows),
        JournalRow.Read);

    /// <summary>Most closed windows of one answer: a month of minutes of 20 limits.</summary>
    public const int MaxWindows = 1_000_000;

    /// <summary>Reads the permit windows that ended after <paramref name="after"/> and not after <paramref name="upTo"/>, in the order they were stored.</summary>
    /// <param name="folder">Data folder.</param>
    /// <param name="after">UTC ticks.</param>
    /// <param name="upTo">UTC ticks.</param>
    /// <exception cref="StoreException">There is no journal, it cannot be read now, or there are more than <see cref="MaxWindows"/>.</exception>
    public static IReadOnlyList<StoredWindow> ReadWindows(string folder, long after, long upTo)
    {
        RequireFile(folder);
        List<StoredWindow> windows = Read(
            folder,
            $"SELECT {JournalSchema.WindowColumns} FROM window WHERE finish > $after AND finish <= $upTo ORDER BY number LIMIT $count",
            after,
            upTo,
            MaxWindows + 1,
            StoredWindow.Read);
        if (windows.Count > MaxWindows)
            throw new StoreException("GW6412", $"more than {MaxWindows} windows ended in this time; ask for a day instead of a month");
        return windows;
    }

    private static List<JournalRow> ReadAlarms(string folder, long after)
    {
        RequireFile(folder);
        return Read(
            folder,
            $"SELECT {Columns} FROM event WHERE sequence > $after AND sequence <= $upTo AND kind = {(int)EventKind.Alarm} AND accepted = 1 ORDER BY sequence LIMIT $count",
            after,
            long.MaxValue,
            MaxRows,
            JournalRow.Read);
    }

    private static void RequireFile(string folder)
    {
        string file = DataFolder.JournalIn(folder);
        if (!File.Exists(file))
            throw new StoreException("GW6406", $"there is no {Path.GetFileName(file)} in this folder");
    }

    private static List<T> Read<T>(string folder, string sql, long after, long upTo, int count, Func<SqliteDataReader, T> read)
    {
        var rows = new List<T>();
        try
        {
            using SqliteConnection connection = SqliteVersion.Open(DataFolder.JournalIn(folder), SqliteOpenMode.ReadOnly);
            using SqliteCommand command = connection.Command(sql);
            command.Parameters.AddWithValue("$after", after);
            command.Parameters.AddWithValue("$upTo", upTo);
            command.Parameters.AddWithValue("$count", count);
            using SqliteDataReader row = command.ExecuteReader();
            while (row.Read())
                rows.Add(read(row));
        }
        catch (Exception e) when (e is SqliteException or InvalidCastException or InvalidOperationException)
        {
            throw new StoreException("GW6404", $"the journal cannot be read: {e.Message}", e);
        }
        return rows;
    }
}
