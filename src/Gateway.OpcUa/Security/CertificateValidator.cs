using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Security;

/// <summary>What an administrator may waive. Each of these makes a connection weaker.</summary>
public sealed record CertificateWaivers
{
    /// <summary>Nothing is waived.</summary>
    public static CertificateWaivers None { get; } = new();

    /// <summary>Accept any certificate, unchecked. Anyone on the network can then pose as the peer.</summary>
    public bool AcceptAny { get; init; }

    /// <summary>Accept certificates outside their validity.</summary>
    public bool Time { get; init; }

    /// <summary>Accept certificates that do not name the host that was called.</summary>
    public bool HostName { get; init; }

    /// <summary>Accept certificates whose issuer's revocation list is missing.</summary>
    public bool UnknownRevocation { get; init; }
}

/// <summary>What the certificate is expected to be.</summary>
/// <param name="Policy">Says which keys are long enough.</param>
/// <param name="IsServer">True for a server's certificate, false for a client's.</param>
/// <param name="HostName">The host that was called; null when not to be checked.</param>
/// <param name="ApplicationUri">The URI of the application description; null when not known.</param>
public sealed record CertificateExpectation(SecurityPolicy Policy, bool IsServer, string? HostName, string? ApplicationUri);

/// <summary>Checks peers' certificates in the order of Part 4 §6.1.3 and says in words what is wrong and what to do.</summary>
public sealed class CertificateValidator(CertificateStore store, TimeProvider time, CertificateWaivers? waivers = null)
{
    private const int MaxDepth = 5;

    // Clocks that differ by less are taken for equal.
    private static readonly TimeSpan s_clockTolerance = TimeSpan.FromMinutes(5);
    private readonly CertificateWaivers _waivers = waivers ?? CertificateWaivers.None;

    /// <summary>Checks a certificate as it came from the peer; a refused one is kept in the store's rejected folder.</summary>
    /// <param name="chain">The certificate, possibly followed by its issuers.</param>
    /// <param name="expected">What it is expected to be.</param>
    public OpcUaFault Validate(ReadOnlySpan<byte> chain, CertificateExpectation expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        var certificates = CertificateParts.Split(chain);
        if (certificates.Count == 0)
            return new OpcUaFault(StatusCodes.BadCertificateInvalid, $"the {Side(expected)} sent no readable certificate", "make a new certificate on that side");
        try
        {
            if (_waivers.AcceptAny)
                return default;
            var fault = Check(certificates, expected);
            if (fault.IsNone)
                return default;
            var path = store.Reject(certificates[0]);
            return fault.Status == StatusCodes.BadCertificateUntrusted
                ? fault with { Cure = $"compare the fingerprint {certificates[0].Thumbprint} with the one the peer shows, then move {path} to {Path.Combine(store.Root, "trusted", "certs")}" }
                : fault;
        }
        finally
        {
            certificates.ForEach(c => c.Dispose());
        }
    }

    private OpcUaFault Check(List<X509Certificate2> sent, CertificateExpectation expected)
    {
        var trusted = store.LoadTrusted();
        var issuers = store.LoadIssuers();
        try
        {
            var fault = Build(sent, trusted, issuers, out var chain);
            if (fault.IsNone)
                fault = CheckKey(chain[0], expected);
            if (fault.IsNone && !chain.Exists(c => Contains(trusted, c)))
                fault = Fault(StatusCodes.BadCertificateUntrusted, $"the {Side(expected)}'s certificate {CertificateParts.Title(chain[0])} is not in the trust list, nor is one of its issuers", "");
            if (fault.IsNone)
                fault = CheckTime(chain);
            if (fault.IsNone)
                fault = CheckNames(chain[0], expected);
            if (fault.IsNone)
                fault = CheckUse(chain[0], expected);
            return fault.IsNone ? CheckRevocation(chain) : fault;
        }
        finally
        {
            trusted.ForEach(c => c.Dispose());
            issuers.ForEach(c => c.Dispose());
        }
    }

