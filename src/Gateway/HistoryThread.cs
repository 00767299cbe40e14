using Gateway.Runtime.Scan;
using Gateway.Storage.History;

namespace Gateway;

/// <summary>
/// The one reader of the history ring: a thread of its own, so that no sample makes an alarm wait, that writes what the
/// scan has passed on four times a second.
/// </summary>
public sealed class HistoryThread : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TrimPeriod = TimeSpan.FromMinutes(1);

    private readonly HistoryRing _ring;
    private readonly HistoryStore _store;
    private readonly TimeProvider _time;
    private readonly ManualResetEventSlim _stop = new();
    private readonly HistorySample[] _batch = new HistorySample[HistoryStore.MaxBatch];
    private readonly Thread _thread;
    private int _count; // taken from the ring and not yet by the store
    private long _trimmedAt;

    /// <summary>Makes the thread; <see cref="Start"/> starts it.</summary>
    /// <param name="ring">Where the scan leaves changes.</param>
    /// <param name="store">Where they are kept; disposed by this.</param>
    /// <param name="time">The clock of the host.</param>
    public HistoryThread(HistoryRing ring, HistoryStore store, TimeProvider time)
    {
        (_ring, _store, _time) = (ring, store, time);
        _trimmedAt = time.GetTimestamp();
        _thread = new Thread(Run) { Name = "history", IsBackground = true, Priority = ThreadPriority.BelowNormal };
    }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Writes what is left, closes the chunks and stops the thread.</summary>
    public void Dispose()
    {
        if (_stop.IsSet)
            return;
        _stop.Set();
        if (_thread.IsAlive)
            _thread.Join();
        _store.Dispose();
    }

    private void Run()
    {
        while (!_stop.Wait(Pace))
        {
            Drain();
            if (_time.GetElapsedTime(_trimmedAt) >= TrimPeriod && !_store.Trim())
                _trimmedAt = _time.GetTimestamp();
        }
        Drain();
    }

    private void Drain()
    {
        // What waited when it began, so that a fast scan cannot keep it from retention.
        long end = _ring.Waiting;
        do
        {
            long utc = _ring.ScanUtc;
            if (_count == 0)
                _count = _ring.Take(_batch);
            if (utc == 0 || !_store.TryAdd(_batch.AsSpan(0, _count), utc))
                return;
            end -= _count;
            _count = 0;
        }
        while (end > 0);
    }
}
