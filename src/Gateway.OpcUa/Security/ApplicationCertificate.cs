using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.OpcUa.Security;

/// <summary>What a new certificate of this application shall say.</summary>
public sealed record CertificateSubject
{
    /// <summary>The application URI: the same as in the application description, <c>urn:host:vendor:product</c>.</summary>
    public required string ApplicationUri { get; init; }

    /// <summary>The common name: product and host.</summary>
    public required string CommonName { get; init; }

    /// <summary>The organization; may be null.</summary>
    public string? Organization { get; init; }

    /// <summary>Names under which the application is reached.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>Addresses under which the application is reached.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>Bits of the RSA key, 2048 to 4096.</summary>
    public int KeyBits { get; init; } = 2048;

    /// <summary>How long the certificate is valid.</summary>
    public TimeSpan Validity { get; init; } = TimeSpan.FromDays(5 * 365);
}

/// <summary>A certificate of this application with its private key.</summary>
public sealed class ApplicationCertificate : IDisposable
{
    /// <summary>Takes over a certificate that has its private RSA key.</summary>
    /// <param name="certificate">The certificate; disposed with this object.</param>
    /// <param name="issuers">Issuers to send along, nearest first.</param>
    /// <exception cref="ArgumentException">There is no private RSA key.</exception>
    public ApplicationCertificate(X509Certificate2 certificate, IReadOnlyList<X509Certificate2>? issuers = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        Certificate = certificate;
        PrivateKey = certificate.GetRSAPrivateKey() ?? throw new ArgumentException("The certificate has no private RSA key.", nameof(certificate));
        Chain = [.. certificate.RawData, .. (issuers ?? []).SelectMany(i => i.RawData)];
        ApplicationUri = CertificateParts.Names(certificate).Uri ?? "";
    }

    /// <summary>The certificate.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The application URI it names; empty when it names none.</summary>
    public string ApplicationUri { get; }

    /// <summary>The certificate and its issuers as they are sent.</summary>
    public byte[] Chain { get; }

    internal RSA PrivateKey { get; }

    /// <summary>Makes a self-signed certificate with a new key (Part 6 §6.2.2).</summary>
    public static ApplicationCertificate Create(CertificateSubject subject, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(time);
        using var key = RSA.Create(subject.KeyBits);
        var request = new CertificateRequest(DistinguishedName(subject), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        AddExtensions(request, subject);
        // Peers whose clocks are late must be able to use the certificate at once.
        var start = time.GetUtcNow().AddDays(-1);
        using var certificate = request.CreateSelfSigned(start, start + subject.Validity);
        return new ApplicationCertificate(WithKept(certificate));
    }

    /// <summary>Signs arbitrary data as the policy wants it.</summary>
    internal byte[] Sign(SecurityPolicy policy, ReadOnlySpan<byte> data) => RsaOperations.Sign(policy, PrivateKey, data);

    /// <inheritdoc/>
    public void Dispose()
    {
        PrivateKey.Dispose();
        Certificate.Dispose();
    }

    internal static void AddExtensions(CertificateRequest request, CertificateSubject subject)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(subject.ApplicationUri));
        foreach (var host in subject.HostNames)
            names.AddDnsName(host);
        foreach (var address in subject.Addresses)
            names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation | X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.DataEncipherment | X509KeyUsageFlags.KeyCertSign,
            true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        var identifier = new X509SubjectKeyIdentifierExtension(request.PublicKey, false);
        request.CertificateExtensions.Add(identifier);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(identifier));
    }

    private static X500DistinguishedName DistinguishedName(CertificateSubject subject)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(subject.CommonName);
        if (subject.Organization is not null)
            name.AddOrganizationName(subject.Organization);
        return name.Build();
    }

    // A key that only lives in the request would go with it.
    private static X509Certificate2 WithKept(X509Certificate2 certificate)
    {
        using var key = certificate.GetRSAPrivateKey()!;
        using var bare = X509CertificateLoader.LoadCertificate(certificate.RawData);
        return bare.CopyWithPrivateKey(key);
    }
}
