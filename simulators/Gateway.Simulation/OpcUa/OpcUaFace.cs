using Gateway.Configuration;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Server;
using Gateway.OpcUa.Types;
using Gateway.Runtime.Tags;
using Gateway.Simulation.Network;
using Gateway.Simulation.Plc;

namespace Gateway.Simulation.OpcUa;

/// <summary>
/// The plant's PLCs behind one OPC UA server: a variable for each tag, in a folder for each area. It follows the plant at
/// <see cref="Refresh"/>, and the station's OPC UA disturbances with it. Members may be called from any thread;
/// <see cref="Refresh"/> by one at a time.
/// </summary>
/// <remarks>
/// Locks are taken in this order: the address space's gate, then the station's. Writes come in under the first and need
/// the second, so <see cref="Refresh"/> must not be called under the station's.
/// </remarks>
public sealed partial class OpcUaFace : IAsyncDisposable
{
    private const string ApplicationUri = "urn:localhost:gateway:plcsim";

    private readonly Lock _gate = new();
    private readonly HashSet<Stream> _streams = [];
    private readonly SimulatedPlcStation _station;
    private readonly OpcUaFaceOptions _options;
    private readonly ShiftedTime _clock;
    private readonly FaceVariable[] _variables;
    private readonly string _plantName;
    private FaceFaults _faults = FaceFaults.None;
    private AddressSpace? _space;
    private OpcUaServer? _server;
    private Task _closing = Task.CompletedTask;
    private bool _isListening;
    private bool _isDisposed;

    /// <summary>Builds the face; it serves nothing before <see cref="Start"/>.</summary>
    /// <param name="site">The site whose tags are shown.</param>
    /// <param name="station">The PLCs. One face belongs to a station at most.</param>
    /// <param name="options">Identity and users.</param>
    /// <param name="time">Clock of the server and of the PLCs' time stamps; null for the system's.</param>
    public OpcUaFace(SiteConfiguration site, SimulatedPlcStation station, OpcUaFaceOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(station);
        ArgumentNullException.ThrowIfNull(options);
        _station = station;
        _options = options;
        Time = time ?? TimeProvider.System;
        _clock = new ShiftedTime(Time);
        _plantName = site.Plant.SiteName.Length > 0 ? site.Plant.SiteName : site.Plant.SiteId;
        NamespaceUri = "urn:plcsim:" + site.Plant.SiteId;
        _variables = [.. FaceMap.Build(site, station, NamespaceUri)];
        station.OpcUaNodes = _variables.Select(variable => variable.Name).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The namespace of the plant's nodes.</summary>
    public string NamespaceUri { get; }

    /// <summary>Variables that are served while nothing is wrong.</summary>
    public int VariableCount => _variables.Length;

    /// <summary>Raised after <see cref="IsListening"/> changed, from the thread that called <see cref="Refresh"/>.</summary>
    public event Action? Switched;

    /// <summary>Clients can connect. Without it a listener closes its port.</summary>
    public bool IsListening
    {
        get
        {
            lock (_gate)
                return _isListening;
        }
    }

    /// <summary>What happened since the server started last; nothing while it is off.</summary>
    public ServerCounters Counters => Volatile.Read(ref _server)?.Counters ?? default;

    internal TimeProvider Time { get; }

    /// <summary>How late answers come now.</summary>
    internal TimeSpan AnswerDelay => TimeSpan.FromMilliseconds(Volatile.Read(ref _faults).DelayMs);

    private string Url { get; set; } = "opc.tcp://localhost:4840";

    /// <summary>Starts the server.</summary>
    /// <param name="url">The URL that clients are told, <c>opc.tcp://host:port</c>.</param>
    public void Start(string url)
    {
        Url = url;
        _faults = _station.OpcUaFaults;
        Open(_faults);
        Follow();
    }

    /// <summary>Serves a connection until it ends; closes it at once while nobody listens.</summary>
    /// <param name="stream">The connection; disposed at the end.</param>
    /// <param name="peer">The client's address.</param>
    public Task ServeAsync(Stream stream, string peer)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var face = new FaceStream(stream, this);
        OpcUaServer? server;
        lock (_gate)
        {
            server = _isListening ? _server : null;
            if (server is not null)
                _streams.Add(face);
        }

        if (server is not null)
            return server.ServeAsync(face, peer);
        stream.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Serves an address of a simulated network for as long as the face listens.</summary>
    public void Listen(SimulatedNetwork network, string host, int port)
    {
        ArgumentNullException.ThrowIfNull(network);
        SimulatedListener? listener = null;
        Switched += FollowListening;
        FollowListening();

        void FollowListening()
        {
            if (IsListening)
            {
                listener ??= network.Listen(host, port, stream => ServeAsync(stream, host));
                return;
            }

            listener?.Dispose();
            listener = null;
        }
    }

    /// <summary>Shows the plant as it is now, and does what the disturbances of the moment want.</summary>
    public void Refresh()
    {
        if (_isDisposed)
            return;
        var wanted = _station.OpcUaFaults;
        if (!ReferenceEquals(wanted, _faults))
            Apply(wanted);
        Follow();
        _space?.Change(this, static face => face.Fill());
    }

    /// <summary>Stops the server and closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        Close();
        await _closing.ConfigureAwait(false);
    }

