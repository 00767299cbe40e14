using System.Net;
using Gateway.Modbus.Server;
using Gateway.Modbus.Tests.Support;

namespace Gateway.Modbus.Tests;

/// <summary>Runs alone, because it measures the whole process.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>In steady state neither client nor server allocates.</summary>
[Collection(nameof(AloneCollection))]
public class AllocationTests
{
    private const int Polls = 10_000;
    private const int Chunk = 200;

    [Theory]
    [InlineData(1, false)]
    [InlineData(8, false)]
    [InlineData(1, true)]
    [InlineData(8, true)]
    public async Task Ten_thousand_polls_over_loopback_allocate_nothing_on_either_side(int window, bool onReactor)
    {
        await using var server = new ModbusServer(new RegisterBank());
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        var end = server.LocalEndPoint!;
        var stream = onReactor
            ? await ModbusTransport.ConnectReactorAsync(end.Address.ToString(), end.Port, CancellationToken.None)
            : await ModbusTransport.ConnectTcpAsync(end.Address.ToString(), end.Port, TimeSpan.FromSeconds(5));
        await using var client = new ModbusClient(stream, new ModbusClientOptions { Window = window, TimeoutMs = 5000 });
        var request = new byte[] { 3, 0, 0, 0, 125 };
        var rooms = Enumerable.Range(0, window).Select(_ => new byte[250]).ToArray();
        var pending = new ValueTask<ModbusReply>[window];
        var clean = 0;
        await PollAsync();

        Assert.Equal(Polls, clean * Chunk);
        Assert.True(client.Statistics.Ok >= Polls);

        async ValueTask PollAsync()
        {
            // Measured inside, so that this method's own state is not counted. The test host allocates now and then
            // on threads of its own, so it is measured in chunks, and the clean ones must add up to 10,000 polls;
            // an allocation per poll, or per two hundred, would leave none clean.
            long before = 0;
            for (var i = 0; i < 15 * Polls && clean * Chunk < Polls; i += window)
            {
                if (i % Chunk == 0)
                {
                    if (i > Polls / 2 && GC.GetTotalAllocatedBytes(precise: true) == before)
                        clean++;
                    before = GC.GetTotalAllocatedBytes(precise: true);
                }

                for (var k = 0; k < window; k++)
#pragma warning disable CA2012 // Each is awaited once below; tasks would allocate.
                    pending[k] = client.SendAsync(request, 1, rooms[k]);
#pragma warning restore CA2012
                for (var k = 0; k < window; k++)
                {
                    if (!(await pending[k].ConfigureAwait(false)).IsOk)
                        throw new InvalidOperationException("A poll failed.");
                }
            }
        }
    }

    [Theory]
    [InlineData(ModbusFraming.Tcp, 12, 259)]
    [InlineData(ModbusFraming.Rtu, 8, 255)]
    [InlineData(ModbusFraming.Ascii, 17, 511)]
    public void Ten_thousand_polls_in_memory_allocate_only_the_lines_own_copies(ModbusFraming framing, int requestBytes, int answerBytes)
    {
        var time = new VirtualTime();
        var (near, far) = LineStream.Pair();
        _ = new ModbusServer(new RegisterBank(), time: time).ServeAsync(far, framing);
        var client = new ModbusClient(near, new ModbusClientOptions { Framing = framing }, time);
        var room = new byte[250];
        var request = new byte[] { 3, 0, 0, 0, 125 };
        Poll(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Poll(Polls);

        // The line in memory copies each frame into an array: header of 24 bytes, rounded up to 8.
        var copies = ArraySize(requestBytes) + ArraySize(answerBytes);
        Assert.Equal(copies * Polls, GC.GetAllocatedBytesForCurrentThread() - before);

        static long ArraySize(int bytes) => (24 + bytes + 7) / 8 * 8;

        void Poll(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var pending = client.SendAsync(request, 1, room);
                if (!pending.IsCompleted || !pending.Result.IsOk)
                    throw new InvalidOperationException("A poll failed.");
            }
        }
    }

    [Fact]
    public void Ten_thousand_time_outs_allocate_nothing()
    {
        var time = new VirtualTime();
        var client = new ModbusClient(new LineStream { HangsOnWrite = false, Written = static _ => { } }, new ModbusClientOptions(), time);
        var room = new byte[250];
        var request = new byte[] { 3, 0, 0, 0, 125 };
        Poll(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Poll(Polls);

        // The in-memory line copies each written frame of 12 bytes: 40 bytes of the test's own.
        Assert.Equal(40 * Polls, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(Polls + 1000, client.Statistics.Timeouts);

        void Poll(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var pending = client.SendAsync(request, 1, room);
                time.Advance(1000);
                if (!pending.IsCompleted)
                    throw new InvalidOperationException("The time-out did not fire.");
                _ = pending.Result;
            }
        }
    }
}
