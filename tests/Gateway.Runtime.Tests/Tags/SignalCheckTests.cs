using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Tags;

public sealed class SignalCheckTests
{
    private const long Second = ScanTime.TicksPerSecond;

    private static Quality Feed(ref SignalCheckState state, SignalCheck check, double value, double seconds, out double kept)
    {
        kept = value;
        return state.Apply(check, ref kept, Quality.Good, (long)(seconds * Second));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void F31_not_a_number_is_bad_whatever_else_is_configured(double value)
    {
        var state = new SignalCheckState();
        Assert.Equal(Quality.BadDecodingError, Feed(ref state, SignalCheck.None, value, 0, out _));
    }

    [Theory]
    [InlineData(RangePolicy.Bad, 15.0, 0x803C0000u, 15.0)]
    [InlineData(RangePolicy.Uncertain, 15.0, 0x40940000u, 15.0)]
    [InlineData(RangePolicy.Clamp, 15.0, 0x40940000u, 14.0)]
    [InlineData(RangePolicy.Clamp, -1.0, 0x40940000u, 0.0)]
    [InlineData(RangePolicy.Bad, 14.0, 0u, 14.0)]
    [InlineData(RangePolicy.Bad, 0.0, 0u, 0.0)]
    public void A_value_outside_its_range_follows_the_policy(RangePolicy policy, double value, uint expected, double kept)
    {
        var state = new SignalCheckState();
        var check = new SignalCheck { Low = 0, High = 14, OutOfRange = policy };
        Assert.Equal(expected, Feed(ref state, check, value, 0, out double result).Code);
        Assert.Equal(kept, result);
    }

    [Fact]
    public void A_jump_faster_than_the_rate_is_uncertain_once()
    {
        var state = new SignalCheckState();
        var check = new SignalCheck { MaxRatePerSecond = 2 };
        Assert.True(Feed(ref state, check, 10, 0, out _).IsGood);
        Assert.True(Feed(ref state, check, 12, 1, out _).IsGood);
        Assert.Equal(Quality.UncertainSensorNotAccurate, Feed(ref state, check, 14.1, 2, out _));
        Assert.True(Feed(ref state, check, 14.1, 3, out _).IsGood);
    }

    [Fact]
    public void A_frozen_signal_is_uncertain_from_the_stuck_time_until_it_moves()
    {
        var state = new SignalCheckState();
        var check = new SignalCheck { StuckSeconds = 60, StuckBand = 0.1 };
        for (int s = 0; s < 60; s++)
            Assert.True(Feed(ref state, check, 5 + (s % 2) * 0.05, s, out _).IsGood);
        Assert.Equal(Quality.UncertainSensorNotAccurate, Feed(ref state, check, 5, 60, out _));
        Assert.True(Feed(ref state, check, 5.2, 61, out _).IsGood);
        Assert.True(Feed(ref state, check, 5.2, 120, out _).IsGood);
        Assert.True(Feed(ref state, check, 5.2, 121, out _).IsUncertain);
    }

    [Fact]
    public void A_bad_source_is_passed_on_and_an_uncertain_one_stays_uncertain()
    {
        var state = new SignalCheckState();
        double value = 5;
        Assert.Equal(Quality.BadTimeout, state.Apply(SignalCheck.None, ref value, Quality.BadTimeout, 0));
        Assert.Equal(Quality.UncertainSubNormal, state.Apply(SignalCheck.None, ref value, Quality.UncertainSubNormal, 0));
    }
}
