using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Modbus.Server;

namespace Gateway.Modbus.Tests;

/// <summary>Modbus/TCP Security: certificates on both sides, the client's role decides what it may do.</summary>
public sealed class TlsTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly X509Certificate2 _authority = Authority();

    [Theory]
    [InlineData("Operator", ModbusReplyStatus.Ok)]
    [InlineData("Viewer", ModbusReplyStatus.DeviceException)]
    [InlineData(null, ModbusReplyStatus.DeviceException)]
    public async Task The_role_in_the_certificate_decides_about_writes(string? role, ModbusReplyStatus expected)
    {
        await using var server = StartServer();
        using var own = Issue(_authority, "client", role);
        var stream = await ConnectAsync(server, own);
        Assert.Null(ModbusRole.Of(stream.RemoteCertificate));
        await using var client = new ModbusClient(stream, new ModbusClientOptions { TimeoutMs = 10_000 });
        Assert.True((await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, 125, new byte[250])).IsOk);
        var write = await client.WriteAsync(1, ModbusFunction.WriteSingleRegister, 0, 1, new byte[] { 0, 1 });
        Assert.Equal(expected, write.Status);
        if (expected == ModbusReplyStatus.DeviceException)
            Assert.Equal(ModbusExceptionCode.IllegalFunction, write.ExceptionCode);
    }

    [Fact]
    public async Task A_client_of_another_authority_gets_no_answer()
    {
        await using var server = StartServer();
        using var stranger = Authority();
        using var own = Issue(stranger, "client", "Operator");
        ModbusReplyStatus status;
        try
        {
            await using var client = new ModbusClient(await ConnectAsync(server, own), new ModbusClientOptions { TimeoutMs = 10_000 });
            status = (await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, 1, new byte[2])).Status;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            status = ModbusReplyStatus.Disconnected;
        }

        // With TLS 1.3 the client's side of the handshake may end before the server refuses.
        Assert.Equal(ModbusReplyStatus.Disconnected, status);
        Assert.Equal(0, server.Statistics.Requests);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_not_trusted()
    {
        await using var server = StartServer();
        using var stranger = Authority();
        using var own = Issue(_authority, "client", "Operator");
        await Assert.ThrowsAsync<AuthenticationException>(() => ConnectAsync(server, own, trust: stranger));
    }

    [Theory]
    [InlineData("0C0454657374", "Test")] // UTF8String, DER
    [InlineData("130454657374", null)] // PrintableString
    [InlineData("0C0554657374", null)]
    [InlineData("0C045465737400", null)]
    [InlineData("", null)]
    public void A_role_is_read_only_from_a_well_formed_extension(string der, string? expected)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension(ModbusRole.Oid, Convert.FromHexString(der), critical: false));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        Assert.Equal(expected, ModbusRole.Of(certificate));
    }

    public void Dispose() => _authority.Dispose();

    private ModbusServer StartServer()
    {
        var server = new ModbusServer(new RegisterBank(200), new ModbusServerOptions
        {
            Tls = new SslServerAuthenticationOptions
            {
                ServerCertificate = Issue(_authority, "localhost", null),
                ClientCertificateRequired = true,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                CertificateChainPolicy = Trust(_authority),
            },
            Authorization = static (role, _, function) =>
                role == "Operator" || function == ModbusFunction.ReadHoldingRegisters,
        });
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        return server;
    }

    private async Task<SslStream> ConnectAsync(ModbusServer server, X509Certificate2 own, X509Certificate2? trust = null) =>
        await ModbusTransport.ConnectTlsAsync(
            "127.0.0.1",
            server.LocalEndPoint!.Port,
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ClientCertificates = [own],
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                CertificateChainPolicy = Trust(trust ?? _authority),
            },
            s_patience);

    private static X509ChainPolicy Trust(X509Certificate2 authority)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(authority);
        return policy;
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=authority {Guid.NewGuid()}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name, string? role)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        if (role is not null)
            request.CertificateExtensions.Add(ModbusRole.CreateExtension(role));
        using var issued = request.Create(
            authority, DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        using var complete = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(complete.Export(X509ContentType.Pfx), null);
    }
}
