using Gateway.Runtime.Events;

namespace Gateway;

/// <summary>
/// The newest events in memory, for the API and the stream. Written by the recorder only; many readers. Bounded: an
/// event older than the capacity is gone from here.
/// </summary>
public sealed class EventLog(int capacity = EventLog.DefaultCapacity)
{
    /// <summary>Events kept by default.</summary>
    public const int DefaultCapacity = 10_000;

    private readonly ScanEvent[] _slots = new ScanEvent[capacity];
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSource();
    private long _count;
    private long _last;

    /// <summary>Sequence number of the newest event; 0 before the first.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>Sequence number of the oldest event kept here; 0 before the first.</summary>
    public long First
    {
        get
        {
            lock (_gate)
                return _count == 0 ? 0 : At(Math.Min(_count, _slots.Length), 0).Sequence;
        }
    }

    /// <summary>Copies events newer than <paramref name="sequence"/>, oldest first. Any thread.</summary>
    /// <returns>How many were copied; fewer than there are when <paramref name="into"/> is too small.</returns>
    public int CopyAfter(long sequence, Span<ScanEvent> into)
    {
        lock (_gate)
        {
            long kept = Math.Min(_count, _slots.Length);
            long first = FirstAfter(sequence, kept);
            int copied = (int)Math.Min(kept - first, into.Length);
            for (int i = 0; i < copied; i++)
                into[i] = At(kept, first + i);
            return copied;
        }
    }

    /// <summary>Completes when there is an event newer than <paramref name="after"/>. Any thread.</summary>
    public Task WaitAsync(long after, CancellationToken cancel)
    {
        lock (_gate)
            return _last > after ? Task.CompletedTask : _changed.Task.WaitAsync(cancel);
    }

    /// <summary>Adds an event without waking anybody. Recorder only.</summary>
    internal void Add(in ScanEvent item)
    {
        lock (_gate)
        {
            _slots[_count % _slots.Length] = item;
            _count++;
            Volatile.Write(ref _last, item.Sequence);
        }
    }

    /// <summary>Wakes the waiting readers after a batch. Recorder only.</summary>
    internal void Signal()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _changed;
            _changed = NewSource();
        }
        changed.SetResult();
    }

    private ref readonly ScanEvent At(long kept, long index) => ref _slots[(_count - kept + index) % _slots.Length];

    /// <summary>Place of the first kept event that is newer; numbers rise, with gaps where a store no longer knew a subject.</summary>
    private long FirstAfter(long sequence, long kept)
    {
        long low = 0, high = kept;
        while (low < high)
        {
            long middle = (low + high) / 2;
            if (At(kept, middle).Sequence > sequence)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
