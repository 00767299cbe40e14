using Gateway.Runtime;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage.History;

/// <summary>
/// The history of samples. A sample is first written to the log of the open chunks, then summed up in memory; once an
/// hour the chunks are closed into the file of the month and the log goes. Written by one history thread; read by any.
/// A disk that fails changes <see cref="Status"/> and is tried again; it throws nothing at the history thread.
/// </summary>
public sealed partial class HistoryStore : IDisposable
{
    /// <summary>Most samples of one call of <see cref="TryAdd"/>.</summary>
    public const int MaxBatch = 16_384;

    private const long HourMs = 3_600_000;

    // A scan comes at least every minute; a longer silence, or a jump of the clock, is time of which nothing is known.
    private const long LongestStepMs = 90_000;

    // A source whose clock is this far off is not believed.
    private const long FurthestSourceMs = HourMs;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(10);

    private readonly string _folder;
    private readonly HistoryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HistoryTag[] _tags;
    private readonly Dictionary<string, int> _index;
    private readonly Lock _gate = new(); // between the history thread and readers of open chunks
    private readonly HistorySlotWriter _writer;
    private readonly HistorySample[] _batch = new HistorySample[MaxBatch];
    private TagRecord[] _records;
    private HistoryLog? _log;
    private int _batched;       // samples that are taken and not yet in the log
    private long _batchMs;
    private long _number;       // of the slot of the open chunks
    private long _startMs = -1; // its begin; -1 before the first sample
    private long _lastMs;       // time of the newest frame
    private long _finishMs;     // latest time of a sample in the slot
    private long _firstMs;      // earliest
    private long _slotSamples;
    private long _stored;
    private long _left;
    private bool _isStarted;
    private long _syncedAt;
    private TimeSpan _retry = FirstRetry;
    private long _retryAt;

    /// <summary>Makes the history of a data folder; nothing is read or written yet.</summary>
    /// <param name="folder">Data folder; the caller holds its lock.</param>
    /// <param name="tags">All tags of the site, by index.</param>
    /// <param name="options">How much is kept.</param>
    /// <param name="time">The clock of the host.</param>
    /// <param name="logger">Log.</param>
    public HistoryStore(string folder, IReadOnlyList<HistoryTag> tags, HistoryOptions options, TimeProvider time, ILogger logger)
    {
        (_folder, _options, _time, _logger) = (folder, options, time, logger);
        _tags = [.. tags];
        _records = NewRecords(_tags);
        _index = _tags.Select((t, i) => (t.Name, i)).ToDictionary(t => t.Name, t => t.i, StringComparer.Ordinal);
        _writer = new HistorySlotWriter(folder);
    }

    /// <summary>State, lag and size; any thread.</summary>
    public StoreStatus Status { get; } = new();

    /// <summary>How much is kept.</summary>
    public HistoryOptions Options => _options;

    /// <summary>Samples kept since start. Any thread.</summary>
    public long Stored => Volatile.Read(ref _stored);

    /// <summary>Samples that the archive deadband left out since start. Any thread.</summary>
    public long LeftOut => Volatile.Read(ref _left);

    /// <summary>The tags of a plant, as the history needs them.</summary>
    public static HistoryTag[] TagsOf(PlantModel plant) =>
        [.. plant.Tags.Select(t => new HistoryTag(t.Name, t.History, t.ArchiveDeadband, plant.RateGroups[t.RateGroup].Divider * plant.BasePeriodMs))];

    /// <summary>
    /// Takes samples and writes them. History thread only; blocks as long as the disk does. What was taken and cannot be
    /// written waits inside and is written by a later call.
    /// </summary>
    /// <param name="samples">At most <see cref="MaxBatch"/>; times in UTC ticks.</param>
    /// <param name="scanUtc">Time of the newest scan, UTC ticks.</param>
    /// <returns>False when nothing was taken, because what was taken before still waits.</returns>
    public bool TryAdd(ReadOnlySpan<HistorySample> samples, long scanUtc)
    {
        if (_batched > 0 && !TryWrite())
            return false;
        long nowMs = ToMs(scanUtc);
        samples.CopyTo(_batch);
        foreach (ref HistorySample sample in _batch.AsSpan(0, samples.Length))
        {
            sample.Utc = ToMs(sample.Utc);
            if (Math.Abs(sample.Utc - nowMs) > FurthestSourceMs)
                sample.Utc = nowMs;
            sample.Value += 0.0; // no negative zero
        }
        (_batched, _batchMs) = (samples.Length, nowMs);
        if (_batched > 0)
            Status.Waiting(scanUtc);
        return TryWrite() || _batched > 0;
    }

