using Gateway.Runtime.Compliance;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Scan;

/// <summary>What the scan passes on to the history, and what happens when nobody takes it.</summary>
public sealed class HistoryRingTests
{
    private const int Tags = 1000;

    private static readonly PlantModel s_plant = new()
    {
        SiteId = "test",
        Calendar = new SiteCalendar(TimeSpan.Zero),
        BasePeriodMs = 1000,
        RateGroups = [new RateGroup("base", 1, 0)],
        Tags = [.. Enumerable.Range(0, Tags).Select(i => new TagDefinition { Index = i, Name = "T" + i, History = i == 7 ? HistoryMode.Off : HistoryMode.Deadband })],
    };

    [Fact]
    public void Each_change_is_passed_on_once_and_a_change_of_quality_has_the_time_of_the_scan()
    {
        var ring = new HistoryRing(s_plant);
        var table = new TagTable(Tags);
        table.Set(3, 1.5, Quality.Good, 90);
        table.Set(7, 1, Quality.Good, 90); // off
        ring.Collect(table.Values, new ScanTime(1, 100, 0));
        ring.Collect(table.Values, new ScanTime(2, 200, 0));
        table.SetQuality(3, Quality.BadTimeout);
        ring.Collect(table.Values, new ScanTime(3, 300, 0));
        var taken = new HistorySample[10];
        Assert.Equal(2, ring.Take(taken));
        Assert.Equal(new HistorySample { Tag = 3, Utc = 90, Value = 1.5 }, taken[0]);
        Assert.Equal(new HistorySample { Tag = 3, Utc = 300, Value = 1.5, Quality = Quality.BadTimeout.Code }, taken[1]);
        Assert.Equal((0, 300), (ring.Refused, ring.ScanUtc));
    }

    [Fact]
    public void What_does_not_fit_is_counted_marked_and_made_up_with_the_newest_value()
    {
        var ring = new HistoryRing(s_plant);
        var table = new TagTable(Tags);
        long scan = 0;
        for (; ring.Refused == 0; scan++)
            Change(table, ring, scan);
        long full = ring.Refused;
        for (int i = 0; i < 5; i++, scan++)
            Change(table, ring, scan);
        Assert.Equal(full + 5 * (Tags - 1), ring.Refused);
        var all = new HistorySample[ring.Capacity];
        Assert.Equal(ring.Capacity, ring.Take(all));
        ring.Collect(table.Values, new ScanTime(scan, scan, 0));
        int count = ring.Take(all);
        foreach (var tag in all[..count].GroupBy(s => s.Tag))
        {
            HistorySample[] samples = [.. tag];
            Assert.Equal(2, samples.Length);
            Assert.Equal(HistorySample.DataLost, samples[0].Quality);
            Assert.Equal((scan - 1, scan - 1), (samples[1].Value, samples[1].Utc));
            Assert.InRange(samples[0].Utc, scan - 6, scan - 5);
        }
        Assert.Equal(2 * (Tags - 1), count);
    }

    [Fact]
    public void Collecting_allocates_nothing()
    {
        var ring = new HistoryRing(s_plant);
        var table = new TagTable(Tags);
        var taken = new HistorySample[Tags];
        long before = 0;
        for (long scan = 0; scan < 1100; scan++)
        {
            if (scan == 100)
                before = GC.GetAllocatedBytesForCurrentThread();
            Change(table, ring, scan);
            ring.Take(taken);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Change(TagTable table, HistoryRing ring, long scan)
    {
        for (int i = 0; i < Tags; i++)
            table.Set(i, scan, Quality.Good, scan);
        ring.Collect(table.Values, new ScanTime(scan, scan, 0));
    }
}
