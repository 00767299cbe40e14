using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Security;

/// <summary>The certificate matrix: what is wrong is named in words, with the next step (F-52, F-53, F-54, F-55).</summary>
public sealed class CertificateTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly CertificateSubject Server = new() { ApplicationUri = "urn:plc:vendor:server", CommonName = "PLC", HostNames = ["plc-03"], Addresses = [IPAddress.Parse("192.0.2.7")] };

    private readonly FixedTime _time = new(Now);
    private readonly CertificateStore _store = new(Directory.CreateTempSubdirectory("opcua-certificates-").FullName);

    public void Dispose() => Directory.Delete(_store.Root, true);

    [Fact]
    public void A_trusted_certificate_passes_by_name_and_by_address()
    {
        X509Certificate2 certificate = Trusted(Server);
        Assert.True(Validate(certificate).IsNone, Validate(certificate).ToString());
        Assert.True(Validate(certificate, host: "PLC-03").IsNone);
        Assert.True(Validate(certificate, host: "192.0.2.7").IsNone);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_store.Root, "rejected")));
    }

    [Fact]
    public void F52_untrusted()
    {
        using ApplicationCertificate stranger = ApplicationCertificate.Create(Server, _time);
        OpcUaFault fault = Validate(stranger.Certificate);
        Expect(fault, StatusCodes.BadCertificateUntrusted, "the server's certificate 'CN=PLC'", "not in the trust list");
        Assert.Contains(stranger.Certificate.Thumbprint, fault.Cure, StringComparison.Ordinal);
        // The one step it names works.
        string rejected = Path.Combine(_store.Root, "rejected", stranger.Certificate.Thumbprint + ".der");
        File.Move(rejected, Path.Combine(_store.Root, "trusted", "certs", Path.GetFileName(rejected)));
        Assert.True(Validate(stranger.Certificate).IsNone);
    }

    [Fact]
    public void F52_expired_and_not_yet_valid()
    {
        X509Certificate2 certificate = Trusted(Server with { Validity = TimeSpan.FromDays(30) });
        _time.Now = Now.AddDays(29).AddMinutes(6);
        Expect(Validate(certificate), StatusCodes.BadCertificateTimeInvalid, "expired at 2026-06-30T12:00:00Z", "clock says 2026-06-30T12:06:00Z");
        _time.Now = Now.AddDays(-3);
        Expect(Validate(certificate), StatusCodes.BadCertificateTimeInvalid, "not yet valid", "2 days");
        OpcUaFault waived = Validate(certificate, waivers: new CertificateWaivers { Time = true });
        Assert.True(waived.IsNone);
    }

    [Fact]
    public void F55_clocks_may_differ_by_five_minutes()
    {
        X509Certificate2 certificate = Trusted(Server);
        DateTimeOffset start = Now.AddDays(-1);
        _time.Now = start.AddMinutes(-4);
        Assert.True(Validate(certificate).IsNone);
        _time.Now = start.AddMinutes(-6);
        Expect(Validate(certificate), StatusCodes.BadCertificateTimeInvalid, "the clock differs by 6 min or more");
    }

    [Fact]
    public void F52_wrong_host_and_wrong_uri()
    {
        X509Certificate2 certificate = Trusted(Server);
        Expect(Validate(certificate, host: "plc-04"), StatusCodes.BadCertificateHostNameInvalid, "is for plc-03, 192.0.2.7, not for 'plc-04'");
        Expect(Validate(certificate, host: "192.0.2.8"), StatusCodes.BadCertificateHostNameInvalid, "not for '192.0.2.8'");
        Assert.True(Validate(certificate, host: "plc-04", waivers: new CertificateWaivers { HostName = true }).IsNone);
        Expect(Validate(certificate, uri: "urn:other"), StatusCodes.BadCertificateUriInvalid, "'urn:plc:vendor:server'", "'urn:other'");
    }

    [Fact]
    public void F52_short_key_and_weak_hash()
    {
        using var key = RSA.Create(1024);
        var small = new CertificateRequest("CN=Small", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        ApplicationCertificate.AddExtensions(small, Server);
        X509Certificate2 certificate = small.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        _store.Trust(certificate);
        Expect(Validate(certificate), StatusCodes.BadCertificatePolicyCheckFailed, "1024 bits", "2048 to 4096");

        using var other = RSA.Create(2048);
        var weak = new CertificateRequest("CN=Weak", other, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        ApplicationCertificate.AddExtensions(weak, Server);
        X509Certificate2 old = weak.Create(weak.SubjectName, new Sha1Generator(other), Now.AddDays(-1), Now.AddDays(1), [7]);
        _store.Trust(old);
        Expect(Validate(old), StatusCodes.BadCertificatePolicyCheckFailed, "SHA-1");
    }

    [Fact]
    public void F53_a_certificate_of_a_trusted_issuer_is_accepted()
    {
        using var root = new TestAuthority("Root", Now.AddDays(-10));
        using var middle = new TestAuthority("Middle", Now.AddDays(-9), parent: root);
        using X509Certificate2 leaf = middle.Issue(Server, Now.AddDays(-1), Now.AddDays(90));
        Expect(Validate(leaf), StatusCodes.BadCertificateChainIncomplete, "the issuer 'CN=Middle'", "is unknown");
        _store.AddIssuer(middle.Certificate);
        Expect(Validate(leaf), StatusCodes.BadCertificateChainIncomplete, "the issuer 'CN=Root'");
        _store.Trust(root.Certificate);
        Expect(Validate(leaf), StatusCodes.BadCertificateRevocationUnknown, "no revocation list of 'CN=Middle'");
        File.WriteAllBytes(Path.Combine(_store.Root, "issuer/crl/middle.crl"), middle.RevocationList(Now));
        Expect(Validate(leaf), StatusCodes.BadCertificateIssuerRevocationUnknown, "no revocation list of 'CN=Root'");
        File.WriteAllBytes(Path.Combine(_store.Root, "trusted/crl/root.crl"), root.RevocationList(Now));
        Assert.True(Validate(leaf).IsNone, Validate(leaf).ToString());
        // The chain may also come with the certificate.
        byte[] chain = [.. leaf.RawData, .. middle.Certificate.RawData];
        Assert.True(Validate(chain).IsNone);
    }

    [Fact]
    public void F52_revoked()
    {
        using var root = new TestAuthority("Root", Now.AddDays(-10));
        using X509Certificate2 leaf = root.Issue(Server, Now.AddDays(-1), Now.AddDays(90));
        using X509Certificate2 other = root.Issue(Server, Now.AddDays(-1), Now.AddDays(90));
        _store.Trust(root.Certificate);
        string list = new(PemEncoding.Write("X509 CRL", root.RevocationList(Now, leaf)));
        File.WriteAllText(Path.Combine(_store.Root, "trusted/crl/root.pem"), list);
        Expect(Validate(leaf), StatusCodes.BadCertificateRevoked, "was revoked by 'CN=Root'");
        Assert.True(Validate(other).IsNone);
        // A list that another key signed in the issuer's name says nothing.
        using var impostor = new TestAuthority("Root", Now.AddDays(-10));
        File.WriteAllBytes(Path.Combine(_store.Root, "trusted/crl/root.pem"), impostor.RevocationList(Now, other));
        Expect(Validate(other), StatusCodes.BadCertificateRevocationUnknown, "no revocation list");
        Assert.True(Validate(other, waivers: new CertificateWaivers { UnknownRevocation = true }).IsNone);
    }

    [Fact]
    public void F53_a_swapped_or_forged_certificate_is_refused()
    {
        using var root = new TestAuthority("Root", Now.AddDays(-10));
        using var impostor = new TestAuthority("Root", Now.AddDays(-10));
        using X509Certificate2 forged = impostor.Issue(Server, Now.AddDays(-1), Now.AddDays(90));
        _store.Trust(root.Certificate);
        Expect(Validate(forged), StatusCodes.BadCertificateInvalid, "was not signed with its key");

        using var notAuthority = new TestAuthority("User", Now.AddDays(-10), isAuthority: false);
        using X509Certificate2 child = notAuthority.Issue(Server, Now.AddDays(-1), Now.AddDays(90));
        _store.Trust(notAuthority.Certificate);
        Expect(Validate(child), StatusCodes.BadCertificateIssuerUseNotAllowed, "may not sign");

        using ApplicationCertificate own = ApplicationCertificate.Create(Server, _time);
        byte[] bytes = own.Certificate.RawData;
        bytes[^1] ^= 1;
        Expect(Validate(bytes), StatusCodes.BadCertificateInvalid, "signature");
        Expect(Validate([1, 2, 3]), StatusCodes.BadCertificateInvalid, "no readable certificate");
        Expect(Validate([]), StatusCodes.BadCertificateInvalid, "no readable certificate");
    }

    [Fact]
    public void F52_a_key_for_another_use_is_refused()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Mail", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.4")], false));
        X509Certificate2 certificate = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        _store.Trust(certificate);
        Expect(new CertificateValidator(_store, _time).Validate(certificate.RawData, new CertificateExpectation(SecurityPolicy.Basic256Sha256, true, null, null)), StatusCodes.BadCertificateUseNotAllowed, "may not be used by a server");
    }

    [Fact]
    public void Only_a_visible_switch_accepts_anything()
    {
        using ApplicationCertificate stranger = ApplicationCertificate.Create(Server, _time);
        Assert.True(Validate(stranger.Certificate, host: "elsewhere", waivers: new CertificateWaivers { AcceptAny = true }).IsNone);
        Assert.False(Validate(stranger.Certificate, waivers: new CertificateWaivers { Time = true, HostName = true, UnknownRevocation = true }).IsNone);
    }

    [Fact]
    public void F54_the_own_certificate_is_kept_over_restarts()
    {
        string? first = null;
        for (int start = 0; start < 10; start++)
        {
            using ApplicationCertificate own = new CertificateStore(_store.Root).LoadOrCreateOwn(Server, _time);
            first ??= own.Certificate.Thumbprint;
            Assert.Equal(first, own.Certificate.Thumbprint);
            byte[] signature = own.Sign(SecurityPolicy.Basic256Sha256, [1, 2, 3]);
            using RSA key = own.Certificate.GetRSAPublicKey()!;
            Assert.True(RsaOperations.Verify(SecurityPolicy.Basic256Sha256, key, [1, 2, 3], signature));
            _time.Now = _time.Now.AddDays(30);
        }

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.EnumerateFiles(Path.Combine(_store.Root, "own/private")).Single()));
    }

    [Fact]
    public void F54_the_own_certificate_is_renewed_with_overlap()
    {
        CertificateSubject subject = Server with { Validity = TimeSpan.FromDays(365) };
        string first = Own(subject);
        _time.Now = Now.AddDays(364 - 61);
        Assert.Equal(first, Own(subject));
        Assert.Single(Directory.EnumerateFiles(Path.Combine(_store.Root, "own/certs")));
        // 60 days before the end the successor lies beside it for operators to trust; the old one stays in use.
        _time.Now = Now.AddDays(364 - 59);
        Assert.Equal(first, Own(subject));
        Assert.Equal(2, Directory.EnumerateFiles(Path.Combine(_store.Root, "own/certs")).Count());
        Assert.Equal(first, Own(subject));
        _time.Now = Now.AddDays(364 - 6);
        string second = Own(subject);
        Assert.NotEqual(first, second);
        Assert.Equal(second, Own(subject));
        Assert.Equal(2, Directory.EnumerateFiles(Path.Combine(_store.Root, "own/certs")).Count());
    }

    [Fact]
    public void The_own_certificate_says_what_the_specification_asks()
    {
        using ApplicationCertificate own = ApplicationCertificate.Create(Server, _time);
        Assert.Equal("urn:plc:vendor:server", own.ApplicationUri);
        var (uri, hosts, addresses) = CertificateParts.Names(own.Certificate);
        Assert.Equal("urn:plc:vendor:server", uri);
        Assert.Equal(["plc-03"], hosts);
        Assert.Equal([IPAddress.Parse("192.0.2.7")], addresses);
        Assert.True(own.Certificate.NotBefore.ToUniversalTime() <= Now.UtcDateTime.AddDays(-1));
        var usage = own.Certificate.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages;
        Assert.Equal(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation | X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.DataEncipherment | X509KeyUsageFlags.KeyCertSign, usage);
        Assert.False(CertificateParts.IsAuthority(own.Certificate));
        Assert.Single(own.Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>());
        Assert.Single(own.Certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>());
    }

    [Fact]
    public void No_more_than_fifty_rejected_certificates_are_kept()
    {
        using var root = new TestAuthority("Root", Now.AddDays(-10));
        for (int i = 0; i < 55; i++)
        {
            using X509Certificate2 leaf = root.Issue(Server with { HostNames = [] }, Now.AddDays(-1), Now.AddDays(9));
            _store.Reject(leaf);
        }

        Assert.Equal(50, Directory.EnumerateFiles(Path.Combine(_store.Root, "rejected")).Count());
    }

    [Fact]
    public void Endless_chains_are_refused()
    {
        using ApplicationCertificate own = ApplicationCertificate.Create(Server, _time);
        Assert.Empty(CertificateParts.Split([.. Enumerable.Repeat(own.Certificate.RawData, 6).SelectMany(b => b)]));
        Assert.Equal(5, CertificateParts.Split([.. Enumerable.Repeat(own.Certificate.RawData, 5).SelectMany(b => b)]).Count);
    }

    [Theory]
    [InlineData("Basic256Sha256", 2048)]
    [InlineData("Basic256Sha256", 3072)]
    [InlineData("Aes128_Sha256_RsaOaep", 2048)]
    [InlineData("Aes256_Sha256_RsaPss", 2048)]
    [InlineData("Aes256_Sha256_RsaPss", 4096)]
    public void Secrets_of_any_length_go_through_rsa(string name, int bits)
    {
        SecurityPolicy policy = SecurityPolicy.Find(SecurityPolicy.UriPrefix + name)!;
        using var key = RSA.Create(bits);
        foreach (int length in (int[])[1, 36, 190, 214, 500, 1000])
        {
            byte[] secret = RandomNumberGenerator.GetBytes(length);
            byte[] encrypted = RsaOperations.Encrypt(policy, key, secret);
            byte[] room = new byte[1100];
            Assert.Equal(length, RsaOperations.Decrypt(policy, key, encrypted, room));
            Assert.Equal(secret, room[..length]);
            encrypted[5] ^= 1;
            Assert.Equal(-1, RsaOperations.Decrypt(policy, key, encrypted, room));
            Assert.Equal(-1, RsaOperations.Decrypt(policy, key, encrypted.AsSpan(1), room));
        }
    }

    private static void Expect(OpcUaFault fault, StatusCode status, params string[] words)
    {
        Assert.Equal(status, fault.Status);
        foreach (string part in words)
            Assert.Contains(part, fault.Cause, StringComparison.Ordinal);
        Assert.NotEmpty(fault.Cure);
    }

    private X509Certificate2 Trusted(CertificateSubject subject)
    {
        X509Certificate2 certificate = ApplicationCertificate.Create(subject, _time).Certificate;
        _store.Trust(certificate);
        return certificate;
    }

    private string Own(CertificateSubject subject)
    {
        using ApplicationCertificate own = new CertificateStore(_store.Root).LoadOrCreateOwn(subject, _time);
        return own.Certificate.Thumbprint;
    }

    private OpcUaFault Validate(X509Certificate2 certificate, string host = "plc-03", string uri = "urn:plc:vendor:server", CertificateWaivers? waivers = null) =>
        Validate(certificate.RawData, host, uri, waivers);

    private OpcUaFault Validate(byte[] chain, string host = "plc-03", string uri = "urn:plc:vendor:server", CertificateWaivers? waivers = null) =>
        new CertificateValidator(_store, _time, waivers).Validate(chain, new CertificateExpectation(SecurityPolicy.Basic256Sha256, true, host, uri));
}