    /// <summary>Marks the end in the values, closes the chunks and lets the files go. History thread, or nobody when it never started.</summary>
    public void Dispose()
    {
        if (_log is null)
            return;
        try
        {
            lock (_gate)
                MarkEnd(_log, _records, _lastMs);
            _finishMs = Math.Max(_finishMs, _lastMs + 1);
            Close();
        }
        catch (Exception e) when (IsDiskFault(e))
        {
            // The log is whole: the next start closes its chunks.
            LogEndFailed(_logger, e.Message);
        }
        _log?.Dispose();
        _log = null;
    }

    private bool TryWrite()
    {
        if (Status.State == StoreState.Failed && _time.GetTimestamp() < _retryAt)
            return false;
        try
        {
            if (!_isStarted)
                Start();
            if (_log is null || _batchMs / HourMs != _lastMs / HourMs || _log.Length > _options.MaxOpenBytes)
                Turn();
            Write();
            if (_time.GetElapsedTime(_syncedAt) >= _options.SyncPeriod)
                Sync();
            Succeed();
            return true;
        }
        catch (Exception e) when (IsDiskFault(e))
        {
            Fail(e.Message);
            return false;
        }
    }

    /// <summary>Closes the open chunks and begins new ones.</summary>
    private void Turn()
    {
        RequireSpace();
        if (_startMs >= 0)
        {
            // In the old hour the values held to its end.
            long endMs = Math.Min(_batchMs, (_lastMs / HourMs + 1) * HourMs);
            if (endMs - _lastMs is > 0 and <= LongestStepMs)
                HoldUntil(endMs);
            Close();
        }
        // The number of a slot is about its time in seconds, so that it is new after the loss of every file; it always rises.
        long number = Math.Max(_number + 1, _batchMs / 1000);
        _log = HistoryLog.Create(HistoryFolder.Log(_folder, number), number, _batchMs, _tags);
        lock (_gate)
        {
            _number = number;
            (_startMs, _firstMs, _finishMs, _slotSamples) = (_batchMs, _batchMs, _batchMs, 0);
            if (_lastMs == 0)
                _lastMs = _batchMs;
        }
    }

    /// <summary>Stores the open chunks; what was stored is no longer open.</summary>
    private void Close()
    {
        _writer.Write(_number, _firstMs, _finishMs, _slotSamples, _tags, _records, _gate);
        string old = HistoryFolder.Log(_folder, _number);
        _log?.Dispose();
        _log = null;
        lock (_gate)
        {
            foreach (TagRecord record in _records)
                record.Next();
            _startMs = -1;
        }
        File.Delete(old);
        Status.Commit();
    }

    private void Write()
    {
        if (_batched == 0 && _batchMs - _lastMs < 5000 && _batchMs >= _lastMs)
            return;
        ReadOnlySpan<HistorySample> samples = _batch.AsSpan(0, _batched);
        _log!.Append(samples, _batchMs);
        lock (_gate)
            (_firstMs, _finishMs) = Apply(samples, _batchMs, _records, ref _lastMs, _firstMs, _finishMs);
        _slotSamples += _batched;
        _batched = 0;
    }

