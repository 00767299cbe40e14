using System.Net.Sockets;
using Gateway.Simulation.Network;
using Gateway.Simulation.Time;

namespace Gateway.Simulation.Tests.Network;

public sealed class SimulatedNetworkTests
{
    private const string Plc = "plc-1:502";
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    private readonly SimulatedTime _time = new();
    private readonly SimulatedNetwork _network;
    private readonly SimulatedLink _link;

    public SimulatedNetworkTests()
    {
        _network = new SimulatedNetwork(_time, seed: 11, bufferBytes: 64);
        _link = _network.Link(Plc);
    }

    private LinkFaults Faults => _link.Faults;

    [Fact]
    public void A_message_comes_back_after_the_latency_of_connect_and_both_ways()
    {
        using var listener = _network.Listen(Plc, Echo);
        Faults.Latency = TimeSpan.FromMilliseconds(20);
        var reply = _time.Run(async () =>
        {
            await using var stream = await _network.ConnectAsync("plc-1", 502);
            Assert.Equal(TimeSpan.FromMilliseconds(40), _time.Elapsed);
            return await Ask(stream, [1, 2, 3]);
        }, Limit);
        Assert.Equal([1, 2, 3], reply);
        Assert.Equal(TimeSpan.FromMilliseconds(80), _time.Elapsed);
        Assert.Equal(6, _link.BytesDelivered);
    }

    [Fact]
    public void Delayed_answers_delay_one_direction_only()
    {
        using var listener = _network.Listen(Plc, Echo);
        Faults.AnswerDelay = TimeSpan.FromSeconds(3);
        _time.Run(async () => await Ask(await _network.ConnectAsync(Plc), [1]), Limit);
        Assert.Equal(TimeSpan.FromSeconds(3), _time.Elapsed);
    }

