using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Gateway.Configuration;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Modbus;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;
using Gateway.Simulation.Process;
using Gateway.Simulation.Time;

namespace Gateway.PlcSimulator.Tests;

/// <summary>The example site served over real loopback sockets. The plant's clock stands still unless a test moves it.</summary>
public sealed class PlantServerTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 2, 0, 0, TimeSpan.Zero);

    private readonly SiteConfiguration _site = ExampleSite.Load();
    private readonly SimulatedTime _time = new(Start);
    private readonly PlantServer _server;
    private readonly byte[] _data = new byte[252];

    public PlantServerTests()
    {
        _server = new PlantServer(_site, new PlantServerOptions { FirstPort = 0, HostOverride = "127.0.0.1", Weather = Weather.Storm }, _time);
    }

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Every_tag_of_the_site_reads_as_its_signal()
    {
        _server.Station.Step(1800);
        var compared = 0;
        foreach (var line in _site.Lines)
        {
            await using var client = await ConnectAsync(line.Index);
            foreach (ModbusDevice device in line.Devices)
            {
                foreach (ModbusPoint point in device.Points)
                {
                    var tag = _site.Plant.Tags[point.Tag];
                    var read = await ReadAsync(client, device.Unit, point);
                    Assert.True(Math.Abs(Expected(device, point, tag.Name) - read) <= 1e-6 * Math.Abs(read), $"{tag.Name}: {read}");
                    compared++;
                }
            }
        }

        Assert.Equal(_site.Plant.Tags.Count(tag => tag.Expression is null), compared);
        Assert.Empty(_server.Station.TagsWithoutSignal);
    }

    [Fact]
    public async Task A_set_point_written_by_a_client_moves_the_plant()
    {
        var (line, device, point) = Find("CHM_SP_502");
        var (_, _, flow) = Find("CHM_FIT_502");
        await using var client = await ConnectAsync(line);
        var before = await ReadAsync(client, device.Unit, flow);
        var wanted = before < 400 ? 700f : 100f;

        var reply = await WriteAsync(client, device.Unit, point, wanted);

        Assert.Equal(ModbusReplyStatus.Ok, reply.Status);
        Assert.Equal(wanted, _server.Station.Value("CHM_SP_502"));
        _server.Station.Step(600);
        Assert.Equal(wanted, await ReadAsync(client, device.Unit, flow), 0.15 * wanted);
    }

    [Fact]
    public async Task A_living_heartbeat_gives_the_supervisor_the_control_and_silence_takes_it_back()
    {
        var (line, device, point) = Find("SYS_GW_HB");
        await using var client = await ConnectAsync(line);
        BinaryPrimitives.WriteUInt16BigEndian(_data, 7);
        var reply = await client.WriteAsync(device.Unit, ModbusFunction.WriteSingleRegister, point.Address, 1, _data.AsMemory(0, 2));
        Assert.True(reply.IsOk);
        _server.Station.Step(1);
        Assert.Equal(3, _server.Station.Value("SYS_REMOTE_EN"));
        _server.Station.Step(10);
        Assert.Equal(5, _server.Station.Value("SYS_REMOTE_EN"));
    }

    [Theory]
    [InlineData("EFF_AIT_603", 1f, ModbusExceptionCode.IllegalDataAddress)]
    [InlineData("CHM_SP_502", 2001f, ModbusExceptionCode.IllegalDataValue)]
    [InlineData("CHM_SP_502", -1f, ModbusExceptionCode.IllegalDataValue)]
    [InlineData("CHM_SP_502", float.NaN, ModbusExceptionCode.IllegalDataValue)]
    [InlineData("BL_PSP_300", 39f, ModbusExceptionCode.IllegalDataValue)]
    public async Task A_write_that_the_plant_cannot_take_is_refused_and_changes_nothing(string tag, float value, ModbusExceptionCode code)
    {
        var (line, device, point) = Find(tag);
        await using var client = await ConnectAsync(line);
        var before = _server.Station.Value(tag);
        var reply = await WriteAsync(client, device.Unit, point, value);
        Assert.Equal((ModbusReplyStatus.DeviceException, code), (reply.Status, reply.ExceptionCode));
        Assert.Equal(before, _server.Station.Value(tag));
        Assert.Equal(before, await ReadAsync(client, device.Unit, point), 1e-4);
    }

    [Fact]
    public async Task The_plant_follows_its_clock_times_the_speed()
    {
        await using var server = new PlantServer(_site, new PlantServerOptions { FirstPort = 0, HostOverride = "127.0.0.1", Speed = 60 }, _time);
        await server.StartAsync();

        // Driven from one thread, the plant's loop runs inside the clock's events.
        _time.AdvanceBy(TimeSpan.FromSeconds(10));

        Assert.Equal(Start.AddSeconds(600), server.Station.Plant.Now);
        Assert.Equal(Start.AddSeconds(10), _server.Station.Plant.Now);
    }

    [Fact]
    public async Task A_stopped_plc_closes_its_port_and_a_started_one_opens_it_again()
    {
        await using var client = await ConnectAsync(0);
        var device = (ModbusDevice)_site.Lines[0].Devices[0];
        Assert.True((await client.ReadAsync(device.Unit, ModbusFunction.ReadHoldingRegisters, ((ModbusPoint)device.Points[0]).Address, 1, _data)).IsOk);

        _server.Station.Stop(device.Name, true);

        Assert.Equal(ModbusReplyStatus.Disconnected, (await client.ReadAsync(device.Unit, ModbusFunction.ReadHoldingRegisters, 0, 1, _data)).Status);
        var refused = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(0));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        await using (var other = await ConnectAsync(1))
            Assert.True(other.IsConnected);

        _server.Station.Stop(device.Name, false);

        await using var again = await ConnectAsync(0);
        Assert.True((await again.ReadAsync(device.Unit, ModbusFunction.ReadHoldingRegisters, ((ModbusPoint)device.Points[0]).Address, 1, _data)).IsOk);
    }

    [Fact]
    public async Task A_frozen_plc_answers_with_its_last_values()
    {
        var (line, device, heartbeat) = Find("SYS_PLC_HB");
        await using var client = await ConnectAsync(line);
        _server.Station.Step(5);
        _server.Station.Freeze(device.Name, true);
        _server.Station.Step(5);
        Assert.Equal(5, await ReadAsync(client, device.Unit, heartbeat));
        _server.Station.Freeze(device.Name, false);
        Assert.Equal(10, await ReadAsync(client, device.Unit, heartbeat));
    }

    [Fact]
    public async Task A_port_in_use_is_said_with_its_line()
    {
        var taken = _server.Endpoints[0].Port;
        await using var second = new PlantServer(_site, new PlantServerOptions { FirstPort = taken, HostOverride = "127.0.0.1" }, _time);
        var error = await Assert.ThrowsAsync<PlantServerException>(second.StartAsync);
        Assert.StartsWith($"line '{_site.Lines[0].Name}': cannot listen on 127.0.0.1:{taken} (", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_line_has_a_port_of_its_own()
    {
        Assert.Equal(_site.Lines.Length, _server.Endpoints.Select(endpoint => endpoint.Port).Distinct().Count());
        Assert.All(_server.Endpoints, endpoint => Assert.Equal(IPAddress.Loopback, endpoint.Address));
        Assert.Empty(_server.SkippedLines);
    }

    private async Task<ModbusClient> ConnectAsync(int line)
    {
        var endpoint = _server.Endpoints[line];
        var stream = await ModbusTransport.ConnectTcpAsync(endpoint.Address.ToString(), endpoint.Port, TimeSpan.FromSeconds(5));
        return new ModbusClient(stream, new ModbusClientOptions { TimeoutMs = 5000 });
    }

    private (int Line, ModbusDevice Device, ModbusPoint Point) Find(string tag) => (
        from line in _site.Lines
        from ModbusDevice device in line.Devices
        from ModbusPoint point in device.Points
        where _site.Plant.Tags[point.Tag].Name == tag
        select (line.Index, device, point)).Single();

    /// <summary>Decoded here, not by the code under test: the example site has big-endian values of three types.</summary>
    private async Task<double> ReadAsync(ModbusClient client, byte unit, ModbusPoint point)
    {
        Assert.Equal(DataSpace.HoldingRegisters, point.Space);
        Assert.Equal(ByteOrder.Abcd, point.Order);
        var count = point.Type is RegisterType.Float32 or RegisterType.UInt32 ? 2 : 1;
        var reply = await client.ReadAsync(unit, ModbusFunction.ReadHoldingRegisters, point.Address, (ushort)count, _data);
        Assert.Equal((ModbusReplyStatus.Ok, 2 * count), (reply.Status, reply.Length));
        if (point.Bit >= 0)
            return (BinaryPrimitives.ReadUInt16BigEndian(_data) >> point.Bit) & 1;
        return point.Type switch
        {
            RegisterType.Float32 => BinaryPrimitives.ReadSingleBigEndian(_data),
            RegisterType.UInt32 => BinaryPrimitives.ReadUInt32BigEndian(_data),
            RegisterType.UInt16 => BinaryPrimitives.ReadUInt16BigEndian(_data),
            _ => throw new NotSupportedException($"the test does not know {point.Type}"),
        };
    }

    private ValueTask<ModbusReply> WriteAsync(ModbusClient client, byte unit, ModbusPoint point, float value)
    {
        BinaryPrimitives.WriteSingleBigEndian(_data, value);
        return client.WriteAsync(unit, ModbusFunction.WriteMultipleRegisters, point.Address, 2, _data.AsMemory(0, 4));
    }

    /// <summary>The signal of the tag's name; for a bit of a status word that of the word.</summary>
    private double Expected(ModbusDevice device, ModbusPoint point, string tag)
    {
        if (point.Bit < 0)
            return _server.Station.Value(tag);
        var word = device.Points.Cast<ModbusPoint>().Single(other => other.Address == point.Address && other.Bit < 0);
        return ((int)_server.Station.Value(_site.Plant.Tags[word.Tag].Name) >> point.Bit) & 1;
    }
}
