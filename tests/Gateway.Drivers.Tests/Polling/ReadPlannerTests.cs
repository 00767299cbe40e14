using Gateway.Drivers.Modbus;
using Gateway.Drivers.Polling;
using Gateway.Drivers.Tests.Support;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;
using Gateway.Simulation;

namespace Gateway.Drivers.Tests.Polling;

public sealed class ReadPlannerTests
{
    private static ModbusPoint Point(int address, RegisterType type = RegisterType.UInt16, DataSpace space = DataSpace.HoldingRegisters) =>
        new() { Tag = address, Space = space, Address = (ushort)address, Type = type };

    private static (int Address, int Count)[] Plan(ModbusDevice device) =>
        [.. ReadPlanner.Plan(LineRig.Line("l", device)).Select(b => ((int)b.Address, (int)b.Count))];

    [Fact]
    public void Neighbors_share_a_request_and_holes_up_to_the_gap_are_bridged()
    {
        Assert.Equal([(0, 2), (11, 2)], Plan(LineRig.Device(1, Point(0), Point(1), Point(11), Point(12)) with { MaxGap = 8 }));
        Assert.Equal([(0, 13)], Plan(LineRig.Device(1, Point(0), Point(1), Point(11), Point(12)) with { MaxGap = 9 }));
        Assert.Equal([(0, 1), (2, 1)], Plan(LineRig.Device(1, Point(2), Point(0)) with { MaxGap = 0 }));
    }

    [Fact]
    public void A_value_is_not_split_at_the_limit()
    {
        ModbusPoint[] points = [.. Enumerable.Range(0, 100).Select(i => Point(2 * i, RegisterType.Float32))];
        Assert.Equal([(0, 124), (124, 76)], Plan(LineRig.Device(1, points)));
        Assert.Equal([(0, 6), (6, 4)], Plan(LineRig.Device(1, points[..5]) with { MaxRegisters = 7 }));
    }

    [Fact]
    public void Spaces_periods_and_phases_do_not_mix()
    {
        ModbusPoint[] points =
        [
            Point(0), Point(1, space: DataSpace.InputRegisters), Point(2) with { PollPeriodMs = 5000 },
            Point(3) with { PhaseMs = 100 }, Point(4, space: DataSpace.Coils), Point(5, space: DataSpace.DiscreteInputs),
        ];
        ReadBlock[] blocks = ReadPlanner.Plan(LineRig.Line("l", LineRig.Device(1, points)));
        Assert.Equal(6, blocks.Length);
        Assert.Equal([1, 2, 3, 4, 3, 3], blocks.Select(b => (int)b.Request.Span[0]));
    }

    [Fact]
    public void One_request_per_point_keeps_the_bits_of_a_register_together()
    {
        ModbusPoint[] points = [Point(0), Point(1, RegisterType.Float32), Point(3) with { Bit = 0 }, Point(3) with { Bit = 15 }];
        Assert.Equal([(0, 1), (1, 2), (3, 1)], Plan(LineRig.Device(1, points) with { OneRequestPerPoint = true }));
    }

    [Fact]
    public void Bits_have_their_own_limit_and_sixteen_fit_in_the_gap_of_a_register()
    {
        ModbusPoint[] points = [Point(0, space: DataSpace.Coils), Point(17, space: DataSpace.Coils), Point(34, space: DataSpace.Coils)];
        Assert.Equal([(0, 35)], Plan(LineRig.Device(1, points) with { MaxGap = 1 }));
        Assert.Equal([(0, 18), (34, 1)], Plan(LineRig.Device(1, points) with { MaxGap = 1, MaxBits = 20 }));
    }

