using System.Globalization;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Compliance;

/// <summary>An engine with a value (tag 0), a flow (tag 1) and a temperature (tag 2), driven by hand.</summary>
internal sealed class ComplianceRig
{
    public const long Second = TimeSpan.TicksPerSecond;
    public const long Minute = TimeSpan.TicksPerMinute;
    public const long Hour = TimeSpan.TicksPerHour;
    public const long Day = TimeSpan.TicksPerDay;

    public static readonly SiteCalendar China = new(TimeSpan.FromHours(8));

    private long _scan;

    public ComplianceRig(params PermitLimit[] limits)
    {
        Engine = new ComplianceEngine(limits, China);
        Set(10, 1000, 20);
    }

    public ComplianceEngine Engine { get; set; }
    public TagTable Tags { get; } = new(3);
    public EventRing Events { get; } = new(1 << 14);
    public List<ClosedWindow> Records { get; } = [];
    public List<ScanEvent> Seen { get; } = [];
    public long Utc { get; set; }
    public long Elapsed { get; set; }
    public long Step { get; set; } = 10 * Second;

    public ClosedWindow Last => Records[^1];

    public static long At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).UtcTicks;

    public static PermitLimit Limit(Statistic statistic = Statistic.DailyMean, double limit = 50, int index = 0) => new()
    {
        Index = index,
        PermitId = "outfall",
        Parameter = "COD",
        ValueTag = 0,
        FlowTag = 1,
        Unit = "mg/L",
        Statistic = statistic,
        Limit = limit,
        Source = new LimitSource("GB 18918-2002", "1A", "table 1, item 1"),
        RuleId = "test/" + statistic,
    };

    public void Set(double value, double flow, double temperature = 20) =>
        SetQuality(value, flow, temperature, Quality.Good, Quality.Good);

    public void SetQuality(double value, double flow, double temperature, Quality valueQuality, Quality flowQuality)
    {
        Tags.Set(0, value, valueQuality, Utc);
        Tags.Set(1, flow, flowQuality, Utc);
        Tags.Set(2, temperature, Quality.Good, Utc);
    }

    /// <summary>Scans at the start and then every step up to and including the end.</summary>
    public void Run(string to) => RunTo(At(to));

    public void RunTo(long end)
    {
        while (Utc + Step <= end)
        {
            Utc += Step;
            Elapsed += Step;
            Scan();
        }
    }

    public void Start(string at)
    {
        Utc = At(at);
        Scan();
    }

    public void Scan()
    {
        Engine.Execute(Tags, new ScanTime(++_scan, Utc, Elapsed), Events);
        while (Engine.Closed.TryTake(out ClosedWindow record))
            Records.Add(record);
        while (Events.TryTake(out ScanEvent item))
            Seen.Add(item);
    }

    public IEnumerable<ClosedWindow> Closed(int limit) => Records.Where(record => record.IsClosed && record.LimitIndex == limit);
}
