using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.OpcUa.Security;

/// <summary>What OPC UA looks at in a certificate (Part 6 §6.2.2).</summary>
internal static class CertificateParts
{
    private const int MaxChainBytes = 16384;
    private const int MaxChainLength = 5;
    private const string AlternativeName = "2.5.29.17";

    // RFC 5280 §4.2.1.6: the names' tags.
    private static readonly Asn1Tag s_dnsTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag s_uriTag = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag s_addressTag = new(TagClass.ContextSpecific, 7);

    /// <summary>Takes a chain apart: the leaf first, then its issuers, DER one after the other.</summary>
    /// <returns>An empty list when the bytes are no certificates or too many.</returns>
    public static List<X509Certificate2> Split(ReadOnlySpan<byte> chain)
    {
        var certificates = new List<X509Certificate2>();
        try
        {
            while (!chain.IsEmpty && chain.Length <= MaxChainBytes && certificates.Count < MaxChainLength)
            {
                AsnDecoder.ReadEncodedValue(chain, AsnEncodingRules.DER, out _, out _, out var length);
                certificates.Add(X509CertificateLoader.LoadCertificate(chain[..length]));
                chain = chain[length..];
            }
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            certificates.Clear();
        }

        if (!chain.IsEmpty)
            certificates.Clear();
        return certificates;
    }

    /// <summary>Bytes of the first certificate of a chain; the whole when it cannot be told.</summary>
    public static ReadOnlySpan<byte> Leaf(ReadOnlySpan<byte> chain) =>
        !chain.IsEmpty && AsnDecoder.TryReadEncodedValue(chain, AsnEncodingRules.DER, out _, out _, out _, out var length) ? chain[..length] : chain;

    /// <summary>The alternative names: application URI, host names, addresses.</summary>
    public static (string? Uri, List<string> Hosts, List<IPAddress> Addresses) Names(X509Certificate2 certificate)
    {
        string? uri = null;
        var hosts = new List<string>();
        var addresses = new List<IPAddress>();
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != AlternativeName)
                continue;
            try
            {
                for (var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence(); names.HasData;)
                {
                    var tag = names.PeekTag();
                    if (tag == s_uriTag)
                        uri ??= names.ReadCharacterString(UniversalTagNumber.IA5String, s_uriTag);
                    else if (tag == s_dnsTag)
                        hosts.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, s_dnsTag));
                    else if (tag == s_addressTag)
                        addresses.Add(new IPAddress(names.ReadOctetString(s_addressTag)));
                    else
                        names.ReadEncodedValue();
                }
            }
            catch (Exception e) when (e is AsnContentException or ArgumentException)
            {
                // A malformed name is no name.
            }
        }

        return (uri, hosts, addresses);
    }

    /// <summary>True when the certificate says it may sign others.</summary>
    public static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is { CertificateAuthority: true };

    /// <summary>How a certificate is called in messages: its subject and the start of its fingerprint.</summary>
    public static string Title(X509Certificate2 certificate) => $"'{certificate.Subject}' ({certificate.Thumbprint[..16]}…)";
}
