using Microsoft.Data.Sqlite;

namespace Gateway.Storage;

/// <summary>
/// Which SQLite may keep the journal. In WAL mode versions 3.7.0 to 3.51.2 can lose committed writes when one
/// connection writes while another one checkpoints; 3.51.3 has the fix, and so have 3.50.7 and 3.44.6 of the older
/// branches. 3.52.0 was withdrawn.
/// </summary>
public static class SqliteVersion
{
    private static readonly Lazy<string> s_version = new(() =>
    {
        Load();
        return SQLitePCL.raw.sqlite3_libversion().utf8_to_string();
    });

    /// <summary>Version of the native library that came with the program.</summary>
    public static string Current => s_version.Value;

    /// <summary>Whether a version has the fix; false for a text that is no version.</summary>
    public static bool IsSafe(string text)
    {
        if (!Version.TryParse(text, out Version? version) || version.Major != 3 || version.Build < 0)
            return false;
        return (version.Minor, version.Build) switch
        {
            (44, >= 6) or (50, >= 7) or (51, >= 3) => true,
            (52, 0) => false,
            ( >= 52, _) => true,
            _ => false,
        };
    }

    /// <summary>Loads the native library and refuses one without the fix.</summary>
    /// <exception cref="StoreException">It is missing or too old.</exception>
    internal static void Require()
    {
        string version;
        try
        {
            version = Current;
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            throw new StoreException("GW6402", "the native SQLite library was not found; libe_sqlite3 must stand beside the program", e);
        }
        if (!IsSafe(version))
            throw new StoreException("GW6402", $"SQLite {version} can lose committed writes; 3.51.3 or newer is needed");
    }

    /// <summary>Says which native library is used; needed once before the first connection.</summary>
    internal static void Load() => SQLitePCL.Batteries_V2.Init();

    /// <summary>Opens a connection; the caller disposes it.</summary>
    internal static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        Load();
        // A pool would keep files open behind our back, and with them locks and a grown WAL.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
