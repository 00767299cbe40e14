using Gateway.Runtime;
using Gateway.Runtime.Scan;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage;

/// <summary>
/// The journal: what was accepted, and the state it led to, durable in one transaction. Written by the recorder only.
/// A store that fails changes <see cref="Status"/> and is tried again; it throws nothing at the recorder.
/// </summary>
public sealed partial class Journal : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(10);

    private readonly PlantModel _plant;
    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DataFolder _folder;
    private readonly string[] _limitNames;
    private Connection? _connection;
    private TimeSpan _retry = FirstRetry;
    private long _retryAt;
    private string? _setAside;
    private bool _reserveMissing;
    private bool _closed;

    private Journal(DataFolder folder, PlantModel plant, JournalOptions options, TimeProvider time, ILogger logger)
    {
        (_folder, _plant, _options, _time, _logger) = (folder, plant, options, time, logger);
        _limitNames = [.. plant.Permits.Select(Runtime.Events.EventSubject.NameOf)];
        _written = new byte[plant.Alarms.Length][];
    }

    /// <summary>What the start found.</summary>
    public SavedState Saved { get; private set; } = null!;

    /// <summary>State, lag and size; any thread.</summary>
    public StoreStatus Status { get; } = new();

    /// <summary>How much is kept.</summary>
    public JournalOptions Options => _options;

    /// <summary>Full path of the data folder.</summary>
    public string Folder => _folder.Path;

    /// <summary>The writing connection, for tests that make it fail.</summary>
    internal Connection? Writer => _connection;

    /// <summary>Opens the journal of a data folder, checks it, and reads what must be restored.</summary>
    /// <param name="folder">Data folder; made when it is missing.</param>
    /// <param name="plant">What alarms and limits there are now.</param>
    /// <param name="program">Name and version of the program, for the audit.</param>
    /// <param name="options">How much is kept.</param>
    /// <param name="time">The clock of the host.</param>
    /// <param name="logger">Log.</param>
    /// <exception cref="StoreException">The folder or the file cannot be used.</exception>
    public static Journal Open(string folder, PlantModel plant, string program, JournalOptions options, TimeProvider time, ILogger logger)
    {
        SqliteVersion.Require();
        DataFolder held = DataFolder.Open(folder, options.ReserveBytes);
        var journal = new Journal(held, plant, options, time, logger);
        try
        {
            journal.Start(program);
            return journal;
        }
        catch
        {
            journal._connection?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Makes rows and the state they led to durable in one transaction. Recorder only; blocks as long as the disk does.
    /// </summary>
    /// <param name="rows">What is to be stored; emptied when it was.</param>
    /// <param name="checkpoint">State at least as new as the rows; null when there is none.</param>
    /// <param name="whole">Save all of the state, not only what the rows touched.</param>
    /// <returns>False when nothing could be stored: the rows wait, and the store is tried again by the next call.</returns>
    public bool TryCommit(PendingRows rows, ScanCheckpoint? checkpoint, bool whole)
    {
        if (rows.IsEmpty && !(whole && checkpoint is not null))
            return true;
        if (rows.Events.Count > 0)
            Status.Waiting(rows.Events[0].Utc);
        if (Status.State == StoreState.Failed && _time.GetTimestamp() < _retryAt)
            return false;
        string reason = "";
        // The second attempt is for a file that a new connection cures, and for the room that the reserve gave.
        for (int attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                _connection ??= Reopen();
                Write(_connection, rows, checkpoint, whole);
                Succeed(rows);
                return true;
            }
            catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or StoreException)
            {
                reason = Recover(e);
            }
        }
        Fail(reason);
        return false;
    }

    /// <summary>Notes the end in order and gives the folder back. Recorder only, or nobody when it never started.</summary>
    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        try
        {
            if (_connection is { } connection)
                WriteEnd(connection);
        }
        catch (SqliteException e)
        {
            LogEndFailed(_logger, e.Message);
        }
        _connection?.Dispose();
        _folder.Dispose();
    }

    private void Succeed(PendingRows rows)
    {
        if (Status.State == StoreState.Failed)
            LogRecovered(_logger, rows.Events.Count, rows.Dropped);
        Status.Drop(rows.Dropped);
        Status.Committed(_connection!.LastSequence);
        rows.Clear();
        _retry = FirstRetry;
        ShowState();
    }

    private void ShowState()
    {
        string? reason = _setAside is { } file ? $"a damaged journal was set aside as {file}"
            : _reserveMissing ? "the disk is nearly full: the reserved space was freed or cannot be taken"
            : null;
        Status.Set(reason is null ? StoreState.Durable : StoreState.Degraded, reason);
    }

    /// <summary>After an error the connection is not trusted any more: what an fsync that failed has left is not known.</summary>
    private string Recover(Exception error)
    {
        _connection?.Dispose();
        _connection = null;
        var sqlite = error as SqliteException;
        bool full = sqlite?.SqliteErrorCode == SQLitePCL.raw.SQLITE_FULL || _folder.IsFull();
        if (full && _folder.ReleaseReserve())
        {
            _reserveMissing = true;
            LogReserveFreed(_logger);
        }
        if (sqlite is not null && IsDamage(sqlite))
            SetAside(sqlite.Message);
        return error.Message;
    }

    private void Fail(string reason)
    {
        if (Status.State != StoreState.Failed)
            LogFailed(_logger, reason);
        Status.Set(StoreState.Failed, reason);
        _retryAt = _time.GetTimestamp() + (long)(_retry.TotalSeconds * _time.TimestampFrequency);
        _retry = _retry * 2 < LastRetry ? _retry * 2 : LastRetry;
    }

    private void SetAside(string reason)
    {
        try
        {
            _setAside = _folder.SetAside(_time.GetUtcNow());
            LogSetAside(_logger, _setAside, reason);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFailed(_logger, e.Message);
        }
    }

    private static bool IsDamage(SqliteException error) => error.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB;

    [LoggerMessage(1401, LogLevel.Error, "The journal cannot be written: {Reason}; events wait in memory until it can")]
    private static partial void LogFailed(ILogger logger, string reason);

    [LoggerMessage(1402, LogLevel.Warning, "The journal is durable again: {Count} events that waited are stored, {Dropped} were not kept")]
    private static partial void LogRecovered(ILogger logger, int count, long dropped);

    [LoggerMessage(1403, LogLevel.Warning, "The disk is full: the reserved space was freed for alarms and audit")]
    private static partial void LogReserveFreed(ILogger logger);

    [LoggerMessage(1404, LogLevel.Error, "The journal is damaged and was set aside as {File}, a new one begins: {Reason}")]
    private static partial void LogSetAside(ILogger logger, string file, string reason);

    [LoggerMessage(1405, LogLevel.Warning, "The end of the journal could not be written: {Reason}")]
    private static partial void LogEndFailed(ILogger logger, string reason);

    [LoggerMessage(1406, LogLevel.Information, "Journal in {Folder}: SQLite {Version}, {Bytes} bytes, last event {Sequence}")]
    private static partial void LogOpened(ILogger logger, string folder, string version, long bytes, long sequence);

    [LoggerMessage(1407, LogLevel.Warning, "The last run did not end in order; going on from the journal")]
    private static partial void LogUnclean(ILogger logger);

    [LoggerMessage(1408, LogLevel.Warning, "Not restored: {Name}")]
    private static partial void LogNotFound(ILogger logger, string name);
}
