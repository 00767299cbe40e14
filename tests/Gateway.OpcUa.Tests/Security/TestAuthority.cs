using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.OpcUa.Security;

namespace Gateway.OpcUa.Tests.Security;

/// <summary>A certificate authority for tests.</summary>
internal sealed class TestAuthority : IDisposable
{
    // One key for all that is issued: making keys is slow, and nobody compares them.
    private static readonly RSA IssuedKey = RSA.Create(2048);

    private readonly RSA _key = RSA.Create(2048);
    private int _serial;

    public TestAuthority(string name, DateTimeOffset start, bool isAuthority = true, TestAuthority? parent = null)
    {
        var request = new CertificateRequest("CN=" + name, _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Certificate = parent is null ? request.CreateSelfSigned(start, start.AddYears(1)) : request.Create(parent.Certificate.SubjectName, X509SignatureGenerator.CreateForRSA(parent._key, RSASignaturePadding.Pkcs1), start, start.AddMonths(6), [9, 9]);
    }

    public X509Certificate2 Certificate { get; }

    public X509Certificate2 Issue(CertificateSubject subject, DateTimeOffset start, DateTimeOffset end)
    {
        var request = new CertificateRequest("CN=" + subject.CommonName, IssuedKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        ApplicationCertificate.AddExtensions(request, subject);
        return request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForRSA(_key, RSASignaturePadding.Pkcs1), start, end, [1, (byte)++_serial]);
    }

    public byte[] RevocationList(DateTimeOffset now, params X509Certificate2[] revoked)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (X509Certificate2 certificate in revoked)
            builder.AddEntry(certificate, now);
        return builder.Build(Certificate.SubjectName, X509SignatureGenerator.CreateForRSA(_key, RSASignaturePadding.Pkcs1), 1, now.AddDays(30), HashAlgorithmName.SHA256, X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false), now);
    }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }
}

/// <summary>Signs with SHA-1, as certificates of old devices are.</summary>
internal sealed class Sha1Generator(RSA key) : X509SignatureGenerator
{
    public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => Convert.FromHexString("300d06092a864886f70d0101050500");

    public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);

    protected override PublicKey BuildPublicKey() => new(key);
}
