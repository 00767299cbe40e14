namespace Gateway.Simulation.Tests;

public sealed class SeededRandomTests
{
    [Fact]
    public void The_seed_is_spread_by_the_published_splitmix64()
    {
        // xoshiro256** over the state that SplitMix64 makes of seed 0: its first outputs 0xE220A8397B1DCDAF,
        // 0x6E789E6AA1B965F4, ... are the generator's published test values.
        var s1 = 0x6E789E6AA1B965F4UL;
        Assert.Equal(unchecked(ulong.RotateLeft(s1 * 5, 7) * 9), new SeededRandom(0).NextBits());
    }

    [Fact]
    public void Equal_seeds_are_equal_and_parts_differ()
    {
        var a = new SeededRandom(42, "pump");
        var b = new SeededRandom(42, "pump");
        var c = new SeededRandom(42, "valve");
        var first = Enumerable.Range(0, 100).Select(_ => a.NextBits()).ToArray();
        Assert.Equal(first, Enumerable.Range(0, 100).Select(_ => b.NextBits()));
        Assert.NotEqual(first, Enumerable.Range(0, 100).Select(_ => c.NextBits()));
    }

    [Fact]
    public void Numbers_have_the_promised_range_mean_and_spread()
    {
        var random = new SeededRandom(1);
        const int Count = 100_000;
        var seen = new int[6];
        double sum = 0;
        double squares = 0;
        for (var index = 0; index < Count; index++)
        {
            seen[random.Next(0, 6)]++;
            var gaussian = random.NextGaussian();
            sum += gaussian;
            squares += gaussian * gaussian;
            Assert.InRange(random.NextDouble(), 0, 0.9999999999999999);
        }

        Assert.All(seen, count => Assert.InRange(count, (Count / 6) - 600, (Count / 6) + 600));
        Assert.InRange(sum / Count, -0.02, 0.02);
        Assert.InRange(squares / Count, 0.98, 1.02);
        Assert.False(random.Chance(0));
        Assert.True(random.Chance(1));
    }
}
