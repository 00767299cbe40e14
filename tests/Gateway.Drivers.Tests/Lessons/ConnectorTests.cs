using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Drivers.Modbus;
using Gateway.Drivers.Tests.Support;
using Gateway.Modbus;
using Gateway.Modbus.Server;
using Gateway.Runtime.Scan;

namespace Gateway.Drivers.Tests.Lessons;

/// <summary>The line's own connector on real sockets.</summary>
public sealed class ConnectorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-tls").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_tls_line_polls_a_device_its_authority_signed_and_no_other(bool isTrusted)
    {
        using X509Certificate2 authority = Authority("plant");
        using X509Certificate2 other = Authority("somebody else");
        using X509Certificate2 device = Issue(authority, "plc.example");
        using X509Certificate2 own = Issue(authority, "gateway");
        Save("ca.pem", (isTrusted ? authority : other).ExportCertificatePem());
        Save("own.pem", own.ExportCertificatePem());
        Save("own.key", own.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await using var server = new ModbusServer(new RegisterBank(), new ModbusServerOptions
        {
            Tls = new SslServerAuthenticationOptions
            {
                ServerCertificate = device, ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Subject == own.Subject,
            },
        });
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        ModbusLineDefinition definition = LineRig.Line("127.0.0.1", LineRig.Device(1, LineRig.Registers(0, 10, periodMs: 10))) with
        {
            Transport = LineTransport.ModbusTls, Port = server.LocalEndPoint!.Port,
            // Real sockets and certificates beside all other tests: a second without a turn is the machine's, not the device's.
            ConnectTimeoutMs = 15_000, TimeoutMs = 15_000,
            Tls = new TlsDefinition
            {
                CaFile = Path.Combine(_folder, "ca.pem"), CertificateFile = Path.Combine(_folder, "own.pem"),
                KeyFile = Path.Combine(_folder, "own.key"), ServerName = "plc.example",
            },
        };
        ModbusLine line = Make(definition);
        Task run = line.RunAsync();
        await UntilAsync(() => isTrusted ? line.Statistics.IsUp(line.Elapsed) : line.Statistics.FailedConnects > 0);
        Assert.Equal(isTrusted ? 1 : 0, line.Statistics.Connects);
        line.Stop();
        await run;
    }

    [Fact]
    public async Task A_refused_port_and_a_missing_serial_port_are_failed_attempts_with_a_reason()
    {
        ModbusLine tcp = Make(LineRig.Line("127.0.0.1", LineRig.Device(1, LineRig.Registers(0, 1))) with { Port = 1 });
        ModbusLine serial = Make(LineRig.Line("bus", LineRig.Device(1, LineRig.Registers(0, 1))) with
        {
            Transport = LineTransport.ModbusRtu, SerialPort = Path.Combine(_folder, "no-such-port"),
        });
        Task[] runs = [tcp.RunAsync(), serial.RunAsync()];
        await UntilAsync(() => tcp.Statistics.FailedConnects > 0 && serial.Statistics.FailedConnects > 0);
        Assert.NotEqual("", tcp.Statistics.LastTrouble);
        Assert.NotEqual("", serial.Statistics.LastTrouble);
        Assert.Equal(0, tcp.Statistics.Restarts + serial.Statistics.Restarts);
        tcp.Stop();
        serial.Stop();
        await Task.WhenAll(runs);
    }

    private static ModbusLine Make(ModbusLineDefinition definition) => new(definition, new ModbusLineOptions
    {
        Epoch = TimeProvider.System.GetTimestamp(), Outputs = new OutputMailbox(1),
    });

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private void Save(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private static X509Certificate2 Authority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = request.Create(
            authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
