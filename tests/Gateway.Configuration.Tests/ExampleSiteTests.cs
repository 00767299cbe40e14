using Gateway.Drivers;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Tags;

namespace Gateway.Configuration.Tests;

/// <summary>The example site that people start from.</summary>
public sealed class ExampleSiteTests
{
    private static readonly SiteLoadResult Result = SiteLoader.Load(SiteFolder.Find("config/tangjiatuo"));

    [Fact]
    public void It_has_no_diagnostics() => Assert.Equal([], Result.Diagnostics.Select(d => d.ToString()));

    [Fact]
    public void The_site_that_the_fuzzer_starts_from_has_no_diagnostics() =>
        Assert.Equal([], SiteLoader.Load(SiteFolder.Find("tests/Gateway.Fuzz/corpus/base-site")).Diagnostics.Select(d => d.ToString()));

    [Fact]
    public void It_has_a_plc_for_each_lane_the_plant_and_the_effluent()
    {
        Assert.Equal(
            ["lane1 127.0.0.1:15021 plc-lane1", "lane2 127.0.0.1:15022 plc-lane2", "lane3 127.0.0.1:15023 plc-lane3", "lane4 127.0.0.1:15024 plc-lane4", "plant 127.0.0.1:15025 plc-plant", "effluent 127.0.0.1:15026 plc-effluent"],
            Result.Site!.Lines.Select(line => $"{line.Name} {line.Endpoint} {line.Devices.Single().Name}"));
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

    [Fact]
    public void Its_permit_is_class_1A_of_a_works_built_after_2005()
    {
        PermitLimit[] daily = [.. Result.Site!.Plant.Permits.Where(limit => limit.Statistic == Statistic.DailyMean)];
        Assert.Equal(
            ["COD 50", "NH3-N 5", "TN 15", "TP 0.5", "SS 10"],
            daily.Select(limit => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{limit.Parameter} {limit.Limit}")));
        Assert.All(daily, limit => Assert.True(limit.IsFlowWeighted));
        Assert.Equal((8, 12), (daily[1].ColdLimit, daily[1].ColdThreshold));
        Assert.Equal(("GB18918-2002/1A/9b@2", "table 1, item 9b"), (daily[3].RuleId, daily[3].Source.Clause));
        PermitLimit acidity = Assert.Single(Result.Site.Plant.Permits, limit => limit.Parameter == "pH");
        Assert.Equal((6, 9, Statistic.OneOff, true, false), (acidity.LimitLow, acidity.Limit, acidity.Statistic, acidity.HydrogenIonMean, acidity.IsFlowWeighted));
        _ = new ComplianceEngine(Result.Site.Plant.Permits, Result.Site.Plant.Calendar);
    }

    [Fact]
    public void Its_outputs_are_tied_to_their_points()
    {
        Runtime.Outputs.OutputDefinition[] outputs = Result.Site!.Plant.Outputs;
        PointDefinition[] points = [.. Result.Site.Lines.SelectMany(line => line.Devices).SelectMany(device => device.Points).Where(point => point.Output >= 0)];
        Assert.Equal(outputs.Length, points.Length);
        Assert.All(points, point => Assert.Equal(point.Tag, outputs[point.Output].Tag));
        Assert.Equal(["SYS_RAIN_MODE", "BL_PSP_300", "CHM_SP_501"], outputs.Where(output => output.Armed).Select(output => output.Name));
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
