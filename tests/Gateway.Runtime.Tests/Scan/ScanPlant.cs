using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Expressions;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Scan;

/// <summary>A small plant driven by hand: one read block, one calculated tag, one alarm, one output.</summary>
internal sealed class ScanPlant
{
    public static readonly long Start = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private long _number;
    private long _elapsed;

    public ScanPlant()
    {
        TagDefinition[] tags =
        [
            new() { Index = 0, Name = "FLOW", Unit = "m3/h", Scaling = Scaling.Linear(0, 4000, 0, 20000) },
            new() { Index = 1, Name = "NH4", Unit = "mg/L", Check = new SignalCheck { Low = 0, High = 20 } },
            new() { Index = 2, Name = "LOAD", Unit = "kg/h", Kind = TagKind.Calculated, Expression = Compile("FLOW * NH4", "kg/h") },
            new() { Index = 3, Name = "NH4_REST", Unit = "mg/L", Kind = TagKind.Figure },
            new() { Index = 4, Name = "NH4_BREACH", Unit = "h", Kind = TagKind.Figure },
        ];
        Plant = new PlantModel
        {
            SiteId = "test",
            Calendar = new SiteCalendar(TimeSpan.FromHours(8)),
            BasePeriodMs = 100,
            RateGroups = [new RateGroup("base", 1, 0)],
            Tags = tags,
            Alarms = [new AlarmDefinition { Id = "NH4-H", Index = 0, Tag = 1, Type = AlarmType.High, Limit = 5, Deadband = 0.5 }, new AlarmDefinition { Id = "BREACH-L", Index = 1, Tag = 4, Type = AlarmType.Low, Limit = 4 }],
            Permits = [Compliance.ComplianceRig.Limit(limit: 8) with { ValueTag = 1, FlowTag = 0, WarningRatio = 1 }],
            Figures = [new FigureTag(3, 0, PermitFigure.RemainingAverage), new FigureTag(4, 0, PermitFigure.HoursToBreach)],
            Outputs = [new OutputDefinition { Index = 0, Name = "DOSE", Tag = 0, Low = 100, High = 10000, FailSafe = 200, Armed = true }],
        };
        Mailbox = new InputMailbox(2);
        Writes = new OutputMailbox(1);
        Scan = new ScanCycle(Plant, [new InputBinding("line/device/0", Mailbox, [0, 1], 2 * ScanTime.TicksPerSecond, 5 * ScanTime.TicksPerSecond)], Writes, 64);
    }

    public PlantModel Plant { get; }
    public InputMailbox Mailbox { get; }
    public OutputMailbox Writes { get; }
    public ScanCycle Scan { get; }
    public List<ScanEvent> Events { get; } = [];

    public long Elapsed => _elapsed;

    public void Feed(double rawFlow, double nh4, Quality? quality = null)
    {
        InputFrame frame = Mailbox.Back;
        (frame.Values[0], frame.Values[1]) = (rawFlow, nh4);
        frame.Qualities[0] = frame.Qualities[1] = quality ?? Quality.Good;
        frame.SourceTime = Start + _elapsed;
        Mailbox.Publish();
    }

    public void Step(int milliseconds = 100, long clockStep = 0)
    {
        _elapsed += milliseconds * ScanTime.TicksPerMillisecond;
        Scan.Execute(new ScanTime(++_number, Start + _elapsed + clockStep, _elapsed));
        while (Scan.Events.TryTake(out ScanEvent item))
            Events.Add(item);
    }

    /// <summary>Ends the scan as its thread does.</summary>
    public bool Stop(RunState state)
    {
        var now = new ScanTime(_number, Start + _elapsed, _elapsed);
        Scan.Stop(now, state);
        return Settle();
    }

    public bool Settle()
    {
        bool isSettled = Scan.Settle(new ScanTime(_number, Start + _elapsed, _elapsed));
        while (Scan.Events.TryTake(out ScanEvent item))
            Events.Add(item);
        return isSettled;
    }

    private static ExpressionProgram Compile(string text, string unit) => ExpressionCompiler.Compile(text, unit, Resolve, out _)!;

    private static bool Resolve(string name, out int index, out string unit)
    {
        (index, unit) = name == "FLOW" ? (0, "m3/h") : (1, "mg/L");
        return true;
    }
}
