using Gateway.Runtime.Compliance;
using static Gateway.Runtime.Tests.Compliance.ComplianceRig;

namespace Gateway.Runtime.Tests.Compliance;

/// <summary>The chain of reasons as people read it, of windows that the engine filled.</summary>
public sealed class VerdictTextTests
{
    [Fact]
    public void Seventeen_of_24_hours_are_too_few()
    {
        var rig = new ComplianceRig(Limit());
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T17:00:00+08:00");
        rig.SetQuality(10, 1000, 20, Runtime.Tags.Quality.Bad, Runtime.Tags.Quality.Good);
        rig.Run("2026-03-02T00:00:00+08:00");
        ComplianceWindow day = rig.Closed(0).Single().Window;
        Assert.Equal(
            ["17 of 24 hours valid: 70.8 % < 75 %", "dailyMean 10 mg/L ≤ limit 50 mg/L (GB 18918-2002 1A, table 1, item 1): margin 40 mg/L, 80 % left"],
            VerdictText.Explain(rig.Engine.Limits[0], day));
        Assert.Equal((ComplianceState.Undetermined, 40.0), (day.State, VerdictText.MarginOf(rig.Engine.Limits[0], day)));
    }

    [Fact]
    public void An_exceedance_names_limit_clause_margin_and_water()
    {
        var rig = new ComplianceRig(Limit(limit: 5) with { ColdLimit = 8, TemperatureTag = 2 });
        rig.Set(8.4, 1000, 12);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-02T00:00:00+08:00");
        Assert.Equal(
            [
                "24 of 24 hours valid: 100 % ≥ 75 %", "water at 12 degC ≤ 12 degC: limit 8 mg/L",
                "dailyMean 8.4 mg/L > limit 8 mg/L (GB 18918-2002 1A, table 1, item 1): margin -0.4 mg/L, 5 % beyond",
            ],
            VerdictText.Explain(rig.Engine.Limits[0], rig.Last.Window));
    }

    [Fact]
    public void A_share_just_below_the_bound_does_not_read_like_it()
    {
        ComplianceWindow window = new() { Valid = 7499, Due = 10000, Coverage = 0.7499, Value = double.NaN, Limit = 50, Removal = double.NaN, Worst = double.NaN };
        Assert.Equal("7499 of 10000 days valid: 74.99 % < 75 %", VerdictText.Explain(Limit(Statistic.MonthlyMean), window)[0]);
    }

    [Theory]
    [InlineData(0.285, 2, 0.28)] // half to even, in decimal: the binary number lies below
    [InlineData(0.275, 2, 0.28)]
    [InlineData(10.45, 1, 10.4)]
    [InlineData(10.55, 1, 10.6)]
    [InlineData(50.4999, 0, 50)]
    [InlineData(50.5, 0, 50)]
    [InlineData(51.5, 0, 52)]
    [InlineData(50.4999, -1, 50.4999)]
    public void The_statistic_is_rounded_once_half_to_even_before_it_is_compared(double value, int decimals, double expected)
    {
        PermitLimit limit = Limit(limit: expected) with { RoundTo = decimals };
        ComplianceWindow window = new() { Value = value, Temperature = double.NaN, Forecast = double.NaN, RemainingAverage = double.NaN };
        LimitJudge.Judge(limit, ref window, new LimitJudge.Facts { Covered = true, Partial = false, NoDischarge = false });
        Assert.Equal(expected, window.Value);
        Assert.NotEqual(ComplianceState.Exceeds, window.State);
    }

    [Theory]
    [InlineData(12, 2, ComplianceState.Complies)]
    [InlineData(12, 3, ComplianceState.Exceeds)]
    [InlineData(3, 0, ComplianceState.Undetermined)]
    [InlineData(365, 25, ComplianceState.Complies)]
    [InlineData(366, 26, ComplianceState.Exceeds)]
    public void Failing_samples_are_judged_by_the_table(int samples, int failing, ComplianceState expected)
    {
        PermitLimit limit = Limit(Statistic.AnnualSamples, double.NaN) with
        {
            SampleLimit = 25, Cap = 50, Unit = "samples", ReadingUnit = "mg/L", WarningRatio = 1, Allowance = new SampleAllowance([(4, 1), (8, 2), (17, 3), (351, 25)]),
        };
        var period = new PeriodWindow(limit);
        for (int i = 0; i < samples; i++)
            period.AddDay(new DayPart { IsValid = true, Mean = i < failing ? 25.1 : 25, Concentration = i < failing ? 25.1 : 25, Temperature = double.NaN, Influent = double.NaN, Minimum = 25, Maximum = 25.1 });
        Assert.Equal(failing, period.ValueOf(period.Total(), samples));
        ComplianceWindow window = new() { Value = failing, Valid = samples, Due = samples, Temperature = double.NaN, Forecast = double.NaN, Worst = 25.1, Removal = double.NaN };
        LimitJudge.Judge(limit, ref window, new LimitJudge.Facts { Covered = samples >= 4, Partial = false, NoDischarge = false, Upper = limit.Allowance!.For(samples) });
        Assert.Equal(expected, window.State);
    }

    [Theory]
    [InlineData(9, ComplianceState.Complies)]
    [InlineData(10, ComplianceState.Exceeds)]
    public void Nine_of_180_readings_above_the_turbidity_limit_pass(int above, ComplianceState expected)
    {
        PermitLimit limit = Limit(Statistic.MonthlyPercentile, 0.3) with { Percent = 95, ReadingHours = 4, WarningRatio = 1 };
        var period = new PeriodWindow(limit);
        for (int i = 0; i < 180; i++)
            period.AddReading(i < above ? 0.31 : 0.3);
        ComplianceWindow window = new() { Value = period.ValueOf(period.Total(), 180), Temperature = double.NaN, Forecast = double.NaN };
        LimitJudge.Judge(limit, ref window, new LimitJudge.Facts { Covered = true, Partial = false, NoDischarge = false });
        Assert.Equal(expected, window.State);
    }

    [Theory]
    [InlineData(ZeroRule.One, 2.0800838230519041)]    // cube root of 1 * 1 * 9
    [InlineData(ZeroRule.Ignore, 3)]                  // square root of 1 * 9
    [InlineData(ZeroRule.AddOne, 1.7144176165949066)] // cube root of 1 * 2 * 10, less 1
    public void A_zero_enters_a_geometric_mean_by_its_rule(ZeroRule rule, double expected)
    {
        var period = new PeriodWindow(Limit(Statistic.MonthlyGeometricMean) with { ZeroRule = rule });
        foreach (double value in (double[])[0, 1, 9])
            period.AddDay(new DayPart { IsValid = true, Mean = value, Concentration = value, Temperature = double.NaN, Influent = double.NaN });
        Assert.Equal(expected, period.ValueOf(period.Total(), 3), 1e-12);
    }
}
