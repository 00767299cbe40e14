using System.Buffers.Binary;
using Gateway.Drivers.Modbus;
using Gateway.Drivers.Tests.Support;
using Gateway.Modbus;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;
using Gateway.Runtime;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Simulation;

namespace Gateway.Drivers.Tests.Lessons;

/// <summary>Field lessons of section 3, wrong values, and noise on a bus.</summary>
public sealed class ValueTests
{
    private const string Plc = "plc:502";

    private static ModbusPoint[] TwoBlocks(int periodMs) =>
        [.. LineRig.Registers(0, 10, periodMs), .. LineRig.Registers(100, 10, periodMs)];

    /// <summary>Each register holds its own address: a good value that differs from its tag is a wrong value.</summary>
    private static Func<int> CountWrong(LineRig rig)
    {
        int wrong = 0;
        rig.OnValue = (tag, value, quality) => wrong += quality.IsGood && value != tag ? 1 : 0;
        return () => wrong;
    }

    [Fact]
    public void F25_noise_echoes_and_foreign_frames_on_a_bus_cost_polls_but_not_the_port()
    {
        var rig = new LineRig(7);
        var bus = new NoisyBus(rig.Time, new FieldModel(), new SeededRandom(7, "bus")) { Trouble = 0.1 };
        using var listener = rig.Network.Listen(Plc, bus.ServeAsync);
        Func<int> wrong = CountWrong(rig);
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, TwoBlocks(1000))) with
        {
            Transport = LineTransport.ModbusRtu, BaudRate = 115_200, TimeoutMs = 300,
        });
        rig.Run(3600);
        Assert.Equal(0, wrong());
        Assert.Equal(1, line.Statistics.Connects);
        Assert.True(bus.Injected > 500);
        Assert.True(line.Statistics.Devices[0].CountOf(RequestResult.Ok) > 0.9 * 7200, "most polls survive");
        bus.Trouble = 0;
        rig.Run(6);
        Assert.True(rig.IsGood(0) && rig.IsGood(100));
    }

    [Fact]
    public void F26_answers_later_than_the_time_out_are_skipped_without_a_reconnect()
    {
        var rig = new LineRig(8);
        var random = new SeededRandom(8, "late");
        var peer = new ScriptedPeer(rig.Time, new FieldModel())
        {
            KeepsRequests = false,
            Script = _ => random.Chance(0.15)
                ? PeerAnswer.Honest with { Delay = TimeSpan.FromSeconds(1 + (1.5 * random.NextDouble())) }
                : PeerAnswer.Honest,
        };
        using var listener = rig.Network.Listen(Plc, peer.ServeAsync);
        Func<int> wrong = CountWrong(rig);
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, TwoBlocks(1000)) with { FailuresBeforeProbe = 10 }));
        rig.Run(2 * 3600);
        Assert.Equal(0, wrong());
        DeviceStatistics device = line.Statistics.Devices[0];
        Assert.Equal(1, line.Statistics.Connects);
        Assert.True(device.CountOf(RequestResult.Timeout) > 500);
        Assert.InRange(device.CountOf(RequestResult.Stale), device.CountOf(RequestResult.Timeout) - 10, device.CountOf(RequestResult.Timeout));
    }

    [Fact]
    public void F26_three_answers_to_questions_never_asked_end_the_connection()
    {
        var rig = new LineRig();
        var peer = new ScriptedPeer(rig.Time, new FieldModel());
        bool isLying = false;
        peer.Script = r => isLying ? PeerAnswer.Honest with { Id = (ushort)(r.Id + 1000) } : PeerAnswer.Honest;
        using var listener = rig.Network.Listen(Plc, peer.ServeAsync);
        Func<int> wrong = CountWrong(rig);
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, TwoBlocks(1000))));
        rig.Run(5);
        isLying = true;
        Assert.True(rig.RunUntil(() => line.Statistics.Connects == 2, 6));
        isLying = false;
        Assert.True(rig.RunUntil(() => rig.IsGood(0) && rig.IsGood(100), 6));
        Assert.Equal(0, wrong());
    }

    [Theory]
    [InlineData(LineTransport.ModbusTcp)]
    [InlineData(LineTransport.ModbusRtuOverTcp)]
    public void F27_24_h_with_lost_and_late_answers_put_no_number_on_a_wrong_tag(LineTransport transport)
    {
        var rig = new LineRig(9);
        var random = new SeededRandom(9, "late");
        var model = new FieldModel();
        var peer = new ScriptedPeer(rig.Time, model)
        {
            KeepsRequests = false,
            Script = _ => random.Next(0, 20) switch
            {
                0 => PeerAnswer.Silence,
                1 => PeerAnswer.Honest with { Delay = TimeSpan.FromSeconds(2 * random.NextDouble()) },
                _ => PeerAnswer.Honest,
            },
        };
        var bus = new NoisyBus(rig.Time, model, random) { LateRate = 0.1, LateBy = TimeSpan.FromSeconds(1.9) };
        using var listener = rig.Network.Listen(Plc, transport == LineTransport.ModbusTcp ? peer.ServeAsync : bus.ServeAsync);
        Func<int> wrong = CountWrong(rig);
        // Both blocks ask for equally many registers of one unit: on a bus only waiting tells their answers apart.
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, TwoBlocks(2000)) with { FailuresBeforeProbe = 20 }) with
        {
            Transport = transport, BaudRate = 115_200,
        });
        rig.Run(24 * 3600);
        Assert.Equal(0, wrong());
        Assert.True(line.Statistics.Devices[0].CountOf(RequestResult.Timeout) > 3000);
        Assert.True(line.Statistics.Devices[0].CountOf(RequestResult.Ok) > 60_000);
    }

    [Fact]
    public void F28_a_gateway_that_always_answers_with_id_2_is_read_one_request_at_a_time()
    {
        var rig = new LineRig(10);
        var random = new SeededRandom(10, "late");
        var peer = new ScriptedPeer(rig.Time, new FieldModel())
        {
            KeepsRequests = false,
            Script = _ => PeerAnswer.Honest with
            {
                Id = 2, Delay = TimeSpan.FromSeconds(random.Chance(0.05) ? 1 + (0.9 * random.NextDouble()) : 0.02),
            },
        };
        using var listener = rig.Network.Listen(Plc, peer.ServeAsync);
        Func<int> wrong = CountWrong(rig);
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, TwoBlocks(2000)) with { IdNotEchoed = true }) with { Window = 8 });
        rig.Run(4 * 3600);
        Assert.Equal(0, wrong());
        Assert.True(line.Statistics.Devices[0].CountOf(RequestResult.Ok) > 0.9 * 2 * 7200);
        Assert.Equal(1, line.Statistics.Connects);
    }

    [Fact]
    public void F29_answers_byte_by_byte_5_ms_apart_or_two_in_one_packet_are_read_whole()
    {
        var rig = new LineRig();
        using var listener = rig.Serve(Plc, new FieldModel());
        rig.Network.Link(Plc).Faults.MaxFragment = 1;
        rig.Network.Link(Plc).Faults.FragmentGap = TimeSpan.FromMilliseconds(5);
        Func<int> wrong = CountWrong(rig);
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, TwoBlocks(1000))) with { Window = 2 });
        rig.Run(60.9);
        rig.Network.Link(Plc).Faults.Clear();
        rig.Network.Link(Plc).Faults.CoalesceWindow = TimeSpan.FromMilliseconds(200);
        rig.Run(60);
        Assert.Equal(0, wrong());
        Assert.Equal(2 * 121, line.Statistics.Devices[0].CountOf(RequestResult.Ok));
    }

    public static TheoryData<RegisterType, string, double> Values()
    {
        var data = new TheoryData<RegisterType, string, double>();
        foreach (string order in new[] { "ABCD", "CDAB", "BADC", "DCBA" })
        {
            data.Add(RegisterType.Int32, order, -123_456_789);
            data.Add(RegisterType.UInt32, order, 3_000_000_001);
            data.Add(RegisterType.Float32, order, 229.01f);
            data.Add(RegisterType.Bcd32, order, 12_345_678);
            data.Add(RegisterType.Mod10K32, order, 12_345_678);
        }

        foreach (string order in new[] { "ABCDEFGH", "GHEFCDAB", "BADCFEHG", "HGFEDCBA", "CDABGHEF", "EFGHABCD" })
        {
            data.Add(RegisterType.Int64, order, -1_234_567_890_123);
            data.Add(RegisterType.UInt64, order, 9_007_199_254_740_991);
            data.Add(RegisterType.Float64, order, -229.0123456789);
        }

        foreach (string order in new[] { "AB", "BA" })
        {
            data.Add(RegisterType.Int16, order, -12_345);
            data.Add(RegisterType.UInt16, order, 54_321);
            data.Add(RegisterType.Float16, order, 1.5);
            data.Add(RegisterType.Bcd16, order, 4711);
            data.Add(RegisterType.Int8, order, -7);
            data.Add(RegisterType.UInt8High, order, 200);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void F30_every_type_in_every_order_is_written_and_read_as_meant(RegisterType type, string order, double value)
    {
        Assert.True(ByteOrder.TryParse(order, out ByteOrder parsed));
        var rig = new LineRig();
        var model = new FieldModel();
        using var listener = rig.Serve(Plc, model);
        var point = new ModbusPoint
        {
            Tag = 0, Space = DataSpace.HoldingRegisters, Address = 40, Type = type, Order = parsed, Output = 0,
        };
        rig.Start(LineRig.Line("plc", LineRig.Device(1, point)));
        rig.Run(0.5);
        rig.Outputs.Post(0, new OutputRequest(1, value, 50_000_000));
        rig.Run(2);
        long seen = 0;
        Assert.True(rig.Outputs.TryTakeOutcome(0, ref seen, out OutputOutcome outcome));
        Assert.Equal(OutputResult.Done, outcome.Result);
        Assert.Equal(value, outcome.ReadBack);
        Assert.Equal(value, rig.Value(0));
        if (type is RegisterType.Float32 or RegisterType.Float64)
            Assert.Equal(WireBytes(type, order, value), RegisterBytes(model, 40, order.Length / 2));
    }

    // Written from the letters alone, as an engineer would: letter n of the order is the n-th byte on the wire.
    private static byte[] WireBytes(RegisterType type, string order, double value)
    {
        byte[] big = new byte[order.Length];
        if (type == RegisterType.Float32)
            BinaryPrimitives.WriteSingleBigEndian(big, (float)value);
        else
            BinaryPrimitives.WriteDoubleBigEndian(big, value);
        return [.. order.Select(letter => big[letter - 'A'])];
    }

    private static byte[] RegisterBytes(FieldModel model, int address, int count) =>
        [.. Enumerable.Range(address, count).SelectMany(a => new[] { (byte)(model[a] >> 8), (byte)model[a] })];

    [Theory]
    [InlineData(0x7FC0_0000u)]
    [InlineData(0xFFC0_0000u)]
    [InlineData(0x7F80_0001u)]
    [InlineData(0x7F80_0000u)]
    [InlineData(0xFF80_0000u)]
    public void F31_not_a_number_and_infinity_are_bad_and_never_reach_a_value(uint bits)
    {
        var rig = new LineRig();
        var model = new FieldModel { [0] = 0x4365, [1] = 0x028F };
        using var listener = rig.Serve(Plc, model);
        ModbusPoint[] points =
        [
            new() { Tag = 0, Space = DataSpace.HoldingRegisters, Address = 0, Type = RegisterType.Float32 },
            new() { Tag = 1, Space = DataSpace.HoldingRegisters, Address = 2, Type = RegisterType.UInt16 },
        ];
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, points)));
        var plant = new PlantModel
        {
            SiteId = "t", Calendar = new SiteCalendar(TimeSpan.Zero), BasePeriodMs = 100, RateGroups = [new RateGroup("base", 1, 0)],
            Tags = [new TagDefinition { Index = 0, Name = "a" }, new TagDefinition { Index = 1, Name = "b" }],
        };
        var scan = new ScanCycle(plant, line.Bindings, rig.Outputs);
        rig.RunUnread(0.5);
        scan.Execute(new ScanTime(1, rig.Time.GetUtcNow().UtcTicks, line.Elapsed));
        Assert.Equal(229.01f, scan.Tags[0].Value);
        (model[0], model[1]) = ((ushort)(bits >> 16), (ushort)bits);
        rig.RunUnread(1);
        scan.Execute(new ScanTime(2, rig.Time.GetUtcNow().UtcTicks, line.Elapsed));
        Assert.Equal(Quality.BadDecodingError, scan.Tags[0].Quality);
        Assert.Equal(229.01f, scan.Tags[0].Value);
        Assert.True(scan.Tags[1].Quality.IsGood);
    }

    [Fact]
    public void F31_digits_that_are_none_are_bad()
    {
        var rig = new LineRig();
        using var listener = rig.Serve(Plc, new FieldModel { [0] = 0x12A4 });
        rig.Start(LineRig.Line("plc", LineRig.Device(
            1, new ModbusPoint { Tag = 0, Space = DataSpace.HoldingRegisters, Address = 0, Type = RegisterType.Bcd16 })));
        rig.Run(0.5);
        Assert.Equal(Quality.BadDecodingError, rig.QualityOf(0));
        Assert.True(double.IsNaN(rig.Value(0)));
    }

    [Fact]
    public void F32_lost_answers_exceptions_and_cuts_never_turn_a_value_into_zero()
    {
        var rig = new LineRig(11);
        var random = new SeededRandom(11, "faults");
        var model = new FieldModel
        {
            RandomFailure = () => random.Chance(0.1) ? (ModbusExceptionCode)random.Next(1, 12) : ModbusExceptionCode.None,
        };
        for (int i = 0; i < 3; i++)
            model.SetCoil(i, true);
        var peer = new ScriptedPeer(rig.Time, model)
        {
            KeepsRequests = false,
            Script = _ => random.Next(0, 20) switch
            {
                0 => PeerAnswer.Silence,
                1 => PeerAnswer.Honest with { ClosesAfter = true },
                2 => PeerAnswer.Honest with { Unit = 77 },
                3 => PeerAnswer.Honest with { Pdu = [3, 4, 0, 0] },
                _ => PeerAnswer.Honest,
            },
        };
        using var listener = rig.Network.Listen(Plc, peer.ServeAsync);
        ModbusPoint[] points =
        [
            .. Enum.GetValues<RegisterType>().Where(t => t is not (RegisterType.Text or RegisterType.Bit)).Select((t, i) => new ModbusPoint
            {
                Tag = i, Space = DataSpace.HoldingRegisters, Address = (ushort)(0x1111 + (8 * i)), Type = t,
            }),
            .. Enumerable.Range(0, 3).Select(i => new ModbusPoint { Tag = 50 + i, Space = DataSpace.Coils, Address = (ushort)i }),
        ];
        int zeros = 0, bad = 0;
        rig.OnValue = (_, value, quality) =>
        {
            zeros += value == 0 ? 1 : 0;
            bad += quality.IsBad ? 1 : 0;
        };
        rig.Start(LineRig.Line("plc", LineRig.Device(1, points)));
        rig.Run(6 * 3600);
        Assert.Equal(0, zeros);
        Assert.True(bad > 10_000);
    }
}
