using System.Net;
using Gateway.Modbus.Server;
using Gateway.Modbus.Tests.Vectors;

namespace Gateway.Modbus.Tests;

/// <summary>Client and server of this package over real loopback sockets.</summary>
public class LoopbackTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public static TheoryData<string> Names => SpecificationVectors.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_function_works_over_tcp(string name)
    {
        var vector = SpecificationVectors.Find(name);
        var bank = new RegisterBank(1000);
        vector.Arrange(bank);
        await using var server = new ModbusServer(bank);
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        await using var client = await ConnectAsync(server);
        var data = new byte[252];

        var reply = await client.SendAsync(vector.RequestPdu, 1, data);

        Assert.Equal(ModbusReplyStatus.Ok, reply.Status);
        if (name[..3] is "6.1" or "6.2" or "6.3" or "6.4" && vector.ReplyPdu[0] < 5)
            Assert.Equal(Convert.ToHexString(vector.ReplyPdu.AsSpan(2)), Convert.ToHexString(data.AsSpan(0, reply.Length)));
        Assert.Equal(1, client.Statistics.Ok);
    }

    [Fact]
    public async Task A_refused_request_is_a_result_and_the_conversation_goes_on()
    {
        await using var server = new ModbusServer(new RegisterBank(10));
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        await using var client = await ConnectAsync(server);
        var data = new byte[250];
        var refused = await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 8, 3, data);
        Assert.Equal((ModbusReplyStatus.DeviceException, ModbusExceptionCode.IllegalDataAddress), (refused.Status, refused.ExceptionCode));
        var good = await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 7, 3, data);
        Assert.True(good.IsOk);
        Assert.Equal(6, good.Length);
    }

    [Fact]
    public async Task A_window_of_requests_brings_each_its_own_answer()
    {
        var bank = new RegisterBank();
        for (var i = 0; i < 65536; i++)
            bank.SetHoldingRegister((ushort)i, (ushort)i);
        await using var server = new ModbusServer(bank);
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        await using var client = await ConnectAsync(server, window: 16);
        var rooms = Enumerable.Range(0, 200).Select(_ => new byte[2]).ToArray();
        var pending = new Task<ModbusReply>[200];
        for (var i = 0; i < pending.Length; i++)
            pending[i] = client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, (ushort)(i * 300), 1, rooms[i]).AsTask();
        for (var i = 0; i < pending.Length; i++)
        {
            Assert.True((await pending[i]).IsOk);
            Assert.Equal(i * 300, (rooms[i][0] << 8) | rooms[i][1]);
        }
    }

    [Fact]
    public async Task Closing_the_server_ends_the_request_as_disconnected()
    {
        var server = new ModbusServer(new RegisterBank(10));
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        await using var client = await ConnectAsync(server);
        Assert.True((await client.ReadAsync(1, ModbusFunction.ReadCoils, 0, 1, new byte[1])).IsOk);
        await server.DisposeAsync();
        var reply = await client.ReadAsync(1, ModbusFunction.ReadCoils, 0, 1, new byte[1]);
        Assert.Equal(ModbusReplyStatus.Disconnected, reply.Status);
        Assert.False(client.IsConnected);
    }

    private async Task<ModbusClient> ConnectAsync(ModbusServer server, int window = 1)
    {
        var end = server.LocalEndPoint!;
        var stream = await OpenAsync(end.Address.ToString(), end.Port);
        return new ModbusClient(stream, new ModbusClientOptions { Window = window, TimeoutMs = 5000 });
    }

    protected virtual ValueTask<Stream> OpenAsync(string host, int port) => ModbusTransport.ConnectTcpAsync(host, port, s_patience);
}

/// <summary>The same over the sockets that a program with inline completions gets on Linux.</summary>
public sealed class ReactorLoopbackTests : LoopbackTests
{
    protected override ValueTask<Stream> OpenAsync(string host, int port) => ModbusTransport.ConnectReactorAsync(host, port, CancellationToken.None);
}
