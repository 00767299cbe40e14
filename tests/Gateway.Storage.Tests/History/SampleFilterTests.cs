using Gateway.Runtime.Tags;
using Gateway.Storage.History;

namespace Gateway.Storage.Tests.History;

/// <summary>The error bounds of the archive deadband and the swinging door, for each sample that was left out.</summary>
public sealed class SampleFilterTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_step_line_of_what_the_deadband_kept_is_within_the_tolerance(int seed)
    {
        (List<StoredSample> all, List<StoredSample> kept, double tolerance) = Run(HistoryMode.Deadband, seed, onlyChanges: true);
        int at = 0;
        foreach (StoredSample sample in all)
        {
            while (at + 1 < kept.Count && kept[at + 1].UtcMs <= sample.UtcMs)
                at++;
            Assert.Equal(sample.Quality, kept[at].Quality);
            if (sample.IsUsable)
                Assert.True(Math.Abs(sample.Value - kept[at].Value) < tolerance, $"{sample} from {kept[at]}, {tolerance}");
        }
        Assert.True(kept.Count < all.Count * 0.95);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_straight_line_between_what_the_door_kept_is_within_the_tolerance(int seed) => AssertLine(seed, onlyChanges: false);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void It_is_so_too_when_only_changes_come_and_the_value_held_between(int seed) => AssertLine(seed, onlyChanges: true);

    [Fact]
    public void A_ramp_is_two_corners()
    {
        var filter = new SampleFilter(HistoryMode.SwingingDoor, 0.1, 1000);
        var kept = new StoredSample[3];
        int count = 0;
        for (int i = 0; i < 1000; i++)
            count += filter.Add(new StoredSample(i * 1000, i * 0.5, 0), kept);
        count += filter.Flush(kept);
        Assert.Equal(2, count);
    }

    private static void AssertLine(int seed, bool onlyChanges)
    {
        (List<StoredSample> all, List<StoredSample> kept, double tolerance) = Run(HistoryMode.SwingingDoor, seed, onlyChanges);
        int at = 0;
        foreach (StoredSample sample in all)
        {
            while (at + 1 < kept.Count && kept[at + 1].UtcMs <= sample.UtcMs)
                at++;
            Assert.Equal(sample.Quality, kept[at].Quality);
            if (!sample.IsUsable)
                continue;
            StoredSample a = kept[at], b = at + 1 < kept.Count && kept[at + 1].Quality == a.Quality ? kept[at + 1] : a;
            double share = b.UtcMs == a.UtcMs ? 0 : (sample.UtcMs - a.UtcMs) / (double)(b.UtcMs - a.UtcMs);
            double off = Math.Abs(sample.Value - (a.Value + share * (b.Value - a.Value)));
            Assert.True(off <= tolerance * (1 + 1e-9), $"{sample} is {off} from the line {a} {b}, {tolerance}");
        }
        Assert.True(kept.Count < all.Count * 0.95);
    }

    private static (List<StoredSample> All, List<StoredSample> Kept, double Tolerance) Run(HistoryMode mode, int seed, bool onlyChanges)
    {
        var random = new Random(seed);
        double tolerance = 0.05 + random.NextDouble(), value = 0, slope = 0;
        uint quality = 0;
        var filter = new SampleFilter(mode, tolerance, 1000);
        var (all, kept, room) = (new List<StoredSample>(), new List<StoredSample>(), new StoredSample[3]);
        for (int i = 0; i < 3000; i++)
        {
            if (random.Next(40) == 0)
                slope = random.Next(3) * (random.NextDouble() - 0.5);
            value = random.Next(100) == 0 ? random.NextDouble() * 20 : value + slope + (slope == 0 ? 0 : 0.1 * (random.NextDouble() - 0.5));
            quality = random.Next(150) == 0 ? 0x8031_0000 : random.Next(10) == 0 ? 0 : quality;
            var sample = new StoredSample(i * 1000L, value, quality);
            bool isChange = all.Count == 0 || all[^1] with { UtcMs = sample.UtcMs } != sample;
            all.Add(sample);
            if (!isChange && onlyChanges)
                continue;
            int count = filter.Add(sample, room);
            kept.AddRange(room[..count]);
        }
        // The end of a run is a sample, as the mark of the end is one.
        int more = filter.Add(all[^1] with { UtcMs = all[^1].UtcMs + 1000, Quality = 0x809D_0000 }, room);
        kept.AddRange(room[..more]);
        return (all, kept, tolerance);
    }
}
