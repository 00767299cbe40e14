using Gateway.Drivers.Modbus;
using Gateway.Drivers.Tests.Support;
using Gateway.Modbus;
using Gateway.Runtime.Tags;
using Gateway.Simulation;
using Gateway.Simulation.Network;

namespace Gateway.Drivers.Tests.Lessons;

/// <summary>Field lessons of section 1: connection and recovery.</summary>
public sealed class ConnectionTests
{
    private const string Plc = "plc:502";

    [Fact]
    public void F01_a_restarted_server_meets_few_attempts_and_at_most_one_session()
    {
        var rig = new LineRig();
        var model = new FieldModel();
        SimulatedListener listener = rig.Serve(Plc, model);
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(0, 10))));
        SimulatedLink link = rig.Network.Link(Plc);
        rig.Run(5);
        for (int restart = 0; restart < 50; restart++)
        {
            long before = line.Statistics.Connects + line.Statistics.FailedConnects;
            listener.Dispose();
            link.Reset();
            Assert.False(rig.RunUntil(() => link.OpenConnections > 1, 120));
            Assert.InRange(line.Statistics.Connects + line.Statistics.FailedConnects - before, 5, 10);
            listener = rig.Serve(Plc, model);
            Assert.True(rig.RunUntil(() => rig.IsGood(0), 61));
        }

        listener.Dispose();
    }

    [Fact]
    public void F06_a_server_away_for_twelve_hours_is_found_again_within_70_s()
    {
        var rig = new LineRig();
        var model = new FieldModel();
        rig.Serve(Plc, model).Dispose();
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(0, 10))));
        rig.Run(12 * 3600);
        Assert.Equal(Quality.BadNotConnected, rig.QualityOf(0));
        Assert.True(line.Statistics.FailedConnects >= 12 * 60, "an attempt at least each minute");
        using var listener = rig.Serve(Plc, model);
        Assert.True(rig.RunUntil(() => rig.IsGood(0), 70));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void F09_after_every_kind_of_cut_data_is_back_in_two_polls_and_the_time_outs(int seed)
    {
        const double Poll = 0.2, TimeOut = 0.5, ConnectTimeOut = 0.5, Pause = 0.24;
        var rig = new LineRig((ulong)seed);
        using var listener = rig.Serve(Plc, new FieldModel());
        SimulatedLink link = rig.Network.Link(Plc);
        link.Faults.Latency = TimeSpan.FromMilliseconds(1);
        ModbusLineDefinition definition = LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(0, 10, periodMs: 200))) with
        {
            TimeoutMs = 500, ConnectTimeoutMs = 500, ReconnectMinMs = 200, ReconnectMaxMs = 200,
        };
        ModbusLine line = rig.Start(definition);
        var random = new SeededRandom((ulong)seed, "cuts");
        rig.Run(2);
        for (int cycle = 0; cycle < 500; cycle++)
        {
            switch (random.Next(0, 6))
            {
                case 0: link.Reset(); break;
                case 1: link.State = LinkState.BlackHole; break;
                case 2: link.State = LinkState.HalfOpen; link.Reset(); break;
                case 3: link.State = LinkState.Refused; link.Reset(); break;
                case 4: link.State = LinkState.Stalled; break;
                default: link.CloseFromServer(); break;
            }

            rig.Run(random.NextDouble() * 5);
            link.State = LinkState.Up;
            long back = rig.Time.GetUtcNow().UtcTicks;
            double bound = (2 * Poll) + TimeOut + ConnectTimeOut + Pause;
            Assert.True(rig.RunUntil(() => rig.IsGood(0) && rig.TimeOf(0) > back, bound), $"cycle {cycle}");
            rig.Run(random.NextDouble());
        }

        Assert.Equal(0, line.Statistics.Restarts);
    }

    [Fact]
    public void F10_a_line_whose_readers_are_gone_for_13_h_misses_no_poll()
    {
        var rig = new LineRig();
        using var listener = rig.Serve(Plc, new FieldModel());
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(0, 10))));
        rig.RunUnread(2 * 3600);
        long before = GC.GetAllocatedBytesForCurrentThread();
        rig.RunUnread(11 * 3600);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(13 * 3600 + 1, line.Statistics.Devices[0].CountOf(RequestResult.Ok));
        Assert.Equal(0, line.Statistics.Devices[0].Overruns);
        Assert.Equal(0, allocated);
    }

    public static TheoryData<string, int> Throws()
    {
        var data = new TheoryData<string, int>();
        foreach (string call in ThrowingStream.Calls)
        {
            foreach (int at in new[] { 1, 2, 5 })
                data.Add(call, at);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Throws))]
    public void F11_an_unexpected_exception_from_any_call_costs_at_most_five_seconds(string call, int at)
    {
        var rig = new LineRig();
        using var listener = rig.Serve(Plc, new FieldModel());
        ModbusLineDefinition definition = LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(0, 10))) with { TimeoutMs = 500 };
        var plan = new ThrowPlan(call, at);
        ModbusLine line = rig.Start(definition, async (l, c) =>
        {
            plan.Visit("connect");
            Stream inner = await rig.Network.ConnectAsync(l.Host, l.Port, c);
            return new ThrowingStream(inner, plan);
        });
        double limit = call.StartsWith("dispose", StringComparison.Ordinal) ? 30 : 15;
        if (call.StartsWith("dispose", StringComparison.Ordinal))
            rig.Time.Schedule(TimeSpan.FromSeconds(3), _ => rig.Network.Link(Plc).CloseFromServer(), null);
        for (int i = 0; i < at && call.StartsWith("connect", StringComparison.Ordinal); i++)
            rig.Time.Schedule(TimeSpan.FromSeconds(2 * i + 1), _ => rig.Network.Link(Plc).CloseFromServer(), null);
        bool isThrown = rig.RunUntil(() => plan.HasThrown, limit);
        if (!isThrown && call.StartsWith("dispose", StringComparison.Ordinal))
            return;
        Assert.True(isThrown);
        long thrown = rig.Time.GetUtcNow().UtcTicks;
        Assert.True(rig.RunUntil(() => rig.IsGood(0) && rig.TimeOf(0) > thrown, 5));
        Assert.False(rig.Runs[0].IsCompleted);
        _ = line;
    }

    [Fact]
    public void F11_a_connect_delegate_that_throws_at_once_is_a_failed_attempt()
    {
        var rig = new LineRig();
        using var listener = rig.Serve(Plc, new FieldModel());
        int calls = 0;
        ModbusLine line = rig.Start(
            LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(0, 10))),
            (l, c) => ++calls < 3 ? throw new InvalidOperationException("odd") : rig.Network.ConnectAsync(l.Host, l.Port, c));
        Assert.True(rig.RunUntil(() => rig.IsGood(0), 5));
        Assert.Equal(2, line.Statistics.FailedConnects);
    }

    [Fact]
    public void F11_a_broken_log_does_not_end_the_loop()
    {
        var rig = new LineRig();
        rig.Log.IsBroken = true;
        using var listener = rig.Serve(Plc, new FieldModel());
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(0, 10))));
        rig.Run(3);
        rig.Network.Link(Plc).State = LinkState.BlackHole;
        rig.Run(10);
        rig.Network.Link(Plc).State = LinkState.Up;
        Assert.True(rig.RunUntil(() => rig.IsGood(0), 20));
        Assert.True(line.Statistics.Restarts > 0);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(3000)]
    public void F12_status_leaves_good_within_two_polls_of_the_last_good_value(int timeoutMs)
    {
        var rig = new LineRig();
        using var listener = rig.Serve(Plc, new FieldModel());
        ModbusLine line = rig.Start(
            LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(0, 10))) with { TimeoutMs = timeoutMs });
        rig.Run(10.5);
        Assert.True(line.Statistics.IsUp(line.Elapsed));
        rig.Network.Link(Plc).State = LinkState.Stalled;
        rig.Run(1.6);
        Assert.Equal(LineState.Polling, line.Statistics.State);
        Assert.False(line.Statistics.IsUp(line.Elapsed));
        rig.Network.Link(Plc).State = LinkState.Up;
        rig.Run(2.5);
        Assert.True(line.Statistics.IsUp(line.Elapsed));
    }

    [Fact]
    public void F13_a_slow_device_counts_overruns_and_stacks_nothing()
    {
        var rig = new LineRig();
        using var listener = rig.Serve(Plc, new FieldModel());
        rig.Network.Link(Plc).Faults.AnswerDelay = TimeSpan.FromSeconds(10);
        ModbusLine line = rig.Start(
            LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(0, 10))) with { TimeoutMs = 15_000 });
        rig.RunUnread(3600);
        long before = GC.GetAllocatedBytesForCurrentThread();
        rig.RunUnread(23 * 3600);
        // A line of log each hour is all that may cost memory.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 23 * 1000);
        DeviceStatistics device = line.Statistics.Devices[0];
        Assert.InRange(device.CountOf(RequestResult.Ok), 8630, 8640);
        // Each poll of 10 s covers ten slots of 1 s: one is served, nine are counted.
        Assert.InRange(device.Overruns, 8630 * 9, 8640 * 9);
        rig.Network.Link(Plc).Faults.AnswerDelay = TimeSpan.Zero;
        rig.RunUnread(20);
        long served = device.CountOf(RequestResult.Ok);
        rig.RunUnread(10);
        Assert.Equal(served + 10, device.CountOf(RequestResult.Ok));
    }

    [Fact]
    public void F14_exceptions_and_lost_answers_never_drop_the_link()
    {
        var rig = new LineRig(5);
        var random = new SeededRandom(5, "faults");
        var model = new FieldModel
        {
            RandomFailure = () => random.Chance(0.05) ? ModbusExceptionCode.ServerDeviceFailure : ModbusExceptionCode.None,
        };
        var peer = new ScriptedPeer(rig.Time, model)
        {
            KeepsRequests = false,
            Script = _ => random.Chance(0.01) ? PeerAnswer.Silence : PeerAnswer.Honest,
        };
        using var listener = rig.Network.Listen(Plc, peer.ServeAsync);
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(0, 10))));
        int bad = 0, good = 0;
        rig.OnValue = (_, _, q) => _ = q.IsGood ? good++ : bad++;
        rig.Run(6 * 3600);
        DeviceStatistics device = line.Statistics.Devices[0];
        Assert.Equal(1, line.Statistics.Connects);
        Assert.InRange(device.CountOf(RequestResult.Exception), 900, 1300);
        Assert.InRange(device.CountOf(RequestResult.Timeout), 150, 300);
        Assert.Equal(10 * (device.CountOf(RequestResult.Exception) + device.CountOf(RequestResult.Timeout)), bad);
        Assert.True(good > 10 * 19_000);
    }

    [Fact]
    public void A_connection_closed_between_two_polls_costs_no_value()
    {
        var rig = new LineRig();
        using var listener = rig.Serve(Plc, new FieldModel());
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(0, 10, periodMs: 5000))));
        int bad = 0;
        rig.OnValue = (_, _, q) => bad += q.IsGood ? 0 : 1;
        for (int i = 0; i < 20; i++)
        {
            rig.Run(7);
            rig.Network.Link(Plc).CloseFromServer();
        }

        Assert.Equal(0, bad);
        Assert.Equal(20, line.Statistics.Connects);
    }
}
