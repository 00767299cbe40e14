using System.Threading.Channels;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Interop;

/// <summary>Our client against node-opcua's server.</summary>
public sealed class NodeServerTests(NodeServer server) : IClassFixture<NodeServer>
{
    private const ushort Space = 1;

    public static TheoryData<string, int, int> Securities()
    {
        var data = new TheoryData<string, int, int>();
        foreach (int user in (int[])[(int)UserTokenType.Anonymous, (int)UserTokenType.UserName, (int)UserTokenType.Certificate])
        {
            data.Add("None", (int)MessageSecurityMode.None, user);
            foreach (SecurityPolicy policy in SecurityPolicy.All.Where(p => !p.IsNone))
            {
                data.Add(policy.Name, (int)MessageSecurityMode.Sign, user);
                data.Add(policy.Name, (int)MessageSecurityMode.SignAndEncrypt, user);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Securities))]
    public async Task Every_policy_mode_and_token_gives_a_working_session(string policy, int mode, int user)
    {
        OpcUaClientOptions options = server.Options(SecurityPolicy.Find(SecurityPolicy.UriPrefix + policy)) with
        {
            Mode = (MessageSecurityMode)mode,
            User = (UserTokenType)user switch
            {
                UserTokenType.UserName => UserIdentity.FromPassword("operator", "pässword"),
                UserTokenType.Certificate => UserIdentity.FromCertificate(server.User),
                _ => UserIdentity.Anonymous,
            },
        };
        await using OpcUaClient client = await ConnectAsync(options);
        Assert.EndsWith(policy, client.Endpoint.SecurityPolicyUri, StringComparison.Ordinal);
        // 1,000 values make an answer of more than one chunk at the size agreed on.
        NodeId[] nodes = [.. Enumerable.Range(0, 1000).Select(i => new NodeId("d" + i, Space))];
        var (values, fault) = await client.ReadAsync(nodes);
        Assert.True(fault.IsNone, fault.ToString());
        for (int i = 0; i < values.Length; i++)
            Assert.Equal(new Variant(i * 0.5), values[i].Value);
    }

    [Fact]
    public async Task The_strongest_endpoint_is_chosen_when_none_is_named()
    {
        await using OpcUaClient client = await ConnectAsync(server.Options(null));
        Assert.Equal(SecurityPolicy.Aes256Sha256RsaPss.Uri, client.Endpoint.SecurityPolicyUri);
        Assert.Equal(MessageSecurityMode.SignAndEncrypt, client.Endpoint.SecurityMode);
    }

    [Fact]
    public async Task A_wrong_password_is_named()
    {
        OpcUaConnectResult result = await OpcUaClient.ConnectAsync(server.Options(null) with { User = UserIdentity.FromPassword("operator", "wrong") });
        Assert.Null(result.Client);
        Assert.True(result.Fault.Status == StatusCodes.BadIdentityTokenRejected || result.Fault.Status == StatusCodes.BadUserAccessDenied, result.Fault.ToString());
    }

    [Fact]
    public async Task A_server_that_is_not_trusted_is_refused_with_the_next_step()
    {
        var store = new CertificateStore(Directory.CreateTempSubdirectory("opcua-store-").FullName);
        OpcUaConnectResult result = await OpcUaClient.ConnectAsync(server.Options(null) with { Validator = new CertificateValidator(store, TimeProvider.System) });
        Assert.Null(result.Client);
        Assert.Equal(StatusCodes.BadCertificateUntrusted, result.Fault.Status);
        Assert.Contains("not in the trust list", result.Fault.Cause, StringComparison.Ordinal);
        Assert.Contains("trusted", result.Fault.Cure, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFiles(Path.Combine(store.Root, "rejected")));
        Directory.Delete(store.Root, true);
    }

