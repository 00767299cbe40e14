using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;

namespace Gateway.Runtime.Scan;

/// <summary>Saving what must survive a restart and going on from it.</summary>
public sealed partial class ScanCycle
{
    /// <summary>Makes the mailbox through which the recorder gets checkpoints of this scan.</summary>
    public CheckpointMailbox CreateCheckpoints() => new(() => new ScanCheckpoint(Alarms.Count, Compliance.CreateCheckpoint()));

    /// <summary>Publishes a checkpoint of the scan that has just run. Scan thread, between two scans; allocates nothing.</summary>
    public void Save(CheckpointMailbox into, in ScanTime now)
    {
        ScanCheckpoint target = into.Back;
        target.Time = now;
        target.Sequence = Events.LastSequence;
        Alarms.Save(target.Alarms, now);
        Compliance.Save(target.Compliance);
        into.Publish();
    }

    /// <summary>
    /// Goes on from what was saved, before the first scan: alarms and permit windows, no tag value and no output. Says
    /// so with an event. Called by the thread that starts the scan.
    /// </summary>
    /// <param name="alarms">Saved alarms; found by name.</param>
    /// <param name="compliance">Saved windows; null for none.</param>
    /// <param name="lastSequence">Sequence number of the newest stored event; numbering goes on after it.</param>
    /// <param name="outage">Time since the state was saved, in seconds; the value of the event.</param>
    /// <param name="now">Time before the first scan.</param>
    /// <param name="report">What was found and what was not, for the event.</param>
    public void Restore(ReadOnlySpan<AlarmSnapshot> alarms, ComplianceCheckpoint? compliance, long lastSequence, double outage, in ScanTime now, string report)
    {
        Events.StartAfter(lastSequence);
        Alarms.Restore(alarms, now);
        if (compliance is not null)
            Compliance.Restore(compliance);
        ScanEvent item = ScanEvent.OfSystem(SystemEvent.Restored, outage, report);
        Events.Add(now, ref item);
    }
}
