using Gateway.Runtime.Expressions;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Scan;

public sealed class CalculationOrderTests
{
    private static TagDefinition[] Build(params (string Name, string? Text)[] tags)
    {
        bool Resolve(string name, out int index, out string unit)
        {
            unit = "";
            return (index = Array.FindIndex(tags, t => t.Name == name)) >= 0;
        }
        return [.. tags.Select((t, i) => new TagDefinition
        {
            Index = i,
            Name = t.Name,
            Kind = t.Text is null ? TagKind.Measured : TagKind.Calculated,
            Expression = t.Text is null ? null : ExpressionCompiler.Compile(t.Text, "", Resolve, out _),
        })];
    }

    [Fact]
    public void Each_calculation_comes_after_the_tags_it_reads()
    {
        Assert.True(CalculationOrder.TrySort(Build(("C", "B + 1"), ("B", "A + 1"), ("A", null), ("D", "C + B")), out TagDefinition[] ordered, out _));
        Assert.Equal(["B", "C", "D"], ordered.Select(t => t.Name));
    }

    [Fact]
    public void A_circle_is_named_along_its_path()
    {
        Assert.False(CalculationOrder.TrySort(Build(("X", "A + 1"), ("A", "B + 1"), ("B", "C + 1"), ("C", "A + 1")), out _, out string[] cycle));
        Assert.Equal(["A", "B", "C", "A"], cycle);
        Assert.False(CalculationOrder.TrySort(Build(("S", "S + 1")), out _, out cycle));
        Assert.Equal(["S", "S"], cycle);
    }

    [Fact]
    public void A_group_runs_each_nth_cycle_at_its_phase()
    {
        var group = new RateGroup("slow", 5, 2);
        Assert.Equal([2L, 7, 12], Enumerable.Range(0, 15).Select(i => (long)i).Where(group.IsDue));
    }
}
