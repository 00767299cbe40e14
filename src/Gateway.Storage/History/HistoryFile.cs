using Gateway.Storage;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.History;

/// <summary>
/// One SQLite file of the history. Its rows are found by one number, made of the number of a slot (all chunks closed at
/// once) and the number of a tag, so a chunk is found without an index and chunks that are written together lie
/// together. Opened for one piece of work and closed again: nobody keeps the log of a file from being emptied.
/// </summary>
internal sealed class HistoryFile : IDisposable
{
    /// <summary>Bits of a tag's number in a key.</summary>
    public const int TagBits = 20;

    /// <summary>"GWhi": tells a history from any other SQLite file.</summary>
    public const int ApplicationId = 0x47576869;

    /// <summary>Version of the tables.</summary>
    public const int Version = 1;

    private const string Tables =
        """
        CREATE TABLE tag (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE slot (number INTEGER PRIMARY KEY, start INTEGER NOT NULL, finish INTEGER NOT NULL, samples INTEGER NOT NULL) STRICT;
        """;

    private const string MonthTables = Tables +
        """
        CREATE TABLE chunk (key INTEGER PRIMARY KEY, body BLOB NOT NULL, sum INTEGER NOT NULL) STRICT;
        CREATE TABLE minute (key INTEGER PRIMARY KEY, body BLOB NOT NULL, sum INTEGER NOT NULL) STRICT;
        """;

    private const string HourTables = Tables +
        """
        CREATE TABLE recent (key INTEGER PRIMARY KEY, day INTEGER NOT NULL, body BLOB NOT NULL, sum INTEGER NOT NULL) STRICT;
        CREATE TABLE hour (key INTEGER PRIMARY KEY, body BLOB NOT NULL, sum INTEGER NOT NULL) STRICT;
        """;

    private HistoryFile(SqliteConnection sqlite) => Sqlite = sqlite;

    public SqliteConnection Sqlite { get; }

    /// <summary>Opens a file for writing; makes it when it is missing.</summary>
    public static HistoryFile OpenForWriting(string file, bool isMonth)
    {
        SqliteConnection sqlite = SqliteVersion.Open(file, SqliteOpenMode.ReadWriteCreate);
        var opened = new HistoryFile(sqlite);
        try
        {
            // Chunks of some kilobytes fill large pages with little waste; the hours of one tag are small.
            sqlite.Execute(isMonth ? "PRAGMA page_size = 65536" : "PRAGMA page_size = 4096");
            sqlite.Execute("PRAGMA auto_vacuum = INCREMENTAL");
            // While the file is new; see Connection.
            sqlite.Execute("PRAGMA synchronous = EXTRA");
            sqlite.Execute("PRAGMA journal_mode = WAL");
            sqlite.Execute("PRAGMA synchronous = FULL");
            sqlite.Execute("PRAGMA trusted_schema = OFF");
            opened.RequireTables(isMonth);
            return opened;
        }
        catch
        {
            sqlite.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file for reading.</summary>
    public static HistoryFile OpenForReading(string file) => new(SqliteVersion.Open(file, SqliteOpenMode.ReadOnly));

    /// <summary>The key of a row.</summary>
    public static long Key(long upper, long lower) => (upper << TagBits) | lower;

    /// <summary>The number of a tag in this file; 0 when it has none.</summary>
    public long TagId(string name)
    {
        using SqliteCommand command = Sqlite.Command("SELECT id FROM tag WHERE name = $name");
        command.Parameters.AddWithValue("$name", name);
        return command.ExecuteScalar() is long id ? id : 0;
    }

    /// <summary>Gives each name its number in this file.</summary>
    public long[] TagIds(IReadOnlyList<HistoryTag> tags, SqliteTransaction transaction)
    {
        var known = new Dictionary<string, long>(StringComparer.Ordinal);
        using (SqliteCommand all = Sqlite.Command("SELECT name, id FROM tag", transaction))
        using (SqliteDataReader row = all.ExecuteReader())
            while (row.Read())
                known[row.GetString(0)] = row.GetInt64(1);
        using SqliteCommand add = Sqlite.Command("INSERT INTO tag (name) VALUES ($name) RETURNING id", transaction);
        SqliteParameter name = add.Parameters.Add("$name", SqliteType.Text);
        var ids = new long[tags.Count];
        for (int i = 0; i < ids.Length; i++)
        {
            if (!known.TryGetValue(tags[i].Name, out ids[i]))
            {
                name.Value = tags[i].Name;
                ids[i] = (long)add.ExecuteScalar()!;
            }
            if (ids[i] >= 1 << TagBits)
                throw new StoreException("GW6408", "the history holds more than a million names of tags; move its files away to begin anew");
        }
        return ids;
    }

    public void Dispose() => Sqlite.Dispose();

    private void RequireTables(bool isMonth)
    {
        long id = Sqlite.Number("PRAGMA application_id"), version = Sqlite.Number("PRAGMA user_version");
        if (id == ApplicationId && version == Version)
            return;
        if (id == ApplicationId)
            throw new StoreException("GW6408", $"the history has format {version}, this program knows {Version}; use the program that wrote it, or another data folder");
        if (id != 0 || Sqlite.Number("SELECT count(*) FROM sqlite_schema") != 0)
            throw new StoreException("GW6408", $"{Path.GetFileName(Sqlite.DataSource)} is not a history of this program; choose another data folder");
        using SqliteTransaction transaction = Sqlite.BeginTransaction(deferred: false);
        Sqlite.Execute(isMonth ? MonthTables : HourTables, transaction);
        Sqlite.Execute($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}", transaction);
        transaction.Commit();
    }
}