    [Fact]
    public async Task Values_of_every_shape_are_read()
    {
        await using OpcUaClient client = await ConnectAsync(server.Options(SecurityPolicy.None));
        string[] names = ["Text", "Flag", "Small", "Long", "Bytes", "When", "Row", "Grid", "Name", "Nowhere"];
        var (values, fault) = await client.ReadAsync([.. names.Select(n => new NodeId(n, Space))]);
        Assert.True(fault.IsNone, fault.ToString());
        Variant[] expected =
        [
            new("水 water"), new(true), new((short)-7), new(0x12_3456_7890UL), Variant.FromBytes([1, 2, 3]),
            new(DateTime.Parse("2024-02-29T12:34:56.789Z").ToUniversalTime()), new([1.5f, 2.5f, -3f]),
            Variant.FromMatrix(new Variant([1, 2, 3, 4, 5, 6]), 2, 3), new(new LocalizedText("Basin", "en")),
        ];
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], values[i].Value);
        Assert.Equal(StatusCodes.BadNodeIdUnknown, values[^1].Status);
        Assert.True(Math.Abs((client.ClockDifference).TotalSeconds) < 60);
    }

    [Fact]
    public async Task Values_are_written_and_refused()
    {
        await using OpcUaClient client = await ConnectAsync(server.Options(null));
        var (results, fault) = await client.WriteAsync((new NodeId("Setpoint", Space), new Variant(7.25)), (new NodeId("Setpoint", Space), new Variant("text")), (new NodeId("Nowhere", Space), new Variant(1)));
        Assert.True(fault.IsNone, fault.ToString());
        Assert.Equal([StatusCodes.Good, StatusCodes.BadTypeMismatch, StatusCodes.BadNodeIdUnknown], results);
        var (values, _) = await client.ReadAsync(new NodeId("Setpoint", Space));
        Assert.Equal(new Variant(7.25), values[0].Value);
    }

    [Fact]
    public async Task The_address_space_is_browsed_through_continuation_points()
    {
        await using OpcUaClient client = await ConnectAsync(server.Options(SecurityPolicy.None));
        var (references, fault) = await client.BrowseAsync(new NodeId("Plant", Space), maxPerAnswer: 100);
        Assert.True(fault.IsNone, fault.ToString());
        Assert.True(references.Count > 1010);
        Assert.Contains(references, r => r.BrowseName == new QualifiedName("d999", Space) && r.NodeClass == NodeClass.Variable);
        var (_, unknown) = await client.BrowseAsync(new NodeId("Nowhere", Space));
        Assert.Equal(StatusCodes.BadNodeIdUnknown, unknown.Status);
    }

    [Fact]
    public async Task Paths_are_translated_and_methods_called()
    {
        await using OpcUaClient client = await ConnectAsync(server.Options(SecurityPolicy.None));
        var (node, fault) = await client.TranslateAsync(NodeIds.Objects, new QualifiedName("Plant", Space), new QualifiedName("d7", Space));
        Assert.True(fault.IsNone, fault.ToString());
        Assert.Equal(new NodeId("d7", Space), node.NodeId);
        var (_, none) = await client.TranslateAsync(NodeIds.Objects, new QualifiedName("Nothing", Space));
        Assert.Equal(StatusCodes.BadNoMatch, none.Status);
        var (result, called) = await client.CallAsync(new NodeId("Plant", Space), new NodeId("Multiply", Space), new Variant(6.0), new Variant(7.0));
        Assert.True(called.IsNone, called.ToString());
        Assert.Equal(new Variant(42.0), result.OutputArguments![0]);
    }

    [Fact]
    public async Task Nodes_are_registered_and_servers_found()
    {
        await using OpcUaClient client = await ConnectAsync(server.Options(SecurityPolicy.None));
        var response = new RegisterNodesResponse();
        OpcUaFault fault = await client.SendAsync(new RegisterNodesRequest { NodesToRegister = [new NodeId("d1", Space)] }, response);
        Assert.True(fault.IsNone, fault.ToString());
        var (values, _) = await client.ReadAsync(response.RegisteredNodeIds![0]);
        Assert.Equal(new Variant(0.5), values[0].Value);
        var (servers, found) = await OpcUaClient.FindServersAsync(server.Options(null));
        Assert.True(found.IsNone, found.ToString());
        Assert.Contains(servers, s => s.ApplicationUri == "urn:127.0.0.1:test:server");
    }

    [Theory]
    [InlineData("None")]
    [InlineData("Basic256Sha256")]
    public async Task A_subscription_brings_every_change_once_and_in_order(string policy)
    {
        await using OpcUaClient client = await ConnectAsync(server.Options(SecurityPolicy.Find(SecurityPolicy.UriPrefix + policy)));
        var handler = new Recorder();
        var (subscription, fault) = await client.CreateSubscriptionAsync(new SubscriptionSettings { PublishingIntervalMs = 50 }, handler);
        Assert.True(fault.IsNone, fault.ToString());
        var (items, added) = await subscription!.AddAsync([Item("Counter", 1, 1000), Item("d3", 2, 1), Item("Nowhere", 3, 1)]);
        Assert.True(added.IsNone, added.ToString());
        Assert.Equal([StatusCodes.Good, StatusCodes.Good, StatusCodes.BadNodeIdUnknown], items.Select(i => i.StatusCode));
        await handler.UntilAsync(v => v.ClientHandle == 2 && v.Value.Value == new Variant(1.5));
        await client.WriteAsync((new NodeId("Pulse", Space), new Variant(10u)));
        MonitoredItemNotification last = await handler.UntilAsync(v => v.ClientHandle == 1 && v.Value.Value.TryGet(out uint n) && n % 10 == 0 && n > 0);
        last.Value.Value.TryGet(out uint end);
        uint[] seen = [.. handler.Values.Where(v => v.ClientHandle == 1).Select(v => v.Value.Value.TryGet(out uint n) ? n : uint.MaxValue)];
        Assert.Equal(Enumerable.Range((int)end - 9, 10).Select(i => (uint)i), seen.Where(n => n > end - 10));
        Assert.Equal(0, subscription.MissingMessages);
        var (deleted, _) = await subscription.RemoveAsync(items[0].MonitoredItemId, 4711);
        Assert.Equal([StatusCodes.Good, StatusCodes.BadMonitoredItemIdInvalid], deleted);
        Assert.True((await subscription.SetPublishingAsync(false)).IsNone);
        Assert.True((await subscription.DeleteAsync()).IsNone);
    }

    [Fact]
    public async Task The_channel_is_renewed_while_in_use()
    {
        await using OpcUaClient client = await ConnectAsync(server.Options(SecurityPolicy.Basic256Sha256) with { TokenLifetimeMs = 2000 });
        uint first = client.TokenId;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var read = new PreparedRead(new NodeId("d1", Space));
        var values = new DataValue[1];
        int reads = 0;
        while (client.TokenId < first + 2 && watch.Elapsed < TimeSpan.FromSeconds(20))
        {
            OpcUaFault fault = await client.ReadAsync(read, values);
            Assert.True(fault.IsNone, fault.ToString());
            reads++;
        }

        Assert.True(client.TokenId >= first + 2, $"token {first}, then {client.TokenId}");
        Assert.True(reads > 100);
    }

    private static MonitoredItemCreateRequest Item(string name, uint handle, uint queue) => new()
    {
        ItemToMonitor = new ReadValueId { NodeId = new NodeId(name, Space), AttributeId = 13 },
        MonitoringMode = MonitoringMode.Reporting,
        RequestedParameters = new MonitoringParameters { ClientHandle = handle, SamplingInterval = 0, QueueSize = queue, DiscardOldest = true },
    };

    private static async Task<OpcUaClient> ConnectAsync(OpcUaClientOptions options)
    {
        OpcUaConnectResult result = await OpcUaClient.ConnectAsync(options);
        Assert.True(result.Fault.IsNone, result.Fault.ToString());
        return result.Client!;
    }

    /// <summary>Keeps what a subscription brings.</summary>
    private sealed class Recorder : ISubscriptionHandler
    {
        private readonly Channel<MonitoredItemNotification> _values = Channel.CreateUnbounded<MonitoredItemNotification>();

        public List<MonitoredItemNotification> Values { get; } = [];

        public async Task<MonitoredItemNotification> UntilAsync(Func<MonitoredItemNotification, bool> wanted)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (true)
            {
                MonitoredItemNotification value = await _values.Reader.ReadAsync(limit.Token);
                Values.Add(value);
                if (wanted(value))
                    return value;
            }
        }

        public void OnData(Subscription subscription, ReadOnlySpan<MonitoredItemNotification> items)
        {
            foreach (MonitoredItemNotification item in items)
                _values.Writer.TryWrite(item);
        }

        public void OnEvents(Subscription subscription, ReadOnlySpan<EventFieldList> events)
        {
        }

        public void OnKeepAlive(Subscription subscription)
        {
        }

        public void OnStatusChanged(Subscription subscription, StatusCode status)
        {
        }

        public void OnMissing(Subscription subscription, uint firstMissing, uint count)
        {
        }
    }
}
