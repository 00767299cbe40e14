using Gateway.Configuration.Diagnostics;

namespace Gateway.Configuration.Tests;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("plc-3", "plc-03")]
    [InlineData("rangelow", "rangeLow")]
    [InlineData("ragneLow", "rangeLow")]
    [InlineData("maxRegister", "maxRegisters")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found(string name, string? expected) =>
        Assert.Equal(expected, Suggestion.Nearest(name, ["plc-03", "rangeLow", "rangeHigh", "maxRegisters"]));

    [Fact]
    public void Distance_equals_the_plain_recursion()
    {
        var random = new Random(7);
        for (int round = 0; round < 2000; round++)
        {
            string a = Word(random), b = Word(random);
            Assert.Equal(Slow(a, b), Suggestion.Distance(a, b, int.MaxValue));
            Assert.Equal(Math.Min(Slow(a, b), 2), Suggestion.Distance(a, b, 2));
        }
    }

    [Fact]
    public void Few_names_are_listed_many_are_not()
    {
        Assert.Equal("; there are 'one', 'two'", Suggestion.For("seven", ["one", "two"]));
        Assert.Equal("", Suggestion.For("seven", [.. Enumerable.Range(100, 9).Select(i => "n" + i)]));
    }

    private static string Word(Random random) => new([.. Enumerable.Range(0, random.Next(7)).Select(_ => "abc"[random.Next(3)])]);

    private static int Slow(string a, string b)
    {
        if (a.Length == 0 || b.Length == 0)
            return a.Length + b.Length;
        int value = Math.Min(Math.Min(Slow(a[1..], b), Slow(a, b[1..])) + 1, Slow(a[1..], b[1..]) + (a[0] == b[0] ? 0 : 1));
        return a.Length > 1 && b.Length > 1 && a[0] == b[1] && a[1] == b[0] ? Math.Min(value, Slow(a[2..], b[2..]) + 1) : value;
    }
}
