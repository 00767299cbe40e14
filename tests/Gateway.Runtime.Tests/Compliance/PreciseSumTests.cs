using Gateway.Runtime.Compliance;

namespace Gateway.Runtime.Tests.Compliance;

public sealed class PreciseSumTests
{
    [Theory]
    [InlineData(12.0)]
    [InlineData(0.1)]
    [InlineData(0.3)]
    [InlineData(49.99)]
    [InlineData(1e-7)]
    [InlineData(-3.3)]
    public void The_mean_of_one_value_is_that_value_whatever_the_weights(double value)
    {
        var random = new Random(7);
        PreciseSum load = default;
        PreciseSum weight = default;
        for (int i = 0; i < 100_000; i++)
        {
            double flow = random.NextDouble() * 5000;
            double ticks = random.Next(1, 100_000_000);
            load.AddProduct(flow, ticks, value);
            weight.AddProduct(flow, ticks);
        }
        Assert.Equal(value, load.DividedBy(weight));
    }

    [Fact]
    public void A_mean_that_is_exact_in_decimal_is_exact_here()
    {
        // Half of the water at 0.45 and half at 0.55 mg/L is 0.5 mg/L, in any order and number of steps.
        PreciseSum load = default;
        PreciseSum weight = default;
        for (int i = 0; i < 864_001 - 1; i++)
        {
            load.AddProduct(3480.5, 1_000_000, i % 2 == 0 ? 0.45 : 0.55);
            weight.AddProduct(3480.5, 1_000_000);
        }
        Assert.Equal(0.5, load.DividedBy(weight));
    }

    [Fact]
    public void Nothing_divided_by_nothing_is_not_a_number()
    {
        PreciseSum empty = default;
        Assert.True(double.IsNaN(empty.DividedBy(empty)));
    }

    [Fact]
    public void Small_parts_are_not_lost_beside_large_ones()
    {
        PreciseSum sum = default;
        PreciseSum one = default;
        one.AddProduct(1, 1);
        sum.AddProduct(1e17, 1);
        for (int i = 0; i < 1000; i++)
            sum.AddProduct(1, 1);
        sum.AddProduct(-1e17, 1);
        Assert.Equal(1000, sum.DividedBy(one));
    }
}
