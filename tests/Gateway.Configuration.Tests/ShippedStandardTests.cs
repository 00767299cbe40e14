using Gateway.Configuration.Compliance;
using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Text;
using Gateway.Runtime.Compliance;

namespace Gateway.Configuration.Tests;

/// <summary>The standards that come with the gateway, read by the loader, and judged side by side at one outfall.</summary>
public sealed class ShippedStandardTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(SiteFolder.Find("config/standards"), "*.json").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_file_is_read_without_diagnostics(string file)
    {
        var bag = new DiagnosticBag();
        string path = Path.Combine(SiteFolder.Find("config/standards"), file);
        StandardFile? standard = StandardFile.Read(SourceText.Read(path, file, 1 << 22, bag, out _)!, bag);
        Assert.Empty(bag.ToList());
        Assert.All(standard!.Rows, row => Assert.NotEmpty(row.Source));
        Assert.All(standard.Rows, row => Assert.NotEmpty(row.Values));
    }

    [Fact]
    public void A_permit_may_rest_on_nothing_from_memory_without_a_warning()
    {
        using var site = new SiteFolder();
        SiteLoadResult result = Load(site, "quasi-class-iv.json", "DB11/890-2012-B", "NH3-N", "dailyMean");
        Diagnostic warning = Assert.Single(result.Diagnostics);
        Assert.Equal(("GW4016", 1.5, "memory"), (warning.Code, Assert.Single(result.Site!.Plant.Permits).Limit, result.Site.Plant.Permits[0].Source.Confidence));
    }

    [Theory]
    [InlineData("gb-18918-2002.json", "1A", "NH3-N", "oneOff")]
    [InlineData("quasi-class-iv.json", "DB50/963-2020", "BOD5", "dailyMean")]
    [InlineData("quasi-class-iv.json", "contract", "TN", "dailyMean")]
    public void A_gap_loads_with_a_warning_and_judges_undetermined(string file, string classId, string parameter, string statistic)
    {
        using var site = new SiteFolder();
        SiteLoadResult result = Load(site, file, classId, parameter, statistic);
        Assert.Equal("GW4014", Assert.Single(result.Diagnostics).Code);
        PermitLimit limit = Assert.Single(result.Site!.Plant.Permits);
        Assert.True(double.IsNaN(limit.Limit));
        Assert.Equal("gap", limit.Source.Confidence);
    }

    [Fact]
    public void Several_rule_sets_are_judged_side_by_side_at_one_outfall()
    {
        using var site = new SiteFolder();
        foreach (string file in (string[])["gb-18918-2002.json", "quasi-class-iv.json", "black-odorous-waters.json"])
            File.Copy(Path.Combine(SiteFolder.Find("config/standards"), file), Path.Combine(site.Path, file));
        SiteLoadResult result = site.With("compliance.json", """
            { "permits": [
              { "id": "national", "standard": "gb-18918-2002.json", "class": "1A", "flowTag": "FLOW", "temperatureTag": "TEMP",
                "parameters": [ { "parameter": "NH3-N", "valueTag": "NH4" } ] },
              { "id": "contract", "standard": "quasi-class-iv.json", "class": "DB12/599-2015-A", "flowTag": "FLOW", "temperatureTag": "TEMP",
                "parameters": [ { "parameter": "NH3-N", "valueTag": "NH4", "limit": 1.5, "coldLimit": 3, "clause": "contract 4.2" } ] },
              { "id": "river", "standard": "black-odorous-waters.json", "class": "notBlackOdorous", "flowTag": "FLOW",
                "parameters": [ { "parameter": "NH3-N", "valueTag": "NH4", "statistics": ["oneOff"] } ] },
            ] }
            """).Load();
        Assert.Equal("", site.Print(result));
        Assert.Equal(
            ["national 5 (8) read", "contract 1.5 (3) permit", "river 8 (NaN) secondHand"],
            result.Site!.Plant.Permits.Select(l => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{l.PermitId} {l.Limit} ({l.ColdLimit}) {l.Source.Confidence}")));
    }

    [Fact]
    public void Statistics_beyond_means_get_what_they_need()
    {
        using var site = new SiteFolder();
        foreach (string file in (string[])["eu-91-271.json", "us-npdes-template.json", "us-40cfr133.json"])
            File.Copy(Path.Combine(SiteFolder.Find("config/standards"), file), Path.Combine(site.Path, file));
        SiteLoadResult result = site.With("compliance.json", """
            { "permits": [
              { "id": "eu", "standard": "eu-91-271.json", "class": "over-100000", "flowTag": "FLOW",
                "parameters": [ { "parameter": "BOD5", "valueTag": "NH4", "statistics": ["annualSamples"], "influentTag": "SP", "minReadings": 24 } ] },
              { "id": "us", "standard": "us-npdes-template.json", "class": "permit", "flowTag": "FLOW", "weekStart": "sunday",
                "parameters": [
                  { "parameter": "NH3-N", "valueTag": "NH4", "statistics": ["monthlyLoad"], "limit": 500, "clause": "part I.A" },
                  { "parameter": "TP", "valueTag": "NH4", "statistics": ["annualLoad"], "limit": 9, "unit": "t", "clause": "part I.B", "roundTo": 1 },
                ] },
              { "id": "secondary", "standard": "us-40cfr133.json", "class": "secondary", "flowTag": "FLOW",
                "parameters": [
                  { "parameter": "pH", "valueTag": "PH", "statistics": ["monthlyExcursion"], "limit": 446, "clause": "permit 2" },
                  { "parameter": "SS", "valueTag": "NH4", "statistics": ["rolling30DayRemoval"], "influentTag": "SP" },
                ] },
            ] }
            """).Load();
        Assert.Equal("", site.Print(result));
        PermitLimit[] limits = result.Site!.Plant.Permits;
        Assert.Equal(("samples", "mg/L", 25, 50, 70, 24, 3), (limits[0].Unit, limits[0].ReadingUnit, limits[0].SampleLimit, limits[0].Cap, limits[0].MinRemoval, limits[0].MinReadings, limits[0].Allowance!.For(24)));
        // 1 mg/L times 1 m3/h during one hour is one gram.
        Assert.Equal(1e-3, limits[1].LoadFactor * TimeSpan.TicksPerHour, 1e-15);
        Assert.Equal((true, DayOfWeek.Sunday), (limits[1].LoadPerDay, limits[1].WeekStart));
        Assert.Equal(1e-6, limits[2].LoadFactor * TimeSpan.TicksPerHour, 1e-18);
        Assert.Equal((false, "t", 1), (limits[2].LoadPerDay, limits[2].Unit, limits[2].RoundTo));
        Assert.Equal((6, 9, 60, 446), (limits[3].BandLow, limits[3].BandHigh, limits[3].Cap, limits[3].Limit));
        Assert.Equal((85, "%", 6), (limits[4].LimitLow, limits[4].Unit, limits[4].InfluentTag));
        _ = new ComplianceEngine(limits, result.Site.Plant.Calendar);
    }

    private static SiteLoadResult Load(SiteFolder site, string file, string classId, string parameter, string statistic)
    {
        File.Copy(Path.Combine(SiteFolder.Find("config/standards"), file), Path.Combine(site.Path, file));
        return site.With("compliance.json", $$"""
            { "permits": [ { "id": "p", "standard": "{{file}}", "class": "{{classId}}", "flowTag": "FLOW", "temperatureTag": "TEMP",
              "parameters": [ { "parameter": "{{parameter}}", "valueTag": "NH4", "statistics": ["{{statistic}}"] } ] } ] }
            """).Load();
    }
}
