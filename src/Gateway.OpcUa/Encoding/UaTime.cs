namespace Gateway.OpcUa.Encoding;

/// <summary>Times on the wire: 100 ns since 1601-01-01 UTC, clamped at both ends (Part 6 §5.2.2.5).</summary>
internal static class UaTime
{
    // Ticks of .NET's calendar at 1601-01-01.
    private const long Epoch = 504_911_232_000_000_000;

    // 9999-12-31T23:59:59: this and anything later is written as the largest number.
    private const long Latest = 3_155_378_975_990_000_000;

    public static long ToWire(DateTime time)
    {
        var ticks = (time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time).Ticks;
        return ticks <= Epoch ? 0 : ticks >= Latest ? long.MaxValue : ticks - Epoch;
    }

    public static DateTime FromWire(long value) =>
        value <= 0 ? DateTime.MinValue : value >= Latest - Epoch ? DateTime.MaxValue : new DateTime(value + Epoch, DateTimeKind.Utc);
}
