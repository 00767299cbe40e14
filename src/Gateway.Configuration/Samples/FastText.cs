namespace Gateway.Configuration.Samples;

/// <summary>
/// Reads the plain forms of numbers and times that fill large tables; everything else is left to the general parsers.
/// Pure. Half of the time of a year of samples went into the general ones (docs/benchmarks.md).
/// </summary>
internal static class FastText
{
    // 10^22 is the largest power of ten that a double holds exactly, 2^53 the largest gapless whole number: below both a
    // quotient is rounded once, as the general parser rounds it.
    private const long LargestMantissa = 1L << 53;

    private static readonly double[] s_powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>A number of digits with at most one decimal point; false for any other form.</summary>
    public static bool TryNumber(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        bool isNegative = text.Length > 0 && text[0] == '-';
        ReadOnlySpan<char> digits = isNegative ? text[1..] : text;
        if (digits.Length is 0 or > 16)
            return false;
        long mantissa = 0;
        int decimals = -1;
        foreach (char c in digits)
        {
            if (char.IsAsciiDigit(c))
            {
                mantissa = (mantissa * 10) + (c - '0');
                decimals += decimals >= 0 ? 1 : 0;
            }
            else if (c == '.' && decimals < 0)
            {
                decimals = 0;
            }
            else
            {
                return false;
            }
        }
        if (mantissa > LargestMantissa || (decimals >= 0 && digits.Length == 1))
            return false;
        value = mantissa / s_powers[Math.Max(0, decimals)];
        value = isNegative ? -value : value;
        return true;
    }

    /// <summary>A time <c>2026-03-01T08:00[:00][Z|+08:00]</c>, with a blank for the T too; false for any other form.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ticks">Its ticks as written, without regard to the offset.</param>
    /// <param name="offset">The offset, ticks.</param>
    /// <param name="hasOffset">True when there is one.</param>
    public static bool TryTime(ReadOnlySpan<char> text, out long ticks, out long offset, out bool hasOffset)
    {
        ticks = offset = 0;
        hasOffset = false;
        if (text.Length < 16 || text[4] != '-' || text[7] != '-' || text[10] is not ('T' or ' ') || text[13] != ':')
            return false;
        int year = (Two(text, 0) * 100) + Two(text, 2), month = Two(text, 5), day = Two(text, 8), hour = Two(text, 11), minute = Two(text, 14), second = 0;
        ReadOnlySpan<char> rest = text[16..];
        if (rest.Length >= 3 && rest[0] == ':')
        {
            second = Two(rest, 1);
            rest = rest[3..];
        }
        // Two gives a large negative number for what is no digit, so that every sum with it is negative.
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(Math.Max(1, year), month) || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59)
            return false;
        ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks;
        if (rest.Length == 0)
            return true;
        hasOffset = true;
        if (rest is "Z")
            return true;
        if (rest.Length != 6 || rest[0] is not ('+' or '-') || rest[3] != ':')
            return false;
        int hours = Two(rest, 1), minutes = Two(rest, 4);
        if (hours is < 0 or > 14 || minutes is < 0 or > 59 || (hours == 14 && minutes > 0))
            return false;
        offset = ((hours * 60) + minutes) * TimeSpan.TicksPerMinute * (rest[0] == '-' ? -1 : 1);
        return true;
    }

    private static int Two(ReadOnlySpan<char> text, int at) =>
        char.IsAsciiDigit(text[at]) && char.IsAsciiDigit(text[at + 1]) ? ((text[at] - '0') * 10) + text[at + 1] - '0' : -1_000_000;
}
