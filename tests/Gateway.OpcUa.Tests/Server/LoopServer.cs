using Gateway.OpcUa.Security;
using Gateway.OpcUa.Server;
using Gateway.OpcUa.Tests.Client;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Server;

/// <summary>The real server and real clients on one thread in virtual time, over streams in memory.</summary>
internal sealed class LoopServer
{
    public const string Uri = "urn:test:plant";

    public LoopServer(Func<OpcUaServerOptions, OpcUaServerOptions>? change = null)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        Space = new AddressSpace("urn:test:server");
        Index = Space.AddNamespace(Uri);
        Space.AddFolder(NodeIds.Objects, new NodeId("Plant", Index), "Plant");
        var options = new OpcUaServerOptions { EndpointUrl = "opc.tcp://plant:4840", Policies = [SecurityPolicy.None], AllowAnonymous = true };
        Server = new OpcUaServer(change?.Invoke(options) ?? options, Space, Time);
    }

    public ManualTime Time { get; } = new();

    public AddressSpace Space { get; }

    public ushort Index { get; }

    public OpcUaServer Server { get; }

    /// <summary>The server's end of the newest stream.</summary>
    public ScriptedStream ServerEnd { get; private set; } = null!;

    public ScriptedStream ClientEnd { get; private set; } = null!;

    /// <summary>True while what the server sends does not arrive.</summary>
    public bool IsDeaf { get; set; }

    public int Add(string name, VariableShape? shape = null) => Space.AddVariable(new NodeId("Plant", Index), new NodeId(name, Index), name, shape ?? new VariableShape());

    public void Set(int variable, double value, StatusCode status = default) => Space.Set(variable, new DataValue(new Variant(value), status, Time.GetUtcNow().UtcDateTime));

    public NodeId Node(string name) => new(name, Index);

    /// <summary>A stream whose other end the server serves.</summary>
    public ScriptedStream Open(string peer = "10.0.0.1")
    {
        ScriptedStream? serverEnd = null, clientEnd = null;
        clientEnd = new ScriptedStream(bytes => serverEnd!.Feed(bytes.Span));
        serverEnd = new ScriptedStream(bytes =>
        {
            if (!IsDeaf)
                clientEnd.Feed(bytes.Span);
        });
        (ServerEnd, ClientEnd) = (serverEnd, clientEnd);
        async Task Serve()
        {
            await Server.ServeAsync(serverEnd, peer);
            clientEnd.End();
        }

        _ = Serve();
        return clientEnd;
    }

    public OpcUaConnectResult TryConnect(Func<OpcUaClientOptions, OpcUaClientOptions>? change = null)
    {
        var options = new OpcUaClientOptions { EndpointUrl = "opc.tcp://plant:4840", Policy = SecurityPolicy.None, Connect = _ => new ValueTask<Stream>(Open()) };
        return OpcUaClient.ConnectAsync(change?.Invoke(options) ?? options, Time).AsTask().Result;
    }

    public OpcUaClient Connect()
    {
        OpcUaConnectResult result = TryConnect();
        Assert.True(result.Fault.IsNone, result.Fault.ToString());
        return result.Client!;
    }
}
