using System.Net;
using System.Net.Sockets;
using Gateway.Configuration;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Simulation.OpcUa;
using Gateway.Simulation.Plc;
using Gateway.Simulation.Process;
using Gateway.Simulation.Process.Bsm1;

namespace Gateway.PlcSimulator;

/// <summary>How a <see cref="PlantServer"/> is set up.</summary>
public sealed record PlantServerOptions
{
    /// <summary>Weather at the start.</summary>
    public Weather Weather { get; init; }

    /// <summary>Influent for a plant of the benchmark's size, repeated for ever; null for a generated one.</summary>
    public InfluentSeries? Influent { get; init; }

    /// <summary>Simulated seconds per second, above 0 to 10,000.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Decides noise, the influent's wandering and the draws of fault rules.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Address to listen on instead of the lines' hosts; null for those.</summary>
    public string? HostOverride { get; init; }

    /// <summary>Port of the first line, counted up from line to line; 0 for a free port each; null for the site's ports.</summary>
    public int? FirstPort { get; init; }

    /// <summary>Where the plant is served over OPC UA, <c>opc.tcp://HOST:PORT</c> with port 0 for a free one; null for nowhere.</summary>
    public Uri? OpcUaUrl { get; init; }

    /// <summary>Certificates and users of the OPC UA server; needed with <see cref="OpcUaUrl"/>.</summary>
    public OpcUaFaceOptions? OpcUa { get; init; }
}

/// <summary>A line cannot be served; the message names it, the cause and the cure.</summary>
public sealed class PlantServerException : Exception
{
    /// <summary>Creates the exception.</summary>
    public PlantServerException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>
/// A simulated plant behind real Modbus TCP ports, one for each line of a site, and behind one OPC UA server if wanted,
/// moving in real time times a factor.
/// Started and disposed once; the members of <see cref="Station"/> may be used from any thread in between.
/// </summary>
public sealed class PlantServer : IAsyncDisposable
{
    private const double FastestSpeed = 10_000;

    // Between two steps of the plant its clients are answered, so a fast plant moves in many small steps.
    private const double LongestStepSeconds = 5;
    private const int MostLanes = 16;
    private const int UsualLanes = 4;
    private static readonly TimeSpan StepPeriod = TimeSpan.FromMilliseconds(100);

    private readonly PlantServerOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PlantPort> _listeners = [];
    private readonly List<IPEndPoint> _endpoints = [];
    private readonly List<string> _skipped = [];
    private readonly OpcUaFace? _face;
    private PlantPort? _facePort;
    private Task? _stepping;

    /// <summary>Builds the plant and its PLCs; nothing listens or moves before <see cref="StartAsync"/>.</summary>
    /// <param name="site">The site; its tags are tied to the plant's signals by name.</param>
    /// <param name="options">Options; null for the usual ones.</param>
    /// <param name="time">Clock that the plant follows; null for the system's.</param>
    public PlantServer(SiteConfiguration site, PlantServerOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(site);
        _options = options ?? new PlantServerOptions();
        _time = time ?? TimeProvider.System;
        if (!(_options.Speed > 0 && _options.Speed <= FastestSpeed))
            throw new ArgumentOutOfRangeException(nameof(options), "The speed must be above 0 and at most 10000.");
        var now = _time.GetUtcNow();
        var plant = new SimulatedPlant(new PlantOptions
        {
            Lanes = LanesOf(site),
            Seed = _options.Seed,
            Start = now,
            LocalOffset = TimeSpan.FromTicks(site.Plant.Calendar.OffsetAt(now.UtcTicks)),
            Weather = _options.Weather,
            Influent = _options.Influent,
        });
        Station = new SimulatedPlcStation(site, plant, new FaultRules(_options.Seed, _time), _time);
        if (_options.OpcUaUrl is not null)
            _face = new OpcUaFace(site, Station, _options.OpcUa ?? throw new ArgumentException("An OPC UA URL needs options.", nameof(options)), _time);
    }

    /// <summary>The plant, its PLCs and their faults.</summary>
    public SimulatedPlcStation Station { get; }

    /// <summary>
    /// Where each line of the site is served, by the line's index; for a line that is not, the port is 0. Known after
    /// <see cref="StartAsync"/>.
    /// </summary>
    public IReadOnlyList<IPEndPoint> Endpoints => _endpoints;

    /// <summary>Lines that are not served, because they are serial or encrypted.</summary>
    public IReadOnlyList<string> SkippedLines => _skipped;

    /// <summary>The plant over OPC UA; null when it is not served so.</summary>
    public OpcUaFace? OpcUa => _face;

    /// <summary>Where the plant is served over OPC UA; null when it is not. Known after <see cref="StartAsync"/>.</summary>
    public Uri? OpcUaUrl { get; private set; }

    /// <summary>Simulated seconds per second.</summary>
    public double Speed => _options.Speed;

    /// <summary>Ends when the plant stands still: by <see cref="DisposeAsync"/>, or with the exception of a mistake in it.</summary>
    public Task Completion => _stepping ?? Task.CompletedTask;

