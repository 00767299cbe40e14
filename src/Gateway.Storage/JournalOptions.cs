namespace Gateway.Storage;

/// <summary>How much the journal keeps and how often it saves what changes without an event.</summary>
public sealed record JournalOptions
{
    /// <summary>Age at which alarms, commands, writes, windows and audit are removed, default 400 days: a year and a month.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(400);
    /// <summary>Age at which changes of quality are removed, default 14 days.</summary>
    public TimeSpan KeepQualityFor { get; init; } = TimeSpan.FromDays(14);
    /// <summary>Bytes in use at which the oldest rows are removed before their age, default 1 GiB.</summary>
    public long MaxBytes { get; init; } = 1L << 30;
    /// <summary>Bytes of the reserved file, freed when the disk is full, default 16 MiB; 0 for none.</summary>
    public long ReserveBytes { get; init; } = 16L << 20;
    /// <summary>Time after which running delays and open windows are saved although nothing happened, default 10 s.</summary>
    public TimeSpan CheckpointPeriod { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>Events held in memory while the store fails; later ones of that time are counted and not stored, default 65,536.</summary>
    public int MaxWaiting { get; init; } = 65_536;
    /// <summary>Rows removed in one transaction at most, so that a commit never waits long for retention.</summary>
    internal int TrimRows { get; init; } = 2000;
}
