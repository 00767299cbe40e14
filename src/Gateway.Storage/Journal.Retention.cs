using Microsoft.Data.Sqlite;

namespace Gateway.Storage;

public sealed partial class Journal
{
    /// <summary>
    /// Removes what is too old or too much, a bounded number of rows at a time, and takes the reserve again when there
    /// is room. Recorder only, between commits.
    /// </summary>
    /// <returns>True when there may be more to remove.</returns>
    public bool Trim()
    {
        if (_connection is not { } connection || Status.State == StoreState.Failed)
            return false;
        try
        {
            if (_reserveMissing && !_folder.IsFull())
                _reserveMissing = !_folder.TryReserve();
            bool more = TrimByAge(connection) || TrimByBytes(connection);
            connection.Sqlite.Execute("PRAGMA incremental_vacuum(200)");
            MeasureFiles();
            ShowState();
            return more;
        }
        catch (SqliteException e)
        {
            Fail(Recover(e));
            return false;
        }
    }

    private bool TrimByAge(Connection connection)
    {
        long now = UtcNow;
        long old = now - _options.KeepFor.Ticks, oldQuality = now - _options.KeepQualityFor.Ticks;
        using SqliteTransaction transaction = connection.Sqlite.BeginTransaction(deferred: false);
        int removed = RemoveQuality(connection, $"utc < {oldQuality}", transaction);
        removed = Math.Max(removed, RemoveFront(connection, "event", "sequence", old, transaction));
        removed = Math.Max(removed, RemoveFront(connection, "window", "number", old, transaction));
        removed = Math.Max(removed, RemoveFront(connection, "audit", "number", old, transaction));
        transaction.Commit();
        return removed == _options.TrimRows;
    }

    /// <summary>What is worth least goes first; the audit goes last.</summary>
    private bool TrimByBytes(Connection connection)
    {
        long used = (connection.Sqlite.Number("PRAGMA page_count") - connection.Sqlite.Number("PRAGMA freelist_count")) * connection.Sqlite.Number("PRAGMA page_size");
        if (used <= _options.MaxBytes)
            return false;
        using SqliteTransaction transaction = connection.Sqlite.BeginTransaction(deferred: false);
        int removed = RemoveQuality(connection, "1", transaction);
        if (removed == 0)
            removed = RemoveFront(connection, "event", "sequence", long.MaxValue, transaction);
        if (removed == 0)
            removed = RemoveFront(connection, "window", "number", long.MaxValue, transaction);
        if (removed == 0)
            removed = RemoveFront(connection, "audit", "number", long.MaxValue, transaction);
        transaction.Commit();
        return removed > 0;
    }

    private int RemoveQuality(Connection connection, string which, SqliteTransaction transaction)
    {
        using SqliteCommand command = connection.Sqlite.Command($"DELETE FROM quality WHERE sequence IN (SELECT sequence FROM quality WHERE {which} ORDER BY sequence LIMIT {_options.TrimRows})", transaction);
        return command.ExecuteNonQuery();
    }

    /// <summary>
    /// Removes rows from the front of a chain as long as they are older than <paramref name="before"/>; the hash of the
    /// last one removed becomes the anchor of what stays.
    /// </summary>
    private int RemoveFront(Connection connection, string table, string key, long before, SqliteTransaction transaction)
    {
        (long cut, int count, byte[]? anchor) = (0, 0, null);
        using (SqliteCommand command = connection.Sqlite.Command($"SELECT {key}, utc, hash FROM {table} ORDER BY {key} LIMIT {_options.TrimRows}", transaction))
        using (SqliteDataReader row = command.ExecuteReader())
        {
            while (row.Read() && row.GetInt64(1) < before)
                (cut, count, anchor) = (row.GetInt64(0), count + 1, row.GetFieldValue<byte[]>(2));
        }
        if (anchor is null)
            return 0;
        connection.Sqlite.Execute($"DELETE FROM {table} WHERE {key} <= {cut}", transaction);
        using SqliteCommand keep = connection.Sqlite.Command($"UPDATE chain SET anchor = $anchor WHERE name = '{table}'", transaction);
        keep.Parameters.AddWithValue("$anchor", anchor);
        keep.ExecuteNonQuery();
        return count;
    }
}
