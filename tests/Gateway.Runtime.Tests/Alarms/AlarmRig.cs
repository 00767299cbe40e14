using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Alarms;

/// <summary>One alarm on tag 0 with a clock that only moves when told. Tag 1 suppresses, tag 2 enables, tag 3 is a set-point.</summary>
internal sealed class AlarmRig
{
    public const double Limit = 10;
    public const double Present = 12;
    public const double Absent = 5;
    public const int ShelfSeconds = 100;
    private static readonly long StartUtc = new DateTime(2024, 3, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private readonly AlarmDefinition _definition;
    private long _scan;
    private long _utc = StartUtc;
    private long _elapsed;

    public AlarmRig(AlarmDefinition? definition = null)
    {
        _definition = definition ?? Plain;
        Engine = new AlarmEngine([_definition]);
        Tags = new TagTable(4);
        Tags.Set(0, Absent, Quality.Good, 0);
        Tags.Set(1, 0, Quality.Good, 0);
        Tags.Set(2, 1, Quality.Good, 0);
        Tags.Set(3, 0, Quality.Good, 0);
    }

    public static AlarmDefinition Plain => new() { Id = "LAH-1", Index = 0, Tag = 0, Type = AlarmType.High, Limit = Limit };
    public static AlarmDefinition Latching => Plain with { Latching = true };

    public AlarmEngine Engine { get; private set; }
    public TagTable Tags { get; }
    public EventRing Events { get; } = new(1024);

    /// <summary>How many events the last scan of a walk gave.</summary>
    public int TakenInScan { get; set; }

    public AlarmLive Live => Engine[0];
    public ScanTime Now => new(_scan, _utc, _elapsed);
    public string Letter => AlarmNames.LetterOf(Live.State);

    /// <summary>Moves both clocks.</summary>
    public void Wait(double seconds)
    {
        _elapsed += (long)(seconds * ScanTime.TicksPerSecond);
        _utc += (long)(seconds * ScanTime.TicksPerSecond);
    }

    /// <summary>Moves the wall clock only.</summary>
    public void StepWallClock(TimeSpan step) => _utc += step.Ticks;

    public List<ScanEvent> Scan()
    {
        _scan++;
        Engine.Execute(Tags, Now, Events);
        return Drain();
    }

    public List<ScanEvent> Scan(double value) => Scan(value, Quality.Good);

    public List<ScanEvent> Scan(double value, Quality quality)
    {
        Tags.Set(0, value, quality, _utc);
        return Scan();
    }

    /// <summary>Waits and scans with the value as it is.</summary>
    public List<ScanEvent> ScanAfter(double seconds)
    {
        Wait(seconds);
        return Scan();
    }

    public AlarmCommandResult Apply(CommandVerb verb, double argument = 0, string reason = "because", string user = "olga") =>
        Engine.Apply(new OperatorCommand { Verb = verb, Target = 0, Argument = argument, Reason = reason, User = user }, Now, Events);

    public List<ScanEvent> Drain()
    {
        var taken = new List<ScanEvent>();
        while (Events.TryTake(out ScanEvent item))
            taken.Add(item);
        return taken;
    }

    /// <summary>Saves, throws the engine away and restores a new one, whose monotonic clock begins at zero again.</summary>
    public void Restart()
    {
        var saved = new AlarmSnapshot[1];
        Engine.Save(saved, Now);
        Engine = new AlarmEngine([_definition]);
        _elapsed = 0;
        _scan = 0;
        Assert.Equal(1, Engine.Restore(saved, Now));
    }

    /// <summary>
    /// Brings the alarm into a state written as base and marks: "C", "C/G" (acknowledged, then shelved), "B-/GH" (raised,
    /// shelved and suppressed, then the condition went away).
    /// </summary>
    public void Bring(string place)
    {
        string[] parts = place.Split('/');
        BringToBase(parts[0][0]);
        foreach (char mark in parts.Length > 1 ? parts[1] : "")
        {
            var (verb, argument) = mark switch
            {
                'G' => (CommandVerb.Shelve, ShelfSeconds),
                'H' => (CommandVerb.Suppress, 0),
                _ => (CommandVerb.OutOfService, 0),
            };
            Assert.True(Apply(verb, argument).Accepted);
        }
        if (parts[0].EndsWith('-'))
            Scan(Absent);
        Drain();
        string expected = parts.Length > 1 ? parts[1][^1..] : parts[0][..1];
        Assert.Equal(expected, Letter);
    }

    private void BringToBase(char letter)
    {
        Scan(Absent);
        if (letter == 'A')
            return;
        Scan(Present);
        if (letter is 'C' or 'F')
            Assert.True(Apply(CommandVerb.Ack).Accepted);
        if (letter is 'D' or 'E' or 'F')
            Scan(Absent);
    }
}
