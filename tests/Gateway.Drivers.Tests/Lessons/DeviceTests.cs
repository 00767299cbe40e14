using Gateway.Drivers.Modbus;
using Gateway.Drivers.Polling;
using Gateway.Drivers.Tests.Support;
using Gateway.Modbus;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;
using Gateway.Runtime;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Expressions;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Simulation;
using Gateway.Simulation.Network;

namespace Gateway.Drivers.Tests.Lessons;

/// <summary>Field lessons of section 2: one bad device, unit or address.</summary>
public sealed class DeviceTests
{
    private const string Bus = "bus:502";

    private static ModbusDevice[] Units(int count, int periodMs) =>
        [.. Enumerable.Range(1, count).Select(u => LineRig.Device((byte)u, LineRig.Registers(0, 10, periodMs, tagBase: 1000 * u)))];

    [Theory]
    [InlineData(true, LineTransport.ModbusTcp)]
    [InlineData(false, LineTransport.ModbusTcp)]
    [InlineData(true, LineTransport.ModbusRtuOverTcp)]
    public void F15_F17_ten_dead_units_of_31_leave_the_others_95_percent_of_their_slots(bool areDeadFirst, LineTransport transport)
    {
        var rig = new LineRig();
        var model = new FieldModel();
        for (byte i = 1; i <= 10; i++)
            model.Absent.Add(areDeadFirst ? i : (byte)(21 + i));
        var peer = new ScriptedPeer(rig.Time, model)
        {
            KeepsRequests = false,
            Script = r => model.Absent.Contains(r.Unit) ? PeerAnswer.Silence : PeerAnswer.Honest,
        };
        using var listener = transport == LineTransport.ModbusTcp
            ? rig.Network.Listen(Bus, peer.ServeAsync)
            : rig.Serve(Bus, model, ModbusFraming.RtuOverTcp);
        rig.Network.Link(Bus).Faults.AnswerDelay = TimeSpan.FromMilliseconds(20);
        ModbusLine line = rig.Start(LineRig.Line("bus", Units(31, periodMs: 5000)) with { Transport = transport, BaudRate = 115_200 });
        rig.RunUnread(3600);
        foreach (DeviceStatistics device in line.Statistics.Devices)
        {
            if (model.Absent.Contains(((ModbusDevice)device.Definition).Unit))
            {
                Assert.True(device.IsProbing);
                Assert.Equal(0, device.CountOf(RequestResult.Ok));
                // 3 time-outs, then probes at 5, 10, 20, 40, 60, 60 … s.
                Assert.InRange(device.CountOf(RequestResult.Timeout), 40, 90);
            }
            else
            {
                Assert.True(device.CountOf(RequestResult.Ok) >= 0.95 * 720, $"unit {((ModbusDevice)device.Definition).Unit}: {device.CountOf(RequestResult.Ok)}");
            }
        }

        Assert.Equal(1, line.Statistics.Connects);
    }

    [Fact]
    public void F15_a_line_without_slack_gives_probes_a_twentieth_of_its_time()
    {
        var rig = new LineRig();
        var model = new FieldModel();
        var peer = new ScriptedPeer(rig.Time, model)
        {
            KeepsRequests = false,
            Script = r => r.Unit <= 10 ? PeerAnswer.Silence : PeerAnswer.Honest with { Delay = TimeSpan.FromMilliseconds(20) },
        };
        using var listener = rig.Network.Listen(Bus, peer.ServeAsync);
        ModbusLine line = rig.Start(LineRig.Line("bus", Units(31, periodMs: 1000)));
        rig.RunUnread(300);
        long before = line.Statistics.Devices[30].CountOf(RequestResult.Ok);
        rig.RunUnread(3600);
        Assert.True(line.Statistics.Devices[30].CountOf(RequestResult.Ok) - before >= 0.95 * 3600 - 20);
        Assert.True(line.Statistics.Devices[0].CountOf(RequestResult.Timeout) > 10, "the dead are still probed");
    }

