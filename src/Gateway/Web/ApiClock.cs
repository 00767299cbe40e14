using Gateway.Runtime.Scan;

namespace Gateway.Web;

/// <summary>Times and ages as the API tells them: UTC in ISO 8601. Immutable; any thread.</summary>
internal sealed class ApiClock(TimeProvider time)
{
    /// <summary>Now, in ticks of 100 ns.</summary>
    public long UtcNow => time.GetUtcNow().UtcTicks;

    /// <summary>A time as text.</summary>
    public static string At(long utc) => EventJson.FormatTime(utc);

    /// <summary>The same where 0 stands for never.</summary>
    public static string? AtOrNever(long utc) => utc == 0 ? null : At(utc);

    /// <summary>The wall-clock time of a monotonic instant, as seen from a scan; null for 0.</summary>
    public static string? AtElapsed(long elapsed, in ScanTime scan) => elapsed == 0 ? null : At(scan.Utc + elapsed - scan.Elapsed);

    /// <summary>Seconds from <paramref name="utc"/> to now; null for never. A source ahead of us has age 0.</summary>
    public double? AgeOf(long utc) => utc == 0 ? null : Math.Max(0, UtcNow - utc) / (double)TimeSpan.TicksPerSecond;
}
