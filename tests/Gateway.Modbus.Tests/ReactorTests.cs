using System.Net;
using System.Net.Sockets;

namespace Gateway.Modbus.Tests;

/// <summary>
/// The stream on the socket reactor against the runtime's own sockets on the other side. Not beside other tests: whether
/// a connection is the only one of the process decides how it is read.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class ReactorTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ReactorTests() => _listener.Start();

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task What_the_peer_sends_in_pieces_is_read_and_what_is_written_arrives()
    {
        var (ours, peer) = await ConnectAsync();
        await using var stream = ours;
        using var socket = peer;
        var room = new byte[100];

        var read = stream.ReadAsync(room);
        await socket.SendAsync(new byte[] { 1, 2, 3 });
        Assert.Equal(3, await read);
        await socket.SendAsync(new byte[] { 4 });
        Assert.Equal(1, await stream.ReadAsync(room));
        Assert.Equal(4, room[0]);
        await stream.WriteAsync(new byte[] { 9, 8 });

        Assert.Equal(2, await socket.ReceiveAsync(room));
        Assert.Equal([9, 8], room[..2]);
    }

    [Fact]
    public async Task Bytes_that_came_while_nobody_read_are_kept_and_cut_to_the_room()
    {
        var (ours, peer) = await ConnectAsync();
        await using var stream = ours;
        using var socket = peer;
        var room = new byte[2];
        await socket.SendAsync(new byte[] { 1 });
        Assert.Equal(1, await stream.ReadAsync(room));

        // The reactor sees these without a reader, and must not spin on them, nor forget them.
        await socket.SendAsync(new byte[] { 2, 3, 4 });
        await Task.Yield();

        Assert.Equal(2, await stream.ReadAsync(room));
        Assert.Equal([2, 3], room);
        Assert.Equal(1, await stream.ReadAsync(room));
        Assert.Equal(4, room[0]);
    }

    [Fact]
    public async Task A_write_that_the_system_does_not_take_at_once_ends_when_the_peer_reads()
    {
        var (ours, peer) = await ConnectAsync();
        await using var stream = ours;
        using var socket = peer;
        var sent = new byte[8 << 20];
        new Random(1).NextBytes(sent);

        var write = stream.WriteAsync(sent);
        Assert.False(write.IsCompleted);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await stream.WriteAsync(new byte[1]));
        var received = new byte[sent.Length];
        for (var count = 0; count < received.Length;)
            count += await socket.ReceiveAsync(received.AsMemory(count));
        await write;

        Assert.True(sent.AsSpan().SequenceEqual(received));
        await stream.WriteAsync(new byte[] { 5 });
        Assert.Equal(1, await socket.ReceiveAsync(received));
    }

    [Fact]
    public async Task An_orderly_close_reads_as_the_end_and_a_reset_as_a_fault()
    {
        var (ours, peer) = await ConnectAsync();
        await using var stream = ours;
        var read = stream.ReadAsync(new byte[10]);
        peer.Dispose();
        Assert.Equal(0, await read);

        var (second, reset) = await ConnectAsync();
        await using var stream2 = second;
        var read2 = stream2.ReadAsync(new byte[10]);
        reset.LingerState = new LingerOption(true, 0);
        reset.Dispose();
        var fault = await Assert.ThrowsAsync<IOException>(async () => await read2);
        Assert.Contains("reset", fault.Message, StringComparison.OrdinalIgnoreCase);
        await Assert.ThrowsAsync<IOException>(async () => await stream2.WriteAsync(new byte[1]));
    }

    [Fact]
    public async Task Closing_our_side_ends_what_pends_and_nothing_works_after_it()
    {
        var (ours, peer) = await ConnectAsync();
        using var socket = peer;
        var read = ours.ReadAsync(new byte[10]);
        var write = ours.WriteAsync(new byte[8 << 20]);

        await ours.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await read);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await write);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await ours.ReadExactlyAsync(new byte[1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await ours.WriteAsync(new byte[1]));
        await ours.DisposeAsync();
    }

    [Fact]
    public async Task A_refused_connection_says_so_and_names_are_looked_up()
    {
        var port = Port;
        await using (var named = await ModbusTransport.ConnectReactorAsync("localhost", port, CancellationToken.None))
            Assert.True(named.CanRead);
        _listener.Stop();

        var refused = await Assert.ThrowsAsync<SocketException>(async () => await ModbusTransport.ConnectReactorAsync("127.0.0.1", port, CancellationToken.None));

        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [Fact]
    public async Task A_connection_attempt_can_be_given_up()
    {
        // A listener whose queue is full leaves further attempts without an answer.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var port = ((IPEndPoint)full.LocalEndPoint!).Port;
        using var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await filler.ConnectAsync(IPAddress.Loopback, port);
        using var given = new CancellationTokenSource();

        var attempt = ModbusTransport.ConnectReactorAsync("127.0.0.1", port, given.Token).AsTask();
        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.WaitAsync(s_patience));
    }

    [Fact]
    public async Task Many_connections_that_come_and_go_never_get_one_anothers_bytes()
    {
        var echo = Task.Run(EchoAsync);
        var workers = Enumerable.Range(1, 16).Select(WorkAsync).ToArray();

        await Task.WhenAll(workers).WaitAsync(s_patience);
        _listener.Stop();
        await echo.WaitAsync(s_patience);

        async Task WorkAsync(int number)
        {
            var (sent, room) = (new byte[64], new byte[64]);
            for (var i = 0; i < 50; i++)
            {
                await using var stream = await ModbusTransport.ConnectReactorAsync("127.0.0.1", Port, CancellationToken.None);
                for (var k = 0; k < 10; k++)
                {
                    sent.AsSpan().Fill((byte)(number * 16 + k));
                    await stream.WriteAsync(sent);
                    for (var count = 0; count < room.Length;)
                        count += await stream.ReadAsync(room.AsMemory(count));
                    Assert.True(sent.AsSpan().SequenceEqual(room));
                }
            }
        }
    }

    [Fact]
    public async Task The_only_connection_goes_on_when_others_come_and_go_and_when_it_waits_meanwhile()
    {
        var (first, peer) = await ConnectAsync();
        await using var stream = first;
        using var socket = peer;
        var room = new byte[10];
        for (byte i = 0; i < 100; i++)
        {
            // This read waits in the kernel, alone, while the second connection comes.
            var read = stream.ReadAsync(room);
            var (second, secondPeer) = await ConnectAsync();
            var secondRead = second.ReadAsync(new byte[1]);
            await secondPeer.SendAsync(new byte[] { 1 });
            Assert.Equal(1, await secondRead);
            if (i % 2 == 0)
                await second.DisposeAsync();
            await socket.SendAsync(new[] { i });
            Assert.Equal(1, await read);
            Assert.Equal(i, room[0]);
            secondPeer.Dispose();
            await second.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_only_connection_can_be_closed_while_its_read_waits_and_from_what_its_read_resumes()
    {
        for (var i = 0; i < 50; i++)
        {
            var (ours, peer) = await ConnectAsync();
            using var socket = peer;
            Assert.Equal(1, await ReadOneAsync(ours, socket));
            var read = ours.ReadAsync(new byte[10]).AsTask();
            if (i % 2 == 0)
                await Task.Run(ours.Dispose).WaitAsync(s_patience);
            else
                await Task.Run(() => socket.SendAsync(new byte[] { 7 })).ContinueWith(_ => read, TaskScheduler.Default).Unwrap().ContinueWith(_ => ours.Dispose(), TaskScheduler.Default).WaitAsync(s_patience);
            await Assert.ThrowsAsync<ObjectDisposedException>(async () => await ours.WriteAsync(new byte[1]));
        }

        static async Task<int> ReadOneAsync(Stream stream, Socket peer)
        {
            var read = stream.ReadAsync(new byte[10]);
            await peer.SendAsync(new byte[] { 1 });
            return await read;
        }
    }

    private async Task EchoAsync()
    {
        try
        {
            while (true)
                _ = EchoOneAsync(await _listener.AcceptSocketAsync());
        }
        catch (SocketException)
        {
            // The test is over.
        }
    }

    private static async Task EchoOneAsync(Socket socket)
    {
        using var mine = socket;
        var room = new byte[100];
        while (await mine.ReceiveAsync(room) is var count and > 0)
            await mine.SendAsync(room.AsMemory(0, count));
    }

    private async Task<(Stream Ours, Socket Peer)> ConnectAsync()
    {
        var stream = await ModbusTransport.ConnectReactorAsync("127.0.0.1", Port, CancellationToken.None);
        return (stream, await _listener.AcceptSocketAsync());
    }
}