    /// <summary>Takes one frame into the open chunks: the same when it comes and when a log is read again.</summary>
    private (long FirstMs, long FinishMs) Apply(ReadOnlySpan<HistorySample> samples, long utcMs, TagRecord[] records, ref long lastMs, long firstMs, long finishMs)
    {
        if (utcMs - lastMs is < 0 or > LongestStepMs)
            foreach (TagRecord record in records)
            {
                record.HoldUntil(lastMs);
                record.Skip(utcMs);
            }
        lastMs = utcMs;
        long kept = 0;
        foreach (ref readonly HistorySample sample in samples)
        {
            TagRecord record = records[sample.Tag];
            kept += record.Add(sample.Utc, sample.Quality == HistorySample.DataLost ? record.Value : sample.Value, sample.Quality);
            firstMs = Math.Min(firstMs, sample.Utc);
            finishMs = Math.Max(finishMs, sample.Utc);
        }
        Volatile.Write(ref _stored, _stored + kept);
        Volatile.Write(ref _left, _left + Math.Max(0, samples.Length - kept));
        return (firstMs, Math.Max(finishMs, utcMs));
    }

    private void HoldUntil(long utcMs)
    {
        lock (_gate)
            foreach (TagRecord record in _records)
                record.HoldUntil(utcMs);
    }

    /// <summary>Nobody knows what the values were after the end: the marks say so to every reader.</summary>
    private static void MarkEnd(HistoryLog? log, TagRecord[] records, long utcMs)
    {
        var marks = new List<HistorySample>();
        for (int i = 0; i < records.Length; i++)
            if (records[i].HasAny)
                marks.Add(new HistorySample { Tag = i, Utc = utcMs + 1, Quality = HistorySample.DataLost, Value = records[i].Value });
        foreach (HistorySample[] part in marks.Chunk(MaxBatch))
            log?.Append(part, utcMs);
        foreach (TagRecord record in records)
        {
            record.HoldUntil(utcMs);
            record.Flush();
        }
        foreach (HistorySample mark in marks)
            records[mark.Tag].Add(mark.Utc, mark.Value, mark.Quality);
    }

    private void Sync()
    {
        _log!.Sync();
        _syncedAt = _time.GetTimestamp();
        RequireSpace();
    }

    private void RequireSpace()
    {
        if (_options.MinFreeBytes > 0 && new DriveInfo(_folder).AvailableFreeSpace < _options.MinFreeBytes)
            throw new IOException("the disk is nearly full; what is left is for the journal");
    }

    private void Succeed()
    {
        if (Status.State == StoreState.Failed)
            LogRecovered(_logger);
        _retry = FirstRetry;
        Status.Set(StoreState.Durable, null);
        Status.Waiting(0);
    }

    /// <summary>What a failed write or fsync has left in the log is not known: the next attempt closes the chunks from memory and begins another log.</summary>
    private void Fail(string reason)
    {
        if (Status.State != StoreState.Failed)
            LogFailed(_logger, reason);
        _log?.Dispose();
        _log = null;
        Status.Set(StoreState.Failed, reason);
        _retryAt = _time.GetTimestamp() + (long)(_retry.TotalSeconds * _time.TimestampFrequency);
        _retry = _retry * 2 < LastRetry ? _retry * 2 : LastRetry;
    }

    private static bool IsDiskFault(Exception e) => e is IOException or UnauthorizedAccessException or SqliteException or StoreException or InvalidDataException;

    private static TagRecord[] NewRecords(HistoryTag[] tags) => [.. tags.Select(t => new TagRecord(t))];

    private static long ToMs(long utcTicks) => utcTicks / TimeSpan.TicksPerMillisecond - DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMillisecond;

    [LoggerMessage(1421, LogLevel.Error, "The history cannot be written: {Reason}; samples wait in memory, then they are refused and counted")]
    private static partial void LogFailed(ILogger logger, string reason);

    [LoggerMessage(1422, LogLevel.Warning, "The history is written again")]
    private static partial void LogRecovered(ILogger logger);

    [LoggerMessage(1423, LogLevel.Warning, "The end of the history could not be written: {Reason}")]
    private static partial void LogEndFailed(ILogger logger, string reason);

    [LoggerMessage(1424, LogLevel.Warning, "{File}: {Samples} samples of the last run are stored; {Bytes} bytes at its end were not whole")]
    private static partial void LogReplayed(ILogger logger, string file, long samples, long bytes);

    [LoggerMessage(1425, LogLevel.Error, "{File} of the history is damaged and was set aside as {Aside}: {Reason}")]
    private static partial void LogSetAside(ILogger logger, string file, string aside, string reason);
}
