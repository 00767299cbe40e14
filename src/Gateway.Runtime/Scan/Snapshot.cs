using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Scan;

/// <summary>
/// What one scan published: a consistent copy of all values, alarms and compliance windows. Rent it from the
/// <see cref="SnapshotPool"/>, read it on any thread, return it by disposing the lease. Never written while rented.
/// </summary>
public sealed class Snapshot
{
    internal int Readers; // -1: being written; ≥ 0: number of leases

    internal Snapshot(int tags, int alarms, int windows)
    {
        TagArray = new TagValue[tags];
        RawArray = new double[tags];
        AlarmArray = new AlarmLive[alarms];
        WindowArray = new ComplianceWindow[windows];
    }

    internal TagValue[] TagArray { get; }
    internal double[] RawArray { get; }
    internal AlarmLive[] AlarmArray { get; }
    internal ComplianceWindow[] WindowArray { get; }

    /// <summary>Time of the scan that published it.</summary>
    public ScanTime Time { get; internal set; }
    /// <summary>Run state after that scan.</summary>
    public RunState State { get; internal set; }
    /// <summary>Sequence number of the newest event of that scan.</summary>
    public long EventSequence { get; internal set; }
    /// <summary>Values by tag index.</summary>
    public ReadOnlySpan<TagValue> Tags => TagArray;
    /// <summary>Raw values by tag index; NaN where there is none.</summary>
    public ReadOnlySpan<double> Raw => RawArray;
    /// <summary>Alarms by index.</summary>
    public ReadOnlySpan<AlarmLive> Alarms => AlarmArray;
    /// <summary>Compliance windows by permit index.</summary>
    public ReadOnlySpan<ComplianceWindow> Windows => WindowArray;
}

/// <summary>A rented snapshot; dispose it to give it back.</summary>
public readonly struct SnapshotLease(Snapshot snapshot) : IDisposable
{
    /// <summary>The snapshot.</summary>
    public Snapshot Value => snapshot;

    /// <summary>Gives the snapshot back to the pool.</summary>
    public void Dispose() => Interlocked.Decrement(ref snapshot.Readers);
}

/// <summary>
/// Four snapshot buffers with reference counts. The scan fills a free one and makes it current; when all others are
/// still rented the publication is skipped and counted: the scan never waits for a reader.
/// </summary>
public sealed class SnapshotPool
{
    private readonly Snapshot[] _buffers;
    private Snapshot? _current;
    private long _skipped;

    /// <summary>Makes the pool; nothing is published yet.</summary>
    public SnapshotPool(int tags, int alarms, int windows)
    {
        _buffers = new Snapshot[4];
        for (int i = 0; i < _buffers.Length; i++)
            _buffers[i] = new Snapshot(tags, alarms, windows);
    }

    /// <summary>Publications skipped because every buffer was rented.</summary>
    public long Skipped => Volatile.Read(ref _skipped);

    /// <summary>Rents the newest snapshot. Any thread.</summary>
    /// <returns>False before the first scan has published.</returns>
    public bool TryRent(out SnapshotLease lease)
    {
        while (true)
        {
            Snapshot? current = Volatile.Read(ref _current);
            if (current is null)
            {
                lease = default;
                return false;
            }
            int readers = Volatile.Read(ref current.Readers);
            // A buffer under writing is no longer current: read again.
            if (readers >= 0 && Interlocked.CompareExchange(ref current.Readers, readers + 1, readers) == readers)
            {
                lease = new SnapshotLease(current);
                return true;
            }
        }
    }

    /// <summary>Takes a free buffer for writing. Scan thread only.</summary>
    internal Snapshot? TryBegin()
    {
        foreach (Snapshot buffer in _buffers)
            if (!ReferenceEquals(buffer, _current) && Interlocked.CompareExchange(ref buffer.Readers, -1, 0) == 0)
                return buffer;
        Volatile.Write(ref _skipped, _skipped + 1);
        return null;
    }

    /// <summary>Makes a written buffer the current one. Scan thread only.</summary>
    internal void Publish(Snapshot snapshot)
    {
        Volatile.Write(ref snapshot.Readers, 0);
        Volatile.Write(ref _current, snapshot);
    }
}