    [Fact]
    public void Jitter_varies_the_latency_and_keeps_the_order()
    {
        Faults.Latency = TimeSpan.FromMilliseconds(10);
        Faults.Jitter = TimeSpan.FromMilliseconds(50);
        var arrivals = new List<(byte Value, double Ms)>();
        using var listener = _network.Listen(Plc, async stream =>
        {
            var buffer = new byte[1];
            while (await stream.ReadAsync(buffer) == 1)
                arrivals.Add((buffer[0], _time.Elapsed.TotalMilliseconds));
        });
        _time.Run(async () =>
        {
            var stream = await _network.ConnectAsync(Plc);
            for (byte value = 0; value < 50; value++)
            {
                await stream.WriteAsync(new[] { value });
                await Task.Delay(TimeSpan.FromMilliseconds(5), _time);
            }

            await Task.Delay(TimeSpan.FromSeconds(1), _time);
        }, Limit);
        Assert.Equal(Enumerable.Range(0, 50).Select(v => (byte)v), arrivals.Select(a => a.Value));
        var delays = arrivals.Select((a, index) => a.Ms - 20 - (5 * index)).ToArray();
        Assert.All(delays, delay => Assert.InRange(delay, 9.99, 60.01));
        Assert.True(delays.Max() - delays.Min() > 20);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Fragments_of_one_byte_arrive_one_by_one_and_complete(int gapMs)
    {
        Faults.MaxFragment = 1;
        Faults.FragmentGap = TimeSpan.FromMilliseconds(gapMs);
        var (bytes, reads) = SendAndCollect([[1, 2, 3, 4, 5]]);
        Assert.Equal([1, 2, 3, 4, 5], bytes);
        Assert.Equal([1, 1, 1, 1, 1, 0], reads);
        Assert.Equal(TimeSpan.FromMilliseconds(4 * gapMs), _time.Elapsed);
    }

    [Fact]
    public void Fragments_have_the_drawn_sizes_within_the_bound()
    {
        Faults.MaxFragment = 4;
        var (bytes, reads) = SendAndCollect([Sequence(0, 50)]);
        Assert.Equal(Sequence(0, 50), bytes);
        Assert.All(reads.SkipLast(1), read => Assert.InRange(read, 1, 4));
        Assert.True(reads.Distinct().Count() > 3);
    }

    [Fact]
    public void Coalesced_messages_come_in_one_read()
    {
        Faults.CoalesceWindow = TimeSpan.FromMilliseconds(100);
        var (bytes, reads) = SendAndCollect([[1], [2, 3], [4]], gapMs: 10);
        Assert.Equal([1, 2, 3, 4], bytes);
        Assert.Equal([4, 0], reads);
    }

    [Fact]
    public void Lost_messages_never_arrive_and_the_others_do()
    {
        Faults.LossRate = 0.5;
        var (bytes, _) = SendAndCollect([.. Enumerable.Range(0, 40).Select(v => new[] { (byte)v })], gapMs: 1);
        Assert.Equal(40, _link.MessagesSent);
        Assert.InRange(_link.MessagesLost, 8, 32);
        Assert.Equal(40 - _link.MessagesLost, bytes.Length);
        Assert.Equal(bytes.Order().Distinct(), bytes);
    }

    [Fact]
    public void A_late_message_holds_up_what_follows()
    {
        using var listener = _network.Listen(Plc, Echo);
        Faults.LateBy = TimeSpan.FromSeconds(30);
        _time.Run(async () =>
        {
            var stream = await _network.ConnectAsync(Plc);
            Faults.LateRate = 1;
            await stream.WriteAsync(new byte[] { 1 });
            Faults.LateRate = 0;
            await stream.WriteAsync(new byte[] { 2 });
            var buffer = new byte[2];
            await stream.ReadExactlyAsync(buffer);
            Assert.Equal([1, 2], buffer);
        }, Limit);
        Assert.Equal(TimeSpan.FromSeconds(30), _time.Elapsed);
        Assert.Equal(1, _link.MessagesLate);
    }

    [Fact]
    public void A_garbled_message_differs_in_exactly_one_byte()
    {
        Faults.GarbleRate = 1;
        var (bytes, _) = SendAndCollect([Sequence(0, 40)]);
        Assert.Equal(40, bytes.Length);
        Assert.Equal(1, bytes.Zip(Sequence(0, 40)).Count(pair => pair.First != pair.Second));
    }

    [Fact]
    public void A_duplicated_message_arrives_twice()
    {
        Faults.DuplicateRate = 1;
        var (bytes, _) = SendAndCollect([[1, 2, 3]]);
        Assert.Equal([1, 2, 3, 1, 2, 3], bytes);
    }

    [Fact]
    public void A_closed_port_refuses()
    {
        Faults.Latency = TimeSpan.FromMilliseconds(5);
        Assert.Equal(SocketError.ConnectionRefused, ConnectError());
        Assert.Equal(TimeSpan.FromMilliseconds(10), _time.Elapsed);

        var listener = _network.Listen(Plc, Echo);
        Assert.Throws<InvalidOperationException>(() => _network.Listen(Plc, Echo));
        _link.State = LinkState.Refused;
        Assert.Equal(SocketError.ConnectionRefused, ConnectError());
        _link.State = LinkState.Up;
        _time.Run(async () => await (await _network.ConnectAsync(Plc)).DisposeAsync(), Limit);
        listener.Dispose();
        Assert.Equal(SocketError.ConnectionRefused, ConnectError());
    }

    [Fact]
    public void A_black_hole_lets_a_connect_time_out_or_be_cancelled()
    {
        using var listener = _network.Listen(Plc, Echo);
        _link.State = LinkState.BlackHole;
        Assert.Equal(SocketError.TimedOut, ConnectError());
        Assert.Equal(TimeSpan.FromSeconds(127), _time.Elapsed);

        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(2), _time);
        Assert.Throws<TaskCanceledException>(
            () => _time.Run(async () => await _network.ConnectAsync(Plc, cancel.Token), Limit));
        Assert.Equal(TimeSpan.FromSeconds(129), _time.Elapsed);
        Assert.Equal(0, _link.OpenConnections);
    }

