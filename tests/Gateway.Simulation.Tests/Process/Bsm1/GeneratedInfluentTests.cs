using Gateway.Simulation.Process;
using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Tests.Process.Bsm1;

public sealed class GeneratedInfluentTests
{
    private static readonly int[] Polluting = [Asm1.SS, Asm1.XI, Asm1.XS, Asm1.XBH, Asm1.SNH, Asm1.SND, Asm1.XND];

    [Fact]
    public void Dry_weather_has_the_means_of_the_benchmark()
    {
        // Over ten weeks the scatter has averaged out to half a percent.
        var series = GeneratedInfluent.Generate(Weather.Dry, 70, seed: 3);
        var constant = InfluentSeries.Constant[0];
        Reference.Close(18_446, Mean(series, InfluentSeries.Flow, 0), 0.005, "flow");
        foreach (var component in Polluting)
            Reference.Close(constant[component], Load(series, component, 0) / Mean(series, InfluentSeries.Flow, 0), 0.01, Asm1.Symbols[component]);
        foreach (var component in (int[])[Asm1.XBA, Asm1.XP, Asm1.SO, Asm1.SNO])
            Assert.Equal(0, Mean(series, component, 0));
    }

    [Fact]
    public void Nights_are_thin_and_mornings_strong()
    {
        var series = GeneratedInfluent.Generate(Weather.Dry, 14, seed: 1);
        var flow = Enumerable.Range(0, series.Count).Select(row => series[row][InfluentSeries.Flow]).ToArray();
        Assert.InRange(flow.Min(), 7_000, 12_000);
        Assert.InRange(flow.Max(), 24_000, 34_000);
        double At(int component, int hour) => Enumerable.Range(0, 14).Average(day => series[(day * 96) + (hour * 4)][component]);
        Assert.True(At(Asm1.SNH, 10) > 1.5 * At(Asm1.SNH, 3));
        Assert.True(At(InfluentSeries.Flow, 11) > 2 * At(InfluentSeries.Flow, 4));
        Assert.True(Mean(series, InfluentSeries.Flow, 5 * 96, 7 * 96) < 0.95 * Mean(series, InfluentSeries.Flow, 0, 5 * 96));
    }

    [Fact]
    public void Rain_brings_water_and_the_load_of_dry_weather()
    {
        var dry = GeneratedInfluent.Generate(Weather.Dry, 14, seed: 5);
        var rain = GeneratedInfluent.Generate(Weather.Rain, 14, seed: 5);
        Assert.True(Mean(rain, InfluentSeries.Flow, 7 * 96) > 1.2 * Mean(dry, InfluentSeries.Flow, 7 * 96));
        Reference.Close(Load(dry, Asm1.SNH, 0), Load(rain, Asm1.SNH, 0), 1e-12, "ammonium load");
        Assert.True(Mean(rain, InfluentSeries.Temperature, 7 * 96) < Mean(dry, InfluentSeries.Temperature, 7 * 96));
        for (var row = 0; row < 7 * 96; row++)
            Assert.Equal(dry[row].ToArray(), rain[row].ToArray());
    }

    [Fact]
    public void The_first_flush_of_a_storm_is_solids_and_leads_the_water()
    {
        var dry = GeneratedInfluent.Generate(Weather.Dry, 14, seed: 2);
        var storm = GeneratedInfluent.Generate(Weather.Storm, 14, seed: 2);
        Assert.True(Load(storm, Asm1.XS, 0) > 1.02 * Load(dry, Asm1.XS, 0));
        Reference.Close(Load(dry, Asm1.SNH, 0), Load(storm, Asm1.SNH, 0), 1e-12, "ammonium load");
        var flow = Enumerable.Range(0, storm.Count).Select(row => storm[row][InfluentSeries.Flow]).ToArray();
        Assert.InRange(flow.Max(), 40_000, 60_000);
        // In the first event the solids have their peak before the water, far above any dry hour.
        var start = Enumerable.Range(0, storm.Count).First(row => storm[row][InfluentSeries.Flow] > dry[row][InfluentSeries.Flow]);
        var solids = Enumerable.Range(start, 32).Select(row => storm[row][Asm1.XI]).ToArray();
        var water = flow[start..(start + 32)];
        Assert.True(Array.IndexOf(solids, solids.Max()) <= Array.IndexOf(water, water.Max()));
        Assert.True(solids.Max() > 1.5 * Enumerable.Range(0, dry.Count).Max(row => dry[row][Asm1.XI]));
    }

    [Fact]
    public void A_seed_decides_everything_and_nothing_is_negative()
    {
        foreach (var weather in Enum.GetValues<Weather>())
        {
            var series = GeneratedInfluent.Generate(weather, 28, seed: 7);
            var again = GeneratedInfluent.Generate(weather, 28, seed: 7);
            var other = GeneratedInfluent.Generate(weather, 28, seed: 8);
            Assert.NotEqual(series[40].ToArray(), other[40].ToArray());
            for (var row = 0; row < series.Count; row++)
            {
                Assert.Equal(series[row].ToArray(), again[row].ToArray());
                for (var position = 0; position < InfluentSeries.RowLength; position++)
                    Assert.True(series[row][position] >= 0);
            }
        }
    }

    [Fact]
    public void Summers_are_warm_and_winters_cold()
    {
        var winter = GeneratedInfluent.Generate(Weather.Dry, 7, seed: 1, dayOfYear: 30);
        var summer = GeneratedInfluent.Generate(Weather.Dry, 7, seed: 1, dayOfYear: 210);
        Assert.InRange(Mean(winter, InfluentSeries.Temperature, 0), 9, 11);
        Assert.InRange(Mean(summer, InfluentSeries.Temperature, 0), 19, 21);
    }

    private static double Mean(InfluentSeries series, int position, int from, int? to = null) =>
        Enumerable.Range(from, (to ?? series.Count) - from).Average(row => series[row][position]);

    private static double Load(InfluentSeries series, int component, int from) =>
        Enumerable.Range(from, series.Count - from).Average(row => series[row][component] * series[row][InfluentSeries.Flow]);
}
