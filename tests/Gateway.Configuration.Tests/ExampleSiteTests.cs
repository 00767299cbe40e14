using Gateway.Runtime.Tags;

namespace Gateway.Configuration.Tests;

/// <summary>The example site that people start from.</summary>
public sealed class ExampleSiteTests
{
    private static readonly SiteLoadResult Result = SiteLoader.Load(SiteFolder.Find("config/tangjiatuo"));

    [Fact]
    public void It_has_no_diagnostics() => Assert.Equal([], Result.Diagnostics.Select(d => d.ToString()));

    [Fact]
    public void It_has_a_plc_for_each_lane_the_plant_and_the_effluent()
    {
        Assert.Equal(
            ["lane1:15021 plc-lane1", "lane2:15022 plc-lane2", "lane3:15023 plc-lane3", "lane4:15024 plc-lane4", "plant:15025 plc-plant", "effluent:15026 plc-effluent"],
            Result.Site!.Lines.Select(line => $"{line.Name}:{line.Port} {line.Devices.Single().Name}"));
    }

    [Fact]
    public void Each_point_belongs_to_its_tag()
    {
        TagDefinition[] tags = Result.Site!.Plant.Tags;
        int[] measured = [.. Result.Site.Lines.SelectMany(line => line.Devices).SelectMany(device => device.Points).Select(point => point.Tag).Order()];
        Assert.Equal(tags.Where(tag => tag.Kind == TagKind.Measured).Select(tag => tag.Index), measured);
        Assert.Equal(Enumerable.Range(0, tags.Length), tags.Select(tag => tag.Index));
        Assert.All(tags, tag => Assert.Equal(tag.Kind == TagKind.Calculated, tag.Expression is not null));
    }

    [Theory]
    [InlineData("SPEC_ENERGY", 0.35)] // 3,500 kW for 10,000 m3/h
    [InlineData("EFF_LOAD_COD", 7200)] // 10,000 m3/h of 30 mg/L
    [InlineData("REM_COD", 90)] // 300 to 30 mg/L
    public void Calculations_carry_their_units(string name, double expected)
    {
        TagDefinition[] definitions = Result.Site!.Plant.Tags;
        var table = new TagTable(definitions.Length);
        foreach (var (tag, value) in (ReadOnlySpan<(string, double)>)[("SYS_POWER", 3500), ("EFF_FIT_601", 10_000), ("EFF_AIT_602", 30), ("IN_AIT_105", 300)])
            table.Set(Array.Find(definitions, definition => definition.Name == tag)!.Index, value, Quality.Good, 1);
        Assert.Equal(expected, Array.Find(definitions, definition => definition.Name == name)!.Expression!.Run(table, out Quality quality, out _), 1e-9);
        Assert.True(quality.IsGood);
    }
}
