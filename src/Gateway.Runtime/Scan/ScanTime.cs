namespace Gateway.Runtime.Scan;

/// <summary>
/// The time of one scan. Delays, timers and filters use <see cref="Elapsed"/> (monotonic); permit windows and stamps
/// use <see cref="Utc"/> (wall clock). A stepped wall clock therefore never shortens a delay.
/// </summary>
/// <param name="Number">Scan number since start, from 1.</param>
/// <param name="Utc">Wall-clock time, UTC, in ticks of 100 ns since 0001-01-01.</param>
/// <param name="Elapsed">Monotonic time since start, in ticks of 100 ns.</param>
public readonly record struct ScanTime(long Number, long Utc, long Elapsed)
{
    /// <summary>Ticks of 100 ns in a second.</summary>
    public const long TicksPerSecond = 10_000_000;

    /// <summary>Ticks of 100 ns in a millisecond.</summary>
    public const long TicksPerMillisecond = 10_000;
}
