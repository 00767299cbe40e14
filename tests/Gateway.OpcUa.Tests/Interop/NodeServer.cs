using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.OpcUa.Security;

namespace Gateway.OpcUa.Tests.Interop;

/// <summary>A node-opcua server with a certificate of ours, and what a client needs to talk to it.</summary>
public sealed class NodeServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("opcua-interop-").FullName;
    private Process? _process;

    public string Url { get; private set; } = "";

    public CertificateStore Store { get; private set; } = null!;

    public ApplicationCertificate Client { get; private set; } = null!;

    public ApplicationCertificate User { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        using ApplicationCertificate server = ApplicationCertificate.Create(
            new CertificateSubject { ApplicationUri = "urn:127.0.0.1:test:server", CommonName = "Test server", HostNames = ["localhost"], Addresses = [IPAddress.Loopback] },
            TimeProvider.System);
        await File.WriteAllTextAsync(Path.Combine(_folder, "server.pem"), server.Certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(_folder, "server.key"), server.Certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Store = new CertificateStore(Path.Combine(_folder, "client"));
        Store.Trust(server.Certificate);
        Client = Store.LoadOrCreateOwn(new CertificateSubject { ApplicationUri = "urn:127.0.0.1:test:client", CommonName = "Test client", HostNames = ["localhost"] }, TimeProvider.System);
        User = ApplicationCertificate.Create(new CertificateSubject { ApplicationUri = "urn:127.0.0.1:test:user", CommonName = "Operator" }, TimeProvider.System);
        (_process, string port) = await Peers.StartAsync("server.js", "listening", _folder);
        Url = $"opc.tcp://127.0.0.1:{port}";
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
            await Peers.StopAsync(_process);
        Client?.Dispose();
        User?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    internal OpcUaClientOptions Options(SecurityPolicy? policy) => new()
    {
        EndpointUrl = Url,
        Policy = policy,
        Certificate = Client,
        Validator = new CertificateValidator(Store, TimeProvider.System),
    };
}
