using Gateway.OpcUa;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Server;
using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Types;
using Gateway.Simulation.Network;
using Gateway.Simulation.OpcUa;
using Gateway.Simulation.Plc;
using Gateway.Simulation.Tests.Plc;
using Gateway.Simulation.Time;

namespace Gateway.Simulation.Tests.OpcUa;

/// <summary>The small site behind OPC UA on a simulated network in virtual time, with the product's client before it. The plant moves each second.</summary>
internal sealed class FaceRig : ISubscriptionHandler
{
    public const string Host = "plant";
    public const int Port = 4840;
    private static readonly TimeSpan s_limit = TimeSpan.FromHours(1);
    private static readonly CertificateValidator s_anyServer =
        new(new CertificateStore(Directory.CreateTempSubdirectory("plcsim-client-").FullName), TimeProvider.System, new CertificateWaivers { AcceptAny = true });

    private static readonly Lazy<OpcUaFaceOptions> s_withOperator = new(WithOperator);

    /// <param name="hasOperator">True when the user "operator" with the password "operators-own" may write.</param>
    public FaceRig(bool hasOperator = false)
    {
        Network = new SimulatedNetwork(Time, seed: 5);
        Station = new SimulatedPlcStation(SmallSite.Build(), SmallSite.Plant(), new FaultRules(5, Time), Time);
        Face = new OpcUaFace(SmallSite.Build(), Station, hasOperator ? s_withOperator.Value : new OpcUaFaceOptions { IsInsecure = true }, Time);
        Face.Start($"opc.tcp://{Host}:{Port}");
        Face.Listen(Network, Host, Port);
    }

    public SimulatedTime Time { get; } = new();

    public SimulatedNetwork Network { get; }

    public SimulatedPlcStation Station { get; }

    public OpcUaFace Face { get; }

    /// <summary>What subscriptions told, one line for each message.</summary>
    public List<string> Log { get; } = [];

    /// <summary>Runs a test's body on the simulation's thread while the plant moves.</summary>
    public void Run(Func<Task> body) => Time.Run(
        async () =>
        {
            var isOver = false;
            async Task MoveAsync()
            {
                while (!isOver)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), Time);
                    Step();
                }
            }

            var moving = MoveAsync();
            await body();
            isOver = true;
            await moving;
        },
        s_limit);

    public void Step(double seconds = 1)
    {
        Station.Step(seconds);
        Face.Refresh();
    }

    public Task WaitAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), Time);

    /// <summary>Disturbs, and has the face follow.</summary>
    public long Disturb(DisturbanceKind kind, string? target = null, double? value = null, double? duration = null, double? every = null)
    {
        var id = Station.Disturbances.Add(new Disturbance { Kind = kind, Target = target, Value = value, Duration = duration, Every = every });
        Face.Refresh();
        return id;
    }

    public void Calm()
    {
        Station.Disturbances.Clear();
        Face.Refresh();
    }

    public Task<OpcUaConnectResult> TryConnectAsync(Func<OpcUaClientOptions, OpcUaClientOptions>? change = null)
    {
        var options = new OpcUaClientOptions
        {
            EndpointUrl = $"opc.tcp://{Host}:{Port}",
            Policy = SecurityPolicy.None,
            SessionTimeoutMs = 3_600_000,
            Validator = s_anyServer,
            Connect = async cancellation => await Network.ConnectAsync(Host, Port, cancellation),
        };
        return OpcUaClient.ConnectAsync(change?.Invoke(options) ?? options, Time).AsTask();
    }

    public async Task<OpcUaClient> ConnectAsync()
    {
        var (client, fault) = await TryConnectAsync();
        Assert.True(client is not null, fault.ToString());
        return client;
    }

    /// <summary>Reads the value of a tag, found by the plant's namespace.</summary>
    public async Task<DataValue> ReadAsync(OpcUaClient client, string tag) => (await ReadAsync(client, [await NodeAsync(client, tag)])).Single();

    public async Task<NodeId> NodeAsync(OpcUaClient client, string tag)
    {
        var (array, _) = await client.ReadAsync(new NodeId(2255));
        Assert.True(array[0].Value.TryGetArray(out string[]? uris));
        return new NodeId(tag, (ushort)Array.IndexOf(uris!, Face.NamespaceUri));
    }

    public async Task<Subscription> SubscribeAsync(OpcUaClient client, SubscriptionSettings settings, MonitoringParameters parameters, params string[] tags)
    {
        var (subscription, fault) = await client.CreateSubscriptionAsync(settings, this);
        Assert.True(subscription is not null, fault.ToString());
        Items = [];
        foreach (var tag in tags)
        {
            var (results, added) = await subscription.AddAsync([new MonitoredItemCreateRequest
            {
                ItemToMonitor = new ReadValueId { NodeId = await NodeAsync(client, tag), AttributeId = 13 },
                MonitoringMode = MonitoringMode.Reporting,
                RequestedParameters = parameters,
            }]);
            Assert.True(added.IsNone, added.ToString());
            Items = [.. Items, results[0]];
        }

        return subscription;
    }

    /// <summary>What the server made of the items of <see cref="SubscribeAsync"/>.</summary>
    public MonitoredItemCreateResult[] Items { get; private set; } = [];

    void ISubscriptionHandler.OnData(Subscription subscription, ReadOnlySpan<MonitoredItemNotification> items)
    {
        foreach (ref readonly var item in items)
            Log.Add($"{item.Value.Value}{(item.Value.Status.HasOverflow ? "!" : "")}{(item.Value.Status.IsGood ? "" : " " + item.Value.Status.Name)}");
    }

    void ISubscriptionHandler.OnKeepAlive(Subscription subscription) => Log.Add("alive");

    void ISubscriptionHandler.OnEvents(Subscription subscription, ReadOnlySpan<EventFieldList> events) => Log.Add("events");

    void ISubscriptionHandler.OnStatusChanged(Subscription subscription, StatusCode status) => Log.Add(status.Name);

    void ISubscriptionHandler.OnMissing(Subscription subscription, uint firstMissing, uint count) => Log.Add("missing");

    // A password is only taken encrypted, for which the server needs a certificate.
    private static OpcUaFaceOptions WithOperator()
    {
        var store = new CertificateStore(Directory.CreateTempSubdirectory("plcsim-face-").FullName);
        return new OpcUaFaceOptions
        {
            IsInsecure = true,
            Certificate = ApplicationCertificate.Create(new CertificateSubject { ApplicationUri = "urn:test:plcsim", CommonName = "test" }, TimeProvider.System),
            Validator = new CertificateValidator(store, TimeProvider.System),
            CheckPassword = (name, password) => (name, password) == ("operator", "operators-own") ? new ServerUser(name, true) : null,
        };
    }

    private static async Task<DataValue[]> ReadAsync(OpcUaClient client, NodeId[] nodes)
    {
        var (values, fault) = await client.ReadAsync(nodes);
        Assert.True(fault.IsNone, fault.ToString());
        return values;
    }
}
