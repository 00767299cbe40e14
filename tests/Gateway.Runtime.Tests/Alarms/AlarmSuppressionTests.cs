using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Alarms;

/// <summary>What keeps the list readable: returns one by one, single shelvings, first-out groups, states of the plant, chatter.</summary>
public sealed class AlarmSuppressionTests
{
    private readonly EventRing _events = new(1024);
    private readonly TagTable _tags = new(8);

    public AlarmSuppressionTests()
    {
        for (int i = 0; i < 8; i++)
            _tags.Set(i, 0, Quality.Good, 0);
    }

    private static ScanTime At(double seconds) => new(1, (long)(seconds * ScanTime.TicksPerSecond), (long)(seconds * ScanTime.TicksPerSecond));

    private static AlarmDefinition Bit(int index, string group = "") => new() { Id = "A" + index, Index = index, Tag = index, Type = AlarmType.State, FirstOutGroup = group };

    private void Set(params double[] bits)
    {
        for (int i = 0; i < bits.Length; i++)
            _tags.Set(i, bits[i], Quality.Good, 0);
    }

    private string Scan(AlarmEngine engine, double seconds)
    {
        engine.Execute(_tags, At(seconds), _events);
        return string.Concat(Enumerable.Range(0, engine.Count).Select(i => AlarmNames.LetterOf(engine[i].State)));
    }

    private List<string> Told()
    {
        var told = new List<string>();
        while (_events.TryTake(out ScanEvent item))
            told.Add($"A{item.Subject} {AlarmNames.NameOf((AlarmEventCode)item.Code)} {AlarmNames.LetterOf((AlarmState)item.From)}>{AlarmNames.LetterOf((AlarmState)item.To)} {item.Reason}".TrimEnd());
        return told;
    }

    private bool Act(AlarmEngine engine, CommandVerb verb, int alarm, double seconds, double argument = 0) =>
        engine.Apply(new OperatorCommand { Verb = verb, Target = alarm, Argument = argument, User = "olga", Reason = "because" }, At(seconds), _events).Accepted;

    [Fact]
    public void F59_shelvings_that_end_together_come_back_one_a_second_and_unacknowledged()
    {
        const int count = 50;
        var engine = new AlarmEngine([.. Enumerable.Range(0, count).Select(i => AlarmRig.Plain with { Id = "LAH-" + i, Index = i, MaxShelveSeconds = 100 })]);
        _tags.Set(0, AlarmRig.Present, Quality.Good, 0);
        engine.Execute(_tags, At(0), _events);
        for (int i = 0; i < count; i++)
            Assert.True(Act(engine, CommandVerb.Shelve, i, 0, 60));

        var back = new List<int>();
        for (int tenth = 599; tenth < 600 + 10 * count; tenth++)
        {
            engine.Execute(_tags, At(tenth / 10.0), _events);
            back.Add(engine.CountOf(AlarmState.Unacknowledged));
        }

        Assert.Equal(0, back[0]);
        Assert.Equal(1, back[1]);
        Assert.Equal(count, back[^1]);
        Assert.All(back.Zip(back.Skip(10)), pair => Assert.InRange(pair.Second - pair.First, 0, 1));
    }

    [Fact]
    public void A_shelving_for_one_occurrence_ends_with_the_condition_or_with_its_time()
    {
        var engine = new AlarmEngine([Bit(0)]);
        Set(1);
        Assert.Equal("B", Scan(engine, 0));
        Assert.True(Act(engine, CommandVerb.ShelveOnce, 0, 0, 600));
        Assert.True(engine[0].ShelvedOnce);
        Assert.Equal("G", Scan(engine, 300));
        Set(0);
        Assert.Equal("A", Scan(engine, 301));
        Assert.Equal(["A0 ON A>B", "A0 SHELVE B>G because (until the condition goes)", "A0 EXPIRE G>A the condition went"], Told());
        Set(1);
        Assert.Equal("B", Scan(engine, 302)); // the next occurrence is not hidden

        Assert.True(Act(engine, CommandVerb.ShelveOnce, 0, 302, 60));
        var saved = new AlarmSnapshot[1];
        engine.Save(saved, At(330));
        var again = new AlarmEngine([Bit(0)]);
        again.Restore(saved, At(0));
        Assert.Equal("G", Scan(again, 31));
        Assert.Equal("B", Scan(again, 32));
        Assert.False(again[0].ShelvedOnce);
        Assert.True(Act(again, CommandVerb.ShelveOnce, 0, 32, 60));
        Set(0);
        Assert.Equal("A", Scan(again, 33));
    }

