using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.OpcUa.Security;

/// <summary>Signing and encrypting with RSA keys as a policy wants it.</summary>
internal static class RsaOperations
{
    public static byte[] Sign(SecurityPolicy policy, RSA key, ReadOnlySpan<byte> data) =>
        key.SignData(data, HashAlgorithmName.SHA256, policy.SignaturePadding!);

    public static bool Verify(SecurityPolicy policy, RSA key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == key.KeySize / 8 && key.VerifyData(data, signature, HashAlgorithmName.SHA256, policy.SignaturePadding!);

    /// <summary>Bytes that fit into one encrypted block.</summary>
    public static int PlainBlock(SecurityPolicy policy, RSA key) => key.KeySize / 8 - policy.EncryptionOverhead;

    /// <summary>Bytes after encryption.</summary>
    public static int EncryptedLength(SecurityPolicy policy, RSA key, int plain)
    {
        var block = PlainBlock(policy, key);
        return (plain + block - 1) / block * (key.KeySize / 8);
    }

    /// <summary>Encrypts block by block; the last block may be shorter.</summary>
    public static byte[] Encrypt(SecurityPolicy policy, RSA key, ReadOnlySpan<byte> plain)
    {
        var block = PlainBlock(policy, key);
        var output = new byte[EncryptedLength(policy, key, plain.Length)];
        var written = 0;
        while (!plain.IsEmpty)
        {
            var part = plain[..Math.Min(block, plain.Length)];
            written += key.Encrypt(part, output.AsSpan(written), policy.EncryptionPadding!);
            plain = plain[part.Length..];
        }

        return output;
    }

    /// <summary>Decrypts block by block.</summary>
    /// <returns>Bytes written, or -1 when the data was not encrypted for this key.</returns>
    public static int Decrypt(SecurityPolicy policy, RSA key, ReadOnlySpan<byte> data, Span<byte> output)
    {
        var block = key.KeySize / 8;
        if (data.IsEmpty || data.Length % block != 0)
            return -1;
        var written = 0;
        // RSA may use its output as working space, so that each block goes through a buffer of its own.
        Span<byte> plain = stackalloc byte[512];
        for (; !data.IsEmpty; data = data[block..])
        {
            try
            {
                if (!key.TryDecrypt(data[..block], plain, policy.EncryptionPadding!, out var count) || count > output.Length - written)
                    return -1;
                plain[..count].CopyTo(output[written..]);
                written += count;
            }
            catch (CryptographicException)
            {
                return -1;
            }
        }

        plain.Clear();
        return written;
    }

    /// <summary>The RSA key of a certificate when the policy can use it.</summary>
    /// <returns>False when the key is no RSA key or its length is out of the policy's range.</returns>
    public static bool TryGetPublicKey(SecurityPolicy policy, X509Certificate2 certificate, out RSA key)
    {
        var found = certificate.GetRSAPublicKey();
        if (found is not null && found.KeySize >= policy.MinKeyBits && found.KeySize <= policy.MaxKeyBits)
        {
            key = found;
            return true;
        }

        found?.Dispose();
        key = null!;
        return false;
    }
}
