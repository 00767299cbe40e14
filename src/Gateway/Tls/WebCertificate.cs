using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Users;

namespace Gateway.Tls;

/// <summary>
/// The certificate of the web server: given as PEM files, or made once and kept in the data folder. Files that change
/// are taken within seconds, for new connections, without a restart; files that cannot be used change nothing and are
/// told in the log. Any thread.
/// </summary>
public sealed partial class WebCertificate
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(5);
    /// <summary>A certificate of our own is made anew with the same key when less is left.</summary>
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);
    /// <summary>Browsers refuse longer ones (Apple's requirement for user-added roots, 825 days).</summary>
    private static readonly TimeSpan OwnLife = TimeSpan.FromDays(825);

    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly string? _ownHost;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private X509Certificate2 _current;
    private (DateTime Certificate, DateTime Key) _seen;
    private long _looked;

    private WebCertificate(string certificateFile, string keyFile, string? ownHost, TimeProvider time, ILogger logger)
    {
        _certificateFile = certificateFile;
        _keyFile = keyFile;
        _ownHost = ownHost;
        _time = time;
        _logger = logger;
        if (ownHost is not null)
            RequireOwn(ownHost);
        _seen = Stamp();
        _current = Load();
        _looked = time.GetTimestamp();
        LogInUse(logger, _current.Subject, _current.NotAfter.ToUniversalTime(), Fingerprint(_current));
    }

    /// <summary>A given certificate.</summary>
    /// <exception cref="AccountException">The files cannot be used.</exception>
    public static WebCertificate Given(string certificateFile, string keyFile, TimeProvider time, ILogger logger) => new(certificateFile, keyFile, null, time, logger);

    /// <summary>A certificate of the gateway's own, made when there is none yet.</summary>
    /// <param name="folder">Where it is kept: the same one after a restart, or every client would have to trust it anew.</param>
    /// <param name="host">Host of the address; it stands in the certificate unless it means any.</param>
    /// <param name="time">The clock of the host.</param>
    /// <param name="logger">Log.</param>
    /// <exception cref="AccountException">The files cannot be made or used.</exception>
    public static WebCertificate Own(string folder, string host, TimeProvider time, ILogger logger) =>
        new(Path.Combine(folder, "web.crt.pem"), Path.Combine(folder, "web.key.pem"), host, time, logger);

    /// <summary>The certificate for a new connection.</summary>
    public X509Certificate2 Current
    {
        get
        {
            lock (_gate)
            {
                if (_time.GetElapsedTime(_looked) < LookPeriod)
                    return _current;
                _looked = _time.GetTimestamp();
                try
                {
                    if (_ownHost is not null)
                        RequireOwn(_ownHost);
                    var stamp = Stamp();
                    if (stamp != _seen)
                    {
                        _seen = stamp;
                        // The old one may still carry connections; it is left to the garbage collector.
                        _current = Load();
                        LogInUse(_logger, _current.Subject, _current.NotAfter.ToUniversalTime(), Fingerprint(_current));
                    }
                }
                catch (AccountException e)
                {
                    LogKept(_logger, e.Message);
                }
                return _current;
            }
        }
    }

    private X509Certificate2 Load()
    {
        try
        {
            X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(_certificateFile, _keyFile);
            DateTimeOffset now = _time.GetUtcNow();
            if (now >= certificate.NotAfter.ToUniversalTime() || now < certificate.NotBefore.ToUniversalTime())
                LogNotValid(_logger, certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
            return certificate;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new AccountException("GW6504", $"the certificate {_certificateFile} with the key {_keyFile} cannot be used: {e.Message}; give both as PEM, the key without a password", e);
        }
    }

    /// <summary>Makes key and certificate where they are missing, and a new certificate for the same key before the old one ends.</summary>
    private void RequireOwn(string host)
    {
        try
        {
            if (File.Exists(_certificateFile) && File.Exists(_keyFile))
            {
                using X509Certificate2 old = X509CertificateLoader.LoadCertificateFromFile(_certificateFile);
                if (old.NotAfter.ToUniversalTime() - _time.GetUtcNow() > RenewBefore)
                    return;
            }
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            if (File.Exists(_keyFile))
            {
                key.ImportFromPem(File.ReadAllText(_keyFile));
            }
            else
            {
                DurableFile.Replace(_keyFile, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"), isPrivate: true);
            }
            using X509Certificate2 made = Make(key, host);
            DurableFile.Replace(_certificateFile, Encoding.ASCII.GetBytes(made.ExportCertificatePem() + "\n"), isPrivate: false);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new AccountException("GW6504", $"the gateway's own certificate {_certificateFile} cannot be made: {e.Message}", e);
        }
    }

    private X509Certificate2 Make(ECDsa key, string host)
    {
        string machine = Environment.MachineName;
        var request = new CertificateRequest($"CN=gateway on {machine}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (string name in new[] { "localhost", machine, host }.Distinct(StringComparer.OrdinalIgnoreCase))
            if (!IPAddress.TryParse(name, out _) && name is not ("*" or "+") && Uri.CheckHostName(name) == UriHostNameType.Dns)
                names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        if (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        // id-kp-serverAuth (RFC 5280 §4.2.1.12).
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        DateTimeOffset now = _time.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(-1) + OwnLife);
    }

    private (DateTime Certificate, DateTime Key) Stamp() => (File.GetLastWriteTimeUtc(_certificateFile), File.GetLastWriteTimeUtc(_keyFile));

    private static string Fingerprint(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    [LoggerMessage(1511, LogLevel.Information, "The web server uses the certificate {Subject}, good until {Until:yyyy-MM-dd}, SHA-256 {Fingerprint}")]
    private static partial void LogInUse(ILogger logger, string subject, DateTime until, string fingerprint);

    [LoggerMessage(1512, LogLevel.Error, "The web server keeps its certificate: {Reason}")]
    private static partial void LogKept(ILogger logger, string reason);

    [LoggerMessage(1513, LogLevel.Warning, "The web server's certificate is valid from {From:u} to {Until:u} only, which is not now; clients will refuse it")]
    private static partial void LogNotValid(ILogger logger, DateTime from, DateTime until);
}