    [Fact]
    public void Only_the_first_of_a_group_is_annunciated_while_it_stands()
    {
        var engine = new AlarmEngine([Bit(0, "BLOWER"), Bit(1, "BLOWER"), Bit(2, "BLOWER"), Bit(3)]);
        Set(0, 1, 0, 0);
        Assert.Equal("ABAA", Scan(engine, 0));
        Set(1, 1, 0, 1);
        Assert.Equal("HBAB", Scan(engine, 1));
        Assert.Equal(["A1 ON A>B", "A0 SUPPRESS A>H first out: A1", "A3 ON A>B"], Told());
        Assert.False(Act(engine, CommandVerb.Unsuppress, 0, 1)); // as long as the logic says so
        Told();

        // A consequence that goes by itself was never annunciated; one that stays comes when the first has gone.
        Set(0, 1, 1, 1);
        Assert.Equal("ABHB", Scan(engine, 2));
        Set(1, 1, 1, 1);
        Assert.Equal("HBHB", Scan(engine, 3));
        Set(1, 0, 1, 1);
        Scan(engine, 4);
        Assert.Equal("BDBB", Scan(engine, 5));
        Assert.Equal((1, 1, 1), (engine[0].Occurrence, engine[1].Occurrence, engine[2].Occurrence));
    }

    [Theory]
    [InlineData(CommandVerb.Shelve)]
    [InlineData(CommandVerb.Suppress)]
    [InlineData(CommandVerb.OutOfService)]
    public void A_first_one_that_nobody_sees_hides_no_other(CommandVerb verb)
    {
        var engine = new AlarmEngine([Bit(0, "G"), Bit(1, "G")]);
        Set(1, 0);
        Scan(engine, 0);
        Set(1, 1);
        Assert.Equal("BH", Scan(engine, 1));
        Assert.True(Act(engine, verb, 0, 1, 600));
        Assert.EndsWith("B", Scan(engine, 2), StringComparison.Ordinal);
    }

    [Fact]
    public void A_first_out_group_survives_a_restart()
    {
        AlarmDefinition[] definitions = [Bit(0, "G"), Bit(1, "G"), Bit(2, "G")];
        var engine = new AlarmEngine(definitions);
        Set(0, 0, 1);
        Scan(engine, 0);
        Set(1, 0, 1);
        Assert.Equal("HAB", Scan(engine, 1));
        var saved = new AlarmSnapshot[3];
        engine.Save(saved, At(1));
        var again = new AlarmEngine(definitions);
        again.Restore(saved, At(0));
        Told();
        Assert.Equal("HAB", Scan(again, 1));
        Set(1, 1, 1);
        Assert.Equal("HHB", Scan(again, 2));
        Assert.Equal(["A1 SUPPRESS A>H first out: A2"], Told());
    }

    [Fact]
    public void A_state_of_the_plant_suppresses_for_its_hold_and_over_a_restart()
    {
        AlarmDefinition[] definitions = [Bit(0) with { Suppressions = [new AlarmSuppression(4, 120_000, "start-up of the blower"), new AlarmSuppression(5, 0, "storm")] }];
        var engine = new AlarmEngine(definitions);
        _tags.Set(4, 1, Quality.Good, 0);
        Assert.Equal("H", Scan(engine, 0));
        _tags.Set(4, 0, Quality.Good, 0);
        Set(1);
        Assert.Equal("H", Scan(engine, 60));
        Assert.Equal(["A0 SUPPRESS A>H start-up of the blower"], Told());
        var saved = new AlarmSnapshot[1];
        engine.Save(saved, At(60));
        var again = new AlarmEngine(definitions);
        again.Restore(saved, At(0));
        Assert.Equal("H", Scan(again, 59.9));
        Assert.Equal("B", Scan(again, 60));
        _tags.Set(5, 1, Quality.Bad, 0);
        Assert.Equal("B", Scan(again, 61)); // a state that is not known suppresses nothing
        _tags.Set(5, 1, Quality.Good, 0);
        Assert.Equal("H", Scan(again, 62));
        Assert.Equal(["A0 UNSUPPRESS H>B suppression logic", "A0 SUPPRESS B>H storm"], Told());
    }

    [Fact]
    public void An_alarm_that_chatters_stays_until_it_was_quiet()
    {
        var engine = new AlarmEngine([Bit(0) with { ChatterHoldMs = 300_000 }]);
        for (int i = 0; i < 3; i++)
        {
            Set(1);
            Assert.Equal("B", Scan(engine, i * 20));
            Set(0);
            Scan(engine, i * 20 + 5);
        }
        Assert.True(engine[0].Chatters);
        Assert.Equal(3, engine[0].Occurrence);
        for (int i = 3; i < 20; i++)
        {
            Set(i % 2);
            Assert.Equal("B", Scan(engine, i * 20));
        }
        Set(0);
        Scan(engine, 400);
        Assert.Equal("B", Scan(engine, 699));
        Assert.Equal("D", Scan(engine, 700));
        Assert.False(engine[0].Chatters);
        Assert.Equal(3, engine[0].Occurrence);
        Set(1);
        Scan(engine, 701);
        Set(0);
        Assert.Equal("D", Scan(engine, 702)); // its own delay again
    }
}
