using Gateway.Drivers.Modbus;
using Gateway.Drivers.Tests.Support;

namespace Gateway.Drivers.Tests.Lessons;

/// <summary>Several requests in flight on one connection.</summary>
public sealed class WindowTests
{
    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(4, 0.25)]
    [InlineData(8, 0.125)]
    public void A_window_shortens_the_cycle_by_its_width(int window, double share)
    {
        var rig = new LineRig();
        using var listener = rig.Serve("plc:502", new FieldModel());
        rig.Network.Link("plc:502").Faults.Latency = TimeSpan.FromMilliseconds(25);
        ModbusPoint[] points = [.. Enumerable.Range(0, 8).SelectMany(b => LineRig.Registers(200 * b, 10, periodMs: 10_000))];
        rig.Start(LineRig.Line("plc", LineRig.Device(1, points)) with { Window = window });
        rig.Run(15);
        long[] times = [.. points.Select(p => rig.TimeOf(p.Tag))];
        // Eight requests of 50 ms, from the second cycle at 10 s.
        Assert.Equal(0.4 * share, (times.Max() - rig.Time.GetUtcNow().UtcTicks + (5 * TimeSpan.TicksPerSecond)) / 1e7, 3);
        Assert.All(points, p => Assert.Equal(p.Address, rig.Value(p.Tag)));
    }

    [Fact]
    public void A_dead_unit_in_the_window_delays_nobody()
    {
        var rig = new LineRig();
        var peer = new ScriptedPeer(rig.Time, new FieldModel())
        {
            Script = r => r.Unit == 1 ? PeerAnswer.Silence : PeerAnswer.Honest,
        };
        using var listener = rig.Network.Listen("plc:502", peer.ServeAsync);
        ModbusLine line = rig.Start(LineRig.Line(
            "plc",
            LineRig.Device(1, LineRig.Registers(0, 10)),
            LineRig.Device(2, LineRig.Registers(0, 10, periodMs: 100, tagBase: 1000))) with { Window = 2, TimeoutMs = 900 });
        rig.RunUnread(60);
        Assert.Equal(601, line.Statistics.Devices[1].CountOf(RequestResult.Ok));
        Assert.Equal(0, line.Statistics.Devices[1].Overruns);
    }
}
