using System.Security.Cryptography;
using Gateway.OpcUa.Security;

namespace Gateway.OpcUa.SecureConversation;

/// <summary>The keys of one direction of one token: signs and encrypts chunks in place. Not for two threads at once.</summary>
internal sealed class ChannelKeys : IDisposable
{
    /// <summary>Bytes of a signature: HMAC-SHA256 in every policy of this package.</summary>
    public const int SignatureLength = HMACSHA256.HashSizeInBytes;

    /// <summary>Bytes of an AES block; encrypted parts are whole blocks.</summary>
    public const int BlockLength = 16;

    private readonly byte[] _signingKey;
    private readonly Aes _aes;
    private readonly bool _isSender;
    private ICryptoTransform? _transform;

    /// <summary>Derives the keys of the side whose peer's nonce is the secret (Part 6 §6.7.5).</summary>
    /// <param name="policy">Says how long the keys are.</param>
    /// <param name="secret">The nonce of the side that receives with these keys.</param>
    /// <param name="seed">The nonce of the side that sends with these keys.</param>
    /// <param name="isSender">True to sign and encrypt, false to verify and decrypt.</param>
    public ChannelKeys(SecurityPolicy policy, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> seed, bool isSender)
    {
        var (signing, encrypting) = (policy.SigningKeyLength, policy.EncryptingKeyLength);
        var keys = KeyDerivation.Derive(secret, seed, signing + encrypting + BlockLength);
        _signingKey = keys[..signing];
        _aes = Aes.Create();
        _aes.Mode = CipherMode.CBC;
        _aes.Padding = PaddingMode.None;
        _aes.SetKey(keys.AsSpan(signing, encrypting));
        _aes.IV = keys[(signing + encrypting)..];
        _isSender = isSender;
        CryptographicOperations.ZeroMemory(keys);
    }

    public void Sign(ReadOnlySpan<byte> data, Span<byte> signature) => HMACSHA256.HashData(_signingKey, data, signature);

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[SignatureLength];
        Sign(data, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }

    /// <summary>Encrypts or decrypts whole blocks in place; every chunk starts with the derived vector.</summary>
    public void Transform(byte[] buffer, int offset, int count)
    {
        _transform ??= _isSender ? _aes.CreateEncryptor() : _aes.CreateDecryptor();
        _transform.TransformBlock(buffer, offset, count, buffer, offset);
        // Nothing is left to write; the call sets the vector back for the next chunk.
        _transform.TransformFinalBlock([], 0, 0);
    }

    public void Dispose()
    {
        _transform?.Dispose();
        _aes.Dispose();
        CryptographicOperations.ZeroMemory(_signingKey);
    }
}
