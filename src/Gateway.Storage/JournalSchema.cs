namespace Gateway.Storage;

/// <summary>The tables of journal.db. docs/storage.md describes each column; a change raises the version.</summary>
internal static class JournalSchema
{
    /// <summary>Version of the tables, kept in SQLite's user_version.</summary>
    public const int Version = 1;

    /// <summary>"GWjr": tells a journal from any other SQLite file.</summary>
    public const int ApplicationId = 0x47576A72;

    /// <summary>Columns of an event, shared by the tables event and quality.</summary>
    public const string EventColumns =
        "sequence, utc, scan, kind, subject, code, state_from, state_to, occurrence, value, bound, quality, accepted, user, reason, correlation, priority, text";

    /// <summary>Columns of a closed window.</summary>
    public const string WindowColumns =
        "number, permit, parameter, statistic, rule, start, finish, utc, scan, value, minimum, maximum, bound, temperature, coverage, valid, due, state, cause, former, unit";

    /// <summary>Columns of an audit row.</summary>
    public const string AuditColumns = "number, utc, sequence, user, act, target, argument, accepted, reason";

    private const string EventTable =
        """
        (sequence INTEGER PRIMARY KEY, utc INTEGER NOT NULL, scan INTEGER NOT NULL, kind INTEGER NOT NULL, subject TEXT,
         code INTEGER NOT NULL, state_from INTEGER NOT NULL, state_to INTEGER NOT NULL, occurrence INTEGER NOT NULL,
         value REAL, bound REAL, quality INTEGER NOT NULL, accepted INTEGER NOT NULL, user TEXT, reason TEXT,
         correlation INTEGER NOT NULL, priority INTEGER NOT NULL, text TEXT, hash BLOB NOT NULL) STRICT;
        """;

    /// <summary>Makes the tables of an empty file.</summary>
    public const string Create =
        "CREATE TABLE event " + EventTable + "CREATE TABLE quality " + EventTable +
        """
        CREATE TABLE audit (number INTEGER PRIMARY KEY, utc INTEGER NOT NULL, sequence INTEGER NOT NULL, user TEXT,
         act TEXT NOT NULL, target TEXT, argument REAL, accepted INTEGER NOT NULL, reason TEXT, hash BLOB NOT NULL) STRICT;
        CREATE TABLE window (number INTEGER PRIMARY KEY, permit TEXT NOT NULL, parameter TEXT NOT NULL, statistic TEXT NOT NULL,
         rule TEXT NOT NULL, start INTEGER NOT NULL, finish INTEGER NOT NULL, utc INTEGER NOT NULL, scan INTEGER NOT NULL,
         value REAL, minimum REAL, maximum REAL, bound REAL, temperature REAL, coverage REAL, valid INTEGER NOT NULL,
         due INTEGER NOT NULL, state TEXT NOT NULL, cause TEXT NOT NULL, former TEXT NOT NULL, unit TEXT NOT NULL,
         hash BLOB NOT NULL) STRICT;
        CREATE INDEX event_of_alarm ON event (subject, sequence) WHERE kind = 0;
        CREATE UNIQUE INDEX window_once ON window (permit, parameter, statistic, rule, start);
        CREATE TABLE alarm (id TEXT PRIMARY KEY, body BLOB NOT NULL, hash BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE saved (part TEXT PRIMARY KEY, body BLOB NOT NULL, hash BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE chain (name TEXT PRIMARY KEY, anchor BLOB NOT NULL, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO chain VALUES ('event', zeroblob(32), 0), ('audit', zeroblob(32), 0), ('window', zeroblob(32), 0);
        CREATE TABLE fact (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO fact VALUES ('clean', 1), ('saved_utc', 0);
        """;
}
