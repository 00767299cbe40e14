using Gateway.OpcUa.Server;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Server;

/// <summary>Nodes, rights and limits of the server, by our client.</summary>
public sealed class ServerTests
{
    private static readonly EUInformation s_milligrams = new() { NamespaceUri = "http://www.opcfoundation.org/UA/units/un/cefact", UnitId = 19761, DisplayName = new LocalizedText("mg/L") };

    [Fact]
    public void A_value_has_quality_time_unit_and_range()
    {
        var loop = new LoopServer();
        int tag = loop.Add("NH4", new VariableShape { Range = (0, 20), Unit = s_milligrams });
        loop.Set(tag, 3.25, StatusCodes.UncertainSensorNotAccurate);
        OpcUaClient client = loop.Connect();
        DataValue value = client.ReadAsync(loop.Node("NH4")).AsTask().Result.Values[0];
        Assert.Equal(new Variant(3.25), value.Value);
        Assert.Equal(StatusCodes.UncertainSensorNotAccurate, value.Status);
        Assert.Equal(loop.Time.GetUtcNow().UtcDateTime, value.SourceTime);
        NodeId range = Translate(client, loop.Node("NH4"), "EURange");
        var span = (Types.Range)((ExtensionObject)client.ReadAsync(range).AsTask().Result.Values[0].Value.ToObject()!).Structure!;
        Assert.Equal((0.0, 20.0), (span.Low, span.High));
        NodeId unit = Translate(client, loop.Node("NH4"), "EngineeringUnits");
        Assert.Equal(19761, ((EUInformation)((ExtensionObject)client.ReadAsync(unit).AsTask().Result.Values[0].Value.ToObject()!).Structure!).UnitId);
    }

    [Fact]
    public void A_value_that_never_came_says_so()
    {
        var loop = new LoopServer();
        loop.Add("NH4");
        Assert.Equal(StatusCodes.BadWaitingForInitialData, loop.Connect().ReadAsync(loop.Node("NH4")).AsTask().Result.Values[0].Status);
    }

    [Fact]
    public void The_server_object_says_what_it_is()
    {
        var loop = new LoopServer();
        OpcUaClient client = loop.Connect();
        var (values, _) = client.ReadAsync(NodeIds.NamespaceArray, NodeIds.ServerStatusState, NodeIds.ServerStatusCurrentTime, NodeIds.ServiceLevel, NodeIds.MaxNodesPerRead).AsTask().Result;
        Assert.Equal(new Variant(new[] { "http://opcfoundation.org/UA/", "urn:test:server", LoopServer.Uri }), values[0].Value);
        Assert.Equal(new Variant(0), values[1].Value);
        Assert.Equal(new Variant(loop.Time.GetUtcNow().UtcDateTime), values[2].Value);
        Assert.Equal(new Variant((byte)255), values[3].Value);
        Assert.Equal(new Variant(10_000u), values[4].Value);
        Assert.All(values, v => Assert.True(v.Status.IsGood));
    }

    [Fact]
    public void Browsing_goes_on_behind_continuation_points_and_every_reference_has_its_inverse()
    {
        var loop = new LoopServer(o => o with { Limits = o.Limits with { MaxReferences = 7 } });
        for (int i = 0; i < 50; i++)
            loop.Add("T" + i);
        OpcUaClient client = loop.Connect();
        var (references, fault) = client.BrowseAsync(new NodeId("Plant", loop.Index)).AsTask().Result;
        Assert.True(fault.IsNone, fault.ToString());
        Assert.Equal(Enumerable.Range(0, 50).Select(i => "T" + i), references.Where(r => r.NodeClass == NodeClass.Variable).Select(r => r.BrowseName.Name));
        foreach (ServerNode node in Reachable(loop.Space))
            Assert.All(node.References, r => Assert.Contains(new NodeReference(r.Type, !r.IsForward, node), r.Target.References));
    }

    [Fact]
    public void All_standard_nodes_are_reached_from_the_root_and_instances_have_a_type()
    {
        var space = new AddressSpace("urn:x");
        List<ServerNode> reached = Reachable(space);
        Assert.Equal(space.Count, reached.Count);
        Assert.All(reached.Where(n => n.Class is NodeClass.Object or NodeClass.Variable), n => Assert.NotNull(n.TypeDefinition));
    }

