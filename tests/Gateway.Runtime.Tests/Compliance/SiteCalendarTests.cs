using Gateway.Runtime.Compliance;
using static Gateway.Runtime.Tests.Compliance.ComplianceRig;

namespace Gateway.Runtime.Tests.Compliance;

public sealed class SiteCalendarTests
{
    [Theory]
    [InlineData("2026-02-28T15:59:59Z", "2026-02-27T16:00:00Z", "2026-02-28T16:00:00Z", 2, 28)]
    [InlineData("2026-02-28T16:00:00Z", "2026-02-28T16:00:00Z", "2026-03-01T16:00:00Z", 3, 1)]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-28T16:00:00Z", "2024-02-29T16:00:00Z", 2, 29)]
    [InlineData("2025-12-31T16:00:00Z", "2025-12-31T16:00:00Z", "2026-01-01T16:00:00Z", 1, 1)]
    public void The_civil_day_in_China_runs_from_16_to_16_UTC(string at, string from, string to, int month, int day)
    {
        long utc = At(at);
        Assert.Equal(At(from), China.DayStart(utc));
        Assert.Equal(At(to), China.DayEnd(utc));
        Assert.Equal((month, day), (China.DateOf(utc).Month, China.DateOf(utc).Day));
        Assert.Equal(24, China.HoursIn(China.DayStart(utc), China.DayEnd(utc)));
    }

    [Fact]
    public void Half_hour_offsets_shift_the_clock_hour()
    {
        var india = new SiteCalendar(TimeSpan.FromMinutes(330));
        long utc = At("2026-05-01T10:10:00Z"); // 15:40 local
        Assert.Equal(At("2026-05-01T15:00:00+05:30"), india.HourStart(utc));
        Assert.Equal(At("2026-05-01T16:00:00+05:30"), india.HourEnd(utc));
    }

    [Fact]
    public void Summer_time_days_have_23_and_25_hours()
    {
        SiteCalendar berlin = SiteCalendar.FromTimeZone(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), 2025, 2027);
        AssertDay(berlin, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23);
        AssertDay(berlin, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25);
        AssertDay(berlin, "2026-07-01T22:00:00Z", "2026-07-02T22:00:00Z", 24);
    }

    [Fact]
    public void A_day_whose_midnight_is_skipped_begins_at_its_first_instant()
    {
        // At local midnight of 2 May the clocks go to 01:00.
        long change = At("2026-05-02T00:00:00Z");
        var calendar = new SiteCalendar(TimeSpan.Zero, [(change, TimeSpan.FromHours(1))]);
        AssertDay(calendar, "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z", 24);
        AssertDay(calendar, "2026-05-02T00:00:00Z", "2026-05-02T23:00:00Z", 23);
    }

    [Fact]
    public void A_change_back_exactly_at_midnight_lengthens_the_old_day()
    {
        long change = At("2026-10-02T00:00:00Z");
        var calendar = new SiteCalendar(TimeSpan.Zero, [(change, TimeSpan.FromHours(-1))]);
        AssertDay(calendar, "2026-10-01T00:00:00Z", "2026-10-02T01:00:00Z", 25);
        AssertDay(calendar, "2026-10-02T01:00:00Z", "2026-10-03T01:00:00Z", 24);
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("Australia/Lord_Howe")] // changes by half an hour
    [InlineData("America/Santiago")]    // changes at midnight
    [InlineData("Asia/Shanghai")]
    public void Hours_and_days_tile_the_years_without_overlap_and_agree_with_the_zone(string id)
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        SiteCalendar calendar = SiteCalendar.FromTimeZone(zone, 2024, 2026);
        long end = At("2026-12-31T00:00:00Z");
        long dayEnd = long.MinValue;
        for (long at = calendar.HourStart(At("2024-01-02T00:00:00Z")); at < end; at = calendar.HourEnd(at))
        {
            Assert.Equal(at, calendar.HourStart(at));
            Assert.Equal(at, calendar.HourStart(calendar.HourEnd(at) - 1));
            Assert.Equal(zone.GetUtcOffset(new DateTime(at, DateTimeKind.Utc)).Ticks, calendar.OffsetAt(at));
            Assert.Equal(DateOnly.FromDateTime(new DateTime(at + calendar.OffsetAt(at))), calendar.DateOf(at));
            if (at == calendar.DayStart(at))
            {
                Assert.True(dayEnd == long.MinValue || dayEnd == at);
                dayEnd = calendar.DayEnd(at);
            }
            Assert.True(dayEnd == long.MinValue || calendar.DayEnd(at) == dayEnd);
        }
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/Santiago")]    // changes at midnight
    [InlineData("Australia/Lord_Howe")] // changes by half an hour
    [InlineData("Asia/Shanghai")]
    public void Weeks_months_and_years_begin_at_the_first_instant_of_their_date(string id)
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        SiteCalendar calendar = SiteCalendar.FromTimeZone(zone, 2022, 2027);
        for (DateOnly date = new(2023, 12, 20); date < new DateOnly(2026, 1, 10); date = date.AddDays(1))
        {
            long start = calendar.StartOf(date);
            Assert.Equal(date, DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(new DateTime(start, DateTimeKind.Utc), zone)));
            Assert.Equal(date.AddDays(-1), DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(new DateTime(start - Minute, DateTimeKind.Utc), zone)));
            long noon = start + (11 * Hour);
            DateOnly monday = date.AddDays(-(((int)date.DayOfWeek + 6) % 7));
            Assert.Equal(calendar.StartOf(monday), calendar.PeriodStart(CivilPeriod.Week, noon, DayOfWeek.Monday));
            Assert.Equal(calendar.StartOf(monday.AddDays(7)), calendar.PeriodEnd(CivilPeriod.Week, noon, DayOfWeek.Monday));
            Assert.Equal(DayOfWeek.Sunday, calendar.DateOf(calendar.PeriodStart(CivilPeriod.Week, noon, DayOfWeek.Sunday)).DayOfWeek);
            Assert.Equal(calendar.StartOf(new DateOnly(date.Year, date.Month, 1)), calendar.PeriodStart(CivilPeriod.Month, noon, DayOfWeek.Monday));
            Assert.Equal(calendar.StartOf(new DateOnly(date.Year + 1, 1, 1)), calendar.PeriodEnd(CivilPeriod.Year, noon, DayOfWeek.Monday));
        }
        Assert.Equal(29, calendar.DaysIn(calendar.StartOf(new DateOnly(2024, 2, 1)), calendar.StartOf(new DateOnly(2024, 3, 1))));
    }

    [Fact]
    public void A_change_that_repeats_a_civil_date_is_refused()
    {
        long change = At("2026-10-02T00:30:00Z"); // 00:30 becomes 23:30 of the day before
        Assert.Throws<ArgumentException>(() => new SiteCalendar(TimeSpan.Zero, [(change, TimeSpan.FromHours(-1))]));
        Assert.Throws<ArgumentException>(() => new SiteCalendar(TimeSpan.FromSeconds(30)));
        Assert.Throws<ArgumentException>(() => new SiteCalendar(TimeSpan.FromHours(19)));
    }

    private static void AssertDay(SiteCalendar calendar, string from, string to, int hours)
    {
        foreach (long at in (long[])[At(from), At(from) + (12 * Hour), At(to) - 1])
        {
            Assert.Equal(At(from), calendar.DayStart(at));
            Assert.Equal(At(to), calendar.DayEnd(at));
        }
        Assert.Equal(hours, calendar.HoursIn(At(from), At(to)));
    }
}
