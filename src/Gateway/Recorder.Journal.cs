using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Storage;

namespace Gateway;

/// <summary>
/// Making events durable. A commit holds the events of whole scans only, and the state those scans left: so a restart
/// neither repeats an event nor misses one.
/// </summary>
public sealed partial class Recorder
{
    private static readonly TimeSpan TrimPeriod = TimeSpan.FromMinutes(1);

    private readonly PendingRows? _pending;
    private ScanEvent? _held;            // taken from the ring, of a scan that is not complete yet
    private ClosedWindow? _heldWindow;
    private ScanCheckpoint? _checkpoint; // newest taken
    private long _savedAt;               // timestamp of the last save of the whole state
    private long _trimmedAt;

    private void DrainToJournal(Journal journal, CheckpointMailbox checkpoints, bool isLast)
    {
        // In this order: a scan publishes its state before it says that it is complete.
        long complete = checkpoints.Completed;
        bool isFresh = checkpoints.TryTake(out ScanCheckpoint? taken);
        if (isFresh)
            _checkpoint = taken;
        if (_checkpoint is not { } checkpoint)
            return;
        Take(Math.Max(complete, checkpoint.Sequence));
        TakeWindows(checkpoint.Time.Number);
        bool isDue = isLast || _time.GetElapsedTime(_savedAt) >= journal.Options.CheckpointPeriod;
        bool hasFailed = journal.Status.State == StoreState.Failed;
        if (isDue && !isFresh && !isLast && !hasFailed)
            checkpoints.Ask();
        bool whole = isDue && (isFresh || isLast || hasFailed);
        if (journal.TryCommit(_pending!, checkpoint, whole) && whole)
            _savedAt = _time.GetTimestamp();
        // While the store fails nothing is durable, but operators must go on seeing what happens: it is shown as not
        // durable, and waits to be stored.
        Show();
        if (_time.GetElapsedTime(_trimmedAt) >= TrimPeriod && !journal.Trim())
            _trimmedAt = _time.GetTimestamp();
    }

    private void Take(long limit)
    {
        while (_held is not null || (_scan.Events.TryTake(out ScanEvent next) && (_held = next) is not null))
        {
            ScanEvent item = _held.GetValueOrDefault();
            if (item.Sequence > limit)
                return;
            _held = null;
            _pending!.Add(in item);
            _fresh.Add(item);
        }
    }

    private void TakeWindows(long scan)
    {
        while (_heldWindow is not null || (_scan.Compliance.Closed.TryTake(out ClosedWindow next) && (_heldWindow = next) is not null))
        {
            ClosedWindow window = _heldWindow.GetValueOrDefault();
            if (window.Scan > scan)
                return;
            _heldWindow = null;
            if (window.IsClosed)
                _pending!.Add(in window);
        }
    }
}
