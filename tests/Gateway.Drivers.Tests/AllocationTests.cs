using System.Net;
using Gateway.Drivers.Modbus;
using Gateway.Drivers.Tests.Support;
using Gateway.Modbus;
using Gateway.Modbus.Server;
using Gateway.Runtime.Scan;

namespace Gateway.Drivers.Tests;

/// <summary>Runs alone, because it measures the whole process.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>In steady state a poll allocates nothing, good or bad.</summary>
[Collection(nameof(AloneCollection))]
public sealed class AllocationTests
{
    private const int Polls = 10_000;
    private const int SlicePolls = 500;

    [Theory]
    [InlineData(1, true)]
    [InlineData(8, true)]
    [InlineData(1, false)]
    public void Ten_thousand_polls_in_virtual_time_allocate_nothing(int window, bool isAlive)
    {
        var rig = new LineRig();
        using var listener = rig.Serve("plc:502", new RegisterBank());
        rig.Network.Link("plc:502").Faults.Latency = TimeSpan.FromMilliseconds(1);
        PointDefinition[] points = [.. Enumerable.Range(0, 10).SelectMany(b => LineRig.Registers(200 * b, 100, periodMs: 100))];
        // Never demoted, so that the dead device is asked as often as the living one.
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, points) with { FailuresBeforeProbe = int.MaxValue }) with
        {
            Window = window, TimeoutMs = 20, ReconnectMinMs = 1, ReconnectMaxMs = 1,
        });
        rig.RunUnread(1);
        if (!isAlive)
            rig.Network.Link("plc:502").Faults.LossRate = 0.5;
        rig.RunUnread(200);
        long requests = Requests(line);
        long before = GC.GetAllocatedBytesForCurrentThread();
        rig.RunUnread(100);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // A dead socket is replaced now and then, which may cost memory; a poll may not.
        if (isAlive || line.Statistics.Connects == 1)
            Assert.Equal(0, allocated);
        Assert.True(Requests(line) - requests >= (isAlive ? Polls : Polls / 4));
    }

    [Fact]
    public void Ten_thousand_time_outs_and_exceptions_allocate_nothing()
    {
        var rig = new LineRig();
        var model = new RegisterBank(50);
        using var listener = rig.Serve("plc:502", model, ModbusFraming.RtuOverTcp);
        using var silent = rig.Network.Listen("gone:502", static async s => await s.ReadExactlyAsync(new byte[1_000_000]));
        DeviceDefinition refused = LineRig.Device(1, LineRig.Registers(10, 10, periodMs: 100));
        ModbusLine exceptions = rig.Start(LineRig.Line("plc", refused with
        {
            Points = [.. refused.Points.Select(p => p with { Address = (ushort)(p.Address + 100) })],
        }) with { Transport = LineTransport.ModbusRtuOverTcp });
        // Serial: no other connection is tried when nobody answers.
        ModbusLine timeouts = rig.Start(
            LineRig.Line("gone", LineRig.Device(1, LineRig.Registers(0, 10, 50, tagBase: 1000)) with { FailuresBeforeProbe = int.MaxValue }) with
            {
                Index = 1, Transport = LineTransport.ModbusRtu, BaudRate = 115_200, TimeoutMs = 10,
            });
        rig.RunUnread(1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long requests = Requests(timeouts);
        rig.RunUnread(500);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000);
        Assert.True(Requests(timeouts) - requests >= 9_000);
        Assert.Equal(10, exceptions.Statistics.Devices[0].RefusedPoints);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Ten_thousand_polls_over_loopback_allocate_nothing_in_the_whole_process(int window)
    {
        await using var server = new ModbusServer(new RegisterBank());
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        PointDefinition[] points = [.. Enumerable.Range(0, 100).SelectMany(b => LineRig.Registers(200 * b, 100, periodMs: 1))];
        LineDefinition definition = LineRig.Line("127.0.0.1", LineRig.Device(1, points)) with
        {
            Port = server.LocalEndPoint!.Port, Window = window, TimeoutMs = 5000,
        };
        var line = new ModbusLine(definition, new ModbusLineOptions
        {
            Epoch = TimeProvider.System.GetTimestamp(), Outputs = new OutputMailbox(1),
        });
        Task run = line.RunAsync();
        await UntilAsync(line, 3 * Polls);
        // The test host allocates some kilobytes a second of its own. Slices of a few milliseconds fall between that: a
        // poll that allocates leaves none of them clean.
        int clean = 0;
        for (int slice = 0; slice < 1000 && clean < Polls; slice++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            SpinUntil(line, Requests(line) + SlicePolls);
            clean += GC.GetTotalAllocatedBytes(precise: true) == before ? SlicePolls : 0;
        }

        Assert.Equal(Polls, clean);
        Assert.True(line.Statistics.IsUp(line.Elapsed));
        line.Stop();
        await run;
    }

    private static long Requests(ModbusLine line)
    {
        DeviceStatistics device = line.Statistics.Devices[0];
        return device.CountOf(RequestResult.Ok) + device.CountOf(RequestResult.Timeout);
    }

    private static async Task UntilAsync(ModbusLine line, long requests)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Requests(line) < requests)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    // Without a wait of its own, so that the test allocates nothing either.
    private static void SpinUntil(ModbusLine line, long requests)
    {
        long until = Environment.TickCount64 + 30_000;
        while (Requests(line) < requests)
        {
            Assert.True(Environment.TickCount64 < until);
            Thread.Sleep(1);
        }
    }
}