    internal void Forget(FaceStream stream)
    {
        lock (_gate)
            _streams.Remove(stream);
    }

    private void Apply(FaceFaults wanted)
    {
        var before = _faults;
        Volatile.Write(ref _faults, wanted);
        _clock.Ahead = TimeSpan.FromSeconds(wanted.ClockAheadSeconds);
        if (wanted.IsOff)
            Close();
        // Taking a fault of the start away needs no restart: what such a server has told its clients stays true.
        else if (_server is null || (wanted.Start != before.Start && wanted.Start != FaceFaults.None.Start))
            Open(wanted);
        if (_server is { } server)
            server.Silence = wanted.Silence;
    }

    /// <summary>Opens and closes the port as disturbances and PLCs want it.</summary>
    private void Follow()
    {
        var isListening = _server is not null && !_faults.IsRefusing;
        Stream[] cut = [];
        lock (_gate)
        {
            if (isListening == _isListening)
                return;
            _isListening = isListening;
            if (!isListening)
                cut = [.. _streams];
        }

        foreach (var stream in cut)
            stream.Dispose();
        Switched?.Invoke();
    }

    private void Open(FaceFaults faults)
    {
        Close();
        var space = BuildSpace(faults.Start);
        var limits = new ServerLimits();
        limits = limits with
        {
            MinIntervalMs = faults.Start.IntervalMs ?? limits.MinIntervalMs,
            MaxQueue = faults.Start.Queue ?? limits.MaxQueue,
            MaxSessions = faults.Start.Sessions ?? limits.MaxSessions,
        };
        var server = new OpcUaServer(
            new OpcUaServerOptions
            {
                EndpointUrl = Url,
                Policies = Policies(),
                Certificate = _options.Certificate,
                Validator = _options.Validator,
                AllowAnonymous = true,
                CheckPassword = _options.CheckPassword is { } check ? (name, password, _) => check(name, password) : null,
                ApplicationUri = ApplicationUri,
                ApplicationName = "plcsim " + _plantName,
                ProductUri = "urn:gateway:plcsim",
                Limits = limits,
                FirstId = faults.Start.ReusesIds ? 1 : null,
                Report = _options.Report,
            },
            space,
            _clock) { Silence = faults.Silence };
        _space = space;
        space.Change(this, static face => face.Fill());
        Volatile.Write(ref _server, server);
    }

    private void Close()
    {
        if (_server is not { } old)
            return;
        Volatile.Write(ref _server, null);
        _space = null;
        _closing = Task.WhenAll(_closing, old.DisposeAsync().AsTask());
    }

    private SecurityPolicy[] Policies()
    {
        SecurityPolicy[] secure = _options.Certificate is null ? [] : [SecurityPolicy.Aes256Sha256RsaPss, SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes128Sha256RsaOaep];
        return _options.IsInsecure ? [.. secure, SecurityPolicy.None] : secure;
    }
}