    [Fact]
    public void F15_a_probe_asks_for_one_register_at_5_10_20_40_60_s()
    {
        var rig = new LineRig();
        var peer = new ScriptedPeer(rig.Time, new FieldModel())
        {
            Script = r => r.Unit == 2 ? PeerAnswer.Silence : PeerAnswer.Honest,
        };
        using var listener = rig.Network.Listen(Bus, peer.ServeAsync);
        rig.Start(LineRig.Line("bus", Units(2, periodMs: 1000)));
        rig.RunUnread(400);
        PeerRequest[] asked = [.. peer.Requests.Where(r => r.Unit == 2)];
        Assert.All(asked[..3], r => Assert.Equal(10, r.Pdu[4]));
        Assert.All(asked[3..], r => Assert.Equal(1, r.Pdu[4]));
        double[] pauses = [.. asked[2..].Zip(asked[3..], (a, b) => (b.At - a.At) / 1e7)];
        double[] expected = [5, 10, 20, 40, 60, 60];
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(pauses[i], 0.8 * expected[i], expected[i] + 1.1);
    }

    [Fact]
    public void F16_a_dead_unit_on_one_line_leaves_its_namesake_on_another_alone()
    {
        var rig = new LineRig();
        var peer = new ScriptedPeer(rig.Time, new FieldModel()) { Script = _ => PeerAnswer.Silence };
        using var a = rig.Network.Listen("a:502", peer.ServeAsync);
        using var b = rig.Serve("b:502", new FieldModel());
        rig.Start(LineRig.Line("a", LineRig.Device(1, LineRig.Registers(0, 10))));
        ModbusLine line = rig.Start(LineRig.Line("b", LineRig.Device(1, LineRig.Registers(0, 10, tagBase: 100))) with { Index = 1 });
        rig.RunUnread(600);
        Assert.Equal(601, line.Statistics.Devices[0].CountOf(RequestResult.Ok));
    }

    [Fact]
    public void F18_a_busy_unit_keeps_the_results_of_the_others_and_returns_with_the_next_poll()
    {
        var rig = new LineRig();
        var model = new FieldModel();
        model.Failing[2] = ModbusExceptionCode.ServerDeviceBusy;
        using var listener = rig.Serve(Bus, model);
        ModbusLine line = rig.Start(LineRig.Line("bus", Units(3, periodMs: 1000)));
        int badOthers = 0;
        rig.OnValue = (tag, _, q) => badOthers += tag / 1000 != 2 && q.IsBad ? 1 : 0;
        rig.RunInSteps(3600, 0.5);
        Assert.Equal(0, badOthers);
        Assert.Equal(Quality.BadDeviceFailure, rig.QualityOf(2000));
        // Asked once in each slot, not again and again.
        Assert.Equal(3600, model.ReadsOf[2], 1.0);
        Assert.Equal(model.ReadsOf[1], model.ReadsOf[2]);
        model.Failing.Clear();
        rig.Run(1.1);
        Assert.True(rig.IsGood(2000));
        Assert.Equal(0, line.Statistics.Devices[1].Overruns);
    }

