using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Server;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Modbus;

/// <summary>
/// A Modbus server: a TCP or TLS listener, and any number of streams handed in (serial ports, simulated
/// networks). Members may be called from any thread; the model is called by one connection at a time.
/// </summary>
public sealed partial class ModbusServer : IAsyncDisposable
{
    private readonly Lock _modelGate = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Stream> _streams = [];
    private readonly ILogger _logger;
    private Socket? _listener;
    private Task? _accepting;
    private bool _isDisposed;

    /// <summary>Creates a server; it listens after <see cref="Start"/> and serves streams given to <see cref="ServeAsync"/>.</summary>
    public ModbusServer(IDataModel model, ModbusServerOptions? options = null, TimeProvider? time = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        Options = options ?? new ModbusServerOptions();
        Time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger.Instance;
    }

    /// <summary>Counters.</summary>
    public ModbusServerStatistics Statistics { get; } = new();

    /// <summary>The address listened on; null before <see cref="Start"/>.</summary>
    public IPEndPoint? LocalEndPoint => (IPEndPoint?)_listener?.LocalEndPoint;

    internal IDataModel Model { get; }

    internal ModbusServerOptions Options { get; }

    internal TimeProvider Time { get; }

    /// <summary>Listens on <paramref name="endPoint"/>; port 0 takes a free one.</summary>
    /// <exception cref="SocketException">The address is not ours or is in use.</exception>
    public void Start(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_listener is not null)
            throw new InvalidOperationException("The server already listens.");
        var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(endPoint);
        listener.Listen(128);
        _listener = listener;
        LogListening(LocalEndPoint!);
        _accepting = AcceptAsync(listener);
    }

    /// <summary>
    /// Serves one stream until the peer closes it, it breaks the protocol, it idles out or
    /// <paramref name="cancellation"/> fires. The stream is disposed at the end.
    /// </summary>
    public async Task ServeAsync(Stream stream, ModbusFraming framing, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!TryAdd(stream))
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            return;
        }

        using var registration = cancellation.UnsafeRegister(static s => ((Stream)s!).Dispose(), stream);
        await RunAsync(stream, framing, null).ConfigureAwait(false);
    }

    /// <summary>Stops listening, closes every connection and waits until the listener's loop has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Stream[] open;
        lock (_gate)
        {
            _isDisposed = true;
            open = [.. _streams];
        }

        _listener?.Dispose();
        foreach (var stream in open)
            await stream.DisposeAsync().ConfigureAwait(false);
        if (_accepting is not null)
            await _accepting.ConfigureAwait(false);
    }

    internal int Execute(ReadOnlySpan<byte> request, Span<byte> response, byte unit, string? role, bool isSerial)
    {
        if (Options.Authorization is { } authorize && !authorize(role, unit, (ModbusFunction)request[0]))
            return RequestProcessor.Refuse(request[0], ModbusExceptionCode.IllegalFunction, response);

        // Over TCP silence would cost the client a time-out; a gateway's "no such device" answers at once.
        if (!isSerial && !Model.Serves(unit))
            return RequestProcessor.Refuse(request[0], ModbusExceptionCode.GatewayTargetFailedToRespond, response);
        lock (_modelGate)
            return RequestProcessor.Process(request, response, unit, Model);
    }

    /// <summary>Called by each connection at its end.</summary>
    internal void Remove(Stream stream)
    {
        lock (_gate)
            _streams.Remove(stream);
        Interlocked.Decrement(ref Statistics._open);
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (StreamFault.IsFault(e))
            {
                if (_isDisposed)
                    return;

                // A peer that reset before it was accepted, or no file handles left: keep listening, but not in a spin.
                LogAcceptFailed(e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), Time).ConfigureAwait(false);
                continue;
            }

            var stream = new NetworkStream(socket, ownsSocket: true);
            if (!TryAdd(stream))
            {
                LogRefused(Options.MaxConnections);
                await stream.DisposeAsync().ConfigureAwait(false);
                continue;
            }

            ModbusTransport.Tune(socket);
            _ = ServeAcceptedAsync(stream);
        }
    }

    private async Task ServeAcceptedAsync(Stream stream)
    {
        try
        {
            await ServeAcceptedCoreAsync(stream).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A bug in the data model ends its connection, not the listener.
            LogConnectionFailed(e);
        }
    }

    private async Task ServeAcceptedCoreAsync(Stream stream)
    {
        if (Options.Tls is null)
        {
            await RunAsync(stream, ModbusFraming.Tcp, null).ConfigureAwait(false);
            return;
        }

        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        var deadline = Time.CreateTimer(static s => ((Stream)s!).Dispose(), stream, Options.HandshakeTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            await secure.AuthenticateAsServerAsync(Options.Tls).ConfigureAwait(false);
        }
        catch (Exception e) when (StreamFault.IsFault(e))
        {
            LogHandshakeFailed(e.Message);
            Interlocked.Increment(ref Statistics._refused);
            Remove(stream);
            await secure.DisposeAsync().ConfigureAwait(false);
            return;
        }
        finally
        {
            await deadline.DisposeAsync().ConfigureAwait(false);
        }

        await RunAsync(secure, ModbusFraming.Tcp, ModbusRole.Of(secure.RemoteCertificate), stream).ConfigureAwait(false);
    }

    private Task RunAsync(Stream stream, ModbusFraming framing, string? role, Stream? registered = null) =>
        new ServerConnection(this, stream, framing, role, registered ?? stream).RunAsync();

    private bool TryAdd(Stream stream)
    {
        lock (_gate)
        {
            if (_isDisposed || _streams.Count >= Options.MaxConnections)
            {
                Interlocked.Increment(ref Statistics._refused);
                return false;
            }

            _streams.Add(stream);
        }

        Interlocked.Increment(ref Statistics._accepted);
        Interlocked.Increment(ref Statistics._open);
        return true;
    }

    [LoggerMessage(1, LogLevel.Information, "Modbus server listens on {EndPoint}.")]
    private partial void LogListening(IPEndPoint endPoint);

    [LoggerMessage(2, LogLevel.Warning, "A Modbus connection was refused: {Limit} connections are open.")]
    private partial void LogRefused(int limit);

    [LoggerMessage(3, LogLevel.Warning, "A TLS handshake failed: {Reason}")]
    private partial void LogHandshakeFailed(string reason);

    [LoggerMessage(5, LogLevel.Error, "A Modbus connection failed on an error of ours.")]
    private partial void LogConnectionFailed(Exception error);

    [LoggerMessage(4, LogLevel.Warning, "A connection could not be accepted: {Reason}")]
    private partial void LogAcceptFailed(string reason);
}
