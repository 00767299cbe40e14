using Gateway.Runtime.Alarms;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage;

/// <summary>What a check of a journal found.</summary>
/// <param name="Faults">What is wrong, one sentence each; empty when nothing is. Bounded.</param>
/// <param name="Events">Events of the chain.</param>
/// <param name="Quality">Changes of quality.</param>
/// <param name="Audit">Audit rows.</param>
/// <param name="Windows">Closed permit windows.</param>
/// <param name="EventHash">Newest hash of the events, hexadecimal: note it elsewhere to find a journal that was rewritten as a whole.</param>
/// <param name="AuditHash">Newest hash of the audit, hexadecimal.</param>
public sealed record JournalCheckResult(IReadOnlyList<string> Faults, long Events, long Quality, long Audit, long Windows, string EventHash, string AuditHash);

/// <summary>Checks a journal: the file by SQLite's own check, every row by its hash, every chain for missing rows.</summary>
public sealed class JournalCheck
{
    private const int MaxFaults = 20;

    private readonly RowHash _hash = new();
    private readonly List<string> _faults = [];

    private JournalCheck()
    {
    }

    /// <summary>Checks the journal of a data folder; it may be in use.</summary>
    /// <exception cref="StoreException">There is no journal, or it is none of this program.</exception>
    public static JournalCheckResult Run(string folder)
    {
        SqliteVersion.Require();
        string file = DataFolder.JournalIn(folder);
        if (!File.Exists(file))
            throw new StoreException("GW6406", $"there is no {Path.GetFileName(file)} in this folder");
        var check = new JournalCheck();
        try
        {
            using SqliteConnection connection = SqliteVersion.Open(file, SqliteOpenMode.ReadOnly);
            return check.Check(connection);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB)
        {
            check.Say($"the file is damaged: {e.Message}");
            return new JournalCheckResult(check._faults, 0, 0, 0, 0, "", "");
        }
        catch (SqliteException e)
        {
            throw new StoreException("GW6404", $"the journal cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidCastException or InvalidOperationException or FormatException or OverflowException)
        {
            // A column holds what no program of ours writes there.
            check.Say($"a row has a value of the wrong kind: {e.Message}");
            return new JournalCheckResult(check._faults, 0, 0, 0, 0, "", "");
        }
    }

    private JournalCheckResult Check(SqliteConnection connection)
    {
        if (connection.Number("PRAGMA application_id") != JournalSchema.ApplicationId || connection.Number("PRAGMA user_version") != JournalSchema.Version)
            throw new StoreException("GW6405", "the file is not a journal of this version of the program");
        // One transaction: what is checked is one state, although the gateway may go on writing.
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: true);
        CheckFile(connection);
        (long events, string eventHash) = CheckChain(connection, "event", "sequence", JournalSchema.EventColumns, isDense: false);
        (long audit, string auditHash) = CheckChain(connection, "audit", "number", JournalSchema.AuditColumns, isDense: true);
        (long windows, _) = CheckChain(connection, "window", "number", JournalSchema.WindowColumns, isDense: true);
        long quality = CheckRows(connection);
        CheckSaved(connection, "alarm", "id");
        CheckSaved(connection, "saved", "part");
        CheckStates(connection);
        return new JournalCheckResult(_faults, events, quality, audit, windows, eventHash, auditHash);
    }

    private void CheckFile(SqliteConnection connection)
    {
        using SqliteCommand command = connection.Command("PRAGMA integrity_check(10)");
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
            if (row.GetString(0) != "ok")
                Say("integrity check: " + row.GetString(0));
    }

    private (long Rows, string Hash) CheckChain(SqliteConnection connection, string table, string key, string columns, bool isDense)
    {
        (byte[] before, long last) = Anchor(connection, table);
        long rows = 0, newest = 0;
        using SqliteCommand command = connection.Command($"SELECT {columns}, hash FROM {table} ORDER BY {key}");
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            long number = row.GetInt64(0);
            if (isDense && rows > 0 && number != newest + 1)
                Say($"{table}: rows between {newest} and {number} are missing");
            byte[] kept = row.GetFieldValue<byte[]>(row.FieldCount - 1);
            if (!kept.AsSpan().SequenceEqual(HashOf(row, before)))
                Say($"{table} {number}: the row or the one before it was changed");
            (before, newest, rows) = (kept, number, rows + 1);
        }
        if (rows > 0 && newest != last)
            Say($"{table}: the newest row is {newest}, {last} was written");
        return (rows, Convert.ToHexStringLower(before));
    }

