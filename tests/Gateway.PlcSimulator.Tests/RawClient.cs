using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gateway.PlcSimulator.Tests;

/// <summary>A bare socket that sends and receives bytes given in hexadecimal.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static async Task<RawClient> ConnectAsync(IPEndPoint endPoint)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(endPoint);
        return client;
    }

    public async Task SendAsync(string hex) => await _socket.SendAsync(Bytes(hex));

    /// <summary>Receives exactly so many bytes.</summary>
    public async Task<string> ReceiveAsync(int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        var bytes = new byte[count];
        for (var have = 0; have < count;)
        {
            var read = await _socket.ReceiveAsync(bytes.AsMemory(have), patience.Token);
            if (read == 0)
                return Text(bytes.AsSpan(0, have)) + " closed";
            have += read;
        }

        return Text(bytes);
    }

    /// <summary>Receives until the peer closes.</summary>
    public async Task<string> ReceiveToEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var bytes = new byte[1024];
        var have = 0;
        while (await _socket.ReceiveAsync(bytes.AsMemory(have), patience.Token) is > 0 and var read)
            have += read;
        return Text(bytes.AsSpan(0, have));
    }

    /// <summary>Receives a number of bytes and counts the reads that bring some, and the time from the first to the last.</summary>
    public async Task<(string Text, TimeSpan Spread)> ReceiveTimedAsync(int count)
    {
        var first = await ReceiveAsync(1);
        var started = Stopwatch.GetTimestamp();
        var rest = await ReceiveAsync(count - 1);
        return ($"{first} {rest}", Stopwatch.GetElapsedTime(started));
    }

    public void Dispose() => _socket.Dispose();

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static string Text(ReadOnlySpan<byte> bytes) => string.Join(' ', bytes.ToArray().Select(b => b.ToString("X2")));
}
