using System.Net;
using System.Threading.Channels;
using Gateway.Configuration;
using Gateway.OpcUa;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Types;
using Gateway.Runtime.Events;
using Gateway.Runtime.Outputs;
using Gateway.Users;

namespace Gateway.SystemTests.EndToEnd;

/// <summary>The gateway's OPC UA server over real sockets: tags, compliance, accounts and their rights, its own certificate over a restart.</summary>
public sealed class OpcUaFaceTests : ISubscriptionHandler, IDisposable
{
    private const string Password = "water level 7";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("opcua-face-").FullName;
    private readonly Channel<DataValue> _changes = Channel.CreateUnbounded<DataValue>();

    [Fact]
    public async Task Tags_and_compliance_are_read_watched_and_written_only_with_the_right()
    {
        var store = new CertificateStore(Path.Combine(_folder, "client"));
        using ApplicationCertificate own = store.LoadOrCreateOwn(new CertificateSubject { ApplicationUri = "urn:test:scada", CommonName = "SCADA" }, TimeProvider.System);
        new CertificateStore(Path.Combine(_folder, "data", "opcua")).Trust(own.Certificate);
        AddAccounts();
        byte[] first;
        await using (RunningSite site = await RunningSite.StartAsync(Path.Combine(_folder, "data"), Settings()))
        {
            OpcUaClient reader = await ConnectAsync(site, store, own, "office");
            first = reader.Endpoint.ServerCertificate!;
            await ReadAsync(reader);
            await WatchAsync(reader);
            OutputDefinition output = site.Context.Site.Plant.Outputs.First(o => o.Armed);
            NodeId target = new(site.Context.Site.Plant.Tags[output.Tag].Name, 2);
            Assert.Equal(StatusCodes.BadUserAccessDenied, (await reader.WriteAsync((target, new Variant(output.Low)))).Results[0]);
            OpcUaClient writer = await ConnectAsync(site, store, own, "scada");
            Assert.Equal(StatusCodes.BadOutOfRange, (await writer.WriteAsync((target, new Variant(output.High + 1)))).Results[0]);
            Assert.Equal(StatusCodes.GoodCompletesAsynchronously, (await writer.WriteAsync((target, new Variant(output.High)))).Results[0]);
            Assert.Equal(StatusCodes.BadNotWritable, (await writer.WriteAsync((new NodeId("EFF_AIT_603", 2), new Variant(1.0)))).Results[0]);
            await AuditTellsAsync(
                site,
                "Command office True viewer, OPC UA, from 127.0.0.1",
                $"Command office False {output.Name}: 'office' is viewer; this needs operator",
                "Command scada True operator, OPC UA, from 127.0.0.1",
                "Output scada False",
                "Output scada True");
            Assert.Contains("gateway_opcua_sessions 2", await site.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
        }

        await using RunningSite again = await RunningSite.StartAsync(Path.Combine(_folder, "data"), Settings());
        OpcUaClient later = await ConnectAsync(again, store, own, "office");
        Assert.Equal(first, later.Endpoint.ServerCertificate);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    void ISubscriptionHandler.OnData(Subscription subscription, ReadOnlySpan<MonitoredItemNotification> items)
    {
        foreach (ref readonly MonitoredItemNotification item in items)
            _changes.Writer.TryWrite(item.Value);
    }

    void ISubscriptionHandler.OnEvents(Subscription subscription, ReadOnlySpan<EventFieldList> events)
    {
    }

    void ISubscriptionHandler.OnKeepAlive(Subscription subscription)
    {
    }

    void ISubscriptionHandler.OnStatusChanged(Subscription subscription, StatusCode status)
    {
    }

    void ISubscriptionHandler.OnMissing(Subscription subscription, uint firstMissing, uint count)
    {
    }

    private static async Task ReadAsync(OpcUaClient client)
    {
        var (references, fault) = await client.BrowseAsync(new NodeId("/Tags", 2));
        Assert.True(fault.IsNone, fault.ToString());
        Assert.Contains(references, r => r.NodeClass == NodeClass.Object);
        using var limit = new CancellationTokenSource(s_patience);
        DataValue value;
        do
        {
            limit.Token.ThrowIfCancellationRequested();
            value = (await client.ReadAsync(new NodeId("EFF_AIT_603", 2))).Values[0];
        }
        while (!value.Status.IsGood);
        Assert.True(value.Value.TryGetNumber(out double number) && number > 0);
        Assert.InRange(DateTime.UtcNow - value.SourceTime, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(60));
        var (unit, missing) = await client.TranslateAsync(new NodeId("EFF_AIT_603", 2), new QualifiedName("EngineeringUnits"));
        Assert.True(missing.IsNone, missing.ToString());
        Variant described = (await client.ReadAsync(unit.NodeId)).Values[0].Value;
        Assert.Equal("mg/L", ((EUInformation)((ExtensionObject)described.ToObject()!).Structure!).DisplayName.Text);
        Assert.NotEmpty((await client.BrowseAsync(new NodeId("/Compliance", 2))).References);
    }

    private async Task WatchAsync(OpcUaClient client)
    {
        var (subscription, fault) = await client.CreateSubscriptionAsync(new SubscriptionSettings { PublishingIntervalMs = 100 }, this);
        Assert.True(fault.IsNone, fault.ToString());
        var item = new MonitoredItemCreateRequest
        {
            ItemToMonitor = new ReadValueId { NodeId = new NodeId("EFF_FIT_601", 2), AttributeId = 13 },
            MonitoringMode = MonitoringMode.Reporting,
            RequestedParameters = new MonitoringParameters { SamplingInterval = 100, QueueSize = 10, DiscardOldest = true },
        };
        Assert.True((await subscription!.AddAsync([item])).Results[0].StatusCode.IsGood);
        DataValue one = await _changes.Reader.ReadAsync().AsTask().WaitAsync(s_patience);
        DataValue two = await _changes.Reader.ReadAsync().AsTask().WaitAsync(s_patience);
        Assert.NotEqual(one.Value, two.Value);
        Assert.True(two.SourceTime > one.SourceTime);
    }

    private static async Task<OpcUaClient> ConnectAsync(RunningSite site, CertificateStore store, ApplicationCertificate own, string user)
    {
        var options = new OpcUaClientOptions
        {
            EndpointUrl = site.OpcUaUrl,
            Certificate = own,
            Validator = new CertificateValidator(store, TimeProvider.System),
            User = UserIdentity.FromPassword(user, Password),
        };
        OpcUaConnectResult result = await OpcUaClient.ConnectAsync(options);
        if (result.Client is null)
        {
            // The first meeting: the operator trusts the gateway's certificate.
            Assert.Equal(StatusCodes.BadCertificateUntrusted, result.Fault.Status);
            string rejected = Directory.EnumerateFiles(Path.Combine(store.Root, "rejected")).Single();
            File.Move(rejected, Path.Combine(store.Root, "trusted", "certs", Path.GetFileName(rejected)));
            result = await OpcUaClient.ConnectAsync(options);
        }

        Assert.True(result.Fault.IsNone, result.Fault.ToString());
        return result.Client!;
    }

    /// <summary>Refused and done acts stand in the events with their users.</summary>
    private static async Task AuditTellsAsync(RunningSite site, params string[] wanted)
    {
        using var limit = new CancellationTokenSource(s_patience);
        var missing = wanted.ToList();
        var batch = new ScanEvent[200];
        for (long after = 0; missing.Count > 0;)
        {
            int count = site.Context.Events.CopyAfter(after, batch);
            foreach (ScanEvent item in batch.AsSpan(0, count))
            {
                missing.RemoveAll(w => $"{item.Kind} {item.User} {item.Accepted} {item.Reason}".StartsWith(w, StringComparison.Ordinal));
                after = item.Sequence;
            }
            if (count == 0 && missing.Count > 0)
                await site.Context.Events.WaitAsync(after, limit.Token);
        }
    }

    private void AddAccounts()
    {
        Account Make(string name, Role role) => new() { Name = name, Role = role, Password = PasswordHash.Of(Password, 100_000) };
        new AccountBook { Accounts = [Make("office", Role.Viewer), Make("scada", Role.Operator)] }.Save(Path.Combine(_folder, "data"));
    }

    private static OpcUaServerSettings Settings() => new()
    {
        Url = "opc.tcp://127.0.0.1:0",
        Listen = new IPEndPoint(IPAddress.Loopback, 0),
        Security = ["Basic256Sha256"],
    };
}
