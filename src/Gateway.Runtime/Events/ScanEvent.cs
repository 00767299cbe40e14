using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Events;

/// <summary>What an event is about; the names are those of the event stream.</summary>
public enum EventKind : byte
{
    /// <summary>An alarm changed its state, or an act on it was refused.</summary>
    Alarm,
    /// <summary>A compliance window closed or changed its verdict.</summary>
    Compliance,
    /// <summary>An operator's command was carried out or refused.</summary>
    Command,
    /// <summary>An output was written, refused or timed out.</summary>
    Output,
    /// <summary>A tag changed its quality.</summary>
    Quality,
    /// <summary>The gateway itself: run state, overruns, lost events.</summary>
    System,
}

/// <summary>
/// One fact of a scan. A plain value so that the ring of events allocates nothing; strings are references that exist
/// already (definitions, commands).
/// </summary>
public struct ScanEvent
{
    /// <summary>Order of events, from 1; given by the ring. It goes on over a restart where there is a store.</summary>
    public long Sequence;
    /// <summary>Wall-clock time of the scan, UTC ticks.</summary>
    public long Utc;
    /// <summary>Scan number.</summary>
    public long Scan;
    /// <summary>What the event is about.</summary>
    public EventKind Kind;
    /// <summary>Index of the alarm, compliance window, tag or output concerned; -1 for none.</summary>
    public int Subject;
    /// <summary>Code of what happened, an enumeration of the kind (AlarmEvent, ComplianceState, CommandResult, SystemEvent).</summary>
    public int Code;
    /// <summary>State before, where the subject has states.</summary>
    public int From;
    /// <summary>State after.</summary>
    public int To;
    /// <summary>Alarm occurrence number.</summary>
    public int Occurrence;
    /// <summary>Value that caused the event.</summary>
    public double Value;
    /// <summary>Limit it was compared with, NaN for none.</summary>
    public double Limit;
    /// <summary>Quality of the value.</summary>
    public Quality Quality;
    /// <summary>False when an act was refused.</summary>
    public bool Accepted;
    /// <summary>Who acted; null for the gateway itself.</summary>
    public string? User;
    /// <summary>Why the user acted, or why the act was refused.</summary>
    public string? Reason;
    /// <summary>Given by the asker of a command, so that the outcome is found; 0 for none.</summary>
    public long CorrelationId;

    /// <summary>A fact about the gateway itself; states, if any, are set by the caller.</summary>
    /// <param name="what">What happened.</param>
    /// <param name="value">Its measure, NaN for none.</param>
    /// <param name="reason">Why, in words.</param>
    public static ScanEvent OfSystem(SystemEvent what, double value = double.NaN, string? reason = null) =>
        new() { Kind = EventKind.System, Subject = -1, Code = (int)what, Value = value, Limit = double.NaN, Accepted = true, Reason = reason };
}
