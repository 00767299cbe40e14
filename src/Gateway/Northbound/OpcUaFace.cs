using System.Net;
using Gateway.Configuration;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Server;
using Gateway.OpcUa.Types;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using StatusCodes = Gateway.OpcUa.Types.StatusCodes;

namespace Gateway.Northbound;

/// <summary>
/// The gateway's OPC UA server: tags by area, running permit windows, and armed outputs that users with the right may
/// write. One loop copies what changed from the newest snapshot into the server's nodes.
/// </summary>
internal sealed partial class OpcUaFace : IAsyncDisposable
{
    /// <summary>The namespace of tags and permits.</summary>
    public const string NamespaceUri = "urn:gateway:site";

    private const string TagsFolder = "Tags";
    private const string ComplianceFolder = "Compliance";

    private readonly GatewayContext _context;
    private readonly OpcUaServerSettings _settings;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly int[] _tagNodes;
    private readonly uint[] _versions;
    private readonly (int Value, int Limit, int State)[] _permitNodes;
    private readonly ApplicationCertificate? _certificate;
    private Task _copying = Task.CompletedTask;

    /// <summary>Builds the nodes; nothing listens yet.</summary>
    /// <param name="context">What may be read, and the command ring.</param>
    /// <param name="settings">The key opcuaServer.</param>
    /// <param name="dataFolder">Where certificates are kept; null only when none is needed.</param>
    /// <param name="logger">Logs refused peers.</param>
    public OpcUaFace(GatewayContext context, OpcUaServerSettings settings, string? dataFolder, ILogger logger)
    {
        _context = context;
        _settings = settings;
        _logger = logger;
        string host = Dns.GetHostName();
        string uri = $"urn:{host}:gateway:{context.Site.Plant.SiteId}";
        CertificateStore? store = null;
        if (settings.NeedsCertificate)
        {
            store = new CertificateStore(Path.Combine(dataFolder!, "opcua"));
            var subject = new CertificateSubject { ApplicationUri = uri, CommonName = $"Gateway {context.Site.Plant.SiteId}@{host}", HostNames = ["localhost", host], Addresses = [IPAddress.Loopback] };
            _certificate = store.LoadOrCreateOwn(subject, context.Time);
        }

        var space = new AddressSpace(uri);
        (_tagNodes, _permitNodes) = Build(space, space.AddNamespace(NamespaceUri));
        _versions = new uint[_tagNodes.Length];
        Server = new OpcUaServer(
            new OpcUaServerOptions
            {
                EndpointUrl = settings.Url,
                ApplicationUri = uri,
                ApplicationName = $"Gateway {context.Site.Plant.SiteId}",
                Policies = [.. settings.Security.Select(name => SecurityPolicy.Find(SecurityPolicy.UriPrefix + name)!)],
                Certificate = _certificate,
                Validator = store is null ? null : new CertificateValidator(store, context.Time),
                AllowAnonymous = settings.Anonymous,
                CheckPassword = settings.Users.Count == 0 ? null : FindUser,
                Limits = new ServerLimits { MaxSessions = settings.MaxSessions },
                Report = line => LogRefusal(_logger, line),
            },
            space,
            context.Time);
    }

    /// <summary>The server, for its counters.</summary>
    public OpcUaServer Server { get; }

    /// <summary>Listens and copies until disposed.</summary>
    /// <returns>Where it listens.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">The address is taken or not ours.</exception>
    public IPEndPoint Start()
    {
        IPEndPoint address = Server.Listen(_settings.Listen);
        _copying = CopyAsync();
        return address;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _copying;
        await Server.DisposeAsync();
        _certificate?.Dispose();
        _stopping.Dispose();
    }

    private (int[] Tags, (int, int, int)[] Permits) Build(AddressSpace space, ushort index)
    {
        var plant = _context.Site.Plant;
        var tags = new int[plant.Tags.Length];
        var root = new NodeId(TagsFolder, index);
        space.AddFolder(NodeIds.Objects, root, TagsFolder);
        var areas = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < tags.Length; i++)
        {
            TagDefinition tag = plant.Tags[i];
            NodeId parent = root;
            if (tag.Area.Length > 0)
            {
                parent = new NodeId($"{TagsFolder}/{tag.Area}", index);
                if (areas.Add(tag.Area))
                    space.AddFolder(root, parent, tag.Area);
            }

            tags[i] = space.AddVariable(parent, new NodeId(tag.Name, index), tag.Name, new VariableShape
            {
                Description = tag.Description,
                Unit = OpcUaUnits.Find(tag.Unit),
                Range = double.IsNaN(tag.RangeLow) || double.IsNaN(tag.RangeHigh) ? null : (tag.RangeLow, tag.RangeHigh),
                Write = WriterOf(i),
            });
        }

