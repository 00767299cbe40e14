namespace Gateway.Storage.History;

/// <summary>How much history is kept.</summary>
public sealed record HistoryOptions
{
    /// <summary>Age at which a month's samples are removed, default 100 days.</summary>
    public TimeSpan KeepSamplesFor { get; init; } = TimeSpan.FromDays(100);
    /// <summary>Age at which a month's minutes are removed, default 800 days.</summary>
    public TimeSpan KeepMinutesFor { get; init; } = TimeSpan.FromDays(800);
    /// <summary>Age at which hours are removed, default 3,660 days.</summary>
    public TimeSpan KeepHoursFor { get; init; } = TimeSpan.FromDays(3660);
    /// <summary>Bytes of all files at which the oldest samples, then the oldest minutes are removed before their age, default 16 GiB.</summary>
    public long MaxBytes { get; init; } = 16L << 30;
    /// <summary>Free bytes of the disk below which nothing is written, so that the journal has room, default 64 MiB.</summary>
    public long MinFreeBytes { get; init; } = 64L << 20;
    /// <summary>Time after which written samples are forced to the disk; a loss of power costs at most this, default 10 s.</summary>
    public TimeSpan SyncPeriod { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>Bytes of open chunks in memory at which they are closed before the hour is over, default 96 MiB.</summary>
    public long MaxOpenBytes { get; init; } = 96L << 20;
}
