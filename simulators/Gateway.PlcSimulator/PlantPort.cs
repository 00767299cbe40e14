using System.Net;
using System.Net.Sockets;

namespace Gateway.PlcSimulator;

/// <summary>
/// A TCP port that hands its connections and their peers' addresses to a server. It can be closed and opened again, as when a device is switched
/// off and on. Members may be called from any thread, one at a time.
/// </summary>
internal sealed class PlantPort(IPEndPoint endPoint, Func<Stream, string, Task> serve) : IAsyncDisposable
{
    private const int Backlog = 128;
    private static readonly TimeSpan AcceptRetry = TimeSpan.FromMilliseconds(100);

    private Socket? _socket;
    private Task _accepting = Task.CompletedTask;

    /// <summary>The address; its port is known once the listener was open.</summary>
    public IPEndPoint EndPoint { get; private set; } = endPoint;

    /// <summary>Listens; without effect while open.</summary>
    /// <exception cref="SocketException">The address is not ours or is in use.</exception>
    public void Open()
    {
        if (_socket is not null)
            return;
        _socket = Bind(EndPoint);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _accepting = AcceptAsync(_socket);
    }

    /// <summary>Refuses connections from now on; those accepted live on.</summary>
    public void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }

    /// <summary>Closes the port and waits until nothing more is accepted.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        await _accepting.ConfigureAwait(false);
    }

    private static Socket Bind(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            try
            {
                var socket = await listener.AcceptAsync().ConfigureAwait(false);
                socket.NoDelay = true;
                _ = serve(new NetworkStream(socket, ownsSocket: true), ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (_socket != listener)
                    return;

                // A peer that reset before it was accepted, or no file handles left: go on, but not in a spin.
                await Task.Delay(AcceptRetry).ConfigureAwait(false);
            }
        }
    }
}
