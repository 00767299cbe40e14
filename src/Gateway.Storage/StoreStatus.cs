namespace Gateway.Storage;

/// <summary>Whether what is accepted is durable.</summary>
public enum StoreState
{
    /// <summary>Everything told is on the disk.</summary>
    Durable,
    /// <summary>It is, but somebody should look: the reserve was freed, or a damaged file was set aside.</summary>
    Degraded,
    /// <summary>Nothing can be stored now; events wait in memory and the store is tried again.</summary>
    Failed,
}

/// <summary>What is known of the store. Written by the recorder, read by any thread.</summary>
public sealed class StoreStatus
{
    private int _state;
    private string? _reason;
    private long _commits;
    private long _bytes;
    private long _durable;
    private long _pendingSince;
    private long _notStored;

    /// <summary>Whether what is accepted is durable.</summary>
    public StoreState State => (StoreState)Volatile.Read(ref _state);
    /// <summary>Why the state is not Durable; null while it is.</summary>
    public string? Reason => Volatile.Read(ref _reason);
    /// <summary>Durable commits since start.</summary>
    public long Commits => Volatile.Read(ref _commits);
    /// <summary>Size of the files.</summary>
    public long Bytes => Volatile.Read(ref _bytes);
    /// <summary>Sequence number of the newest durable event.</summary>
    public long DurableSequence => Volatile.Read(ref _durable);
    /// <summary>Events that were told and not stored, because the store failed for too long, since start.</summary>
    public long NotStored => Volatile.Read(ref _notStored);

    /// <summary>Age in seconds of the oldest event that is not durable yet; 0 when all are.</summary>
    public double LagAt(long utc)
    {
        long since = Volatile.Read(ref _pendingSince);
        return since == 0 ? 0 : Math.Max(0, (utc - since) / (double)TimeSpan.TicksPerSecond);
    }

    internal void Set(StoreState state, string? reason)
    {
        Volatile.Write(ref _reason, reason);
        Volatile.Write(ref _state, (int)state);
    }

    internal void Waiting(long sinceUtc) => Volatile.Write(ref _pendingSince, sinceUtc);

    internal void Committed(long sequence)
    {
        Volatile.Write(ref _durable, sequence);
        Volatile.Write(ref _commits, _commits + 1);
        Volatile.Write(ref _pendingSince, 0);
    }

    internal void Commit() => Volatile.Write(ref _commits, _commits + 1);

    internal void StartAt(long sequence) => Volatile.Write(ref _durable, sequence);

    internal void Measure(long bytes) => Volatile.Write(ref _bytes, bytes);

    internal void Drop(long count) => Volatile.Write(ref _notStored, _notStored + count);
}