    [Fact]
    public void The_request_is_the_golden_one_of_the_specification()
    {
        // Modbus 1.1b3 §6.3: read registers 108 to 110.
        ReadBlock block = ReadPlanner.Plan(LineRig.Line("l", LineRig.Device(17, LineRig.Registers(107, 3))))[0];
        Assert.Equal([0x03, 0x00, 0x6B, 0x00, 0x03], block.Request.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_plans_cover_every_point_once_whole_and_within_the_limits(int seed)
    {
        var random = new SeededRandom((ulong)seed, "plan");
        RegisterType[] types = [RegisterType.UInt16, RegisterType.Float32, RegisterType.Float64, RegisterType.Mod10K48, RegisterType.Bcd16];
        for (int round = 0; round < 300; round++)
        {
            ModbusDevice device = LineRig.Device(1) with
            {
                MaxRegisters = random.Next(4, 126), MaxBits = random.Next(1, 200), MaxGap = random.Next(0, 20),
                OneRequestPerPoint = random.Chance(0.1),
                Points = [.. Enumerable.Range(0, random.Next(1, 150)).Select(_ => RandomPoint(random, types))],
            };
            ReadBlock[] blocks = ReadPlanner.Plan(LineRig.Line("l", device));
            ModbusPoint[] planned = [.. blocks.SelectMany(b => b.Points)];
            Assert.Equal(device.Points.Length, planned.Length);
            Assert.Equal(device.Points.Length, planned.Distinct(ReferenceEqualityComparer.Instance).Count());
            foreach (ReadBlock block in blocks)
                CheckBlock(device, block);
        }
    }

    private static ModbusPoint RandomPoint(SeededRandom random, RegisterType[] types)
    {
        var space = (DataSpace)random.Next(1, 5);
        return Point(random.Next(0, 300), types[random.Next(0, types.Length)], space) with
        {
            PollPeriodMs = random.Chance(0.5) ? 1000 : 5000, PhaseMs = random.Chance(0.8) ? 0 : 250,
        };
    }

    private static void CheckBlock(ModbusDevice device, ReadBlock block)
    {
        bool isBits = block.Space is DataSpace.Coils or DataSpace.DiscreteInputs;
        Assert.InRange(block.Count, 1, isBits ? device.MaxBits : device.MaxRegisters);
        int end = block.Address;
        Assert.Equal(block.Address, block.Points[0].Address);
        foreach (ModbusPoint point in block.Points)
        {
            Assert.Equal((block.Space, block.PeriodMs, block.PhaseMs), (point.Space, point.PollPeriodMs, point.PhaseMs));
            Assert.True(point.Address >= block.Address && point.Address + PointExtent.Of(point) <= block.Address + block.Count);
            Assert.InRange(point.Address - end, int.MinValue, device.MaxGap * (isBits ? 16 : 1));
            end = Math.Max(end, point.Address + PointExtent.Of(point));
        }

        Assert.Equal(block.Address + block.Count, end);
    }

    [Fact]
    public void A_report_predicts_the_bus_and_says_what_does_not_fit()
    {
        // 9600 baud, 8E1: 11 bits a character. 8 bytes asked, 5 + 20 answered, two silences of 3.5, 10 ms of device.
        ModbusLineDefinition line = LineRig.Line("rtu", LineRig.Device(1, LineRig.Registers(0, 10))) with { Transport = LineTransport.ModbusRtu };
        PlanReport report = PlanReport.Make(line, ReadPlanner.Plan(line), deviceMs: 10);
        Assert.Equal(((8 + 25 + 7) * 11 / 9600.0) + 0.010, report.CycleSeconds, 9);
        Assert.Equal(report.CycleSeconds, report.Utilization, 9);
        Assert.Equal(1, report.RequestsPerSecond);
        Assert.Equal(10, report.Registers);
        Assert.Null(report.Warning);

        ModbusLineDefinition slow = line with { Devices = [LineRig.Device(1, LineRig.Registers(0, 100, periodMs: 200))] };
        report = PlanReport.Make(slow, ReadPlanner.Plan(slow), deviceMs: 10);
        Assert.False(report.Fits);
        Assert.Contains("does not fit", report.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fast_bus_keeps_1_75_ms_of_silence_and_ascii_doubles_the_characters()
    {
        ModbusLineDefinition rtu = LineRig.Line("rtu", LineRig.Device(1)) with { Transport = LineTransport.ModbusRtu, BaudRate = 115_200 };
        Assert.Equal(((8 + 25) * 11 / 115_200.0) + 0.0035, new BusTime(rtu, 0).Seconds(5, 22), 9);
        ModbusLineDefinition ascii = rtu with { Transport = LineTransport.ModbusAscii };
        // §2.5.2: colon, two characters for each of unit, PDU and LRC, CR LF; 7E1 is 10 bits.
        Assert.Equal((17 + 51) * 10 / 115_200.0, new BusTime(ascii, 0).Seconds(5, 22), 9);
    }

    [Fact]
    public void Definitions_that_cannot_be_polled_are_refused_with_all_reasons()
    {
        ModbusPoint[] points =
        [
            Point(65_535, RegisterType.Float32), Point(0, RegisterType.Text) with { Length = 3 }, Point(1, RegisterType.Bit),
            Point(2) with { PollPeriodMs = 0 }, Point(3, space: DataSpace.InputRegisters) with { Output = 0 },
            Point(4, RegisterType.Float64),
        ];
        ModbusLineDefinition line = LineRig.Line("l", LineRig.Device(1, points) with { MaxRegisters = 3 });
        string[] problems = DefinitionCheck.Problems(line);
        Assert.Equal(6, problems.Length);
        Assert.Contains(problems, p => p.Contains("beyond address", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("text has no numeric value", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("number of the bit", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("poll period", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("can be written", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("longer than the device", StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => ReadPlanner.Plan(line));
    }
}