    /// <summary>Opens the ports and lets the plant move.</summary>
    /// <exception cref="PlantServerException">A port cannot be opened; none is then.</exception>
    public async Task StartAsync()
    {
        try
        {
            foreach (var line in Station.Lines)
                await OpenAsync(line).ConfigureAwait(false);
            await OpenFaceAsync().ConfigureAwait(false);
        }
        catch (PlantServerException)
        {
            await CloseListenersAsync().ConfigureAwait(false);
            throw;
        }

        _stepping = StepAsync(_stop.Token);
    }

    /// <summary>Stops the plant, closes the ports and all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await CloseListenersAsync().ConfigureAwait(false);
        foreach (var line in Station.Lines)
            await line.DisposeAsync().ConfigureAwait(false);
        if (_stepping is not null)
            await _stepping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_face is not null)
            await _face.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Lanes are told from the tags: <c>L3_…</c> belongs to the third.</summary>
    private static int LanesOf(SiteConfiguration site)
    {
        var highest = 0;
        foreach (var tag in site.Plant.Tags)
        {
            var end = tag.Name.IndexOf('_', StringComparison.Ordinal);
            if (end > 1 && tag.Name[0] == 'L' && int.TryParse(tag.Name.AsSpan(1, end - 1), out var lane) && lane <= MostLanes)
                highest = Math.Max(highest, lane);
        }

        return highest > 0 ? highest : UsualLanes;
    }

    private async Task OpenAsync(SimulatedPlcLine line)
    {
        var definition = line.Definition;
        if (definition.IsSerial || definition.Transport == LineTransport.ModbusTls)
        {
            _skipped.Add(definition.Name);
            _endpoints.Add(new IPEndPoint(IPAddress.None, 0));
            return;
        }

        var host = _options.HostOverride ?? definition.Host;
        var port = _options.FirstPort is not { } first ? definition.Port : first == 0 ? 0 : first + _listeners.Count;
        var address = await ResolveAsync($"line '{definition.Name}'", host, "choose another place with --modbus HOST:PORT").ConfigureAwait(false);
        if (port > IPEndPoint.MaxPort)
            throw new PlantServerException($"line '{definition.Name}': the port {port} is above {IPEndPoint.MaxPort}; choose a lower first port");
        var listener = new PlantPort(new IPEndPoint(address, port), (stream, _) => line.ServeAsync(stream));
        try
        {
            listener.Open();
        }
        catch (SocketException e)
        {
            throw new PlantServerException($"line '{definition.Name}': cannot listen on {address}:{port} ({e.Message}); choose another place with --modbus HOST:PORT", e);
        }

        _listeners.Add(listener);
        _endpoints.Add(listener.EndPoint);
        line.Switched += stopped => Follow($"line '{definition.Name}'", stopped.IsStopped, listener);
    }

    private async Task OpenFaceAsync()
    {
        if (_face is not { } face || _options.OpcUaUrl is not { } url)
            return;
        const string Cure = "choose another place with --opcua opc.tcp://HOST:PORT";
        var address = await ResolveAsync("OPC UA", url.Host.Trim('[', ']'), Cure).ConfigureAwait(false);
        var port = new PlantPort(new IPEndPoint(address, url.Port), face.ServeAsync);
        try
        {
            port.Open();
        }
        catch (SocketException e)
        {
            throw new PlantServerException($"OPC UA: cannot listen on {address}:{url.Port} ({e.Message}); {Cure}", e);
        }

        _facePort = port;
        OpcUaUrl = new UriBuilder(url) { Port = port.EndPoint.Port }.Uri;
        face.Start(OpcUaUrl.GetLeftPart(UriPartial.Authority));
        face.Switched += () => Follow("OPC UA", !face.IsListening, port);
    }

    private static async Task<IPAddress> ResolveAsync(string what, string host, string cure)
    {
        if (IPAddress.TryParse(host, out var address))
            return address;
        try
        {
            var found = await Dns.GetHostAddressesAsync(host).ConfigureAwait(false);
            if (found.Length > 0)
                return found[0];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new PlantServerException($"{what}: the host '{host}' is not known ({e.Message}); {cure}", e);
        }

        throw new PlantServerException($"{what}: the host '{host}' has no address; {cure}");
    }

    private static void Follow(string what, bool isClosed, PlantPort port)
    {
        if (isClosed)
        {
            port.Close();
            return;
        }

        try
        {
            port.Open();
        }
        catch (SocketException e)
        {
            throw new PlantServerException($"{what}: cannot listen on {port.EndPoint} again ({e.Message})", e);
        }
    }

    private async ValueTask CloseListenersAsync()
    {
        foreach (var listener in _listeners)
            await listener.DisposeAsync().ConfigureAwait(false);
        if (_facePort is not null)
            await _facePort.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StepAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(StepPeriod, _time);
        var last = _time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                var now = _time.GetTimestamp();
                Advance(_time.GetElapsedTime(last, now).TotalSeconds * _options.Speed, stop);
                last = now;
            }
        }
        catch (OperationCanceledException)
        {
            // The plant was told to stand still.
        }
    }

    private void Advance(double seconds, CancellationToken stop)
    {
        for (var left = seconds; left > 0 && !stop.IsCancellationRequested; left -= LongestStepSeconds)
            Station.Step(Math.Min(left, LongestStepSeconds));
        _face?.Refresh();
    }
}
