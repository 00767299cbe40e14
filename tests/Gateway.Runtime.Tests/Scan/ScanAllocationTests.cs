using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Expressions;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Scan;

public sealed class ScanAllocationTests
{
    private const int TagCount = 1000, AlarmCount = 200, PermitCount = 50;

    private static PlantModel Plant() => new()
    {
        SiteId = "large",
        Calendar = new SiteCalendar(TimeSpan.FromHours(8)),
        BasePeriodMs = 100,
        RateGroups = [new RateGroup("base", 1, 0)],
        Tags = [.. Enumerable.Range(0, TagCount).Select(Tag)],
        Alarms = [.. Enumerable.Range(0, AlarmCount).Select(i => new AlarmDefinition { Id = "A" + i, Index = i, Tag = i, Type = (AlarmType)(i % 4), Limit = 40 + i % 20, Deadband = 1, OnDelayMs = 200 })],
        Permits = [.. Enumerable.Range(0, PermitCount).Select(i => new PermitLimit { Index = i, PermitId = "P", Parameter = "X" + i, ValueTag = i, FlowTag = 0, Unit = "mg/L", Statistic = (Statistic)(i % 3), Limit = 50, RuleId = "r", Source = new LimitSource("s", "c", "1") })],
    };

    private static TagDefinition Tag(int i) => new()
    {
        Index = i,
        Name = "T" + i,
        Kind = i % 10 == 9 ? TagKind.Calculated : TagKind.Measured,
        Scaling = i % 2 == 0 ? Scaling.Linear(0, 100, 0, 50) : Scaling.None,
        Check = new SignalCheck { Low = -1000, High = 1000, MaxRatePerSecond = 1e6, StuckSeconds = 60 },
        Expression = i % 10 == 9 ? ExpressionCompiler.Compile("max(A * B, 0) + if(A > B, A, B)", "", Resolve, out _) : null,
    };

    private static bool Resolve(string name, out int index, out string unit)
    {
        index = name == "A" ? 0 : 1;
        unit = "";
        return true;
    }

    [Fact]
    public void A_thousand_scans_of_a_thousand_tags_allocate_nothing()
    {
        PlantModel plant = Plant();
        int[] measured = [.. plant.Tags.Where(t => t.Kind == TagKind.Measured).Select(t => t.Index)];
        var mailbox = new InputMailbox(measured.Length);
        var scan = new ScanCycle(plant, [new InputBinding("b", mailbox, measured, ScanTime.TicksPerSecond, 2 * ScanTime.TicksPerSecond)], new OutputMailbox(0));
        CheckpointMailbox checkpoints = scan.CreateCheckpoints();
        long utc = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        long elapsed = 0, events = 0;
        void Run(int scans)
        {
            for (int s = 0; s < scans; s++)
            {
                elapsed += 100 * ScanTime.TicksPerMillisecond;
                InputFrame frame = mailbox.Back;
                for (int i = 0; i < measured.Length; i++)
                {
                    frame.Values[i] = 50 + 40 * Math.Sin((s + i) * 0.01);
                    frame.Qualities[i] = (s + i) % 97 == 0 ? Quality.BadTimeout : Quality.Good;
                }
                frame.SourceTime = utc + elapsed;
                mailbox.Publish();
                var now = new ScanTime(s + 1, utc + elapsed, elapsed);
                scan.Execute(now);
                scan.Save(checkpoints, now);
                while (scan.Events.TryTake(out _))
                    events++;
                while (scan.Compliance.Closed.TryTake(out _))
                    events++;
            }
        }
        Run(1300); // longer than two minutes, so that windows have closed before the count begins
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(1000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(events > 1000, "the run must contain transitions");
        Assert.Equal(0, allocated);
    }
}
