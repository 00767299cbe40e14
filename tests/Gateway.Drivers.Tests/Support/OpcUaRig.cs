using Gateway.Drivers.OpcUa;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Server;
using Gateway.OpcUa.Types;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Simulation.Network;
using Gateway.Simulation.Time;

namespace Gateway.Drivers.Tests.Support;

/// <summary>An OPC UA line before our own server in virtual time, with the newest image of every tag as the scan would see it.</summary>
internal sealed class OpcUaRig
{
    public const string Plant = "urn:plant";
    private const string Host = "server:4840";

    private readonly Dictionary<int, (double Value, Quality Quality, long Time)> _tags = [];
    private readonly List<(string Name, VariableShape Shape)> _variables;
    private readonly Dictionary<string, int> _numberOf = [];
    private SimulatedListener? _listener;
    private OpcUaLine? _line;
    private long _latched;

    public OpcUaRig(params (string Name, VariableShape Shape)[] variables)
    {
        _variables = [.. variables];
        Network = new SimulatedNetwork(Time, 7);
        Epoch = Time.GetTimestamp();
    }

    public SimulatedTime Time { get; } = new();

    public SimulatedNetwork Network { get; }

    public TestLog Log { get; } = new();

    public OutputMailbox Outputs { get; } = new(8);

    public OpcUaServer Server { get; private set; } = null!;

    public long Epoch { get; }

    public SimulatedLink Link => Network.Link(Host);

    /// <summary>Seconds since the last image of any device.</summary>
    public double Silence => (Time.GetTimestamp() - _latched) / (double)TimeSpan.TicksPerSecond;

    public OpcUaLine Line => _line!;

    /// <summary>A life of the server: nothing of a former one is left, and ids begin again.</summary>
    /// <param name="namespaces">Namespaces before that of the plant.</param>
    public void StartServer(params string[] namespaces)
    {
        StopServer();
        var space = new AddressSpace("urn:server");
        foreach (string uri in namespaces)
            space.AddNamespace(uri);
        ushort plant = space.AddNamespace(Plant);
        _numberOf.Clear();
        foreach (var (name, shape) in _variables)
            _numberOf[name] = space.AddVariable(NodeIds.Objects, new NodeId(name, plant), name, shape);
        Server = new OpcUaServer(new OpcUaServerOptions { EndpointUrl = "opc.tcp://" + Host, Policies = [SecurityPolicy.None], AllowAnonymous = true, AnonymousUser = new ServerUser(null, true), FirstId = 1 }, space, Time);
        OpcUaServer server = Server;
        _listener = Network.Listen(Host, stream => server.ServeAsync(stream, "gateway"));
    }

    /// <summary>The server is gone: connections break and nobody listens.</summary>
    public void StopServer()
    {
        _listener?.Dispose();
        _listener = null;
        Link.Reset();
    }

    public void Set(string name, double value, StatusCode status = default, DateTime? source = null) =>
        Set(name, new Variant(value), status, source);

    public void Set(string name, Variant value, StatusCode status = default, DateTime? source = null) =>
        Server.Space.Set(_numberOf[name], new DataValue(value, status, source ?? Time.GetUtcNow().UtcDateTime));

    public OpcUaLine Start(OpcUaLineDefinition definition)
    {
        _line = new OpcUaLine(definition, new OpcUaLineOptions
        {
            Time = Time,
            Epoch = Epoch,
            Connect = (l, c) => Network.ConnectAsync(Host, c),
            Outputs = Outputs,
            Seed = 5,
            Logger = Log,
            OutputCheckMs = 20,
        });
        Time.Start(_line.RunAsync);
        return _line;
    }

    public double Value(int tag) => _tags[tag].Value;

    public Quality QualityOf(int tag) => _tags.TryGetValue(tag, out var held) ? held.Quality : Quality.BadWaitingForInitialData;

    public DateTime TimeOf(int tag) => new(_tags[tag].Time, DateTimeKind.Utc);

    public bool IsGood(int tag) => QualityOf(tag).IsGood;

    public bool IsUp(int device = 0) => Line.Statistics.Devices[device].IsUp(Line.Elapsed);

    public void Run(double seconds) => RunUntil(static () => false, seconds);

    /// <summary>Runs until the condition holds; false when it did not within so many seconds.</summary>
    public bool RunUntil(Func<bool> condition, double seconds)
    {
        for (double at = 0; at < seconds; at += 0.05)
        {
            Time.AdvanceBy(TimeSpan.FromSeconds(0.05));
            Latch();
            if (condition())
                return true;
        }

        return false;
    }

    /// <summary>Seconds until a value set now arrives, at most so many.</summary>
    public double SecondsToData(string name, int tag, double value, double limit)
    {
        Set(name, value);
        long from = Time.GetTimestamp();
        return RunUntil(() => _tags.TryGetValue(tag, out var held) && held.Value == value && held.Quality.IsGood, limit)
            ? (Time.GetTimestamp() - from) / (double)TimeSpan.TicksPerSecond
            : double.PositiveInfinity;
    }

    public static OpcUaLineDefinition Definition(params OpcUaDevice[] devices) => new()
    {
        Name = "station", Index = 0, Transport = LineTransport.OpcUa, Url = "opc.tcp://" + Host, Policy = SecurityPolicy.None, Devices = devices,
    };

    /// <summary>A device whose tags are numbered from <paramref name="firstTag"/>.</summary>
    public static OpcUaDevice Device(string name, int firstTag, params string[] nodes) => new()
    {
        Name = name, Index = firstTag, Points = [.. nodes.Select((n, i) => Point(n, firstTag + i))],
    };

    public static OpcUaPoint Point(string node, int tag) => new() { Tag = tag, Node = new ExpandedNodeId(new NodeId(node, 0), Plant) };

    public static (string, VariableShape)[] Doubles(params string[] names) => [.. names.Select(n => (n, new VariableShape()))];

    private void Latch()
    {
        foreach (InputBinding binding in Line.Bindings)
        {
            if (!binding.Mailbox.TryLatch(out InputFrame? frame))
                continue;
            _latched = Time.GetTimestamp();
            for (int i = 0; i < binding.Tags.Length; i++)
                _tags[binding.Tags[i]] = (frame.Values[i], frame.Qualities[i], frame.Times[i]);
        }
    }
}