        return (tags, BuildPermits(space, index));
    }

    private (int, int, int)[] BuildPermits(AddressSpace space, ushort index)
    {
        var permits = _context.Site.Plant.Permits;
        var nodes = new (int, int, int)[permits.Length];
        var root = new NodeId(ComplianceFolder, index);
        space.AddFolder(NodeIds.Objects, root, ComplianceFolder);
        for (int i = 0; i < nodes.Length; i++)
        {
            PermitLimit permit = permits[i];
            string name = $"{permit.PermitId}.{permit.Parameter}.{permit.Statistic}";
            var folder = new NodeId($"{ComplianceFolder}/{name}", index);
            space.AddFolder(root, folder, name);
            EUInformation? unit = OpcUaUnits.Find(permit.Unit);
            int Add(string part, VariableShape shape) => space.AddVariable(folder, new NodeId($"{ComplianceFolder}/{name}/{part}", index), part, shape);
            nodes[i] = (
                Add("Value", new VariableShape { Unit = unit, Description = "Running value of the statistic" }),
                Add("Limit", new VariableShape { Unit = unit, Description = "Limit that holds now" }),
                Add("State", new VariableShape { Type = BuiltInType.Int32, Description = "0 complies, 1 warning, 2 exceeds, 3 undetermined" }));
        }

        return nodes;
    }

    /// <summary>A tag can be written when an armed output writes it; the scan checks and carries out as for any operator.</summary>
    private Func<ServerUser, DataValue, StatusCode>? WriterOf(int tag)
    {
        var outputs = _context.Site.Plant.Outputs;
        foreach (OutputDefinition output in outputs)
        {
            if (output.Tag == tag && output.Armed)
                return (user, value) => Write(output, user, value);
        }

        return null;
    }

    private StatusCode Write(OutputDefinition output, ServerUser user, DataValue value)
    {
        if (!value.Value.TryGetNumber(out double number) || !double.IsFinite(number) || number < output.Low || number > output.High)
            return StatusCodes.BadOutOfRange;
        if (_context.Fault is not null)
            return StatusCodes.BadInvalidState;
        var command = new OperatorCommand { Verb = CommandVerb.Write, Target = output.Index, Argument = number, User = user.Name ?? "", Reason = "OPC UA" };
        // The scan decides and the outcome is an event; the client sees the value when the device has it.
        return _context.Scan.Commands.TryAdd(command) ? StatusCodes.GoodCompletesAsynchronously : StatusCodes.BadTooManyOperations;
    }

    private ServerUser? FindUser(string name, string password)
    {
        OpcUaUser? user = null;
        foreach (OpcUaUser candidate in _settings.Users)
        {
            if (candidate.Name == name)
                user = candidate;
        }

        // An unknown name takes as long as a known one, so that names cannot be found by the time of the answer.
        bool matches = (user ?? _settings.Users[0]).Hash.Matches(password);
        return user is not null && matches ? new ServerUser(name, user.MayWrite) : null;
    }

    private async Task CopyAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(50, _context.Site.Plant.BasePeriodMs)), _context.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                if (!_context.Scan.Snapshots.TryRent(out SnapshotLease lease))
                    continue;
                using (lease)
                    Copy(lease.Value);
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the gateway.
        }
    }

    private void Copy(Snapshot snapshot)
    {
        for (int i = 0; i < _tagNodes.Length; i++)
        {
            ref readonly TagValue tag = ref snapshot.Tags[i];
            if (tag.Version == _versions[i])
                continue;
            _versions[i] = tag.Version;
            Server.Space.Set(_tagNodes[i], new DataValue(new Variant(tag.Value), new StatusCode(tag.Quality.Code), TimeOf(tag.SourceTime)));
        }

        for (int i = 0; i < _permitNodes.Length; i++)
        {
            ref readonly ComplianceWindow window = ref snapshot.Windows[i];
            DateTime time = TimeOf(snapshot.Time.Utc);
            StatusCode status = window.State == ComplianceState.Undetermined ? StatusCodes.UncertainDataSubNormal : StatusCodes.Good;
            Server.Space.Set(_permitNodes[i].Value, new DataValue(new Variant(window.Value), double.IsNaN(window.Value) ? StatusCodes.BadWaitingForInitialData : status, time));
            Server.Space.Set(_permitNodes[i].Limit, new DataValue(new Variant(window.Limit), double.IsNaN(window.Limit) ? StatusCodes.BadNotSupported : StatusCodes.Good, time));
            Server.Space.Set(_permitNodes[i].State, new DataValue(new Variant((int)window.State), StatusCodes.Good, time));
        }
    }

    private static DateTime TimeOf(long utcTicks) => utcTicks <= 0 ? DateTime.MinValue : new DateTime(utcTicks, DateTimeKind.Utc);

    [LoggerMessage(1701, LogLevel.Warning, "{What}")]
    private static partial void LogRefusal(ILogger logger, string what);
}