    [Fact]
    public void Only_who_may_writes_and_only_what_can_be_written()
    {
        var written = new List<double>();
        StatusCode Take(ServerUser user, DataValue value)
        {
            value.Value.TryGetNumber(out double number);
            written.Add(number);
            return default;
        }

        using var own = new TestIdentity();
        var loop = new LoopServer(own.Secure);
        loop.Add("Setpoint", new VariableShape { Write = Take });
        loop.Add("NH4");
        NodeId setpoint = loop.Node("Setpoint");
        StatusCode Write(UserIdentity user, NodeId node, Variant value) => own.Connect(loop, user).Client!.WriteAsync((node, value)).AsTask().Result.Results[0];
        Assert.Equal(StatusCodes.BadUserAccessDenied, Write(UserIdentity.Anonymous, setpoint, new Variant(2.0)));
        Assert.Equal(StatusCodes.BadUserAccessDenied, Write(UserIdentity.FromPassword("guest", "guest"), setpoint, new Variant(2.0)));
        Assert.Equal(StatusCodes.BadTypeMismatch, Write(UserIdentity.FromPassword("operator", "pässword"), setpoint, new Variant(2)));
        Assert.Equal(StatusCodes.BadNotWritable, Write(UserIdentity.FromPassword("operator", "pässword"), loop.Node("NH4"), new Variant(2.0)));
        Assert.Empty(written);
        Assert.Equal(StatusCodes.Good, Write(UserIdentity.FromPassword("operator", "pässword"), setpoint, new Variant(2.0)));
        Assert.Equal([2.0], written);
    }

    [Fact]
    public void Guessing_passwords_locks_the_address_out_for_a_while()
    {
        using var own = new TestIdentity();
        var loop = new LoopServer(own.Secure);
        for (int i = 0; i < 5; i++)
            Assert.Equal(StatusCodes.BadUserAccessDenied, own.Connect(loop, UserIdentity.FromPassword("operator", "guess" + i)).Fault.Status);
        Assert.Equal(StatusCodes.BadUserAccessDenied, own.Connect(loop, UserIdentity.FromPassword("operator", "pässword")).Fault.Status);
        Assert.True(own.Connect(loop, UserIdentity.Anonymous).Fault.IsNone);
        loop.Time.Advance(301);
        Assert.True(own.Connect(loop, UserIdentity.FromPassword("operator", "pässword")).Fault.IsNone);
        Assert.Equal(6, loop.Server.Counters.RefusedLogins);
    }

    [Fact]
    public void Channels_that_say_nothing_are_closed_and_give_way_to_others()
    {
        var loop = new LoopServer(o => o with { Limits = o.Limits with { MaxConnections = 4 } });
        for (int i = 0; i < 10; i++)
            loop.Open();
        Assert.Equal(4, loop.Server.Counters.Connections);
        OpcUaClient client = loop.Connect();
        loop.Time.Advance(11);
        Assert.True(client.IsConnected);
        Assert.Equal(1, loop.Server.Counters.Connections);
    }

    [Fact]
    public void Sessions_end_without_requests_and_no_more_than_the_limit_live()
    {
        var loop = new LoopServer(o => o with { Limits = o.Limits with { MaxSessions = 2 } });
        OpcUaClient first = loop.Connect(), second = loop.Connect();
        Assert.Equal(StatusCodes.BadTooManySessions, loop.TryConnect().Fault.Status);
        loop.Time.Advance(61);
        Assert.Equal(0, loop.Server.Counters.Sessions);
        Assert.Equal(StatusCodes.BadSessionIdInvalid, first.ReadAsync(NodeIds.ServiceLevel).AsTask().Result.Fault.Status);
        Assert.True(loop.TryConnect().Fault.IsNone);
        Assert.NotNull(second);
    }

    private static NodeId Translate(OpcUaClient client, NodeId node, string property)
    {
        var (found, fault) = client.TranslateAsync(node, new QualifiedName(property)).AsTask().Result;
        Assert.True(fault.IsNone, fault.ToString());
        return found.NodeId;
    }

    private static List<ServerNode> Reachable(AddressSpace space)
    {
        var seen = new HashSet<ServerNode> { space.Find(NodeIds.Root)! };
        var open = new Stack<ServerNode>(seen);
        while (open.TryPop(out ServerNode? node))
        {
            foreach (NodeReference reference in node.References.Where(r => r.IsForward))
            {
                if (seen.Add(reference.Target))
                    open.Push(reference.Target);
            }
        }

        return [.. seen];
    }
}
