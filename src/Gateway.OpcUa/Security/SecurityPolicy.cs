using System.Security.Cryptography;

namespace Gateway.OpcUa.Security;

/// <summary>A set of algorithms that both sides use (Part 7 §6.6). Deprecated sets do not exist here.</summary>
public sealed class SecurityPolicy
{
    /// <summary>What every policy's URI starts with.</summary>
    public const string UriPrefix = "http://opcfoundation.org/UA/SecurityPolicy#";

    private SecurityPolicy(string name) => Name = name;

    /// <summary>Neither signed nor encrypted.</summary>
    public static SecurityPolicy None { get; } = new("None");

    /// <summary>RSA with SHA-256 signatures, OAEP and AES-256.</summary>
    public static SecurityPolicy Basic256Sha256 { get; } = new("Basic256Sha256")
    {
        SigningKeyLength = 32,
        EncryptingKeyLength = 32,
        SignatureUri = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        EncryptionUri = "http://www.w3.org/2001/04/xmlenc#rsa-oaep",
        SignaturePadding = RSASignaturePadding.Pkcs1,
        EncryptionPadding = RSAEncryptionPadding.OaepSHA1,
        EncryptionOverhead = 42,
        Rank = 2,
    };

    /// <summary>RSA with SHA-256 signatures, OAEP and AES-128.</summary>
    public static SecurityPolicy Aes128Sha256RsaOaep { get; } = new("Aes128_Sha256_RsaOaep")
    {
        SigningKeyLength = 32,
        EncryptingKeyLength = 16,
        SignatureUri = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        EncryptionUri = "http://www.w3.org/2001/04/xmlenc#rsa-oaep",
        SignaturePadding = RSASignaturePadding.Pkcs1,
        EncryptionPadding = RSAEncryptionPadding.OaepSHA1,
        EncryptionOverhead = 42,
        Rank = 1,
    };

    /// <summary>RSA-PSS signatures, OAEP with SHA-256 and AES-256.</summary>
    public static SecurityPolicy Aes256Sha256RsaPss { get; } = new("Aes256_Sha256_RsaPss")
    {
        SigningKeyLength = 32,
        EncryptingKeyLength = 32,
        SignatureUri = "http://opcfoundation.org/UA/security/rsa-pss-sha2-256",
        EncryptionUri = "http://opcfoundation.org/UA/security/rsa-oaep-sha2-256",
        SignaturePadding = RSASignaturePadding.Pss,
        EncryptionPadding = RSAEncryptionPadding.OaepSHA256,
        EncryptionOverhead = 66,
        Rank = 3,
    };

    /// <summary>All policies of this package, weakest first.</summary>
    public static IReadOnlyList<SecurityPolicy> All { get; } = [None, Aes128Sha256RsaOaep, Basic256Sha256, Aes256Sha256RsaPss];

    /// <summary>The name behind the prefix.</summary>
    public string Name { get; }

    /// <summary>The URI on the wire.</summary>
    public string Uri => UriPrefix + Name;

    /// <summary>True when nothing is signed.</summary>
    public bool IsNone => SigningKeyLength == 0;

    /// <summary>The shortest RSA key allowed, in bits.</summary>
    public int MinKeyBits => IsNone ? 0 : 2048;

    /// <summary>The longest RSA key allowed, in bits.</summary>
    public int MaxKeyBits => IsNone ? 0 : 4096;

    /// <summary>Bytes of the nonces in OPN.</summary>
    public int NonceLength => IsNone ? 0 : 32;

    /// <summary>The algorithm's URI in signatures.</summary>
    public string? SignatureUri { get; private init; }

    /// <summary>The algorithm's URI in encrypted secrets.</summary>
    public string? EncryptionUri { get; private init; }

    /// <summary>The stronger, the larger: for choosing among endpoints.</summary>
    internal int Rank { get; private init; }

    internal int SigningKeyLength { get; private init; }

    internal int EncryptingKeyLength { get; private init; }

    internal RSASignaturePadding? SignaturePadding { get; private init; }

    internal RSAEncryptionPadding? EncryptionPadding { get; private init; }

    /// <summary>Bytes of an RSA block that carry no data.</summary>
    internal int EncryptionOverhead { get; private init; }

    /// <summary>The policy with this URI; null when it is none of ours.</summary>
    public static SecurityPolicy? Find(string? uri)
    {
        foreach (var policy in All)
        {
            if (string.Equals(policy.Uri, uri, StringComparison.Ordinal))
                return policy;
        }

        return null;
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
