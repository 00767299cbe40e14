using System.Buffers.Binary;
using System.Net.Sockets;
using Gateway.Modbus;
using Gateway.Simulation.Network;
using Gateway.Simulation.Plc;
using Gateway.Simulation.Time;

namespace Gateway.Simulation.Tests.Plc;

/// <summary>The PLCs on a simulated network in virtual time, asked by the product's client.</summary>
public sealed class PlcNetworkTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);
    private readonly SimulatedTime _time = new();
    private readonly SimulatedNetwork _network;
    private readonly SimulatedPlcStation _station;
    private readonly byte[] _data = new byte[250];

    public PlcNetworkTests()
    {
        _network = new SimulatedNetwork(_time, seed: 5);
        _station = new SimulatedPlcStation(SmallSite.Build(), SmallSite.Plant(), new FaultRules(5, _time), _time);
        foreach (var line in _station.Lines)
            line.Listen(_network);
    }

    [Fact]
    public void Both_devices_of_a_line_answer_for_themselves() => _time.Run(async () =>
    {
        await using var client = await ConnectAsync("works");
        Assert.True((await ReadAsync(client, SmallSite.Works, 120, 2)).IsOk);
        Assert.Equal(_station.Value("EFF_SAMPLE_TS"), BinaryPrimitives.ReadUInt32BigEndian(_data));
        Assert.True((await ReadAsync(client, SmallSite.Blowers, 0, 1)).IsOk);
        Assert.Equal(_station.Value("BL1_STAT"), BinaryPrimitives.ReadUInt16BigEndian(_data));
        Assert.Equal(ModbusExceptionCode.GatewayTargetFailedToRespond, (await ReadAsync(client, 1, 0, 1)).ExceptionCode);
        Assert.Equal(3, _station.Lines[0].Server.Requests);
    }, Limit);

    [Fact]
    public void A_delay_takes_exactly_its_time() => _time.Run(async () =>
    {
        _station.Faults.Add(new FaultRule { Kind = FaultKind.Delay, Argument = 750, Device = "plc-works" });
        await using var client = await ConnectAsync("works");
        var started = _time.Elapsed;
        Assert.True((await ReadAsync(client, SmallSite.Works, 120, 2)).IsOk);
        Assert.Equal(TimeSpan.FromMilliseconds(750), _time.Elapsed - started);
        Assert.True((await ReadAsync(client, SmallSite.Blowers, 0, 1)).IsOk);
        Assert.Equal(TimeSpan.FromMilliseconds(750), _time.Elapsed - started);
    }, Limit);

    [Fact]
    public void Byte_by_byte_takes_a_pause_between_two_bytes() => _time.Run(async () =>
    {
        _station.Faults.Add(new FaultRule { Kind = FaultKind.ByteByByte, Argument = 20 });
        await using var client = await ConnectAsync("works");
        var started = _time.Elapsed;
        Assert.True((await ReadAsync(client, SmallSite.Works, 120, 2)).IsOk);

        // Seven bytes of header, function, byte count and four of data.
        Assert.Equal(TimeSpan.FromMilliseconds(12 * 20), _time.Elapsed - started);
    }, Limit);

    [Theory]
    [InlineData(FaultKind.Silence, ModbusReplyStatus.TimedOut)]
    [InlineData(FaultKind.AnswerLost, ModbusReplyStatus.TimedOut)]
    [InlineData(FaultKind.WrongTransaction, ModbusReplyStatus.TimedOut)]
    [InlineData(FaultKind.CloseBefore, ModbusReplyStatus.Disconnected)]
    [InlineData(FaultKind.WrongUnit, ModbusReplyStatus.BadFrame)]
    [InlineData(FaultKind.WrongFunction, ModbusReplyStatus.BadFrame)]
    [InlineData(FaultKind.Garbage, ModbusReplyStatus.BadFrame)]
    [InlineData(FaultKind.Exception, ModbusReplyStatus.DeviceException)]
    public void The_client_tells_the_faults_apart(FaultKind kind, ModbusReplyStatus status) => _time.Run(async () =>
    {
        _station.Faults.Add(new FaultRule { Kind = kind, Count = 1 });
        await using var client = await ConnectAsync("works");
        Assert.Equal(status, (await ReadAsync(client, SmallSite.Works, 120, 2)).Status);
        await using var again = await ConnectAsync("works");
        Assert.True((await ReadAsync(again, SmallSite.Works, 120, 2)).IsOk);
    }, Limit);

    [Fact]
    public void A_line_whose_plcs_are_off_refuses_and_comes_back() => _time.Run(async () =>
    {
        await using var client = await ConnectAsync("lane");
        _station.Stop("plc-lane", true);
        Assert.Equal(ModbusReplyStatus.Disconnected, (await ReadAsync(client, 1, 0, 4)).Status);
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync("lane"));
        Assert.Equal(0, _station.Lines[1].Server.Connections);
        _station.Stop("plc-lane", false);
        await using var again = await ConnectAsync("lane");
        Assert.True((await ReadAsync(again, 1, 0, 4)).IsOk);
    }, Limit);

    [Fact]
    public void Connections_beyond_the_limit_are_closed() => _time.Run(async () =>
    {
        var server = new FaultyModbusServer(_station.Lines[0], _station.Faults, time: _time, maxConnections: 1);
        using var listener = _network.Listen("few:502", stream => server.ServeAsync(stream));
        await using var first = await ConnectAsync("few");
        Assert.True((await ReadAsync(first, SmallSite.Works, 120, 2)).IsOk);
        await using var second = await ConnectAsync("few");
        Assert.Equal(ModbusReplyStatus.Disconnected, (await ReadAsync(second, SmallSite.Works, 120, 2)).Status);
        Assert.True((await ReadAsync(first, SmallSite.Works, 120, 2)).IsOk);
    }, Limit);

    [Fact]
    public void A_connection_without_requests_is_closed_and_a_busy_one_is_not()
    {
        _time.Run(async () =>
        {
            await using var idle = await ConnectAsync("works");
            await using var busy = await ConnectAsync("works");
            for (var minute = 0; minute < 7; minute++)
            {
                Assert.Equal(minute < 5 ? 2 : 1, _station.Lines[0].Server.Connections);
                Assert.True((await ReadAsync(busy, SmallSite.Works, 120, 2)).IsOk);
                await Task.Delay(TimeSpan.FromMinutes(1) + TimeSpan.FromMilliseconds(1), _time);
            }
        }, Limit);
        _time.AdvanceBy(TimeSpan.FromMinutes(6));
        Assert.Equal(0, _station.Lines[0].Server.Connections);
    }

    private async Task<ModbusClient> ConnectAsync(string host) =>
        new(await _network.ConnectAsync(host, 502), new ModbusClientOptions { TimeoutMs = 1000 }, _time);

    private ValueTask<ModbusReply> ReadAsync(ModbusClient client, byte unit, ushort address, ushort count) =>
        client.ReadAsync(unit, ModbusFunction.ReadHoldingRegisters, address, count, _data);
}
