using Gateway.Configuration;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Modbus.Protocol;
using Gateway.Runtime;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Expressions;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Tests.Web;

/// <summary>A site small enough to know by heart: four measured tags, one calculated, two alarms, two limits, two outputs.</summary>
internal static class TinyPlant
{
    public const int Ammonia = 0, Flow = 1, Load = 2, Valve = 3, Hidden = 4;

    private static readonly TagDefinition[] s_measured =
    [
        new() { Index = Ammonia, Name = "EFF_AIT_603", Description = "Effluent ammonia", Area = "effluent", Unit = "mg/L", Scaling = Scaling.Linear(0, 1000, 0, 10), RangeLow = 0, RangeHigh = 10, Export = true },
        new() { Index = Flow, Name = "EFF_FIT_601", Description = "Effluent flow", Area = "effluent", Unit = "m3/h", Export = true },
    ];

    public static TagDefinition[] Tags { get; } =
    [
        .. s_measured,
        new() { Index = Load, Name = "EFF_NH3_LOAD", Description = "Ammonia load", Area = "effluent", Unit = "kg/h", Kind = TagKind.Calculated, Expression = Compiled("EFF_AIT_603 * EFF_FIT_601", "kg/h"), Export = true },
        new() { Index = Valve, Name = "L1_VLV3", Description = "Valve 3, \"left\"", Area = "lane 1", Unit = "%", Export = true },
        new() { Index = Hidden, Name = "L1_HIDDEN", Description = "Not a metric", Area = "lane 1", Unit = "" },
    ];

    public static SiteConfiguration Site { get; } = new()
    {
        Plant = new PlantModel
        {
            SiteId = "tiny",
            SiteName = "Tiny plant",
            Calendar = new SiteCalendar(TimeSpan.FromHours(8)),
            BasePeriodMs = 100,
            RateGroups = [new RateGroup("base", 1, 0)],
            Tags = Tags,
            Alarms =
            [
                new AlarmDefinition
                {
                    Id = "AAH-603", Index = 0, Tag = Ammonia, Type = AlarmType.High, Limit = 5, Deadband = 0.5, Priority = 1, Area = "effluent", Equipment = "AIT-603", Class = "environmental-permit",
                    Message = "Effluent ammonia high", Cause = "Aeration too weak", Consequence = "The day's mean may exceed", Action = "Raise the oxygen set-point", TimeToRespondMinutes = 30, Severity = "severe", Basis = "GB 18918-2002",
                },
                new AlarmDefinition { Id = "ABD-601", Index = 1, Tag = Flow, Type = AlarmType.BadMeasurement, Priority = 4, Area = "effluent", ShelvingAllowed = false },
            ],
            Permits =
            [
                new PermitLimit { Index = 0, PermitId = "outfall-1", Parameter = "NH3-N", ValueTag = Ammonia, FlowTag = Flow, Unit = "mg/L", Statistic = Statistic.DailyMean, Limit = 5, Source = new LimitSource("GB 18918-2002", "1A", "table 1, item 8"), RuleId = "GB18918-2002/1A/8" },
                new PermitLimit { Index = 1, PermitId = "outfall-1", Parameter = "NH3-N", ValueTag = Ammonia, Unit = "mg/L", Statistic = Statistic.OneOff, Limit = 8, Source = new LimitSource("permit", "", "3"), RuleId = "permit/3" },
            ],
            Outputs =
            [
                new OutputDefinition { Index = 0, Name = "L1_VLV3_SP", Tag = Valve, Low = 0, High = 100, Armed = true },
                new OutputDefinition { Index = 1, Name = "SPARE_SP", Tag = Hidden, Low = 0, High = 1, Armed = false },
            ],
            ConfigurationHash = new string('a', 64),
        },
        Lines =
        [
            new ModbusLineDefinition
            {
                Name = "ring", Index = 0, Host = "192.0.2.1", Port = 1502,
                Devices =
                [
                    new ModbusDevice { Name = "plc-01", Index = 0, Unit = 3, Points = [Point(Ammonia, 10), Point(Flow, 20), Point(Valve, 10_500) with { Output = 0 }] },
                    new ModbusDevice { Name = "plc-02", Index = 1, Points = [Point(Hidden, 0) with { Space = DataSpace.Coils, PollPeriodMs = 500 }] },
                ],
            },
        ],
    };

    private static ModbusPoint Point(int tag, ushort address) => new() { Tag = tag, Space = DataSpace.HoldingRegisters, Address = address };

    private static ExpressionProgram Compiled(string text, string unit)
    {
        ExpressionProgram? program = ExpressionCompiler.Compile(text, unit, Resolve, out ExpressionError? error);
        return program ?? throw new InvalidOperationException(error?.ToString());
    }

    private static bool Resolve(string name, out int index, out string unit)
    {
        index = Array.FindIndex(s_measured, t => t.Name == name);
        unit = index < 0 ? "" : s_measured[index].Unit;
        return index >= 0;
    }
}
