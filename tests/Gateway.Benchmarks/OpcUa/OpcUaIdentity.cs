using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.OpcUa;
using Gateway.OpcUa.Security;

namespace Gateway.Benchmarks.OpcUa;

/// <summary>Certificates of a server and a client in one folder, which trust each other; node-opcua reads the same as PEM files.</summary>
internal static class OpcUaIdentity
{
    /// <summary>Makes both, once per run of the benchmark.</summary>
    public static void Create(string folder)
    {
        var (server, client) = (Load(folder, "server"), Load(folder, "client"));
        new CertificateStore(Path.Combine(folder, "server")).Trust(client.Certificate);
        new CertificateStore(Path.Combine(folder, "client")).Trust(server.Certificate);
        foreach ((string name, ApplicationCertificate own) in (ReadOnlySpan<(string, ApplicationCertificate)>)[("server", server), ("client", client)])
        {
            File.WriteAllText(Path.Combine(folder, name + ".pem"), own.Certificate.ExportCertificatePem());
            File.WriteAllText(Path.Combine(folder, name + ".key"), own.Certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        }
    }

    /// <summary>The certificate of a side.</summary>
    public static ApplicationCertificate Load(string folder, string name) =>
        new CertificateStore(Path.Combine(folder, name)).LoadOrCreateOwn(
            new CertificateSubject { ApplicationUri = "urn:benchmark:" + name, CommonName = name, HostNames = ["localhost"], Addresses = [IPAddress.Loopback] },
            TimeProvider.System);

    /// <summary>Checks certificates as that side.</summary>
    public static CertificateValidator Validator(string folder, string name) => new(new CertificateStore(Path.Combine(folder, name)), TimeProvider.System);

    /// <summary>Options of a client: unprotected, or Basic256Sha256 with SignAndEncrypt.</summary>
    public static OpcUaClientOptions Client(string folder, string url, bool isSecure) => isSecure
        ? new OpcUaClientOptions { EndpointUrl = url, Policy = SecurityPolicy.Basic256Sha256, Certificate = Load(folder, "client"), Validator = Validator(folder, "client") }
        : new OpcUaClientOptions { EndpointUrl = url, Policy = SecurityPolicy.None };
}
