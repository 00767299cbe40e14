using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Server;
using Gateway.OpcUa.Tests.Interop;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Server;

/// <summary>Our server under node-opcua's client.</summary>
public sealed class NodeClientTests
{
    [Fact]
    public async Task Every_policy_mode_and_token_works_and_wrong_passwords_do_not()
    {
        using var own = new TestIdentity(TimeProvider.System);
        await File.WriteAllTextAsync(Path.Combine(own.Folder, "client.pem"), own.ClientCertificate.Certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(own.Folder, "client.key"), own.ClientCertificate.Certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var space = new AddressSpace("urn:test:server");
        ushort index = space.AddNamespace(LoopServer.Uri);
        space.AddFolder(NodeIds.Objects, new NodeId("Plant", index), "Plant");
        for (int i = 0; i < 1000; i++)
            space.Set(space.AddVariable(new NodeId("Plant", index), new NodeId("T" + i, index), "T" + i, new VariableShape { Range = (0, 500) }), new DataValue(new Variant(i * 0.5)));
        int setpoint = 0;
        setpoint = space.AddVariable(new NodeId("Plant", index), new NodeId("Setpoint", index), "Setpoint", new VariableShape
        {
            Write = (_, value) =>
            {
                space.Set(setpoint, value);
                return StatusCodes.Good;
            },
        });
        var limits = new ServerLimits { MaxFailedLogins = 100, MaxReferences = 300 };
        await using var server = new OpcUaServer(own.Secure(new OpcUaServerOptions { EndpointUrl = "opc.tcp://127.0.0.1:4840", AllowAnonymous = true, Limits = limits, ApplicationName = "Test plant" }), space);
        IPEndPoint address = server.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        var lines = new List<string>();
        var (process, _) = await Peers.StartAsync("client.js", "done", lines, own.Folder, $"opc.tcp://127.0.0.1:{address.Port}");
        await Peers.StopAsync(process);
        var expected = new List<string>();
        foreach (SecurityPolicy policy in (SecurityPolicy[])[SecurityPolicy.None, SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes128Sha256RsaOaep, SecurityPolicy.Aes256Sha256RsaPss])
        {
            foreach (string mode in policy.IsNone ? (string[])["None"] : ["Sign", "SignAndEncrypt"])
            {
                expected.Add($"result {policy.Name} {mode} anonymous ok");
                expected.Add($"result {policy.Name} {mode} operator ok");
                expected.Add($"result {policy.Name} {mode} stranger BadUserAccessDenied");
            }
        }

        expected.AddRange(["browsed 1001", "range 0 500", "state 0 Test plant", "written Good", "changes 4.5 5.5 6.5"]);
        Assert.Equal(expected, lines.Where(l => expected.Exists(e => e[..e.IndexOf(' ', StringComparison.Ordinal)] == l.Split(' ')[0])));
        Assert.Equal(0, server.Counters.Sessions);
    }
}
