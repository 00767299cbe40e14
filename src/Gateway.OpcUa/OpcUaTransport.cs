using System.Net.Sockets;

namespace Gateway.OpcUa;

/// <summary>Opens the streams that a client works on.</summary>
public static class OpcUaTransport
{
    /// <summary>The registered port of OPC UA.</summary>
    public const int DefaultPort = 4840;

    /// <summary>
    /// Lets sockets of this process resume their readers on the thread that waits for the network instead of handing
    /// them to the thread pool, which on small machines costs more than decoding the answer itself. Call it first in Main,
    /// before any socket exists, and only when no code blocks in what it awaits from a socket.
    /// </summary>
    public static void PreferInlineCompletions() =>
        // Read once by the runtime's socket engine; there is no other switch for it.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

    /// <summary>Opens a TCP connection to an <c>opc.tcp</c> URL without Nagle's delay and with keep-alive.</summary>
    /// <exception cref="ArgumentException">The URL is no opc.tcp URL.</exception>
    /// <exception cref="SocketException">The host is unknown, refuses or cannot be reached.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public static async ValueTask<Stream> ConnectTcpAsync(string endpointUrl, CancellationToken cancellation = default)
    {
        if (!Uri.TryCreate(endpointUrl, UriKind.Absolute, out var uri) || uri.Scheme != "opc.tcp")
            throw new ArgumentException($"'{endpointUrl}' is no URL of the form opc.tcp://host:port.", nameof(endpointUrl));
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await socket.ConnectAsync(uri.IdnHost, uri.Port < 0 ? DefaultPort : uri.Port, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