    /// <summary>Finds the issuers up to a self-signed one and checks every signature.</summary>
    private static OpcUaFault Build(List<X509Certificate2> sent, List<X509Certificate2> trusted, List<X509Certificate2> issuers, out List<X509Certificate2> chain)
    {
        chain = [sent[0]];
        while (chain.Count <= MaxDepth)
        {
            var last = chain[^1];
            if (!SignedData.TryRead(last.RawDataMemory, out var signed))
                return Fault(StatusCodes.BadCertificateInvalid, $"the certificate {CertificateParts.Title(last)} is malformed", "make a new one on that side");
            if (Same(last.SubjectName, last.IssuerName))
                return signed.IsSignedBy(last) ? default : Fault(StatusCodes.BadCertificateInvalid, $"the signature of the self-signed certificate {CertificateParts.Title(last)} is wrong", "make a new one on that side");
            var named = trusted.Concat(issuers).Concat(sent.Skip(1)).Where(c => Same(c.SubjectName, last.IssuerName)).ToList();
            if (named.Count == 0)
                return Fault(StatusCodes.BadCertificateChainIncomplete, $"the issuer '{last.Issuer}' of {CertificateParts.Title(last)} is unknown", "copy the issuer's certificate to issuer/certs, or to trusted/certs to trust all it signs");
            if (named.Find(c => signed.IsSignedBy(c)) is not { } issuer)
                return Fault(StatusCodes.BadCertificateInvalid, $"{CertificateParts.Title(last)} names the issuer '{last.Issuer}' but was not signed with its key", "get the peer a certificate from the real issuer");
            if (!CertificateParts.IsAuthority(issuer))
                return Fault(StatusCodes.BadCertificateIssuerUseNotAllowed, $"the issuer {CertificateParts.Title(issuer)} may not sign certificates", "get the peer a certificate from a certificate authority");
            chain.Add(issuer);
        }

        return Fault(StatusCodes.BadCertificateChainIncomplete, $"the chain of {CertificateParts.Title(sent[0])} has no end within {MaxDepth} issuers", "use a shorter chain");
    }

    private static OpcUaFault CheckKey(X509Certificate2 leaf, CertificateExpectation expected)
    {
        if (expected.Policy.IsNone)
            return default;
        SignedData.TryRead(leaf.RawDataMemory, out var signed);
        if (signed.UsesWeakHash)
            return Fault(StatusCodes.BadCertificatePolicyCheckFailed, $"{CertificateParts.Title(leaf)} is signed with SHA-1", "make a certificate with SHA-256 on that side");
        if (RsaOperations.TryGetPublicKey(expected.Policy, leaf, out var key))
        {
            key.Dispose();
            return default;
        }

        using var found = leaf.GetRSAPublicKey();
        var has = found is null ? "no RSA key" : $"a key of {found.KeySize} bits";
        return Fault(StatusCodes.BadCertificatePolicyCheckFailed, $"{CertificateParts.Title(leaf)} has {has}, {expected.Policy} wants RSA with {expected.Policy.MinKeyBits} to {expected.Policy.MaxKeyBits} bits", "make a certificate with another key on that side");
    }

    private OpcUaFault CheckTime(List<X509Certificate2> chain)
    {
        if (_waivers.Time)
            return default;
        var now = time.GetUtcNow().UtcDateTime;
        for (var i = 0; i < chain.Count; i++)
        {
            var status = i == 0 ? StatusCodes.BadCertificateTimeInvalid : StatusCodes.BadCertificateIssuerTimeInvalid;
            var (start, end) = (chain[i].NotBefore.ToUniversalTime(), chain[i].NotAfter.ToUniversalTime());
            if (now < start - s_clockTolerance)
                return Fault(status, $"{CertificateParts.Title(chain[i])} is not yet valid: it starts at {Text(start)}, this machine's clock says {Text(now)}, so the clock differs by {Span(start - now)} or more", "set the clocks of both sides");
            if (now > end + s_clockTolerance)
                return Fault(status, $"{CertificateParts.Title(chain[i])} expired at {Text(end)}, this machine's clock says {Text(now)}", "renew the certificate on that side, or set this machine's clock if it is wrong");
        }

        return default;
    }

