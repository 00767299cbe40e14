using System.Diagnostics;
using System.IO.Ports;
using System.Net;
using System.Net.Sockets;
using Gateway.Modbus.Server;

namespace Gateway.Modbus.Tests.Interop;

/// <summary>Foreign programs on the other end of the wire, in both directions, over TCP and a serial line.</summary>
[Trait("Category", "Interop")]
public class InteropTests
{
    private static readonly ModbusSerialSettings s_serial = new() { BaudRate = 115200, Parity = Parity.None };
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [PeerFact("libmodbus")]
    public async Task Libmodbus_client_against_our_tcp_server()
    {
        await using var server = StartServer();
        AssertPeer(Peer.Run(Peer.Compile("libmodbus_client"), "tcp", "127.0.0.1", Port(server)));
    }

    [PeerFact("libmodbus", "socat")]
    public async Task Libmodbus_client_against_our_rtu_server()
    {
        using var line = new SerialPair();
        await using var server = new ModbusServer(Bank());
        var serving = server.ServeAsync(ModbusTransport.OpenSerial(line.Near, s_serial), ModbusFraming.Rtu);
        AssertPeer(Peer.Run(Peer.Compile("libmodbus_client"), "rtu", line.Far));
        Assert.False(serving.IsCompleted);
    }

    [PeerFact("libmodbus")]
    public async Task Our_tcp_client_against_a_libmodbus_server()
    {
        using var peer = new RunningPeer(Peer.Compile("libmodbus_server"), "tcp");
        await using var client = await ConnectAsync(peer.WaitReady(), new ModbusClientOptions { TimeoutMs = 3000 });
        await ExerciseAsync(client);
    }

    [PeerFact("libmodbus")]
    public async Task Our_tcp_client_with_a_window_against_a_libmodbus_server()
    {
        using var peer = new RunningPeer(Peer.Compile("libmodbus_server"), "tcp");
        await using var client = await ConnectAsync(peer.WaitReady(), new ModbusClientOptions { TimeoutMs = 3000, Window = 8 });
        var rooms = Enumerable.Range(0, 100).Select(_ => new byte[2]).ToArray();
        var pending = Enumerable.Range(0, 100).Select(i =>
            client.ReadAsync(1, ModbusFunction.ReadInputRegisters, (ushort)(i * 650), 1, rooms[i]).AsTask()).ToArray();
        for (var i = 0; i < pending.Length; i++)
        {
            Assert.True((await pending[i]).IsOk);
            Assert.Equal(i * 650, (rooms[i][0] << 8) | rooms[i][1]);
        }
    }

    [PeerFact("libmodbus", "socat")]
    public async Task Our_rtu_client_against_a_libmodbus_server()
    {
        using var line = new SerialPair();
        using var peer = new RunningPeer(Peer.Compile("libmodbus_server"), "rtu", line.Far);
        peer.WaitReady();
        await using var client = new ModbusClient(
            ModbusTransport.OpenSerial(line.Near, s_serial),
            new ModbusClientOptions { Framing = ModbusFraming.Rtu, BaudRate = 115200, TimeoutMs = 3000 });
        await ExerciseAsync(client);
    }

    [PeerFact("mbpoll")]
    public async Task Mbpoll_reads_and_writes_our_tcp_server()
    {
        await using var server = StartServer();
        var port = Port(server);
        AssertPeer(Peer.Run("mbpoll", "-m", "tcp", "-o", "10", "-p", port, "-0", "-1", "-r", "10", "-t", "4", "127.0.0.1", "1234", "5678"));
        var read = Peer.Run("mbpoll", "-m", "tcp", "-o", "10", "-p", port, "-0", "-1", "-r", "10", "-c", "2", "-t", "4", "127.0.0.1");
        AssertPeer(read);
        Assert.Contains("[10]: \t1234", read.Output, StringComparison.Ordinal);
        Assert.Contains("[11]: \t5678", read.Output, StringComparison.Ordinal);
        var input = Peer.Run("mbpoll", "-m", "tcp", "-o", "10", "-p", port, "-0", "-1", "-r", "500", "-c", "1", "-t", "3", "127.0.0.1");
        Assert.Contains("[500]: \t500", input.Output, StringComparison.Ordinal);
        var refused = Peer.Run("mbpoll", "-m", "tcp", "-o", "10", "-p", port, "-0", "-1", "-r", "65535", "-c", "2", "-t", "4", "127.0.0.1");
        Assert.Contains("Illegal data address", refused.Output, StringComparison.Ordinal);
    }