    [Theory]
    [InlineData(LinkState.BlackHole)]
    [InlineData(LinkState.HalfOpen)]
    public void A_silent_link_accepts_writes_and_answers_nothing(LinkState state)
    {
        using var listener = _network.Listen(Plc, Echo);
        _time.Run(async () =>
        {
            var stream = await _network.ConnectAsync(Plc);
            _link.State = state;
            // Far more than the buffer holds: the bytes vanish, they do not pile up.
            for (var count = 0; count < 100; count++)
                await stream.WriteAsync(new byte[60]);
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5), _time);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => ReadOnce(stream, patience.Token));

            _link.State = LinkState.Up;
            Assert.Equal([7], await Ask(stream, [7]));
        }, Limit);
        Assert.Equal(100, _link.MessagesLost);
    }

    [Fact]
    public void Bytes_under_way_vanish_when_the_link_goes_silent()
    {
        using var listener = _network.Listen(Plc, Echo);
        Faults.Latency = TimeSpan.FromMilliseconds(50);
        _time.Run(async () =>
        {
            var stream = await _network.ConnectAsync(Plc);
            await stream.WriteAsync(new byte[] { 1 });
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time);
            _link.State = LinkState.BlackHole;
            await Task.Delay(TimeSpan.FromSeconds(1), _time);
            _link.State = LinkState.Up;
            Assert.Equal([2], await Ask(stream, [2]));
        }, Limit);
    }

    [Fact]
    public void Bytes_that_vanish_leave_the_unread_ones_before_them_alone()
    {
        using var listener = _network.Listen(Plc, async stream =>
        {
            // Three messages of 30 in a buffer of 64, so that the ring wraps around while something is unread.
            for (byte first = 0; first < 90; first += 30)
            {
                await stream.WriteAsync(Sequence(first, 30));
                await Task.Delay(TimeSpan.FromSeconds(1), _time);
            }

            await Task.Delay(TimeSpan.FromMinutes(1), _time);
        });
        Faults.Latency = TimeSpan.FromMilliseconds(500);
        var received = _time.Run(async () =>
        {
            var stream = await _network.ConnectAsync(Plc);
            var buffer = new byte[60];
            await stream.ReadExactlyAsync(buffer.AsMemory(0, 25));
            _time.Schedule(TimeSpan.FromSeconds(0.7), _ => _link.State = LinkState.HalfOpen, null);
            _time.Schedule(TimeSpan.FromSeconds(1.2), _ => _link.State = LinkState.Up, null);
            await Task.Delay(TimeSpan.FromSeconds(10), _time);
            await stream.ReadExactlyAsync(buffer.AsMemory(25, 35));
            return buffer;
        }, Limit);
        Assert.Equal([.. Sequence(0, 30), .. Sequence(60, 30)], received);
    }

    [Fact]
    public void A_half_open_peer_accepts_connections_that_nobody_serves()
    {
        var served = 0;
        using var listener = _network.Listen(Plc, stream =>
        {
            served++;
            return Echo(stream);
        });
        _link.State = LinkState.HalfOpen;
        _time.Run(async () =>
        {
            var stream = await _network.ConnectAsync(Plc);
            await stream.WriteAsync(new byte[] { 1 });
            _link.State = LinkState.Up;
            await stream.WriteAsync(new byte[] { 2 });
            Assert.Equal(SocketError.ConnectionReset, await ReadError(stream));
        }, Limit);
        Assert.Equal(0, served);
        Assert.Equal(0, _link.OpenConnections);
    }

    [Fact]
    public void A_stalled_link_delivers_in_order_when_it_is_up_again()
    {
        using var listener = _network.Listen(Plc, Echo);
        _time.Run(async () =>
        {
            var stream = await _network.ConnectAsync(Plc);
            _link.State = LinkState.Stalled;
            await stream.WriteAsync(new byte[] { 1 });
            await stream.WriteAsync(new byte[] { 2 });
            _time.Schedule(TimeSpan.FromMinutes(2), _ => _link.State = LinkState.Up, null);
            var buffer = new byte[2];
            await stream.ReadExactlyAsync(buffer);
            Assert.Equal([1, 2], buffer);
        }, Limit);
        Assert.Equal(TimeSpan.FromMinutes(2), _time.Elapsed);
    }

    [Fact]
    public void A_reset_fails_both_sides_and_later_calls()
    {
        SocketError? serverSaw = null;
        using var listener = _network.Listen(Plc, async stream => serverSaw = await ReadError(stream));
        _time.Run(async () =>
        {
            var stream = await _network.ConnectAsync(Plc);
            _time.Schedule(TimeSpan.FromSeconds(1), _ => _link.Reset(), null);
            Assert.Equal(SocketError.ConnectionReset, await ReadError(stream));
            Assert.Equal(SocketError.ConnectionReset, await ReadError(stream));
            await Assert.ThrowsAsync<IOException>(async () => await stream.WriteAsync(new byte[1]));
        }, Limit);
        Assert.Equal(SocketError.ConnectionReset, serverSaw);
        Assert.Equal(0, _link.OpenConnections);
    }

    [Fact]
    public void An_orderly_close_is_read_as_zero_after_the_data()
    {
        using var listener = _network.Listen(Plc, async stream => await stream.WriteAsync(new byte[] { 1, 2 }));
        _time.Run(async () =>
        {
            var stream = await _network.ConnectAsync(Plc);
            var buffer = new byte[10];
            Assert.Equal(2, await stream.ReadAsync(buffer));
            Assert.Equal(0, await stream.ReadAsync(buffer));
            Assert.Equal(0, await stream.ReadAsync(buffer));
            // Writing to a side that is gone is accepted once and answered by a reset.
            await stream.WriteAsync(new byte[1]);
            await Task.Delay(TimeSpan.FromMilliseconds(1), _time);
            await Assert.ThrowsAsync<IOException>(async () => await stream.WriteAsync(new byte[1]));
        }, Limit);
    }

    [Fact]
    public void The_server_can_be_made_to_close()
    {
        using var listener = _network.Listen(Plc, Echo);
        _time.Run(async () =>
        {
            var stream = await _network.ConnectAsync(Plc);
            _time.Schedule(TimeSpan.FromSeconds(1), _ => _link.CloseFromServer(), null);
            Assert.Equal(0, await stream.ReadAsync(new byte[1]));
            await stream.DisposeAsync();
        }, Limit);
        Assert.Equal(0, _link.OpenConnections);
    }

    [Fact]
    public void Disposing_fails_the_pending_read_and_later_calls()
    {
        using var listener = _network.Listen(Plc, Echo);
        _time.Run(async () =>
        {
            var stream = await _network.ConnectAsync(Plc);
            var read = stream.ReadAsync(new byte[1]).AsTask();
            await stream.DisposeAsync();
            Assert.False(read.IsCompleted, "a continuation must not run inside Dispose");
            await Assert.ThrowsAsync<IOException>(() => read);
            await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadOnce(stream));
            await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.WriteAsync(new byte[1]));
            Assert.False(stream.CanRead);
        }, Limit);
        Assert.Equal(0, _link.OpenConnections);
    }

    [Fact]
    public void A_cancelled_read_leaves_the_stream_usable()
    {
        using var listener = _network.Listen(Plc, Echo);
        _time.Run(async () =>
        {
            var stream = await _network.ConnectAsync(Plc);
            using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(1), _time);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => ReadOnce(stream, cancel.Token));
            Assert.Equal([9], await Ask(stream, [9]));
        }, Limit);
    }

    [Fact]
    public void A_second_read_or_a_blocking_read_is_refused()
    {
        using var listener = _network.Listen(Plc, Echo);
        _time.Run(async () =>
        {
            var stream = await _network.ConnectAsync(Plc);
            Assert.Throws<NotSupportedException>(() => stream.ReadByte());
            await Assert.ThrowsAsync<InvalidOperationException>(() => ReadOnce(stream));
        }, Limit);
    }

    [Fact]
    public void A_writer_waits_while_the_buffer_is_full()
    {
        var received = new List<byte>();
        using var listener = _network.Listen(Plc, async stream =>
        {
            await Task.Delay(TimeSpan.FromSeconds(10), _time);
            var buffer = new byte[7];
            int count;
            while ((count = await stream.ReadAsync(buffer)) > 0)
                received.AddRange(buffer.AsSpan(0, count));
        });
        var sent = Sequence(0, 200);
        _time.Run(async () =>
        {
            await using (var stream = await _network.ConnectAsync(Plc))
            {
                var write = stream.WriteAsync(sent);
                Assert.False(write.IsCompleted);
                await write;
                Assert.Equal(TimeSpan.FromSeconds(10), _time.Elapsed);
            }

            await Task.Delay(TimeSpan.FromSeconds(1), _time);
        }, Limit);
        Assert.Equal(sent, received);
    }

    [Fact]
    public void A_failure_of_the_accepting_code_stops_the_drive()
    {
        using var listener = _network.Listen(Plc, _ => throw new FormatException("bug"));
        var failure = Assert.Throws<InvalidOperationException>(
            () => _time.Run(async () => await _network.ConnectAsync(Plc), Limit));
        Assert.IsType<FormatException>(failure.InnerException);
    }

    private static async Task Echo(Stream stream)
    {
        var buffer = new byte[256];
        int count;
        while ((count = await stream.ReadAsync(buffer)) > 0)
            await stream.WriteAsync(buffer.AsMemory(0, count));
    }

    private static async Task<byte[]> Ask(Stream stream, byte[] message)
    {
        await stream.WriteAsync(message);
        var reply = new byte[message.Length];
        await stream.ReadExactlyAsync(reply);
        return reply;
    }

    private static async Task<int> ReadOnce(Stream stream, CancellationToken cancellation = default)
    {
        var count = await stream.ReadAsync(new byte[1], cancellation);
        return count;
    }

    private static async Task<SocketError> ReadError(Stream stream)
    {
        var failure = await Assert.ThrowsAsync<IOException>(() => ReadOnce(stream));
        return Assert.IsType<SocketException>(failure.InnerException).SocketErrorCode;
    }

    private static byte[] Sequence(int first, int count) => [.. Enumerable.Range(first, count).Select(v => (byte)v)];

    private SocketError ConnectError() =>
        Assert.Throws<SocketException>(() => _time.Run(async () => await _network.ConnectAsync(Plc), Limit)).SocketErrorCode;

    private (byte[] Bytes, int[] Reads) SendAndCollect(byte[][] messages, int gapMs = 0)
    {
        var bytes = new List<byte>();
        var reads = new List<int>();
        using var listener = _network.Listen(Plc, async stream =>
        {
            var buffer = new byte[64];
            int count;
            do
            {
                count = await stream.ReadAsync(buffer);
                reads.Add(count);
                bytes.AddRange(buffer.AsSpan(0, count));
            }
            while (count > 0);
        });
        _time.Run(async () =>
        {
            await using var stream = await _network.ConnectAsync(Plc);
            foreach (var message in messages)
            {
                await stream.WriteAsync(message);
                if (gapMs > 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(gapMs), _time);
            }
        }, Limit);
        Assert.True(_time.RunUntil(() => reads.LastOrDefault(-1) == 0, Limit));
        return ([.. bytes], [.. reads]);
    }
}
