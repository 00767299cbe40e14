using System.Globalization;
using Gateway.Runtime.Compliance;

namespace Gateway.Configuration.Site;

/// <summary>Turns a time zone's name or a fixed offset into the permit's calendar. Used at load.</summary>
internal static class CalendarText
{
    // The table ends before anybody now at work could care, and takes a few milliseconds to make.
    private const int FirstYear = 2000;
    private const int LastYear = 2075;

    /// <summary>The calendar, or null with the problem.</summary>
    public static SiteCalendar? Parse(string text, out string problem)
    {
        problem = "";
        try
        {
            if (text.Length > 0 && (text[0] is '+' or '-' || char.IsAsciiDigit(text[0])))
            {
                if (TryOffset(text, out TimeSpan offset))
                    return new SiteCalendar(offset);
                problem = $"'{text}' is no offset from UTC; write it like +08:00, within 18 hours";
                return null;
            }
            return SiteCalendar.FromTimeZone(TimeZoneInfo.FindSystemTimeZoneById(text), FirstYear, LastYear);
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException or System.Security.SecurityException or IOException)
        {
            problem = $"time zone '{text}' is not known on this machine; use an IANA name such as Asia/Shanghai (package tzdata), or a fixed offset such as +08:00";
        }
        catch (ArgumentException e)
        {
            problem = $"time zone '{text}' cannot be a permit's calendar ({e.Message}); use a fixed offset such as +08:00";
        }
        return null;
    }

    private static bool TryOffset(string text, out TimeSpan offset)
    {
        ReadOnlySpan<char> digits = text.AsSpan(text[0] is '+' or '-' ? 1 : 0);
        bool valid = TimeSpan.TryParseExact(digits, @"hh\:mm", CultureInfo.InvariantCulture, out offset) && offset <= TimeSpan.FromHours(18);
        if (text[0] == '-')
            offset = -offset;
        return valid;
    }
}
