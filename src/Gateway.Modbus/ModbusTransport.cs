using System.IO.Ports;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Gateway.Modbus.Sockets;

namespace Gateway.Modbus;

/// <summary>Settings of a serial port; the defaults are those of Serial Line 1.02 §2.5.1.</summary>
public sealed class ModbusSerialSettings
{
    /// <summary>Bits per second.</summary>
    public int BaudRate { get; init; } = 19200;

    /// <summary>8 for RTU, 7 for ASCII.</summary>
    public int DataBits { get; init; } = 8;

    /// <summary>Parity; the standard's default is even.</summary>
    public Parity Parity { get; init; } = Parity.Even;

    /// <summary>One with parity, two without, so that a character has 11 bits.</summary>
    public StopBits StopBits { get; init; } = StopBits.One;
}

/// <summary>Opens the streams that a <see cref="ModbusClient"/> or a <see cref="ModbusServer"/> works on.</summary>
public static class ModbusTransport
{
    /// <summary>The registered port of Modbus/TCP.</summary>
    public const int DefaultPort = 502;

    /// <summary>The registered port of Modbus/TCP Security.</summary>
    public const int DefaultTlsPort = 802;

    private static bool s_resumesInline;

    /// <summary>
    /// Lets sockets of this process resume their readers on the thread that waits for the network instead of
    /// handing them to the thread pool, which on small machines costs more than the request itself. Call it first
    /// in Main, before any socket exists, and only when no code blocks in what it awaits from a socket.
    /// </summary>
    public static void PreferInlineCompletions()
    {
        s_resumesInline = true;

        // Read once by the runtime's socket engine; there is no other switch for it.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
    }

    /// <summary>
    /// Opens a TCP connection without Nagle's delay and with keep-alive. After <see cref="PreferInlineCompletions"/> on
    /// Linux the stream is for one <see cref="ModbusClient"/>: it has no synchronous calls, and a pending read ends with
    /// data or with the stream only.
    /// </summary>
    /// <exception cref="SocketException">The host is unknown, refuses or cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">The time is over or <paramref name="cancellation"/> fired.</exception>
    public static async ValueTask<Stream> ConnectTcpAsync(
        string host, int port, TimeSpan timeout, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        using var limit = new CancellationTokenSource(timeout, time ?? TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        return s_resumesInline && OperatingSystem.IsLinux()
            ? await ConnectReactorAsync(host, port, both.Token).ConfigureAwait(false)
            : await ConnectSocketAsync(host, port, both.Token).ConfigureAwait(false);
    }

    /// <summary>Opens a Modbus/TCP Security connection: TLS 1.2 or later with certificates on both sides.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The peer is not trusted or does not trust us.</exception>
    /// <exception cref="SocketException">The host is unknown, refuses or cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">The time is over or <paramref name="cancellation"/> fired.</exception>
    public static async ValueTask<SslStream> ConnectTlsAsync(
        string host,
        int port,
        SslClientAuthenticationOptions tls,
        TimeSpan timeout,
        TimeProvider? time = null,
        CancellationToken cancellation = default)
    {
        using var limit = new CancellationTokenSource(timeout, time ?? TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var inner = await ConnectSocketAsync(host, port, both.Token).ConfigureAwait(false);
        var secure = new SslStream(inner, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(tls, both.Token).ConfigureAwait(false);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a serial port; disposing the stream closes the port.</summary>
    /// <exception cref="IOException">There is no such port or it is in use.</exception>
    /// <exception cref="UnauthorizedAccessException">The port may not be opened by this user.</exception>
    public static Stream OpenSerial(string portName, ModbusSerialSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var port = new SerialPort(portName, settings.BaudRate, settings.Parity, settings.DataBits, settings.StopBits);
        try
        {
            port.Open();
            port.DiscardInBuffer();
            return port.BaseStream;
        }
        catch
        {
            port.Dispose();
            throw;
        }
    }

    private static async ValueTask<Stream> ConnectSocketAsync(string host, int port, CancellationToken cancellation)
    {
        // A plain IPv4 socket is cheaper per call than a dual-mode one; names may need either family.
        var address = IPAddress.TryParse(host, out var parsed) ? parsed : null;
        var socket = address is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp)
            : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address is null)
                await socket.ConnectAsync(host, port, cancellation).ConfigureAwait(false);
            else
                await socket.ConnectAsync(address, port, cancellation).ConfigureAwait(false);
            Tune(socket);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static async ValueTask<Stream> ConnectReactorAsync(string host, int port, CancellationToken cancellation)
    {
        IPAddress[] addresses = IPAddress.TryParse(host, out var parsed)
            ? [parsed]
            : await Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
        Exception? failure = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                Tune(socket);
                return await ReactorStream.ConnectAsync(socket, new IPEndPoint(address, port), cancellation).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                failure = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    internal static void Tune(Socket socket)
    {
        socket.NoDelay = true;

        // A peer that vanished without a word is noticed after about 30 s even when nothing is asked.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 15);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }
}
