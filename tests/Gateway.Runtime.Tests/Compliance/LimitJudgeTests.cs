using Gateway.Runtime.Compliance;
using static Gateway.Runtime.Tests.Compliance.ComplianceRig;

namespace Gateway.Runtime.Tests.Compliance;

public sealed class LimitJudgeTests
{
    private static readonly PermitLimit Ammonia = Limit(limit: 5) with { Parameter = "NH3-N", ColdLimit = 8, TemperatureTag = 2 };
    private static readonly PermitLimit Acid = Limit(Statistic.OneOff, 9) with { LimitLow = 6, Unit = "pH" };

    [Theory]
    [InlineData(50.0, ComplianceState.Warning, ComplianceReason.NearLimit, 0.0)] // equal complies, with no head-room
    [InlineData(50.000000000000007, ComplianceState.Exceeds, ComplianceReason.AboveLimit, -1.4e-16)]
    [InlineData(50.4, ComplianceState.Exceeds, ComplianceReason.AboveLimit, -0.008)] // would round to the limit
    [InlineData(40.0, ComplianceState.Complies, ComplianceReason.None, 0.2)] // exactly 80 % used
    [InlineData(40.001, ComplianceState.Warning, ComplianceReason.NearLimit, 0.19998)]
    [InlineData(0.0, ComplianceState.Complies, ComplianceReason.None, 1.0)]
    public void An_upper_limit_is_compared_unrounded(double value, ComplianceState state, ComplianceReason reason, double headroom)
    {
        ComplianceWindow window = Judged(Limit(), value);
        Assert.Equal((state, reason), (window.State, window.Reason));
        Assert.Equal(headroom, window.Headroom, 1e-15);
        Assert.Equal(50, window.Limit);
    }

    [Theory]
    [InlineData(12.0, 8, ComplianceState.Complies)]
    [InlineData(11.99, 8, ComplianceState.Complies)]
    [InlineData(12.000000000000002, 5, ComplianceState.Exceeds)]
    [InlineData(25, 5, ComplianceState.Exceeds)]
    public void Up_to_and_including_12_degrees_the_bracket_value_holds(double temperature, double limit, ComplianceState state)
    {
        ComplianceWindow window = Judged(Ammonia, 6, temperature);
        Assert.Equal(limit, window.Limit);
        Assert.Equal(state, window.State);
    }

    [Theory]
    [InlineData(3, ComplianceState.Complies, ComplianceReason.None)]
    [InlineData(5, ComplianceState.Warning, ComplianceReason.NearLimit)]
    [InlineData(6, ComplianceState.Undetermined, ComplianceReason.TemperatureUnknown)]
    [InlineData(8, ComplianceState.Undetermined, ComplianceReason.TemperatureUnknown)]
    [InlineData(8.1, ComplianceState.Exceeds, ComplianceReason.AboveLimit)]
    public void Without_a_temperature_only_what_both_limits_say_is_said(double value, ComplianceState state, ComplianceReason reason)
    {
        ComplianceWindow window = Judged(Ammonia, value, double.NaN);
        Assert.Equal((state, reason), (window.State, window.Reason));
        Assert.Equal(5, window.Limit);
    }

    [Theory]
    [InlineData(6.0, 7.0, 6.0, ComplianceState.Warning, 6, 0.0)]
    [InlineData(5.999, 7.0, 5.999, ComplianceState.Exceeds, 6, -0.000667)]
    [InlineData(7.0, 9.0, 9.0, ComplianceState.Warning, 9, 0.0)]
    [InlineData(7.0, 9.001, 9.001, ComplianceState.Exceeds, 9, -0.000667)]
    [InlineData(7.2, 7.6, 7.2, ComplianceState.Complies, 6, 0.8)]
    public void A_single_value_is_judged_by_the_extreme_nearer_to_its_limit(
        double minimum, double maximum, double value, ComplianceState state, double limit, double headroom)
    {
        ComplianceWindow window = Judged(Acid, double.NaN, double.NaN, minimum, maximum);
        Assert.Equal(value, window.Value);
        Assert.Equal(state, window.State);
        Assert.Equal(limit, window.Limit);
        Assert.Equal(headroom, window.Headroom, 1e-6);
    }

    [Fact]
    public void A_lower_limit_alone_is_a_floor()
    {
        PermitLimit oxygen = Limit() with { Limit = double.NaN, LimitLow = 5, Unit = "mg/L" };
        Assert.Equal(ComplianceReason.BelowLimit, Judged(oxygen, 4.99).Reason);
        Assert.Equal(ComplianceState.Warning, Judged(oxygen, 5).State);
        Assert.Equal(0.4, Judged(oxygen, 7).Headroom, 1e-12);
    }

    [Fact]
    public void A_gap_in_the_standard_never_complies()
    {
        PermitLimit gap = Limit(Statistic.OneOff, double.NaN);
        ComplianceWindow window = Judged(gap, 1, double.NaN, 0.5, 1);
        Assert.Equal((ComplianceState.Undetermined, ComplianceReason.NoLimit), (window.State, window.Reason));
        Assert.Equal(1, window.Value);
    }

    [Fact]
    public void Missing_coverage_hides_a_mean_but_not_a_single_value_beyond_the_limit()
    {
        var few = new LimitJudge.Facts { Covered = false, Partial = true, NoDischarge = false };
        ComplianceWindow mean = Window(99, 20, 90, 99);
        LimitJudge.Judge(Limit(), ref mean, few);
        Assert.Equal((ComplianceState.Undetermined, ComplianceReason.PartialFirstWindow), (mean.State, mean.Reason));
        ComplianceWindow single = Window(double.NaN, 20, 1, 99);
        LimitJudge.Judge(Limit(Statistic.OneOff), ref single, few);
        Assert.Equal((ComplianceState.Exceeds, ComplianceReason.AboveLimit), (single.State, single.Reason));
    }

    private static ComplianceWindow Judged(PermitLimit limit, double value, double temperature = double.NaN, double minimum = double.NaN, double maximum = double.NaN)
    {
        ComplianceWindow window = Window(value, temperature, minimum, maximum);
        LimitJudge.Judge(limit, ref window, new LimitJudge.Facts { Covered = true, Partial = false, NoDischarge = false });
        return window;
    }

    private static ComplianceWindow Window(double value, double temperature, double minimum, double maximum) => new()
    {
        Value = value,
        Temperature = temperature,
        Minimum = minimum,
        Maximum = maximum,
        RemainingAverage = double.NaN,
        Forecast = double.NaN,
    };
}
