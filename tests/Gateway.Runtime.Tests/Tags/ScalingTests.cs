using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Tags;

public sealed class ScalingTests
{
    // 4–20 mA as 6400–32000 counts over 0–14 pH, and a differential pressure transmitter: 25 % of the signal is half the flow.
    [Theory]
    [InlineData(6400, 0)]
    [InlineData(19200, 7)]
    [InlineData(32000, 14)]
    public void A_line_goes_through_its_points_and_back(double raw, double value)
    {
        Scaling scaling = Scaling.Linear(6400, 32000, 0, 14);
        Assert.Equal(value, scaling.ToUnits(raw), 12);
        Assert.True(scaling.TryToRaw(value, out double back));
        Assert.Equal(raw, back, 8);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1000, 250)]
    [InlineData(4000, 500)]
    [InlineData(-50, 0)]
    public void A_square_root_gives_flow_from_differential_pressure(double raw, double value)
    {
        Scaling scaling = Scaling.SquareRoot(0, 4000, 0, 500);
        Assert.Equal(value, scaling.ToUnits(raw), 12);
        if (raw < 0)
            return;
        Assert.True(scaling.TryToRaw(value, out double back));
        Assert.Equal(raw, back, 8);
    }

    [Fact]
    public void A_square_root_cannot_be_asked_for_less_than_its_low_end() =>
        Assert.False(Scaling.SquareRoot(0, 4000, 0, 500).TryToRaw(-1, out _));

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 0)]
    [InlineData(0.5, 5)]
    [InlineData(1, 10)]
    [InlineData(2, 40)]
    [InlineData(3, 90)]
    [InlineData(4, 90)]
    public void A_table_interpolates_and_its_ends_hold(double raw, double value)
    {
        Scaling scaling = Scaling.Table([0, 1, 2, 3], [0, 10, 40, 90]);
        Assert.Equal(value, scaling.ToUnits(raw), 12);
        Assert.True(double.IsNaN(scaling.ToUnits(double.NaN)));
    }

    [Fact]
    public void A_table_inverts_only_where_it_is_monotonic()
    {
        Assert.True(Scaling.Table([0, 1, 2], [90, 40, 10]).TryToRaw(25, out double raw));
        Assert.Equal(1.5, raw, 12);
        Assert.False(Scaling.Table([0, 1, 2], [0, 40, 10]).TryToRaw(20, out _));
        Assert.False(Scaling.Table([0, 1], [0, 40]).TryToRaw(41, out _));
        Assert.False(Scaling.Table([0, 1], [0, 40]).TryToRaw(double.NaN, out _));
    }

    [Fact]
    public void Empty_and_endless_ranges_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Scaling.Linear(1, 1, 0, 1));
        Assert.Throws<ArgumentException>(() => Scaling.Linear(0, double.PositiveInfinity, 0, 1));
        Assert.Throws<ArgumentException>(() => Scaling.SquareRoot(0, 1, 5, 5));
        Assert.Throws<ArgumentException>(() => Scaling.Table([1], [1]));
        Assert.Throws<ArgumentException>(() => Scaling.Table([1, 1], [1, 2]));
    }
}
