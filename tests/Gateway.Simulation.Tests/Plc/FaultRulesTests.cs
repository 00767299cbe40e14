using Gateway.Modbus.Protocol;
using Gateway.Simulation.Plc;
using Gateway.Simulation.Time;

namespace Gateway.Simulation.Tests.Plc;

/// <summary>Which requests a rule strikes, and when it ends.</summary>
public sealed class FaultRulesTests
{
    private static readonly byte[] Read10To19 = [3, 0, 10, 0, 10];
    private static readonly byte[] Coil5 = [5, 0, 5, 0xFF, 0];
    private static readonly byte[] ReadWrite = [23, 0, 10, 0, 2, 0, 100, 0, 1, 2, 0, 7];
    private static readonly byte[] Identify = [43, 14, 1, 0];
    private static readonly byte[] Short = [3, 0];

    private readonly SimulatedTime _time = new();

    public static TheoryData<string, FaultRule, bool, bool, bool, bool, bool> Conditions => new()
    {
        { "any", Rule(), true, true, true, true, true },
        { "unit", Rule() with { Unit = 9 }, false, false, false, false, false },
        { "this unit", Rule() with { Unit = 1 }, true, true, true, true, true },
        { "device", Rule() with { Device = "b" }, false, false, false, false, false },
        { "this device", Rule() with { Device = "a" }, true, true, true, true, true },
        { "space", Rule() with { Space = DataSpace.Coils }, false, true, false, false, false },
        { "registers", Rule() with { Space = DataSpace.HoldingRegisters }, true, false, true, false, true },
        { "function", Rule() with { Function = 43 }, false, false, false, true, false },
        { "range at the begin", Rule() with { From = 0, To = 10 }, true, true, true, false, false },
        { "range at the end", Rule() with { From = 19, To = 30 }, true, false, false, false, false },
        { "range behind", Rule() with { From = 20, To = 30 }, false, false, false, false, false },
        { "range before", Rule() with { From = 6, To = 9 }, false, false, false, false, false },
        { "range of the written", Rule() with { From = 100, To = 100 }, false, false, true, false, false },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public void All_conditions_of_a_rule_must_hold(string name, FaultRule rule, bool read, bool coil, bool readWrite, bool identify, bool isShort)
    {
        var rules = new FaultRules(time: _time);
        rules.Add(rule);
        Assert.Equal(
            (name, read, coil, readWrite, identify, isShort),
            (name, Strikes(rules, Read10To19), Strikes(rules, Coil5), Strikes(rules, ReadWrite), Strikes(rules, Identify), Strikes(rules, Short)));
    }

    [Fact]
    public void A_rule_skips_strikes_so_often_and_ends()
    {
        var rules = new FaultRules(time: _time);
        rules.Add(Rule() with { Skip = 2, Count = 3, Function = 3 });
        Strikes(rules, Coil5);
        Assert.Equal([false, false, true, true, true, false, false], Enumerable.Range(0, 7).Select(_ => Strikes(rules, Read10To19)));
        Assert.False(rules.HasActive);
        Assert.Equal((3, false), (rules.List()[0].Strikes, rules.List()[0].IsActive));
    }

    [Fact]
    public void A_rule_ends_with_its_time()
    {
        var rules = new FaultRules(time: _time);
        rules.Add(Rule() with { Seconds = 60 });
        _time.AdvanceBy(TimeSpan.FromSeconds(59));
        Assert.True(Strikes(rules, Read10To19));
        _time.AdvanceBy(TimeSpan.FromSeconds(1));
        Assert.False(Strikes(rules, Read10To19));
        Assert.False(rules.HasActive);
    }

    [Fact]
    public void The_share_of_strikes_is_the_probability_and_repeats_with_the_seed()
    {
        var first = Draw(7);
        Assert.InRange(first.Count(struck => struck), 2700, 3300);
        Assert.Equal(first, Draw(7));
        Assert.NotEqual(first, Draw(8));

        bool[] Draw(ulong seed)
        {
            var rules = new FaultRules(seed, _time);
            rules.Add(Rule() with { Probability = 0.3 });
            return [.. Enumerable.Range(0, 10_000).Select(_ => Strikes(rules, Read10To19))];
        }
    }

    [Fact]
    public void Rules_are_numbered_listed_and_removed()
    {
        var rules = new FaultRules(time: _time);
        Assert.False(rules.HasActive);
        Assert.Equal((1, 2), (rules.Add(Rule()), rules.Add(Rule() with { Function = 4 })));
        Assert.True(rules.Remove(1));
        Assert.False(rules.Remove(1));
        Assert.Equal([2], rules.List().Select(fault => fault.Id));
        Assert.False(Strikes(rules, Read10To19));
        rules.Clear();
        Assert.False(rules.HasActive);
        Assert.Equal(3, rules.Add(Rule()));
    }

    [Fact]
    public void The_number_of_rules_is_limited_and_ended_ones_make_room()
    {
        var rules = new FaultRules(time: _time);
        rules.Add(Rule() with { Count = 1 });
        Assert.True(Strikes(rules, Read10To19));
        for (var i = 1; i <= FaultRules.MostRules; i++)
            rules.Add(Rule() with { Function = 99 });
        Assert.Throws<InvalidOperationException>(() => rules.Add(Rule()));
        Assert.Equal(FaultRules.MostRules, rules.List().Count);
    }

    [Fact]
    public void Mistakes_in_a_rule_are_found()
    {
        FaultRule[] wrong =
        [
            Rule() with { From = 2, To = 1 }, Rule() with { Probability = 0 }, Rule() with { Probability = double.NaN }, Rule() with { Skip = -1 },
            Rule() with { Count = 0 }, Rule() with { Seconds = 0 }, Rule() with { Seconds = double.NaN }, Rule() with { Device = "" },
            Rule() with { Argument = 1 }, Rule() with { Kind = FaultKind.Exception, Argument = 0 },
            Rule() with { Kind = FaultKind.Delay, Argument = FaultRule.MostMs + 1 }, Rule() with { Kind = FaultKind.Garbage, Argument = 4097 },
            Rule() with { Kind = FaultKind.Truncated, Argument = 260 },
        ];
        Assert.All(wrong, rule => Assert.NotNull(rule.FindMistake()));
        Assert.Throws<ArgumentException>(() => new FaultRules().Add(wrong[0]));
        Assert.Null((Rule() with { Kind = FaultKind.Truncated, Argument = 0 }).FindMistake());
    }

    private static FaultRule Rule() => new() { Kind = FaultKind.Silence };

    private static bool Strikes(FaultRules rules, byte[] pdu) => rules.Plan(new RequestFacts("a", 1, pdu)).IsSpoiled;
}
