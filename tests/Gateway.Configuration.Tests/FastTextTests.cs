using System.Globalization;
using Gateway.Configuration.Samples;

namespace Gateway.Configuration.Tests;

/// <summary>The fast forms say the same as the general parsers, to the bit, or decline.</summary>
public sealed class FastTextTests
{
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Numbers_are_those_of_the_general_parser(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++)
        {
            string text = (random.NextDouble() * Math.Pow(10, random.Next(-6, 9))).ToString(random.Next(4) switch { 0 => "R", 1 => "G5", 2 => "F3", _ => "0.######" }, CultureInfo.InvariantCulture);
            text = random.Next(5) == 0 ? "-" + text : text;
            if (FastText.TryNumber(text, out double value))
                Assert.True(BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)) == BitConverter.DoubleToInt64Bits(value), $"seed {seed}: '{text}' is not {value:R}");
        }
        Assert.True(FastText.TryNumber("12.50", out double plain) && plain == 12.5);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1e3")]
    [InlineData("1.2.3")]
    [InlineData("1,5")]
    [InlineData("+1")]
    [InlineData("NaN")]
    [InlineData("12345678901234567")]
    public void Other_forms_are_declined(string text) => Assert.False(FastText.TryNumber(text, out _));

    [Theory]
    [InlineData(21)]
    public void Times_are_those_of_the_general_parser(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 5_000; i++)
        {
            var time = new DateTimeOffset(random.NextInt64(DateTime.UnixEpoch.Ticks, new DateTime(2100, 1, 1).Ticks) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(random.Next(-56, 57) * 15));
            string text = time.ToString(random.Next(2) == 0 ? "yyyy-MM-dd'T'HH:mm:sszzz" : "yyyy-MM-dd HH:mm:sszzz", CultureInfo.InvariantCulture);
            Assert.True(FastText.TryTime(text, out long ticks, out long offset, out bool hasOffset) && hasOffset, $"seed {seed}: '{text}'");
            Assert.Equal((time.Ticks, time.Offset.Ticks), (ticks, offset));
        }
    }

    [Theory]
    [InlineData("2026-02-29T08:00")]
    [InlineData("2026-13-01T08:00")]
    [InlineData("2026-03-01T24:00")]
    [InlineData("2026-03-01T08:60")]
    [InlineData("2026-03-01T0a:00")]
    [InlineData("2026-03-01T08:00:00.5Z")]
    [InlineData("2026-03-01T08:00+8")]
    [InlineData("2026-03-01T08:00+14:30")]
    [InlineData("01.03.2026 08:00")]
    public void Other_times_are_declined(string text) => Assert.False(FastText.TryTime(text, out _, out _, out _));
}
