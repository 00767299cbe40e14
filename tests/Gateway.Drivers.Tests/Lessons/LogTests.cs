using Gateway.Drivers.Modbus;
using Gateway.Drivers.Tests.Support;

namespace Gateway.Drivers.Tests.Lessons;

/// <summary>Field lesson F-47: repeats are counted, not written.</summary>
public sealed class LogTests
{
    [Fact]
    public void F47_a_hundred_dead_devices_for_a_week_write_less_than_10_MB()
    {
        var rig = new LineRig();
        var model = new FieldModel();
        ModbusDevice[] units = [.. Enumerable.Range(1, 80).Select(u => LineRig.Device((byte)u, LineRig.Registers(0, 10, 10_000)))];
        foreach (ModbusDevice unit in units)
            model.Absent.Add(unit.Unit);
        using var listener = rig.Serve("bus:502", model, Gateway.Modbus.ModbusFraming.RtuOverTcp);
        rig.Start(LineRig.Line("bus", units) with { Transport = LineTransport.ModbusRtuOverTcp, TimeoutMs = 500 });
        for (int i = 0; i < 20; i++)
            rig.Start(LineRig.Line($"gone{i}", LineRig.Device(1, LineRig.Registers(0, 10))) with { Index = 1 + i });
        rig.RunUnread(7 * 24 * 3600);
        Assert.True(rig.Log.Bytes < 10_000_000, $"{rig.Log.Bytes} bytes");
        // The first line of each trouble is there at once, and each says later how often it was repeated.
        Assert.Equal(80, rig.Log.Lines.Count(l => l.Contains("is only probed.", StringComparison.Ordinal)));
        string[] gone = [.. rig.Log.Lines.Where(l => l.Contains("Line gone7 is down", StringComparison.Ordinal))];
        Assert.Equal(7 * 24, gone.Length, 2.0);
        Assert.Matches(@"\((6|7)\d more", gone[^1]);
    }

    [Fact]
    public void F47_a_flapping_device_writes_a_few_lines_an_hour()
    {
        var rig = new LineRig();
        long asked = 0;
        var peer = new ScriptedPeer(rig.Time, new FieldModel())
        {
            KeepsRequests = false,
            Script = _ => asked++ % 8 < 4 ? PeerAnswer.Honest : PeerAnswer.Silence,
        };
        using var listener = rig.Network.Listen("plc:502", peer.ServeAsync);
        rig.Start(LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(0, 10))));
        rig.RunUnread(24 * 3600);
        Assert.InRange(rig.Log.Lines.Count, 24, 24 * 12);
    }
}