    [PeerFact("mbpoll", "socat")]
    public async Task Mbpoll_reads_our_rtu_server()
    {
        using var line = new SerialPair();
        await using var server = new ModbusServer(Bank());
        _ = server.ServeAsync(ModbusTransport.OpenSerial(line.Near, s_serial), ModbusFraming.Rtu);
        var read = Peer.Run("mbpoll", "-m", "rtu", "-o", "10", "-b", "115200", "-P", "none", "-0", "-1", "-r", "500", "-c", "2", "-t", "3", line.Far);
        AssertPeer(read);
        Assert.Contains("[501]: \t501", read.Output, StringComparison.Ordinal);
    }

    [PeerFact("pymodbus")]
    public async Task Pymodbus_client_against_our_tcp_server()
    {
        await using var server = StartServer();
        AssertPeer(Peer.Run(Peer.Python, Peer.Script("pymodbus_client.py"), "tcp", Port(server)));
    }

    [PeerFact("pymodbus", "socat")]
    public async Task Pymodbus_client_against_our_serial_server()
    {
        foreach (var (name, framing) in new[] { ("rtu", ModbusFraming.Rtu), ("ascii", ModbusFraming.Ascii) })
        {
            using var line = new SerialPair();
            await using var server = new ModbusServer(Bank());
            _ = server.ServeAsync(ModbusTransport.OpenSerial(line.Near, s_serial), framing);
            AssertPeer(Peer.Run(Peer.Python, Peer.Script("pymodbus_client.py"), name, line.Far));
        }
    }

    [PeerFact("pymodbus")]
    public async Task Our_client_against_a_pymodbus_tcp_server()
    {
        foreach (var (name, framing) in new[] { ("tcp", ModbusFraming.Tcp), ("rtuovertcp", ModbusFraming.RtuOverTcp) })
        {
            var port = Peer.FreePort();
            using var peer = new RunningPeer(Peer.Python, Peer.Script("pymodbus_server.py"), name, $"{port}");
            peer.WaitReady();
            await using var client = await ConnectAsync(port, new ModbusClientOptions { Framing = framing, TimeoutMs = 3000 });
            await ExerciseAsync(client);
            await IdentifyAsync(client);
        }
    }

    [PeerFact("pymodbus", "socat")]
    public async Task Our_serial_client_against_a_pymodbus_server()
    {
        foreach (var (name, framing) in new[] { ("rtu", ModbusFraming.Rtu), ("ascii", ModbusFraming.Ascii) })
        {
            using var line = new SerialPair();
            using var peer = new RunningPeer(Peer.Python, Peer.Script("pymodbus_server.py"), name, line.Far);
            peer.WaitReady();
            await using var client = new ModbusClient(
                ModbusTransport.OpenSerial(line.Near, s_serial),
                new ModbusClientOptions { Framing = framing, BaudRate = 115200, TimeoutMs = 300, DrainAfterTimeoutMs = 50 });
            await WaitForAnswerAsync(client);
            await ExerciseAsync(client);
        }
    }

    /// <summary>The Python peer says "ready" just before it opens its port.</summary>
    private static async Task WaitForAnswerAsync(ModbusClient client)
    {
        var patience = Stopwatch.StartNew();
        while (!(await client.ReadAsync(1, ModbusFunction.ReadInputRegisters, 0, 1, new byte[2])).IsOk)
            Assert.True(patience.Elapsed < s_patience, "the peer never answered");
    }