    private long CheckRows(SqliteConnection connection)
    {
        long rows = 0;
        using SqliteCommand command = connection.Command($"SELECT {JournalSchema.EventColumns}, hash FROM quality ORDER BY sequence");
        using SqliteDataReader row = command.ExecuteReader();
        for (; row.Read(); rows++)
            if (!row.GetFieldValue<byte[]>(row.FieldCount - 1).AsSpan().SequenceEqual(HashOf(row, Connection.NoHash)))
                Say($"quality {row.GetInt64(0)}: the row was changed");
        return rows;
    }

    private void CheckSaved(SqliteConnection connection, string table, string key)
    {
        using SqliteCommand command = connection.Command($"SELECT {key}, body, hash FROM {table}");
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            _hash.Begin(Connection.NoHash);
            _hash.Add(row.GetString(0));
            _hash.Add(row.GetFieldValue<byte[]>(1).AsSpan());
            if (!_hash.End().AsSpan().SequenceEqual(row.GetFieldValue<byte[]>(2)))
                Say($"{table} {row.GetString(0)}: the saved state was changed");
        }
    }

    /// <summary>
    /// The saved state of an alarm and its newest event were written together, so they must agree; unless events behind it
    /// found no room while the store failed, which the audit says.
    /// </summary>
    private void CheckStates(SqliteConnection connection)
    {
        using SqliteCommand command = connection.Command(
            """
            SELECT a.id, a.body, e.state_to, e.occurrence FROM alarm a
            JOIN event e ON e.sequence = (SELECT max(sequence) FROM event WHERE kind = 0 AND subject = a.id)
            WHERE e.sequence > coalesce((SELECT max(sequence) FROM audit WHERE act = 'notStored'), 0)
            """);
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            string id = row.GetString(0);
            if (!CheckpointCodec.TryRead(id, row.GetFieldValue<byte[]>(1), out AlarmSnapshot alarm))
                continue;
            // A condition that comes or goes under a mark changes no shown state and is no event.
            bool same = alarm.Occurrence == row.GetInt32(3) && (alarm.Flags != AlarmFlags.None ? row.GetInt32(2) >= (int)AlarmState.Shelved : (int)alarm.Base == row.GetInt32(2));
            if (!same)
                Say($"alarm {id}: its saved state is not that of its newest event");
        }
    }

    private byte[] HashOf(SqliteDataReader row, byte[] before)
    {
        _hash.Begin(before);
        for (int i = 0; i < row.FieldCount - 1; i++)
        {
            string type = row.GetDataTypeName(i);
            if (type == "REAL")
                _hash.Add(row.IsDBNull(i) ? null : row.GetDouble(i));
            else if (type == "TEXT")
                _hash.Add(row.IsDBNull(i) ? null : row.GetString(i));
            else
                _hash.Add(row.GetInt64(i));
        }
        return _hash.End();
    }

    private static (byte[] Hash, long Last) Anchor(SqliteConnection connection, string table)
    {
        using SqliteCommand command = connection.Command($"SELECT anchor, last FROM chain WHERE name = '{table}'");
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() ? (row.GetFieldValue<byte[]>(0), row.GetInt64(1)) : ([], -1);
    }

    private void Say(string fault)
    {
        if (_faults.Count < MaxFaults)
            _faults.Add(fault);
    }
}
