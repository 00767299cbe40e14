using System.Net;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Tests.Security;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Client;

/// <summary>A man in the middle and a careless server: the client notices and says what it noticed.</summary>
public sealed class SecureClientTests : IDisposable
{
    private static readonly CertificateSubject Subject = new() { ApplicationUri = "urn:plc:server", CommonName = "PLC", HostNames = ["plc-03"] };

    private readonly ManualTime _time = new();
    private readonly CertificateStore _store = new(Directory.CreateTempSubdirectory("opcua-client-").FullName);
    private readonly ApplicationCertificate _server;
    private readonly ApplicationCertificate _client;

    public SecureClientTests()
    {
        _server = ApplicationCertificate.Create(Subject, _time);
        _client = ApplicationCertificate.Create(Subject with { ApplicationUri = "urn:gw:client", CommonName = "Gateway" }, _time);
        _store.Trust(_server.Certificate);
    }

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
        Directory.Delete(_store.Root, true);
    }

    [Theory]
    [InlineData("Basic256Sha256", MessageSecurityMode.Sign)]
    [InlineData("Aes128_Sha256_RsaOaep", MessageSecurityMode.SignAndEncrypt)]
    [InlineData("Aes256_Sha256_RsaPss", MessageSecurityMode.SignAndEncrypt)]
    public void A_secure_session_lives_through_renewals(string policy, MessageSecurityMode mode)
    {
        ScriptedServer server = Server();
        server.TokenLifetimeMs = 60_000;
        OpcUaConnectResult result = Connect(server, o => o with { Policy = SecurityPolicy.Find(SecurityPolicy.UriPrefix + policy), Mode = mode });
        Assert.True(result.Fault.IsNone, result.Fault.ToString());
        for (int minute = 0; minute < 10; minute++)
        {
            _time.Advance(60);
            var read = result.Client!.ReadAsync(new NodeId(4)).AsTask();
            Assert.True(read.IsCompleted && read.Result.Fault.IsNone, read.Result.Fault.ToString());
        }

        Assert.True(server.Openings > 10);
    }

    [Fact]
    public void Another_certificate_on_the_channel_than_in_the_endpoint_is_noticed()
    {
        using ApplicationCertificate other = ApplicationCertificate.Create(Subject, _time);
        ScriptedServer server = Server();
        // The endpoint shows the real certificate, but the channel is answered with another.
        server.OpeningCertificate = other;
        OpcUaFault fault = Connect(server).Fault;
        Assert.Equal(StatusCodes.BadSecurityChecksFailed, fault.Status);
        Assert.Contains("another certificate than its endpoint names", fault.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_does_not_own_the_key_is_noticed()
    {
        ScriptedServer server = Server();
        server.Answer = r =>
        {
            IStructure? answer = server.Default(r);
            if (answer is CreateSessionResponse { ServerSignature.Signature: { } signature })
                signature[9] ^= 1;
            return answer;
        };
        OpcUaFault fault = Connect(server).Fault;
        Assert.Equal(StatusCodes.BadApplicationSignatureInvalid, fault.Status);
        Assert.Contains("does not own the key", fault.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void Endpoints_that_change_between_discovery_and_session_are_noticed()
    {
        ScriptedServer server = Server();
        server.Answer = r =>
        {
            if (r is CreateSessionRequest)
                server.Policies = [SecurityPolicy.Aes256Sha256RsaPss];
            return server.Default(r);
        };
        OpcUaFault fault = Connect(server, o => o with { Policy = SecurityPolicy.Basic256Sha256 }).Fault;
        Assert.Equal(StatusCodes.BadSecurityChecksFailed, fault.Status);
        Assert.Contains("differ from those of the discovery", fault.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_nonce_is_refused()
    {
        ScriptedServer server = Server();
        server.Answer = r =>
        {
            IStructure? answer = server.Default(r);
            if (answer is CreateSessionResponse session)
                session.ServerNonce = new byte[16];
            return answer;
        };
        Assert.Equal(StatusCodes.BadNonceInvalid, Connect(server).Fault.Status);
    }

    [Fact]
    public void A_server_of_another_name_or_uri_is_refused_before_anything_secret_is_sent()
    {
        ScriptedServer server = Server();
        OpcUaFault host = Connect(server, o => o with { EndpointUrl = "opc.tcp://other:4840" }).Fault;
        Assert.Equal(StatusCodes.BadCertificateHostNameInvalid, host.Status);
        server.ChangeEndpoint = e =>
        {
            e.Server.ApplicationUri = "urn:else";
            return e;
        };
        Assert.Equal(StatusCodes.BadCertificateUriInvalid, Connect(server).Fault.Status);
        Assert.All(server.Requests, r => Assert.IsType<GetEndpointsRequest>(r));
    }

    [Fact]
    public void Bytes_changed_on_the_way_close_the_channel()
    {
        var random = new Random(5);
        for (int round = 0; round < 40; round++)
        {
            ScriptedServer server = Server();
            OpcUaConnectResult result = Connect(server, o => o with { Policy = SecurityPolicy.Aes128Sha256RsaOaep });
            server.Tamper = bytes =>
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            };
            var reading = result.Client!.ReadAsync(new NodeId(4)).AsTask();
            // A larger size in the header makes the client wait for bytes that do not come: the time-out ends that.
            _time.Advance(11);
            Assert.True(reading.IsCompleted);
            Assert.False(reading.Result.Fault.IsNone);
        }
    }

    private ScriptedServer Server() => new(_server) { Policies = [.. SecurityPolicy.All] };

    private OpcUaConnectResult Connect(ScriptedServer server, Func<OpcUaClientOptions, OpcUaClientOptions>? change = null)
    {
        var options = new OpcUaClientOptions
        {
            EndpointUrl = "opc.tcp://plc-03:4840",
            Connect = server.ConnectAsync,
            Certificate = _client,
            Validator = new CertificateValidator(_store, _time),
        };
        var connecting = OpcUaClient.ConnectAsync((change ?? (o => o))(options), _time).AsTask();
        Assert.True(connecting.IsCompleted);
        return connecting.Result;
    }
}
