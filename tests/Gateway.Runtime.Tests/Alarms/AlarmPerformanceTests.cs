using Gateway.Runtime.Alarms;

namespace Gateway.Runtime.Tests.Alarms;

/// <summary>The figures against counts made by hand.</summary>
public sealed class AlarmPerformanceTests
{
    private static readonly long s_from = new DateTime(2026, 5, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
    private readonly AlarmPerformance _figures = new(s_from, s_from + 2 * TimeSpan.TicksPerDay);

    private void On(double minute, string id, int priority = 3, AlarmState before = AlarmState.Normal) =>
        _figures.Add(s_from + (long)(minute * TimeSpan.TicksPerMinute), id, priority, AlarmEventCode.On, before, AlarmState.Unacknowledged);

    private void Off(double minute, string id) =>
        _figures.Add(s_from + (long)(minute * TimeSpan.TicksPerMinute), id, 3, AlarmEventCode.Off, AlarmState.Unacknowledged, AlarmState.ReturnedUnacknowledged);

    [Fact]
    public void Rates_floods_and_shares_are_those_counted_by_hand()
    {
        // 12 in the first 10 minutes, 6 in the second, 4 in the third: one flood of two periods out of 288.
        for (int i = 0; i < 12; i++)
            On(0.5 + i * 0.7, "A" + i, priority: i < 3 ? 1 : 3);
        for (int i = 0; i < 6; i++)
            On(11 + i, "B" + i);
        for (int i = 0; i < 4; i++)
            On(21 + i, "A0", before: AlarmState.ReturnedUnacknowledged);
        On(-5, "EARLIER");
        On(2 * 1440, "LATER");

        Assert.Equal(22, _figures.Annunciations);
        Assert.Equal(22 / 288.0, _figures.PerTenMinutes, 12);
        Assert.Equal(11, _figures.PerDay, 12);
        Assert.Equal(12, _figures.MostInTenMinutes);
        Assert.Equal(1 / 288.0, _figures.ShareAboveTen, 12);
        Assert.Equal((1, 2 / 288.0), _figures.Floods);
        Assert.Equal(new AlarmCount("A0", 5), _figures.TopTen[0]);
        Assert.Equal(14 / 22.0, _figures.TopTenShare, 12);
        Assert.Equal(3 / 22.0, _figures.ShareOf(1), 12);
    }

    [Fact]
    public void Chattering_fleeting_standing_and_stale_are_told_apart()
    {
        for (int i = 0; i < 3; i++)
        {
            On(10 + i * 0.3, "CHATTER");
            Off(10.1 + i * 0.3, "CHATTER");
        }
        On(20, "FLEETING");
        Off(20.1, "FLEETING");
        On(30, "SLOW");
        Off(31, "SLOW");
        On(1439, "STALE");
        On(1441, "STANDING");
        On(-60, "BEFORE");
        _figures.Add(s_from + TimeSpan.TicksPerMinute, "BEFORE", 3, AlarmEventCode.Ack, AlarmState.Unacknowledged, AlarmState.Acknowledged);

        Assert.Equal(["CHATTER"], _figures.Chattering);
        Assert.Equal(["FLEETING"], _figures.Fleeting);
        Assert.Equal(["BEFORE", "STALE", "STANDING"], _figures.Standing);
        Assert.Equal(["BEFORE", "STALE"], _figures.Stale);
    }
}
