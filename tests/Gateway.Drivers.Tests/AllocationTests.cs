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
    [InlineData(1)]
    [InlineData(8)]
    public void Ten_thousand_polls_in_virtual_time_allocate_nothing(int window)
    {
        var rig = new LineRig();
        using var listener = rig.Serve("plc:502", new RegisterBank());
        rig.Network.Link("plc:502").Faults.Latency = TimeSpan.FromMilliseconds(1);
        ModbusPoint[] points = [.. Enumerable.Range(0, 10).SelectMany(b => LineRig.Registers(200 * b, 100, periodMs: 100))];
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, points)) with { Window = window });
        Measure(rig, line, 0.1, RequestResult.Ok);
    }

    [Fact]
    public void Ten_thousand_exceptions_allocate_nothing()
    {
        var rig = new LineRig();
        var model = new FieldModel();
        model.Failing[1] = ModbusExceptionCode.ServerDeviceFailure;
        using var listener = rig.Serve("plc:502", model);
        ModbusLine line = rig.Start(LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(0, 10, periodMs: 100))));
        Measure(rig, line, 1, RequestResult.Exception);
    }

    [Fact]
    public void Ten_thousand_time_outs_allocate_nothing()
    {
        var rig = new LineRig();
        using var listener = rig.Network.Listen("plc:502", static async s => await s.ReadExactlyAsync(new byte[1_000_000]));
        // Serial, so that no other connection is tried; never demoted, so that every slot is a time-out.
        ModbusLine line = rig.Start(
            LineRig.Line("plc", LineRig.Device(1, LineRig.Registers(0, 10, periodMs: 100)) with { FailuresBeforeProbe = int.MaxValue }) with
            {
                Transport = LineTransport.ModbusRtu, BaudRate = 115_200, TimeoutMs = 10,
            });
        Measure(rig, line, 1, RequestResult.Timeout);
    }

    /// <summary>Warms up with 20,000 polls of the wanted kind and measures 10,000; a poll takes so many tenths of a second.</summary>
    private static void Measure(LineRig rig, ModbusLine line, double tenths, RequestResult kind)
    {
        rig.RunUnread(Polls * tenths / 5);
        long polls = line.Statistics.Devices[0].CountOf(kind);
        long before = GC.GetAllocatedBytesForCurrentThread();
        rig.RunUnread(Polls * tenths / 10);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        Assert.Equal(Polls, line.Statistics.Devices[0].CountOf(kind) - polls, 20.0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Ten_thousand_polls_over_loopback_allocate_nothing_in_the_whole_process(int window)
    {
        await using var server = new ModbusServer(new RegisterBank());
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        ModbusPoint[] points = [.. Enumerable.Range(0, 100).SelectMany(b => LineRig.Registers(200 * b, 100, periodMs: 1))];
        ModbusLineDefinition definition = LineRig.Line("127.0.0.1", LineRig.Device(1, points)) with
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
            Thread.Yield();
        }
    }
}
