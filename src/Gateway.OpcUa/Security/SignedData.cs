using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.OpcUa.Security;

/// <summary>The outer form that certificates and revocation lists share: content, algorithm, signature (RFC 5280 §4.1, §5.1).</summary>
internal readonly struct SignedData
{
    private const string Pss = "1.2.840.113549.1.1.10";

    private SignedData(ReadOnlyMemory<byte> content, string algorithm, byte[] signature)
    {
        Content = content;
        Algorithm = algorithm;
        Signature = signature;
    }

    /// <summary>The signed part.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    private string Algorithm { get; }

    private byte[] Signature { get; }

    /// <summary>True when the signature uses SHA-1 or older, which no policy of this package allows.</summary>
    public bool UsesWeakHash => Algorithm is "1.2.840.113549.1.1.5" or "1.2.840.113549.1.1.4" or "1.2.840.10045.4.1";

    public static bool TryRead(ReadOnlyMemory<byte> der, out SignedData data)
    {
        data = default;
        try
        {
            var outer = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
            var content = outer.ReadEncodedValue();
            var algorithm = outer.ReadSequence().ReadObjectIdentifier();
            data = new SignedData(content, algorithm, outer.ReadBitString(out _));
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>True when the key of <paramref name="issuer"/> made the signature.</summary>
    public bool IsSignedBy(X509Certificate2 issuer)
    {
        try
        {
            if (RsaHash(Algorithm) is { } hash)
            {
                using var key = issuer.GetRSAPublicKey();
                // The parameters of PSS may name any hash; the usual one is that of the salt's length.
                return key is not null && (Algorithm == Pss
                    ? key.VerifyData(Content.Span, Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
                    : key.VerifyData(Content.Span, Signature, hash, RSASignaturePadding.Pkcs1));
            }

            if (CurveHash(Algorithm) is { } curveHash)
            {
                using var key = issuer.GetECDsaPublicKey();
                return key is not null && key.VerifyData(Content.Span, Signature, curveHash, DSASignatureFormat.Rfc3279DerSequence);
            }
        }
        catch (CryptographicException)
        {
            // A key that cannot be used verifies nothing.
        }

        return false;
    }

    private static HashAlgorithmName? RsaHash(string algorithm) => algorithm switch
    {
        "1.2.840.113549.1.1.5" => HashAlgorithmName.SHA1,
        "1.2.840.113549.1.1.11" or Pss => HashAlgorithmName.SHA256,
        "1.2.840.113549.1.1.12" => HashAlgorithmName.SHA384,
        "1.2.840.113549.1.1.13" => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static HashAlgorithmName? CurveHash(string algorithm) => algorithm switch
    {
        "1.2.840.10045.4.3.2" => HashAlgorithmName.SHA256,
        "1.2.840.10045.4.3.3" => HashAlgorithmName.SHA384,
        "1.2.840.10045.4.3.4" => HashAlgorithmName.SHA512,
        _ => null,
    };
}
