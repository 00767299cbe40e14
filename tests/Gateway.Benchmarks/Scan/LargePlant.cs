using Gateway.Runtime;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Expressions;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Benchmarks.Scan;

/// <summary>A plant of the size that the requirements name, fed by hand: every block brings new values each scan.</summary>
internal sealed class LargePlant
{
    /// <summary>Registers of one read, thus points of one mailbox.</summary>
    private const int BlockPoints = 125;

    // One calculation stands for one control block: 16 steps, as a PID with limits and a permissive has.
    private const string BlockText = "if(C > 10 and D < 90, max(min((A - B) * 0.8 + (C - D) * 0.05, 100), 0), A)";

    private readonly InputMailbox[] _mailboxes;
    private long _number;

    /// <summary>Builds the plant.</summary>
    /// <param name="tags">All tags.</param>
    /// <param name="alarms">Alarms on the first tags.</param>
    /// <param name="windows">Compliance windows on the first tags, flow-weighted.</param>
    /// <param name="calculations">How many of the tags are calculated.</param>
    public LargePlant(int tags, int alarms, int windows, int calculations)
    {
        int measured = tags - calculations;
        Model = new PlantModel
        {
            SiteId = "large",
            Calendar = new SiteCalendar(TimeSpan.FromHours(8)),
            BasePeriodMs = 100,
            RateGroups = [new RateGroup("base", 1, 0)],
            Tags = [.. Enumerable.Range(0, tags).Select(i => Tag(i, measured))],
            Alarms = [.. Enumerable.Range(0, alarms).Select(i => Alarm(i, measured))],
            Permits = [.. Enumerable.Range(0, windows).Select(i => Permit(i, measured))],
        };
        _mailboxes = [.. Enumerable.Range(0, (measured + BlockPoints - 1) / BlockPoints).Select(b => new InputMailbox(Math.Min(BlockPoints, measured - b * BlockPoints)))];
        InputBinding[] bindings = [.. _mailboxes.Select((m, b) => new InputBinding("b" + b, m, [.. Enumerable.Range(b * BlockPoints, m.Count)], ScanTime.TicksPerSecond, 2 * ScanTime.TicksPerSecond))];
        Cycle = new ScanCycle(Model, bindings, new OutputMailbox(0));
    }

    public PlantModel Model { get; }

    public ScanCycle Cycle { get; }

    /// <summary>Alarm and compliance facts taken out so far: shows that the plant is not asleep.</summary>
    public long Events { get; private set; }

    /// <summary>Time of the last <see cref="Feed"/>.</summary>
    public ScanTime Now { get; private set; }

    /// <summary>Puts new values into every mailbox and moves time on by one base period.</summary>
    public void Feed()
    {
        _number++;
        long elapsed = _number * 100 * ScanTime.TicksPerMillisecond;
        long utc = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc).Ticks + elapsed;
        for (int b = 0; b < _mailboxes.Length; b++)
        {
            InputFrame frame = _mailboxes[b].Back;
            for (int i = 0; i < frame.Values.Length; i++)
            {
                int tag = b * BlockPoints + i;

                // Each signal swings once in 63 s with a phase of its own; one in a thousand reads fails.
                frame.Values[i] = 50 + 40 * Math.Sin(_number * 0.01 + tag);
                frame.Qualities[i] = (_number + tag) % 1000 == 0 ? Quality.BadTimeout : Quality.Good;
            }
            frame.SourceTime = utc;
            _mailboxes[b].Publish();
        }
        Now = new ScanTime(_number, utc, elapsed);
    }

    /// <summary>Does the recorder's part: empties the rings.</summary>
    public void Drain()
    {
        while (Cycle.Events.TryTake(out _))
            Events++;
        while (Cycle.Compliance.Closed.TryTake(out _))
            Events++;
    }

    private static TagDefinition Tag(int i, int measured) => new()
    {
        Index = i,
        Name = "T" + i,
        Kind = i < measured ? TagKind.Measured : TagKind.Calculated,
        Scaling = i % 2 == 0 ? Scaling.Linear(0, 100, 0, 50) : Scaling.None,
        Check = new SignalCheck { Low = -1000, High = 1000, MaxRatePerSecond = 1e6, StuckSeconds = 60 },
        Expression = i < measured ? null : Compile(i, measured),
    };

    private static ExpressionProgram Compile(int i, int measured) =>
        ExpressionCompiler.Compile(
            BlockText,
            "",
            (string name, out int index, out string unit) =>
            {
                // The four inputs of each block are tags of its own, spread over the plant.
                index = (i * 37 + 1001 * (name[0] - 'A')) % measured;
                unit = "";
                return true;
            },
            out ExpressionError? error) ?? throw new InvalidOperationException(error!.Text);

    private static AlarmDefinition Alarm(int i, int measured) => new()
    {
        Id = "A" + i,
        Index = i,
        Tag = i * 7 % measured,
        Type = (AlarmType)(i % 4),
        Limit = 40 + i % 20,
        Deadband = 1,
        OnDelayMs = 200,
    };

    private static PermitLimit Permit(int i, int measured) => new()
    {
        Index = i,
        PermitId = "P",
        Parameter = "X" + i,
        ValueTag = i * 11 % measured,
        FlowTag = 0,
        Unit = "mg/L",
        Statistic = (Statistic)(i % 3),
        Limit = 50,
        RuleId = "r",
        Source = new LimitSource("s", "c", "1"),
    };
}