    [Fact]
    public void F19_a_change_of_the_probe_pause_takes_effect_at_the_next_pause()
    {
        var rig = new LineRig();
        var peer = new ScriptedPeer(rig.Time, new FieldModel())
        {
            Script = r => r.Unit == 2 ? PeerAnswer.Silence : PeerAnswer.Honest,
        };
        using var listener = rig.Network.Listen(Bus, peer.ServeAsync);
        ModbusLine line = rig.Start(LineRig.Line("bus", Units(2, periodMs: 1000)));
        rig.RunUnread(300);
        Assert.Equal(60_000, line.Statistics.Devices[1].ProbeIntervalMs);
        line.SetProbePause(1, 2000, 4000);
        rig.RunUnread(62);
        int before = peer.Requests.Count(r => r.Unit == 2);
        rig.RunUnread(100);
        Assert.InRange(peer.Requests.Count(r => r.Unit == 2) - before, 19, 25);
        Assert.Equal(4000, line.Statistics.Devices[1].ProbeIntervalMs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(37)]
    [InlineData(50)]
    [InlineData(99)]
    public void F20_one_illegal_register_of_a_hundred_leaves_99_good_within_ten_polls(int illegal)
    {
        var rig = new LineRig();
        var model = new FieldModel { KeepsLog = true };
        model.IllegalRegisters.Add(illegal);
        using var listener = rig.Serve(Bus, model);
        ModbusLine line = rig.Start(LineRig.Line("bus", LineRig.Device(1, LineRig.Registers(0, 100))));
        rig.Run(10.5);
        for (int tag = 0; tag < 100; tag++)
        {
            Assert.Equal(tag == illegal ? Quality.BadConfigurationError : Quality.Good, rig.QualityOf(tag));
            if (tag != illegal)
                Assert.Equal(tag, rig.Value(tag));
        }

        Assert.Equal(1, line.Statistics.Devices[0].RefusedPoints);
        Assert.Contains(rig.Log.Lines, l => l.Contains("refuses 1 points", StringComparison.Ordinal));
        // Remembered: at most two requests a poll, none of them over the bad address but for rare retries.
        model.Log.Clear();
        rig.Run(600);
        Assert.InRange(model.Log.Count, 600, 1210);
        Assert.InRange(model.Log.Count(r => illegal >= r.Address && illegal < r.Address + r.Count), 2, 10);
    }

    [Fact]
    public void F20_many_illegal_registers_and_an_all_illegal_device_end_in_order()
    {
        var rig = new LineRig();
        var model = new FieldModel();
        foreach (int address in new[] { 3, 4, 40, 41, 42, 77, 90 })
            model.IllegalRegisters.Add(address);
        using var listener = rig.Serve(Bus, model);
        ModbusLine line = rig.Start(LineRig.Line("bus", LineRig.Device(1, LineRig.Registers(0, 100))));
        rig.Run(10.5);
        for (int tag = 0; tag < 100; tag++)
            Assert.Equal(!model.IllegalRegisters.Contains(tag), rig.IsGood(tag));
        for (int address = 0; address < 100; address++)
            model.IllegalRegisters.Add(address);
        rig.Run(40);
        for (int tag = 0; tag < 100; tag++)
            Assert.Equal(Quality.BadConfigurationError, rig.QualityOf(tag));
        Assert.Equal(100, line.Statistics.Devices[0].RefusedPoints);
        int before = model.Reads;
        rig.Run(1200);
        Assert.InRange(model.Reads - before, 300, 1200);
        model.IllegalRegisters.Clear();
        rig.Run(330);
        for (int tag = 0; tag < 100; tag++)
            Assert.True(rig.IsGood(tag), $"register {tag}");
        Assert.Equal(0, line.Statistics.Devices[0].RefusedPoints);
        before = model.Reads;
        rig.Run(10);
        Assert.Equal(10, model.Reads - before);
    }

    [Fact]
    public void F20_a_hole_bridged_by_the_plan_that_the_device_refuses_costs_no_point()
    {
        var rig = new LineRig();
        var model = new FieldModel();
        model.IllegalRegisters.Add(12);
        using var listener = rig.Serve(Bus, model);
        ModbusPoint[] points = [.. LineRig.Registers(0, 10), .. LineRig.Registers(15, 10)];
        ModbusLine line = rig.Start(LineRig.Line("bus", LineRig.Device(1, points)));
        rig.Run(10.5);
        Assert.All(points, p => Assert.True(rig.IsGood(p.Tag)));
        Assert.Equal(0, line.Statistics.Devices[0].RefusedPoints);
        int before = model.Reads;
        rig.Run(100);
        // The device's border lies between the two halves: two requests a poll from here on.
        Assert.Equal(200, model.Reads - before);
    }

    [Fact]
    public void F21_a_device_that_answers_at_most_n_registers_is_asked_no_more()
    {
        var rig = new LineRig();
        var model = new FieldModel { MostRegisters = 16 };
        using var listener = rig.Serve(Bus, model);
        rig.Start(LineRig.Line("bus", LineRig.Device(1, LineRig.Registers(0, 100)) with { MaxRegisters = 16 }));
        rig.Run(3.5);
        Assert.Equal(16, model.LargestRead);
        Assert.All(Enumerable.Range(0, 100), tag => Assert.True(rig.IsGood(tag)));
    }

    [Fact]
    public void F21_a_limit_nobody_told_us_is_found_by_halving()
    {
        var rig = new LineRig();
        var model = new FieldModel { MostRegisters = 16 };
        using var listener = rig.Serve(Bus, model);
        ModbusLine line = rig.Start(LineRig.Line("bus", LineRig.Device(1, LineRig.Registers(0, 100))));
        rig.Run(10.5);
        Assert.All(Enumerable.Range(0, 100), tag => Assert.True(rig.IsGood(tag)));
        Assert.Equal(0, line.Statistics.Devices[0].RefusedPoints);
    }

    [Fact]
    public void F21_one_request_per_field_a_pause_between_requests_and_close_after_each_poll()
    {
        var rig = new LineRig();
        var model = new FieldModel();
        long lastAnswer = long.MinValue / 2;
        int tooSoon = 0;
        var peer = new ScriptedPeer(rig.Time, model)
        {
            Script = r =>
            {
                bool isSoon = r.At - lastAnswer < 150 * TimeSpan.TicksPerMillisecond;
                tooSoon += isSoon ? 1 : 0;
                lastAnswer = r.At;
                return isSoon ? PeerAnswer.Silence : PeerAnswer.Honest;
            },
        };
        using var listener = rig.Network.Listen(Bus, s =>
        {
            lastAnswer = rig.Time.GetTimestamp();
            return peer.ServeAsync(s);
        });
        ModbusPoint[] points =
        [
            new() { Tag = 0, Space = DataSpace.HoldingRegisters, Address = 0, Type = RegisterType.Float32, PollPeriodMs = 5000 },
            new() { Tag = 1, Space = DataSpace.HoldingRegisters, Address = 2, Type = RegisterType.UInt16, PollPeriodMs = 5000 },
            new() { Tag = 2, Space = DataSpace.HoldingRegisters, Address = 3, Bit = 0, PollPeriodMs = 5000 },
            new() { Tag = 3, Space = DataSpace.HoldingRegisters, Address = 3, Bit = 1, PollPeriodMs = 5000 },
            new() { Tag = 4, Space = DataSpace.Coils, Address = 0, PollPeriodMs = 5000 },
        ];
        ModbusLine line = rig.Start(LineRig.Line("bus", LineRig.Device(1, points) with
        {
            OneRequestPerPoint = true, PauseAfterConnectMs = 150, PauseBetweenRequestsMs = 150, CloseAfterPoll = true,
        }));
        rig.Run(22);
        Assert.Equal(0, tooSoon);
        // Function and quantity: the float, the word, the word with both bits, the coil.
        string[] asked = [.. peer.Requests.Take(4).Select(r => $"{r.Pdu[0]}:{r.Pdu[4]}").Order(StringComparer.Ordinal)];
        Assert.Equal(["1:1", "3:1", "3:1", "3:2"], asked);
        Assert.Equal(5 * 4, peer.Requests.Count);
        Assert.Equal(5, line.Statistics.Connects);
        Assert.Equal(0, rig.Network.Link(Bus).OpenConnections);
        Assert.Equal(LineState.Idle, line.Statistics.State);
        Assert.All(points, p => Assert.True(rig.IsGood(p.Tag)));
        Assert.Equal(1.0, rig.Value(2));
    }

    [Fact]
    public void F22_500_connects_to_black_holes_do_not_move_a_poll_of_a_living_line()
    {
        var rig = new LineRig();
        var peer = new ScriptedPeer(rig.Time, new FieldModel());
        using var listener = rig.Network.Listen(Bus, peer.ServeAsync);
        rig.Start(LineRig.Line("bus", LineRig.Device(1, LineRig.Registers(0, 10, periodMs: 100))));
        for (int i = 1; i <= 500; i++)
        {
            rig.Network.Link($"hole{i}:502").State = LinkState.BlackHole;
            rig.Start(LineRig.Line($"hole{i}", LineRig.Device(1, LineRig.Registers(0, 1, tagBase: 1000 + i))) with { Index = i });
        }

        rig.RunUnread(60);
        Assert.Equal(601, peer.Requests.Count);
        Assert.All(peer.Requests, r => Assert.Equal(0, r.At % (100 * TimeSpan.TicksPerMillisecond)));
    }

    [Fact]
    public void F23_an_overrun_is_counted_logged_and_the_next_poll_is_on_the_grid()
    {
        var rig = new LineRig();
        var peer = new ScriptedPeer(rig.Time, new FieldModel());
        int served = 0;
        peer.Script = _ => ++served == 10 ? PeerAnswer.Honest with { Delay = TimeSpan.FromMilliseconds(2600) } : PeerAnswer.Honest;
        using var listener = rig.Network.Listen(Bus, peer.ServeAsync);
        ModbusLine line = rig.Start(
            LineRig.Line("bus", LineRig.Device(1, LineRig.Registers(0, 10, phaseMs: 250))) with { TimeoutMs = 5000 });
        rig.Run(3600);
        Assert.Equal(1, line.Statistics.Devices[0].Overruns);
        Assert.Contains(rig.Log.Lines, l => l.Contains("1 slots missed", StringComparison.Ordinal));
        long[] times = [.. peer.Requests.Select(r => r.At)];
        // The first connection serves at once; from there on phase 250 ms, also after 1 h: no drift.
        Assert.Equal(3599, times.Count(t => t % TimeSpan.TicksPerSecond == 250 * TimeSpan.TicksPerMillisecond), 1.0);
        Assert.Equal(250 * TimeSpan.TicksPerMillisecond, times[^1] % TimeSpan.TicksPerSecond);
    }

    [Fact]
    public void F24_a_derived_value_is_as_bad_as_its_source()
    {
        var rig = new LineRig();
        using var listener = rig.Serve(Bus, new FieldModel());
        ModbusLine line = rig.Start(LineRig.Line("bus", LineRig.Device(1, LineRig.Registers(5, 1))));
        ExpressionProgram program = ExpressionCompiler.Compile("a * 2", "", ResolveFirst, out ExpressionError? error)!;
        Assert.Null(error);
        TagDefinition[] tags =
        [
            new() { Index = 0, Name = "a" },
            new() { Index = 1, Name = "b", Kind = TagKind.Calculated, Expression = program },
        ];
        var plant = new PlantModel
        {
            SiteId = "t", Calendar = new SiteCalendar(TimeSpan.Zero), BasePeriodMs = 100,
            RateGroups = [new RateGroup("base", 1, 0)], Tags = tags,
        };
        InputBinding[] bindings = [line.Bindings[0] with { Tags = [0] }];
        var scan = new ScanCycle(plant, bindings, rig.Outputs);
        long number = 0;
        void Scan(double seconds)
        {
            for (int i = 0; i < seconds * 10; i++)
            {
                rig.RunUnread(0.1);
                scan.Execute(new ScanTime(++number, rig.Time.GetUtcNow().UtcTicks, line.Elapsed));
            }
        }

        Scan(3);
        Assert.Equal(10, scan.Tags[1].Value);
        Assert.True(scan.Tags[1].Quality.IsGood);
        rig.Network.Link(Bus).State = LinkState.BlackHole;
        Scan(2.1);
        Assert.True(scan.Tags[0].Quality.IsBad);
        Assert.True(scan.Tags[1].Quality.IsBad);
        // The old value stays, marked; it never became zero.
        Assert.Equal(5, scan.Tags[0].Value);
    }

    private static bool ResolveFirst(string name, out int index, out string unit)
    {
        index = 0;
        unit = "";
        return name == "a";
    }
}
