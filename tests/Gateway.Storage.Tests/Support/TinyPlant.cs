using Gateway.Runtime;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Storage.Tests.Support;

/// <summary>Three tags, alarms of every kind that a restart must keep, two permit limits and an output.</summary>
internal static class TinyPlant
{
    public static readonly long Start = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    public static PlantModel Plant { get; } = new()
    {
        SiteId = "test",
        Calendar = new SiteCalendar(TimeSpan.FromHours(8)),
        BasePeriodMs = 1000,
        RateGroups = [new RateGroup("base", 1, 0)],
        ConfigurationHash = "00ff",
        Tags =
        [
            new TagDefinition { Index = 0, Name = "COD", Unit = "mg/L" },
            new TagDefinition { Index = 1, Name = "FLOW", Unit = "m3/h" },
            new TagDefinition { Index = 2, Name = "MAINTENANCE", Unit = "" },
        ],
        Alarms =
        [
            new AlarmDefinition { Id = "COD_H", Index = 0, Tag = 0, Type = AlarmType.High, Limit = 40, Deadband = 2, ChatterHoldMs = 9000, FirstOutGroup = "LINE", Message = "COD is high" },
            new AlarmDefinition { Id = "COD_HH", Index = 1, Tag = 0, Type = AlarmType.HighHigh, Limit = 50, Priority = 1, Latching = true, Message = "COD is too high" },
            new AlarmDefinition { Id = "FLOW_L", Index = 2, Tag = 1, Type = AlarmType.Low, Limit = 20, OnDelayMs = 5000, OffDelayMs = 3000, ReAlarmMs = 20_000, FirstOutGroup = "LINE", Message = "little flow" },
            new AlarmDefinition { Id = "FLOW_H", Index = 3, Tag = 1, Type = AlarmType.High, Limit = 90, Suppressions = [new AlarmSuppression(2, 4000, "maintenance")], AckRequired = false, Message = "much flow" },
        ],
        Permits = [Limit(0, Statistic.Minute), Limit(1, Statistic.Hour), Limit(2, Statistic.DailyMean), Limit(3, Statistic.RollingHour), Limit(4, Statistic.MonthlyMean), Limit(5, Statistic.MonthlyPercentile)],
        Outputs = [new OutputDefinition { Index = 0, Name = "DOSE", Tag = 1, Low = 0, High = 100, Armed = true }],
    };

    private static PermitLimit Limit(int index, Statistic statistic) => new()
    {
        Index = index,
        PermitId = "outfall",
        Parameter = "COD",
        ValueTag = 0,
        FlowTag = 1,
        Unit = "mg/L",
        Statistic = statistic,
        Limit = 45,
        Source = new LimitSource("GB 18918-2002", "1A", "table 1, item 1"),
        RuleId = "test/" + statistic,
    };
}
