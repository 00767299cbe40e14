using System.Net;
using System.Security.Cryptography;
using Gateway.OpcUa.Security;
using Gateway.Simulation.OpcUa;

namespace Gateway.PlcSimulator.OpcUa;

/// <summary>The OPC UA server's certificate and trust list, in a folder that is kept over restarts. Owns the certificate.</summary>
public sealed class FaceIdentity : IDisposable
{
    private readonly ApplicationCertificate _certificate;

    private FaceIdentity(CertificateStore store, ApplicationCertificate certificate)
    {
        Store = store;
        _certificate = certificate;
    }

    /// <summary>The folder that <c>plcsim</c> uses without another one.</summary>
    public static string UsualFolder
    {
        get
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            return Path.Combine(home.Length > 0 ? home : Path.GetTempPath(), "plcsim", "pki");
        }
    }

    /// <summary>The trust list and what was refused.</summary>
    public CertificateStore Store { get; }

    /// <summary>The server's certificate, which clients must trust.</summary>
    public ApplicationCertificate Certificate => _certificate;

    /// <summary>Opens the folder and makes a certificate in it if there is none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="host">Name or address in the URL that clients use.</param>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be used.</exception>
    /// <exception cref="CryptographicException">A certificate or key in it is damaged.</exception>
    public static FaceIdentity Open(string folder, string host)
    {
        var store = new CertificateStore(folder);
        var machine = Dns.GetHostName();
        var isAddress = IPAddress.TryParse(host.Trim('[', ']'), out var address);
        string[] names = isAddress ? ["localhost", machine] : ["localhost", machine, host];
        IPAddress[] addresses = isAddress ? [IPAddress.Loopback, IPAddress.IPv6Loopback, address!] : [IPAddress.Loopback, IPAddress.IPv6Loopback];
        // The host is part of the name: a certificate for another host would be refused by every client.
        return new FaceIdentity(store, store.LoadOrCreateOwn(
            new CertificateSubject
            {
                ApplicationUri = $"urn:{(isAddress ? machine : host)}:gateway:plcsim",
                CommonName = $"plcsim@{machine}",
                HostNames = [.. names.Distinct(StringComparer.OrdinalIgnoreCase)],
                Addresses = [.. addresses.Distinct()],
            },
            TimeProvider.System));
    }

    /// <summary>Options of a face with this identity.</summary>
    /// <param name="report">Told about refused peers and users, in one line each; from any thread.</param>
    public OpcUaFaceOptions ToOptions(Action<string>? report = null) => new()
    {
        Certificate = _certificate,
        Validator = new CertificateValidator(Store, TimeProvider.System),
        Report = report,
    };

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();
}
