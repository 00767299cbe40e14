using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.OpcUa.Security;

/// <summary>
/// Certificates in folders: <c>own/certs</c>, <c>own/private</c>, <c>trusted/certs</c>, <c>trusted/crl</c>,
/// <c>issuer/certs</c>, <c>issuer/crl</c>, <c>rejected</c>. Files are DER or PEM and are read anew at each use, so that an
/// operator's copy takes effect at the next connection. May be used from any thread.
/// </summary>
public sealed class CertificateStore
{
    private const int MostRejected = 50;
    private const int MostFiles = 1000;
    private readonly Lock _gate = new();

    /// <summary>Uses and creates the folders below <paramref name="root"/>.</summary>
    public CertificateStore(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        Root = root;
        foreach (var folder in (string[])["own/certs", "own/private", "trusted/certs", "trusted/crl", "issuer/certs", "issuer/crl", "rejected"])
            Directory.CreateDirectory(Folder(folder));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Folder("own/private"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The folder all others are in.</summary>
    public string Root { get; }

    /// <summary>How long before its end a certificate gets a successor, so that operators can trust it in time.</summary>
    public static TimeSpan SuccessorBefore { get; } = TimeSpan.FromDays(60);

    /// <summary>How long before its end a certificate gives way to its successor.</summary>
    public static TimeSpan SwitchBefore { get; } = TimeSpan.FromDays(7);

    /// <summary>
    /// The application's certificate: the one kept from earlier starts, or a new one. When it nears its end a successor
    /// with a new key is laid beside it, and takes over <see cref="SwitchBefore"/> the end.
    /// </summary>
    public ApplicationCertificate LoadOrCreateOwn(CertificateSubject subject, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(time);
        lock (_gate)
        {
            var now = time.GetUtcNow().UtcDateTime;
            var kept = LoadOwn(subject.ApplicationUri);
            var usable = kept.Where(c => c.Certificate.NotAfter.ToUniversalTime() - now > SwitchBefore).ToList();
            if (usable.Count == 0)
                usable.Add(SaveNew(subject, time));
            else if (usable[^1].Certificate.NotAfter.ToUniversalTime() - now < SuccessorBefore)
                usable.Add(SaveNew(subject, time));
            foreach (var other in kept.Concat(usable).Where(c => c != usable[0]).Distinct())
                other.Dispose();
            return usable[0];
        }
    }

    /// <summary>Puts a certificate on the trust list.</summary>
    public void Trust(X509Certificate2 certificate) => Save("trusted/certs", certificate);

    /// <summary>Makes an issuer known without trusting what it signs.</summary>
    public void AddIssuer(X509Certificate2 certificate) => Save("issuer/certs", certificate);

    /// <summary>Keeps a refused certificate for an operator; the oldest of more than 50 go.</summary>
    /// <returns>The file's path.</returns>
    public string Reject(X509Certificate2 certificate)
    {
        lock (_gate)
        {
            var path = Save("rejected", certificate);
            foreach (var old in new DirectoryInfo(Folder("rejected")).GetFiles().OrderByDescending(f => f.LastWriteTimeUtc).ThenBy(f => f.FullName == path ? 0 : 1).Skip(MostRejected))
                old.Delete();
            return path;
        }
    }

    /// <summary>The trusted certificates.</summary>
    public List<X509Certificate2> LoadTrusted() => Load("trusted/certs");

    /// <summary>The known issuers that are not trusted by themselves.</summary>
    public List<X509Certificate2> LoadIssuers() => Load("issuer/certs");

    internal List<RevocationList> LoadRevocationLists()
    {
        var lists = new List<RevocationList>();
        foreach (var path in Files("trusted/crl").Concat(Files("issuer/crl")))
        {
            if (RevocationList.Read(ReadDer(path, "X509 CRL")) is { } list)
                lists.Add(list);
        }

        return lists;
    }

    private string Folder(string name) => Path.Combine(Root, name);

    private IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(Folder(folder)).Order(StringComparer.Ordinal).Take(MostFiles);

    private List<X509Certificate2> Load(string folder)
    {
        var certificates = new List<X509Certificate2>();
        foreach (var path in Files(folder))
        {
            try
            {
                certificates.Add(X509CertificateLoader.LoadCertificate(ReadDer(path, "CERTIFICATE")));
            }
            catch (CryptographicException)
            {
                // A file that is no certificate trusts nobody.
            }
        }

        return certificates;
    }

    private static byte[] ReadDer(string path, string label)
    {
        var bytes = File.ReadAllBytes(path);
        if (!bytes.AsSpan().StartsWith("-----BEGIN"u8))
            return bytes;
        var text = System.Text.Encoding.ASCII.GetString(bytes);
        return PemEncoding.TryFind(text, out var fields) && text[fields.Label] == label ? Convert.FromBase64String(text[fields.Base64Data]) : [];
    }

    private string Save(string folder, X509Certificate2 certificate)
    {
        var path = Path.Combine(Folder(folder), certificate.Thumbprint + ".der");
        File.WriteAllBytes(path, certificate.RawData);
        return path;
    }

    /// <summary>Own certificates of this application that have their key, the one that ends first in front.</summary>
    private List<ApplicationCertificate> LoadOwn(string applicationUri)
    {
        var own = new List<ApplicationCertificate>();
        foreach (var certificate in Load("own/certs"))
        {
            var path = KeyPath(certificate);
            if (!File.Exists(path) || CertificateParts.Names(certificate).Uri != applicationUri)
                continue;
            using var key = RSA.Create();
            key.ImportFromPem(File.ReadAllText(path));
            own.Add(new ApplicationCertificate(certificate.CopyWithPrivateKey(key)));
        }

        own.Sort((a, b) => a.Certificate.NotAfter.CompareTo(b.Certificate.NotAfter));
        return own;
    }

    private ApplicationCertificate SaveNew(CertificateSubject subject, TimeProvider time)
    {
        var created = ApplicationCertificate.Create(subject, time);
        // The key first: a certificate without its key would be passed over, but a lost key is lost.
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(KeyPath(created.Certificate), options))
            writer.WriteLine(created.PrivateKey.ExportPkcs8PrivateKeyPem());
        Save("own/certs", created.Certificate);
        return created;
    }

    private string KeyPath(X509Certificate2 certificate) => Path.Combine(Folder("own/private"), certificate.Thumbprint + ".pem");
}
