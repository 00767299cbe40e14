using Gateway.Configuration;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;
using Gateway.Runtime;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Simulation.Process;

namespace Gateway.Simulation.Tests.Plc;

/// <summary>A site made by hand: two devices on one line and one on another, with many types, scalings and orders.</summary>
internal static class SmallSite
{
    public const byte Works = 3;
    public const byte Blowers = 4;

    public static SimulatedPlant Plant() => new(new PlantOptions
    {
        Start = new DateTimeOffset(2026, 5, 4, 0, 0, 0, TimeSpan.Zero),
        WarmUp = TimeSpan.FromHours(1),
        Lanes = 1,
    });

    public static SiteConfiguration Build()
    {
        var tags = new List<TagDefinition>();
        var works = new List<ModbusPoint>();
        var blowers = new List<ModbusPoint>();
        var lane = new List<ModbusPoint>();

        Add(works, "IN_FIT_101", DataSpace.HoldingRegisters, 100, RegisterType.Float32, ByteOrder.Cdab);
        Add(works, "IN_TIT_103", DataSpace.InputRegisters, 7, RegisterType.Int16, scaling: Scaling.Linear(0, 27648, 0, 40));
        Add(works, "IN_AIT_102", DataSpace.HoldingRegisters, 104, RegisterType.UInt16, scaling: Scaling.Linear(0, 10_000, 0, 10));
        Add(works, "CHM_SP_501", DataSpace.HoldingRegisters, 110, RegisterType.Float32);
        Add(works, "CHM_SP_502", DataSpace.HoldingRegisters, 112, RegisterType.UInt16, scaling: Scaling.Linear(0, 20_000, 0, 2000));
        Add(works, "WAS_SP_401", DataSpace.HoldingRegisters, 113, RegisterType.Int32, ByteOrder.Dcba);
        Add(works, "SYS_REMOTE_EN", DataSpace.DiscreteInputs, 33, RegisterType.Bool);
        Add(works, "SYS_RAIN_MODE", DataSpace.Coils, 5, RegisterType.Bool);
        Add(works, "EFF_SAMPLE_TS", DataSpace.HoldingRegisters, 120, RegisterType.UInt32);
        Add(blowers, "BL1_STAT", DataSpace.HoldingRegisters, 0, RegisterType.UInt16);
        Add(blowers, "BL1_RUN", DataSpace.HoldingRegisters, 0, RegisterType.Bool, bit: 0);
        Add(blowers, "BL1_PWR", DataSpace.HoldingRegisters, 1, RegisterType.Bcd16);
        Add(blowers, "SYS_POWER", DataSpace.HoldingRegisters, 2, RegisterType.Int8);
        Add(blowers, "BL_SPARE", DataSpace.HoldingRegisters, 4, RegisterType.Float32);
        Add(lane, "L1_AIT_DO3", DataSpace.HoldingRegisters, 0, RegisterType.Float64);
        return new SiteConfiguration
        {
            Plant = new PlantModel
            {
                SiteId = "small",
                Calendar = new SiteCalendar(TimeSpan.FromHours(8)),
                BasePeriodMs = 1000,
                RateGroups = [],
                Tags = [.. tags],
            },
            Lines =
            [
                Line(0, "works", Device(0, "plc-works", Works, works), Device(1, "plc-blowers", Blowers, blowers)),
                Line(1, "lane", Device(2, "plc-lane", 1, lane)),
            ],
        };

        void Add(
            List<ModbusPoint> device, string tag, DataSpace space, ushort address, RegisterType type, ByteOrder order = default, int bit = -1, Scaling? scaling = null)
        {
            device.Add(new ModbusPoint { Tag = tags.Count, Space = space, Address = address, Type = type, Order = order, Bit = bit });
            tags.Add(new TagDefinition { Index = tags.Count, Name = tag, Scaling = scaling ?? Scaling.None });
        }
    }

    private static ModbusDevice Device(int index, string name, byte unit, List<ModbusPoint> points) =>
        new() { Index = index, Name = name, Unit = unit, Points = [.. points] };

    private static ModbusLineDefinition Line(int index, string name, params ModbusDevice[] devices) =>
        new() { Index = index, Name = name, Host = name, Port = 502, Devices = devices };
}
