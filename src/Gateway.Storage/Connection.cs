using Microsoft.Data.Sqlite;

namespace Gateway.Storage;

/// <summary>
/// The one writing connection with its prepared statements, and the ends of the chains as they are in the file. After
/// an error all of it is thrown away and read anew. Recorder only.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly RowWriter _alarm;
    private readonly RowWriter _saved;

    public Connection(string file)
    {
        Sqlite = SqliteVersion.Open(file, SqliteOpenMode.ReadWriteCreate);
        try
        {
            Sqlite.Execute("PRAGMA auto_vacuum = INCREMENTAL");
            // A new file is made with a rollback journal. Its deletion must be on the disk too, or a later loss of power could
            // bring it back and roll the file back to the beginning.
            Sqlite.Execute("PRAGMA synchronous = EXTRA");
            Sqlite.Execute("PRAGMA journal_mode = WAL");
            Sqlite.Execute("PRAGMA synchronous = FULL");
            Sqlite.Execute("PRAGMA journal_size_limit = 16777216");
            Sqlite.Execute("PRAGMA cell_size_check = ON");
            Sqlite.Execute("PRAGMA trusted_schema = OFF");
            IsNew = RequireTables();
            Events = new Chain(this, "event", "sequence", JournalSchema.EventColumns);
            Audit = new Chain(this, "audit", "number", JournalSchema.AuditColumns);
            Windows = new Chain(this, "window", "number", JournalSchema.WindowColumns);
            Quality = new RowWriter(Sqlite, "INSERT", "quality", JournalSchema.EventColumns + ", hash");
            _alarm = new RowWriter(Sqlite, "INSERT OR REPLACE", "alarm", "id, body, hash");
            _saved = new RowWriter(Sqlite, "INSERT OR REPLACE", "saved", "part, body, hash");
            LastSequence = Sqlite.Number("SELECT max(coalesce((SELECT max(sequence) FROM event), 0), coalesce((SELECT max(sequence) FROM quality), 0), (SELECT last FROM chain WHERE name = 'event'))");
        }
        catch (Exception e) when (e is InvalidCastException or InvalidOperationException or FormatException)
        {
            // A column holds what no program of ours writes there.
            Sqlite.Dispose();
            throw new SqliteException("a row has a value of the wrong kind: " + e.Message, SQLitePCL.raw.SQLITE_CORRUPT);
        }
        catch
        {
            Sqlite.Dispose();
            throw;
        }
    }

    public SqliteConnection Sqlite { get; }
    public bool IsNew { get; }
    public Chain Events { get; }
    public Chain Audit { get; }
    public Chain Windows { get; }
    public RowWriter Quality { get; }
    public RowHash Hash { get; } = new();
    public long LastSequence { get; set; }
    public static byte[] NoHash { get; } = new byte[RowHash.Size];

    public void SaveAlarm(string id, byte[] body, SqliteTransaction transaction) => _alarm.Add(id).Add(body).Add(HashOf(id, body)).Write(transaction);

    public void Save(string part, byte[] body, SqliteTransaction transaction) => _saved.Add(part).Add(body).Add(HashOf(part, body)).Write(transaction);

    /// <summary>A saved part as it was written; null when there is none or it was changed.</summary>
    public byte[]? ReadSaved(string part, SqliteTransaction transaction)
    {
        using SqliteCommand command = Sqlite.Command("SELECT body, hash FROM saved WHERE part = $part", transaction);
        command.Parameters.AddWithValue("$part", part);
        using SqliteDataReader row = command.ExecuteReader();
        if (!row.Read())
            return null;
        byte[] body = row.GetFieldValue<byte[]>(0);
        return HashOf(part, body).AsSpan().SequenceEqual(row.GetFieldValue<byte[]>(1)) ? body : null;
    }

    public byte[] HashOf(string name, byte[] body)
    {
        Hash.Begin(NoHash);
        Hash.Add(name);
        Hash.Add(body);
        return Hash.End();
    }

    public void Dispose()
    {
        Events?.Dispose();
        Audit?.Dispose();
        Windows?.Dispose();
        Quality?.Dispose();
        _alarm?.Dispose();
        _saved?.Dispose();
        Sqlite.Dispose();
    }

    /// <summary>Makes the tables in an empty file.</summary>
    /// <returns>True when it did.</returns>
    private bool RequireTables()
    {
        long id = Sqlite.Number("PRAGMA application_id"), version = Sqlite.Number("PRAGMA user_version");
        if (id == JournalSchema.ApplicationId && version == JournalSchema.Version)
            return false;
        if (id == JournalSchema.ApplicationId)
            throw new StoreException("GW6405", $"the journal has format {version}, this program knows {JournalSchema.Version}; use the program that wrote it, or another data folder");
        if (id != 0 || Sqlite.Number("SELECT count(*) FROM sqlite_schema") != 0)
            throw new StoreException("GW6405", "journal.db is not a journal of this program; choose another data folder");
        using SqliteTransaction transaction = Sqlite.BeginTransaction(deferred: false);
        Sqlite.Execute(JournalSchema.Create, transaction);
        Sqlite.Execute($"PRAGMA application_id = {JournalSchema.ApplicationId}; PRAGMA user_version = {JournalSchema.Version}", transaction);
        transaction.Commit();
        return true;
    }
}

/// <summary>The end of one chained table: the newest row's number and hash.</summary>
internal sealed class Chain : IDisposable
{
    private readonly RowWriter _writer;
    private readonly SqliteCommand _mark;

    public Chain(Connection connection, string table, string key, string columns)
    {
        _writer = new RowWriter(connection.Sqlite, table == "window" ? "INSERT OR IGNORE" : "INSERT", table, columns + ", hash");
        _mark = connection.Sqlite.Command($"UPDATE chain SET last = $last WHERE name = '{table}'");
        _mark.Parameters.Add("$last", SqliteType.Integer);
        Last = connection.Sqlite.Number($"SELECT last FROM chain WHERE name = '{table}'");
        using SqliteCommand command = connection.Sqlite.Command($"SELECT coalesce((SELECT hash FROM {table} ORDER BY {key} DESC LIMIT 1), (SELECT anchor FROM chain WHERE name = '{table}'))");
        Hash = (byte[])command.ExecuteScalar()!;
    }

    /// <summary>Number of the newest row ever written; 0 for none.</summary>
    public long Last { get; private set; }

    /// <summary>Its hash.</summary>
    public byte[] Hash { get; private set; }

    /// <summary>The statement to be filled with the row.</summary>
    public RowWriter Row => _writer;

    /// <summary>Writes the row that was filled in.</summary>
    public bool Write(long number, byte[] hash, SqliteTransaction transaction)
    {
        if (_writer.Add(hash).Write(transaction) == 0)
            return false;
        (Last, Hash) = (number, hash);
        return true;
    }

    /// <summary>Notes the newest number, so that rows cut off the end are missed.</summary>
    public void Mark(SqliteTransaction transaction)
    {
        _mark.Transaction = transaction;
        _mark.Parameters[0].Value = Last;
        _mark.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _writer.Dispose();
        _mark.Dispose();
    }
}
