namespace Gateway.Runtime.Compliance;

/// <summary>Weeks, months and years of the permit, from the civil dates of its days.</summary>
public sealed partial class SiteCalendar
{
    /// <summary>First instant of a civil date; of a date that the zone skipped, that of the day after or before.</summary>
    public long StartOf(DateOnly date)
    {
        // Noon belongs to its date whatever the clocks do at night.
        long noon = (date.DayNumber * TimeSpan.TicksPerDay) + (TimeSpan.TicksPerDay / 2);
        long utc = noon - OffsetAt(noon);
        return DayStart(noon - OffsetAt(utc));
    }

    /// <summary>Start of the civil period that contains the instant.</summary>
    /// <param name="period">Day, week, month or year.</param>
    /// <param name="utc">UTC ticks.</param>
    /// <param name="weekStart">First day of the week.</param>
    public long PeriodStart(CivilPeriod period, long utc, DayOfWeek weekStart)
    {
        DateOnly date = DateOf(utc);
        return period switch
        {
            CivilPeriod.Week => StartOf(FirstOfWeek(date, weekStart)),
            CivilPeriod.Month => StartOf(new DateOnly(date.Year, date.Month, 1)),
            CivilPeriod.Year => StartOf(new DateOnly(date.Year, 1, 1)),
            _ => DayStart(utc),
        };
    }

    /// <summary>End, exclusive, of the civil period that contains the instant.</summary>
    public long PeriodEnd(CivilPeriod period, long utc, DayOfWeek weekStart)
    {
        DateOnly date = DateOf(utc);
        return period switch
        {
            CivilPeriod.Week => StartOf(FirstOfWeek(date, weekStart).AddDays(7)),
            CivilPeriod.Month => StartOf(new DateOnly(date.Year, date.Month, 1).AddMonths(1)),
            CivilPeriod.Year => StartOf(new DateOnly(date.Year, 1, 1).AddYears(1)),
            _ => DayEnd(utc),
        };
    }

    /// <summary>Number of civil days that begin in an interval of whole days.</summary>
    public int DaysIn(long from, long to) => DateOf(to).DayNumber - DateOf(from).DayNumber;

    /// <summary>Civil hour of the day of an instant, 0 to 23.</summary>
    public int HourOfDay(long utc) => (int)((utc + OffsetAt(utc)) % TimeSpan.TicksPerDay / TimeSpan.TicksPerHour);

    private static DateOnly FirstOfWeek(DateOnly date, DayOfWeek weekStart) => date.AddDays(-(((int)date.DayOfWeek - (int)weekStart + 7) % 7));
}