    private static async Task ExerciseAsync(ModbusClient client)
    {
        var room = new byte[250];
        var registers = Enumerable.Range(0, 246).Select(i => (byte)(i * 5)).ToArray();
        await OkAsync(client.WriteAsync(1, ModbusFunction.WriteMultipleRegisters, 200, 123, registers).AsTask());
        await OkAsync(client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 200, 123, room).AsTask());
        Assert.Equal(registers, room[..246]);
        await OkAsync(client.WriteAsync(1, ModbusFunction.WriteSingleRegister, 7, 1, new byte[] { 0xAB, 0xCD }).AsTask());
        await OkAsync(client.MaskWriteAsync(1, 7, 0x00F2, 0x0025).AsTask());
        await OkAsync(client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 7, 1, room).AsTask());
        Assert.Equal((0xABCD & 0xF2) | (0x25 & ~0xF2), (room[0] << 8) | room[1]);
        await OkAsync(client.ReadWriteAsync(1, 299, 5, 300, new byte[] { 0, 1, 0, 2, 0, 3 }, room).AsTask());
        Assert.Equal("000100020003", Convert.ToHexString(room.AsSpan(2, 6)));
        await OkAsync(client.WriteAsync(1, ModbusFunction.WriteSingleCoil, 5, 1, new byte[] { 0xFF, 0 }).AsTask());
        await OkAsync(client.ReadAsync(1, ModbusFunction.ReadCoils, 4, 3, room).AsTask());
        Assert.Equal(0b010, room[0]);
        await OkAsync(client.WriteAsync(1, ModbusFunction.WriteMultipleCoils, 100, 19, new byte[] { 0xCD, 0x6B, 0x05 }).AsTask());
        await OkAsync(client.ReadAsync(1, ModbusFunction.ReadCoils, 100, 19, room).AsTask());
        Assert.Equal("CD6B05", Convert.ToHexString(room.AsSpan(0, 3)));
        await OkAsync(client.ReadAsync(1, ModbusFunction.ReadDiscreteInputs, 0, 22, room).AsTask());
        Assert.Equal("218410", Convert.ToHexString(room.AsSpan(0, 3)));
        await OkAsync(client.ReadAsync(1, ModbusFunction.ReadInputRegisters, 65000, 125, room).AsTask());
        for (var i = 0; i < 125; i++)
            Assert.Equal(65000 + i, (room[2 * i] << 8) | room[(2 * i) + 1]);
        var refused = await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 65535, 2, room);
        Assert.Equal((ModbusReplyStatus.DeviceException, ModbusExceptionCode.IllegalDataAddress), (refused.Status, refused.ExceptionCode));
        Assert.True((await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, 1, room)).IsOk);
    }

    private static async Task IdentifyAsync(ModbusClient client)
    {
        var room = new byte[252];
        await OkAsync(client.ReadDeviceIdentificationAsync(1, 1, 0, room).AsTask());
        Assert.Contains("Vendor of the peer", System.Text.Encoding.ASCII.GetString(room), StringComparison.Ordinal);
    }

    private static async Task OkAsync(Task<ModbusReply> pending)
    {
        var reply = await pending;
        Assert.True(reply.IsOk, reply.ToString());
    }

    private static async Task<ModbusClient> ConnectAsync(int port, ModbusClientOptions options)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new ModbusClient(await ModbusTransport.ConnectTcpAsync("127.0.0.1", port, s_patience), options);
            }
            catch (SocketException) when (patience.Elapsed < s_patience)
            {
                // The peer is still starting.
                await Task.Yield();
            }
        }
    }

    private static void AssertPeer((int ExitCode, string Output) result) => Assert.True(result.ExitCode == 0, result.Output);

    private static ModbusServer StartServer()
    {
        var server = new ModbusServer(Bank());
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        return server;
    }

    private static string Port(ModbusServer server) => $"{server.LocalEndPoint!.Port}";

    private static RegisterBank Bank()
    {
        var bank = new RegisterBank();
        for (var i = 0; i < 65536; i++)
        {
            bank.SetDiscreteInput((ushort)i, i % 5 == 0);
            bank.SetInputRegister((ushort)i, (ushort)i);
        }

        bank.SetIdentification(0, "Vendor");
        bank.SetIdentification(1, "Code");
        bank.SetIdentification(2, "1.0");
        return bank;
    }
}
