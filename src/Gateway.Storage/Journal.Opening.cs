using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage;

public sealed partial class Journal
{
    /// <summary>Largest file that is checked whole before a start after a stop that was not in order; a larger one would delay control.</summary>
    private const long CheckedAtStart = 64L << 20;

    private void Start(string program)
    {
        try
        {
            _connection = OpenChecked();
            Saved = ReadSaved(_connection);
        }
        catch (Exception e) when (e is InvalidCastException or InvalidOperationException || (e is SqliteException sqlite && IsDamage(sqlite)))
        {
            _connection?.Dispose();
            _setAside = _folder.SetAside(_time.GetUtcNow());
            LogSetAside(_logger, _setAside, e.Message);
            _connection = OpenOrSay();
            Saved = ReadSaved(_connection);
        }
        if (!Saved.WasClean)
            LogUnclean(_logger);
        try
        {
            WriteStart(_connection, program, Saved.WasClean);
        }
        catch (SqliteException e)
        {
            throw Unusable(e);
        }
        _reserveMissing = !_folder.TryReserve();
        foreach (string name in Saved.NotFound)
            LogNotFound(_logger, name);
        Status.StartAt(_connection.LastSequence);
        MeasureFiles();
        ShowState();
        LogOpened(_logger, _folder.Path, SqliteVersion.Current, Status.Bytes, _connection.LastSequence);
    }

    private Connection OpenOrSay()
    {
        try
        {
            return new Connection(_folder.JournalFile);
        }
        catch (SqliteException e) when (!IsDamage(e))
        {
            // A full disk has no room for the log of the file either.
            if (_folder.ReleaseReserve())
                return OpenOrSay();
            throw Unusable(e);
        }
    }

    private static StoreException Unusable(SqliteException e) => new("GW6404", $"the journal cannot be opened or written: {e.Message}", e);

    private Connection OpenChecked()
    {
        Connection opened = OpenOrSay();
        try
        {
            if (!opened.IsNew && opened.Sqlite.Number("SELECT value FROM fact WHERE name = 'clean'") == 0 && new FileInfo(_folder.JournalFile).Length <= CheckedAtStart)
                QuickCheck(opened);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private static void QuickCheck(Connection opened)
    {
        using SqliteCommand command = opened.Sqlite.Command("PRAGMA quick_check(1)");
        string? result = command.ExecuteScalar() as string;
        if (result != "ok")
            throw new SqliteException("quick_check: " + result, SQLitePCL.raw.SQLITE_CORRUPT);
    }

    /// <summary>Opens anew after an error; the file is checked before it is trusted again.</summary>
    private Connection Reopen()
    {
        var opened = new Connection(_folder.JournalFile);
        try
        {
            if (opened.IsNew)
            {
                // Somebody removed the file, or a damaged one was set aside: all of the state must be written again.
                Array.Clear(_written);
                opened.Sqlite.Execute("UPDATE fact SET value = 0 WHERE name = 'clean'");
            }
            else if (new FileInfo(_folder.JournalFile).Length <= CheckedAtStart)
            {
                QuickCheck(opened);
            }
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private SavedState ReadSaved(Connection from)
    {
        _obsolete.Clear();
        Array.Clear(_written);
        var notFound = new List<string>();
        AlarmSnapshot[] alarms = ReadAlarms(from, notFound);
        ComplianceCheckpoint? compliance = ReadCompliance(from, notFound);
        var found = alarms.Select(a => a.Id).ToHashSet(StringComparer.Ordinal);
        return new SavedState
        {
            IsNew = from.IsNew,
            WasClean = from.Sqlite.Number("SELECT value FROM fact WHERE name = 'clean'") != 0,
            LastSequence = from.LastSequence,
            SavedUtc = from.Sqlite.Number("SELECT value FROM fact WHERE name = 'saved_utc'"),
            Alarms = alarms,
            Compliance = compliance,
            NotFound = notFound,
            Added = from.IsNew ? [] : [.. _plant.Alarms.Where(a => !found.Contains(a.Id)).Select(a => "alarm " + a.Id)],
        };
    }

    private AlarmSnapshot[] ReadAlarms(Connection from, List<string> notFound)
    {
        var known = _plant.Alarms.ToDictionary(a => a.Id, a => a.Index, StringComparer.Ordinal);
        var alarms = new List<AlarmSnapshot>();
        using SqliteCommand command = from.Sqlite.Command("SELECT id, body, hash FROM alarm");
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            string id = row.GetString(0);
            byte[] body = row.GetFieldValue<byte[]>(1);
            bool intact = from.HashOf(id, body).AsSpan().SequenceEqual(row.GetFieldValue<byte[]>(2));
            if (!intact || !CheckpointCodec.TryRead(id, body, out AlarmSnapshot alarm))
                notFound.Add($"alarm {id}, whose saved state cannot be read");
            else if (!known.TryGetValue(id, out int index))
            {
                notFound.Add($"alarm {id}, which the configuration no longer has");
                _obsolete.Add(id);
            }
            else
            {
                alarms.Add(alarm);
                _written[index] = body;
            }
        }
        return [.. alarms];
    }

    private ComplianceCheckpoint? ReadCompliance(Connection from, List<string> notFound)
    {
        using SqliteCommand command = from.Sqlite.Command("SELECT body, hash FROM saved WHERE part = 'compliance'");
        using SqliteDataReader row = command.ExecuteReader();
        if (!row.Read())
            return null;
        byte[] body = row.GetFieldValue<byte[]>(0);
        bool intact = from.HashOf("compliance", body).AsSpan().SequenceEqual(row.GetFieldValue<byte[]>(1));
        if (intact && CheckpointCodec.TryRead(body, out ComplianceCheckpoint? compliance, out string[] names))
        {
            NameLostLimits(compliance!, names, notFound);
            return compliance;
        }
        notFound.Add(intact ? "permit windows, which a program with another form of sums has saved" : "permit windows, whose saved sums are damaged");
        return null;
    }

    /// <summary>Limits are found by what they judge: one whose rule changed starts anew, as one that is gone.</summary>
    private void NameLostLimits(ComplianceCheckpoint saved, string[] names, List<string> notFound)
    {
        var engine = new ComplianceEngine(_plant.Permits, _plant.Calendar);
        ComplianceCheckpoint now = engine.CreateCheckpoint();
        engine.Save(now);
        var known = now.Limits.Select(l => l.Fingerprint).ToHashSet();
        for (int i = 0; i < saved.Limits.Length; i++)
            if (!known.Contains(saved.Limits[i].Fingerprint))
                notFound.Add($"permit limit {names[i]}, which the configuration no longer has in this form");
    }

    private void MeasureFiles()
    {
        long bytes = 0;
        foreach (string suffix in new[] { "", "-wal" })
        {
            var file = new FileInfo(_folder.JournalFile + suffix);
            bytes += file.Exists ? file.Length : 0;
        }
        Status.Measure(bytes);
    }
}
