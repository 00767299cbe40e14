using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <summary>Counters of a server since its start.</summary>
public readonly record struct ServerCounters(int Connections, int Sessions, int Subscriptions, int Items, long Requests, long Samples, long Notifications, long Overflows, long RefusedConnections, long RefusedLogins);

/// <summary>
/// An OPC UA server over an address space. It serves streams, from its own TCP listener or from anywhere else. One gate
/// guards sessions, subscriptions and nodes: requests are served one after the other, checks of certificates and
/// passwords beside it. Methods may be called from any thread.
/// </summary>
public sealed partial class OpcUaServer : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly MessageBuffer _body;
    private readonly List<ServerConnection> _connections = [];
    private readonly LoginGuard _logins;
    private readonly CancellationTokenSource _stopping = new();
    private readonly DateTime _started;
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private uint _lastChannel;
    private long _armedFor = long.MaxValue;
    private long _requests;
    private long _refusedConnections;
    private long _refusedLogins;

    /// <summary>A server that serves the space; nothing listens until <see cref="Listen"/>.</summary>
    /// <exception cref="ArgumentException">A policy needs a certificate or a validator that is missing.</exception>
    public OpcUaServer(OpcUaServerOptions options, AddressSpace space, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(space);
        if (options.Policies.Any(p => !p.IsNone) && (options.Certificate is null || options.Validator is null))
            throw new ArgumentException("Policies other than None need a certificate and a validator.", nameof(options));
        Options = options;
        Space = space;
        _time = time ?? TimeProvider.System;
        _started = UtcNow;
        _body = new MessageBuffer(options.Limits.OutgoingBytes, 8192);
        _logins = new LoginGuard(options.Limits, _time);
        // Channels of an earlier life of the server must not be taken for channels of this one.
        _lastChannel = (options.FirstId ?? RandomId()) - 1;
        _lastSubscription = (options.FirstId ?? RandomId()) - 1;
        _endpoints = DescribeEndpoints();
        DescribeServer();
        _timer = _time.CreateTimer(static s => ((OpcUaServer)s!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What the server shows.</summary>
    public AddressSpace Space { get; }

    /// <summary>How good this server is among redundant ones, 0 to 255 (Part 4 §6.6.2.4.2).</summary>
    public byte ServiceLevel { get; set; } = 255;

    /// <summary>What subscriptions keep to themselves, for tests of clients; samples are queued meanwhile.</summary>
    public PublishSilence Silence
    {
        get => _silence;
        set
        {
            lock (Gate)
                _silence = value;
        }
    }

    internal OpcUaServerOptions Options { get; }

    internal Lock Gate => Space.Gate;

    internal TimeProvider Time => _time;

    internal long Now => _time.GetTimestamp();

    internal DateTime UtcNow => _time.GetUtcNow().UtcDateTime;

    /// <summary>What happened so far.</summary>
    public ServerCounters Counters
    {
        get
        {
            lock (Gate)
                return new ServerCounters(_connections.Count, _sessions.Count, _subscriptions.Count, _items, _requests, _samples, _notifications, _overflows, _refusedConnections, _refusedLogins);
        }
    }

    /// <summary>Listens on an address; port 0 takes a free one.</summary>
    /// <returns>Where it listens.</returns>
    /// <exception cref="SocketException">The address is taken or not ours.</exception>
    public IPEndPoint Listen(IPEndPoint address)
    {
        _listener = new TcpListener(address);
        _listener.Start();
        _accepting = AcceptAsync(_listener);
        return (IPEndPoint)_listener.LocalEndpoint;
    }

    /// <summary>Serves a stream until either side closes it.</summary>
    /// <param name="stream">The stream; disposed at the end.</param>
    /// <param name="peer">The address of the client, for limits and messages.</param>
    public Task ServeAsync(Stream stream, string peer)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ServerConnection connection;
        lock (Gate)
        {
            if (!HasRoom(peer))
            {
                _refusedConnections++;
                stream.Dispose();
                return Task.CompletedTask;
            }

            connection = new ServerConnection(this, stream, peer);
            _connections.Add(connection);
            Arm(connection.Deadline);
        }

        return connection.RunAsync();
    }

    /// <summary>Tells every client that the server ends, then closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener?.Stop();
        await _accepting.ConfigureAwait(false);
        lock (Gate)
        {
            foreach (var connection in _connections.ToArray())
                connection.Close();
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    internal void Tell(string line) => Options.Report?.Invoke(line);

    internal long Ticks(double ms) => (long)(ms / 1000.0 * _time.TimestampFrequency);

    internal long After(long ms) => Now + Ticks(ms);

    private static uint RandomId() => (BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)) >> 1) + 1;

    internal uint NextChannel() => ++_lastChannel;

    /// <summary>Encodes a message into the server's one scratch buffer. Under the gate.</summary>
    internal MessageBuffer Encode(IStructure message)
    {
        _body.Length = 0;
        var writer = new UaWriter(_body);
        writer.WriteMessage(message);
        if (!writer.Finish().IsGood)
            _body.Length = 0;
        return _body;
    }

    internal void FillHeader(IServiceResponse response, uint handle, StatusCode result)
    {
        ref var header = ref response.Header;
        header.Timestamp = UtcNow;
        header.RequestHandle = handle;
        header.ServiceResult = result;
    }

    /// <summary>The connection's loop has ended.</summary>
    internal void Remove(ServerConnection connection)
    {
        lock (Gate)
        {
            connection.Close();
            _connections.Remove(connection);
            // Sessions outlive their channel: the client may come back to them on another one.
            foreach (var session in _sessions.Values)
            {
                if (session.Connection != connection)
                    continue;
                session.Connection = null;
                session.Publishes.Clear();
            }
        }
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptSocketAsync(_stopping.Token).ConfigureAwait(false);
                socket.NoDelay = true;
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                _ = ServeAsync(new NetworkStream(socket, ownsSocket: true), ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString());
            }
            catch (Exception e) when (StreamFault.IsFault(e))
            {
                // A client that gave up while it was accepted, or the end of listening.
            }
        }
    }

    private bool HasRoom(string peer)
    {
        if (_connections.Count(c => c.Peer == peer) >= Options.Limits.MaxConnectionsPerPeer && !Evict(c => c.Peer == peer))
            return false;
        return _connections.Count < Options.Limits.MaxConnections || Evict(_ => true);
    }

    /// <summary>Closes the oldest channel without a session, which nobody misses.</summary>
    private bool Evict(Func<ServerConnection, bool> which)
    {
        if (_connections.Find(c => c.ActiveSessions == 0 && which(c)) is not { } oldest)
            return false;
        _connections.Remove(oldest);
        oldest.Close();
        return true;
    }

    /// <summary>Makes sure that the timer fires at <paramref name="due"/> or before. Under the gate.</summary>
    private void Arm(long due)
    {
        if (_armedFor <= due)
            return;
        _armedFor = due;
        // Rounded up to whole milliseconds: system timers cut off fractions and would fire early.
        var ms = Math.Ceiling(_time.GetElapsedTime(Now, due).TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(ms, 1, int.MaxValue)), Timeout.InfiniteTimeSpan);
    }

    private void Tick()
    {
        lock (Gate)
        {
            var now = Now;
            _armedFor = long.MaxValue;
            var due = long.MaxValue;
            for (var i = _connections.Count - 1; i >= 0; i--)
            {
                if (i < _connections.Count)
                    due = Math.Min(due, _connections[i].CheckTime(now));
            }

            due = Math.Min(due, CheckSessions(now));
            due = Math.Min(due, RunSubscriptions(now));
            if (due != long.MaxValue)
                Arm(due);
        }

        FlushAll();
    }

    /// <summary>Sends what the tick published. Without the gate.</summary>
    private void FlushAll()
    {
        for (var i = 0; ; i++)
        {
            ServerConnection connection;
            lock (Gate)
            {
                if (i >= _connections.Count)
                    return;
                connection = _connections[i];
            }

            connection.Flush();
        }
    }
}
