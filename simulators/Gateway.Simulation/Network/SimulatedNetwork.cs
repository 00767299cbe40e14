using Gateway.Simulation.Time;

namespace Gateway.Simulation.Network;

/// <summary>
/// A network in memory: listeners by name, connections as pairs of streams, faults per link. Every read, write and
/// connect completes in an event of the <see cref="SimulatedTime"/>, so a run is decided by the seed alone. Used on
/// the simulation thread only; no socket is opened.
/// </summary>
public sealed class SimulatedNetwork
{
    private readonly Dictionary<string, SimulatedLink> _links = new(StringComparer.Ordinal);
    private readonly SimulatedTime _time;
    private readonly ulong _seed;
    private readonly int _capacity;

    /// <summary>Creates a network without listeners.</summary>
    /// <param name="time">The clock that delivers.</param>
    /// <param name="seed">Decides jitter, fragments and faults.</param>
    /// <param name="bufferBytes">Room per direction for bytes under way and not yet read; a writer waits when it is full.</param>
    public SimulatedNetwork(SimulatedTime time, ulong seed, int bufferBytes = 16 * 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferBytes, 1);
        _time = time;
        _seed = seed;
        _capacity = bufferBytes;
    }

    /// <summary>How long a connect to a black hole takes to fail; 127 s is what six retries of a SYN take on Linux.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(127);

    /// <summary>The link to an endpoint, made when first asked for; its faults may be set before anything listens.</summary>
    public SimulatedLink Link(string endpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(endpoint);
        if (!_links.TryGetValue(endpoint, out var link))
        {
            link = new SimulatedLink(_time, endpoint, _seed, _capacity);
            _links.Add(endpoint, link);
        }

        return link;
    }

    /// <summary>Opens a port. The stream given to <paramref name="accept"/> is disposed when its task ends.</summary>
    /// <exception cref="InvalidOperationException">The port is open already.</exception>
    public SimulatedListener Listen(string endpoint, Func<Stream, Task> accept)
    {
        ArgumentNullException.ThrowIfNull(accept);
        var link = Link(endpoint);
        if (link.Listener is not null)
            throw new InvalidOperationException($"Something listens at '{endpoint}' already.");
        return link.Listener = new SimulatedListener(link, accept);
    }

    /// <summary>Opens a port given as host and number, named <c>host:port</c>.</summary>
    public SimulatedListener Listen(string host, int port, Func<Stream, Task> accept) => Listen(Name(host, port), accept);

    /// <summary>Connects to a port.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">Refused, or timed out in a black hole.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired first.</exception>
    public ValueTask<Stream> ConnectAsync(string endpoint, CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled<Stream>(cancellation);
        return new ValueTask<Stream>(new ConnectAttempt(_time, Link(endpoint), ConnectTimeout, cancellation).Task);
    }

    /// <summary>Connects to a port given as host and number.</summary>
    public ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellation = default) =>
        ConnectAsync(Name(host, port), cancellation);

    private static string Name(string host, int port) => string.Create(null, $"{host}:{port}");
}
