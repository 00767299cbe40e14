using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;

namespace Gateway.Storage;

/// <summary>What a start finds in the store.</summary>
public sealed record SavedState
{
    /// <summary>True when the store was made just now.</summary>
    public required bool IsNew { get; init; }
    /// <summary>True when the last run ended in order, false when it was killed or lost its power.</summary>
    public required bool WasClean { get; init; }
    /// <summary>Sequence number of the newest stored event; 0 for none.</summary>
    public required long LastSequence { get; init; }
    /// <summary>Time the state was saved, UTC ticks; 0 for never.</summary>
    public required long SavedUtc { get; init; }
    /// <summary>Alarms that the configuration still has.</summary>
    public required AlarmSnapshot[] Alarms { get; init; }
    /// <summary>Permit windows; null for none.</summary>
    public required ComplianceCheckpoint? Compliance { get; init; }
    /// <summary>Saved alarms and limits that the configuration no longer has, or that could not be read.</summary>
    public required IReadOnlyList<string> NotFound { get; init; }
    /// <summary>Alarms of the configuration that were not saved; they start normal.</summary>
    public required IReadOnlyList<string> Added { get; init; }

    /// <summary>One sentence for the event and the log; long lists are cut.</summary>
    public string Report
    {
        get
        {
            string text = $"{Alarms.Length} alarms and {Compliance?.Limits.Length ?? 0} permit limits were saved";
            if (NotFound.Count > 0)
                text += $"; not restored: {Cut(NotFound)}";
            if (Added.Count > 0)
                text += $"; new: {Cut(Added)}";
            return text;
        }
    }

    private static string Cut(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(20)) + (names.Count > 20 ? $" and {names.Count - 20} more" : "");
}
