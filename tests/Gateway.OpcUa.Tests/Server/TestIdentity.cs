using System.Net;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Server;

namespace Gateway.OpcUa.Tests.Server;

/// <summary>Certificates of a server and a client that trust each other, and three users.</summary>
internal sealed class TestIdentity : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("opcua-server-").FullName;
    private readonly TimeProvider _time;

    public TestIdentity(TimeProvider? time = null)
    {
        _time = time ?? new Client.ManualTime();
        Store = new CertificateStore(Path.Combine(_folder, "server"));
        ServerCertificate = Store.LoadOrCreateOwn(new CertificateSubject { ApplicationUri = "urn:test:server", CommonName = "Test server", HostNames = ["plant", "localhost"], Addresses = [IPAddress.Loopback] }, _time);
        ClientCertificate = ApplicationCertificate.Create(new CertificateSubject { ApplicationUri = "urn:test:client", CommonName = "Test client", HostNames = ["localhost"] }, _time);
        Store.Trust(ClientCertificate.Certificate);
        ClientStore = new CertificateStore(Path.Combine(_folder, "client"));
        ClientStore.Trust(ServerCertificate.Certificate);
    }

    public string Folder => _folder;

    public CertificateStore Store { get; }

    public CertificateStore ClientStore { get; }

    public ApplicationCertificate ServerCertificate { get; }

    public ApplicationCertificate ClientCertificate { get; }

    public OpcUaServerOptions Secure(OpcUaServerOptions options) => options with
    {
        Policies = [.. SecurityPolicy.All],
        Certificate = ServerCertificate,
        Validator = new CertificateValidator(Store, _time),
        CheckPassword = (name, password, _) => (name, password) switch
        {
            ("operator", "pässword") => new ServerUser(name, true),
            ("guest", "guest") => new ServerUser(name, false),
            _ => null,
        },
    };

    public OpcUaConnectResult Connect(LoopServer loop, UserIdentity user) => loop.TryConnect(o => o with
    {
        Policy = null,
        Certificate = ClientCertificate,
        Validator = new CertificateValidator(ClientStore, _time),
        User = user,
    });

    public void Dispose()
    {
        ServerCertificate.Dispose();
        ClientCertificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
