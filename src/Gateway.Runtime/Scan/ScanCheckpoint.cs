using System.Diagnostics.CodeAnalysis;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;

namespace Gateway.Runtime.Scan;

/// <summary>
/// What of a scan must survive a restart: alarms and permit windows as they were after one scan, and the number of the
/// newest event that led there. Filled by the scan, read by the recorder while it holds it.
/// </summary>
public sealed class ScanCheckpoint
{
    internal ScanCheckpoint(int alarms, ComplianceCheckpoint compliance)
    {
        Alarms = new AlarmSnapshot[alarms];
        Compliance = compliance;
    }

    /// <summary>Time of the scan.</summary>
    public ScanTime Time { get; internal set; }
    /// <summary>Sequence number of the newest event up to and including that scan.</summary>
    public long Sequence { get; internal set; }
    /// <summary>One entry per alarm in the order of the definitions.</summary>
    public AlarmSnapshot[] Alarms { get; }
    /// <summary>All sums of the permit windows.</summary>
    public ComplianceCheckpoint Compliance { get; }
}

/// <summary>
/// Hands checkpoints from the scan to the recorder: a triple buffer, so the newest wins and neither side waits. A scan
/// that added events publishes a checkpoint before it says that it is complete; so whoever sees a complete scan also
/// finds a checkpoint that is at least as new, and may make both durable in one transaction.
/// </summary>
public sealed class CheckpointMailbox
{
    private readonly TripleBuffer<ScanCheckpoint> _frames;
    private long _completed;
    private bool _isAsked;

    internal CheckpointMailbox(Func<ScanCheckpoint> create) => _frames = new TripleBuffer<ScanCheckpoint>(create);

    /// <summary>Sequence number of the newest event of a complete scan. Any thread.</summary>
    public long Completed => Volatile.Read(ref _completed);

    /// <summary>Whether the recorder wants a checkpoint although nothing happened. Any thread.</summary>
    public bool IsAsked => Volatile.Read(ref _isAsked);

    /// <summary>The spare frame. Scan only.</summary>
    internal ScanCheckpoint Back => _frames.Back;

    /// <summary>Asks for a checkpoint after the scan that runs now or next. Recorder only.</summary>
    public void Ask() => Volatile.Write(ref _isAsked, true);

    /// <summary>Gives the newest checkpoint when there is one that was not taken before. Recorder only.</summary>
    public bool TryTake([NotNullWhen(true)] out ScanCheckpoint? checkpoint) => _frames.TryTake(out checkpoint);

    /// <summary>Makes the back frame the newest checkpoint and its scan complete. Scan only.</summary>
    internal void Publish()
    {
        long sequence = Back.Sequence;
        Volatile.Write(ref _isAsked, false);
        _frames.Publish();
        Volatile.Write(ref _completed, sequence);
    }
}
