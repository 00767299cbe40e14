using Gateway.Drivers.Modbus;
using Gateway.Drivers.Tests.Support;
using Gateway.Modbus;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;
using Gateway.Runtime.Scan;
using Gateway.Simulation;
using Gateway.Simulation.Network;

namespace Gateway.Drivers.Tests.Lessons;

/// <summary>
/// Everything at once, by seed: all link faults, dead and busy units, illegal registers, writes. Whatever happens, no
/// good value is wrong, no second session is open, every write is answered, and with the last fault all is good again.
/// </summary>
public sealed class StormTests
{
    private const string Plc = "plc:502";
    private const int Units = 6;

    public static TheoryData<int, LineTransport, int> Seeds()
    {
        var data = new TheoryData<int, LineTransport, int>();
        for (int seed = 1; seed <= 12; seed++)
        {
            data.Add(seed, LineTransport.ModbusTcp, 1);
            data.Add(seed, LineTransport.ModbusTcp, 4);
            data.Add(seed, LineTransport.ModbusRtuOverTcp, 1);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_storm_invents_nothing_and_leaves_nothing_behind(int seed, LineTransport transport, int window)
    {
        var rig = new LineRig((ulong)seed);
        var random = new SeededRandom((ulong)seed, "storm");
        var model = new FieldModel();
        using var listener = rig.Serve(Plc, model, transport == LineTransport.ModbusTcp ? ModbusFraming.Tcp : ModbusFraming.RtuOverTcp, idleSeconds: 60);
        SimulatedLink link = rig.Network.Link(Plc);
        int wrong = 0, open = 0;
        rig.OnValue = (tag, value, quality) => wrong += quality.IsGood && tag < 10_000 && value != tag % 1000 ? 1 : 0;
        ModbusLine line = rig.Start(Definition(random) with { Transport = transport, BaudRate = 115_200, Window = window }, async (l, c) =>
        {
            Stream stream = await rig.Network.ConnectAsync(l.Host, l.Port, c);
            open++;
            return new ThrowingStream(stream, new ThrowPlan("never", 1), () => open--);
        });
        var asked = new long[Units];
        for (int round = 0; round < 60; round++)
        {
            Disturb(transport, model, link, random);
            for (int unit = 0; unit < Units; unit++)
                rig.Outputs.Post(unit, new OutputRequest(++asked[unit], random.Next(0, 60_000), line.Elapsed + (2 * TimeSpan.TicksPerSecond)));
            double end = rig.Time.Elapsed.TotalSeconds + (random.NextDouble() * 10);
            while (rig.Time.Elapsed.TotalSeconds < end)
            {
                rig.Run(0.2);
                Assert.InRange(open, 0, 1);
            }
        }

        model.Absent.Clear();
        model.Failing.Clear();
        model.IllegalRegisters.Clear();
        link.Faults.Clear();
        link.State = LinkState.Up;
        Assert.True(rig.RunUntil(() => line.Bindings.All(b => b.Tags.All(rig.IsGood)), 400), "everything heals");
        Assert.Equal(0, wrong);
        Assert.Equal(0, line.Statistics.Restarts);
        Assert.All(Enumerable.Range(0, Units), unit =>
        {
            long seen = 0;
            Assert.True(rig.Outputs.TryTakeOutcome(unit, ref seen, out OutputOutcome outcome));
            Assert.Equal(asked[unit], outcome.Sequence);
        });
        rig.Stop(line);
        Assert.True(rig.Runs[0].IsCompletedSuccessfully);
        Assert.Equal(0, open);
        rig.Run(125);
        Assert.Equal(0, link.OpenConnections);
    }

    private static ModbusLineDefinition Definition(SeededRandom random)
    {
        var devices = new ModbusDevice[Units];
        for (int i = 0; i < Units; i++)
        {
            ModbusPoint[] points =
            [
                .. LineRig.Registers(0, random.Next(1, 30), 1000, tagBase: 1000 * i),
                .. LineRig.Registers(random.Next(30, 60), 10, 2000, tagBase: 1000 * i, phaseMs: random.Next(0, 2000)),
                // Written from outside; its value is not its address.
                new() { Tag = 10_000 + i, Space = DataSpace.HoldingRegisters, Address = (ushort)(900 + i), Type = RegisterType.UInt16, Output = i },
            ];
            devices[i] = LineRig.Device((byte)(i + 1), points) with
            {
                PauseBetweenRequestsMs = random.Chance(0.3) ? 20 : 0,
                OneRequestPerPoint = random.Chance(0.1),
                WriteSingle = random.Chance(0.5),
            };
        }

        return LineRig.Line("plc", devices) with { TimeoutMs = 500, ConnectTimeoutMs = 1000, ReconnectMaxMs = 10_000 };
    }

    private static void Disturb(LineTransport transport, FieldModel model, SimulatedLink link, SeededRandom random)
    {
        byte unit = (byte)random.Next(1, Units + 1);
        switch (random.Next(0, 9))
        {
            case 0: link.State = (LinkState)random.Next(0, 5); break;
            case 1: link.Reset(); break;
            case 2: link.CloseFromServer(); break;
            case 3: link.Faults.Draw(random, 0.5); break;
            case 4: link.Faults.Clear(); break;
            case 5: model.Absent.Add(unit); break;
            case 6: model.Failing[unit] = (ModbusExceptionCode)random.Next(1, 12); break;
            case 7: model.IllegalRegisters.Add(random.Next(0, 70)); break;
            default:
                link.State = LinkState.Up;
                model.Absent.Clear();
                model.Failing.Clear();
                break;
        }

        // TCP checks its bytes, and bus frames carry no id by which a copy or a very late one could be told.
        if (transport == LineTransport.ModbusTcp)
            link.Faults.GarbleRate = 0;
        else
            link.Faults.DuplicateRate = link.Faults.LateRate = 0;
        if (transport != LineTransport.ModbusTcp && link.State == LinkState.Stalled)
            link.State = LinkState.BlackHole;
        link.Faults.AnswerDelay = TimeSpan.FromMilliseconds(Math.Min(300, link.Faults.AnswerDelay.TotalMilliseconds));
    }
}