    private OpcUaFault CheckNames(X509Certificate2 leaf, CertificateExpectation expected)
    {
        var (uri, hosts, addresses) = CertificateParts.Names(leaf);
        if (expected.HostName is { } host && !_waivers.HostName)
        {
            var isNamed = IPAddress.TryParse(host, out var address) ? addresses.Contains(address) : hosts.Contains(host, StringComparer.OrdinalIgnoreCase);
            if (!isNamed)
                return Fault(StatusCodes.BadCertificateHostNameInvalid, $"{CertificateParts.Title(leaf)} is for {Join(hosts, addresses)}, not for '{host}'", "call the server by a name in its certificate, or renew the certificate with this name");
        }

        return expected.ApplicationUri is null || expected.ApplicationUri == uri
            ? default
            : Fault(StatusCodes.BadCertificateUriInvalid, $"{CertificateParts.Title(leaf)} is that of the application '{uri}', the {Side(expected)} says it is '{expected.ApplicationUri}'", "renew the certificate on that side with its application URI");
    }

    private static OpcUaFault CheckUse(X509Certificate2 leaf, CertificateExpectation expected)
    {
        var usage = leaf.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        var extended = leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault();
        var wanted = expected.IsServer ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2";
        var maySign = usage is null || usage.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature);
        var isForSide = extended is null || extended.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>().Any(o => o.Value == wanted);
        return maySign && isForSide
            ? default
            : Fault(StatusCodes.BadCertificateUseNotAllowed, $"{CertificateParts.Title(leaf)} may not be used by a {Side(expected)}", "renew the certificate on that side with the right key usage");
    }

    private OpcUaFault CheckRevocation(List<X509Certificate2> chain)
    {
        if (chain.Count == 1)
            return default;
        var lists = store.LoadRevocationLists();
        for (var i = 0; i < chain.Count - 1; i++)
        {
            var issuer = chain[i + 1];
            var own = lists.FindAll(l => l.IsOf(issuer));
            if (own.Exists(l => l.Revokes(chain[i])))
                return Fault(i == 0 ? StatusCodes.BadCertificateRevoked : StatusCodes.BadCertificateIssuerRevoked, $"{CertificateParts.Title(chain[i])} was revoked by '{issuer.Subject}'", "get the peer a new certificate");
            if (own.Count == 0 && !_waivers.UnknownRevocation)
                return Fault(i == 0 ? StatusCodes.BadCertificateRevocationUnknown : StatusCodes.BadCertificateIssuerRevocationUnknown, $"there is no revocation list of '{issuer.Subject}', so it is unknown whether {CertificateParts.Title(chain[i])} was revoked", "copy the issuer's list to issuer/crl, or waive the check");
        }

        return default;
    }

    private static OpcUaFault Fault(StatusCode status, string cause, string cure) => new(status, cause, cure);

    private static bool Same(X500DistinguishedName left, X500DistinguishedName right) => left.RawData.AsSpan().SequenceEqual(right.RawData);

    private static bool Contains(List<X509Certificate2> list, X509Certificate2 certificate) => list.Exists(c => c.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span));

    private static string Side(CertificateExpectation expected) => expected.IsServer ? "server" : "client";

    private static string Join(List<string> hosts, List<IPAddress> addresses)
    {
        var names = hosts.Concat(addresses.Select(a => a.ToString())).Take(10).ToList();
        return names.Count == 0 ? "no host" : string.Join(", ", names);
    }

    private static string Text(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => span.TotalDays >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:F0} days")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:F0} min");
}
