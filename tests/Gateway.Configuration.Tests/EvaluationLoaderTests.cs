using Gateway.Configuration.Samples;
using Gateway.Runtime.Compliance;

namespace Gateway.Configuration.Tests;

/// <summary>Samples in long and wide layout, their units, qualifiers and times; and what laboratory samples are judged to be.</summary>
public sealed class EvaluationLoaderTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const string Permit = """
        { "timeZone": "Asia/Shanghai", "permits": [ { "id": "lab", "standard": "standard.json", "class": "A", "parameters": [
          { "parameter": "BOD5", "statistics": ["monthlyMean"], "limit": 10, "clause": "permit 1", "belowDetection": "RULE", "minReadings": 3 } ] } ] }
        """;

    [Theory]
    [InlineData("time,parameter,value,unit\n2026-03-01T08:00:00+08:00,BOD5,<2000,ug/L\n2026-03-02,BOD5,12,mg/L\n2026-03-03 09:30,BOD5,1,mg/L\n")]
    [InlineData("time;BOD5 (ug/L)\n2026-03-01T00:00:00Z;<2000\n2026-03-02;12000\n2026-03-03 09:30;1000\n")]
    public void Layouts_units_times_and_qualifiers_come_to_the_same(string table)
    {
        EvaluationInput input = Load(table, "zero");
        PermitLimit limit = Assert.Single(input.Limits);
        IReadOnlyList<LaboratorySample> samples = input.Series[limit.ValueTag].Samples;
        Assert.Equal([2.0, 12.0, 1.0], samples.Select(sample => Math.Round(sample.Value, 12)));
        Assert.Equal([SampleQualifier.Below, SampleQualifier.None, SampleQualifier.None], samples.Select(sample => sample.Qualifier));
        Assert.Equal(
            [new DateTime(2026, 3, 1, 0, 0, 0), new DateTime(2026, 3, 1, 16, 0, 0), new DateTime(2026, 3, 3, 1, 30, 0)],
            samples.Select(sample => new DateTime(sample.Utc)));
    }

    [Theory]
    [InlineData("zero", 1.0)] // 1, 2, < ML counted as 0: mean 1, the example of permit texts
    [InlineData("half", 4.0 / 3)]
    [InlineData("level", 5.0 / 3)]
    public void Values_below_detection_count_by_the_permits_rule(string rule, double expected)
    {
        EvaluationInput input = Load("time,BOD5\n2026-03-01,1\n2026-03-02,2\n2026-03-03,<2\n", rule);
        EvaluatedWindow month = Assert.Single(Judge(input));
        Assert.Equal(expected, month.Window.Value, 1e-12);
        Assert.Equal((3, 3, 1, ComplianceState.Complies), (month.Window.Valid, month.Window.Due, month.BelowDetection, month.Window.State));
    }

    [Theory]
    [InlineData("2026-03-01,9\n2026-03-02,12\n2026-03-03,10\n", ComplianceState.Exceeds)]
    [InlineData("2026-03-01,9\n2026-03-02,11\n2026-03-03,10\n", ComplianceState.Warning)]
    [InlineData("2026-03-01,1\n2026-03-02,1\n", ComplianceState.Undetermined)]
    [InlineData("2026-03-01,1\n2026-03-02,1\n2026-03-03,>5\n", ComplianceState.Undetermined)]
    [InlineData("2026-03-01,1\n2026-03-02,1\n2026-03-03,>50\n", ComplianceState.Exceeds)]
    public void A_month_of_samples_is_judged(string rows, ComplianceState expected) =>
        Assert.Equal(expected, Assert.Single(Judge(Load("time,BOD5\n" + rows, "zero"))).Window.State);

    [Fact]
    public void Quarter_hours_are_judged_by_the_engine_itself()
    {
        using var site = new SiteFolder();
        var rows = new System.Text.StringBuilder("time,NH3-N (mg/L),FLOW (m3/h),TEMP (degC)\n");
        for (int i = 0; i < 96; i++)
            rows.Append(System.Globalization.CultureInfo.InvariantCulture, $"2026-03-01T{i / 4:00}:{i % 4 * 15:00}:00+08:00,{(i < 48 ? 4 : 7)},{(i < 48 ? 3000 : 1000)},20\n");
        EvaluationInput input = Load(site, site.With("p.json", """
            { "permits": [ { "id": "p", "standard": "standard.json", "class": "A", "flowTag": "FLOW", "temperatureTag": "TEMP",
              "parameters": [ { "parameter": "NH3-N" } ] } ] }
            """), rows.ToString());
        Assert.True(SampleEvaluation.IsOnline(input.Series[input.Limits[0].ValueTag].Samples));
        EvaluatedWindow day = Assert.Single(SampleEvaluation.Online(input.Limits, input.Calendar, [.. input.Series.Select(series => series.Samples)]));
        // 12 h at 4 mg/L and 3,000 m3/h, 12 h at 7 mg/L and 1,000 m3/h.
        Assert.Equal((4.75, 24, 24, true), (day.Window.Value, day.Window.Valid, day.Window.Due, day.IsClosed));
    }

    private static List<EvaluatedWindow> Judge(EvaluationInput input) =>
        SampleEvaluation.Laboratory(input.Limits[0], input.Calendar, [.. input.Series.Select(series => series.Samples)]);

    private static EvaluationInput Load(string table, string rule)
    {
        using var site = new SiteFolder();
        return Load(site, site.With("p.json", Permit.Replace("RULE", rule, StringComparison.Ordinal)), table);
    }

    private static EvaluationInput Load(SiteFolder site, SiteFolder with, string table)
    {
        EvaluationLoadResult result = EvaluationLoader.Load(Path.Combine(with.Path, "p.json"), Path.Combine(site.With("s.csv", table).Path, "s.csv"), Now);
        Assert.Equal([], result.Diagnostics.Select(diagnostic => diagnostic.ToString()));
        return result.Input!;
    }
}
