using System.Security.Cryptography;

namespace Gateway.OpcUa.Security;

/// <summary>P_SHA256 of TLS 1.2: keys out of two nonces (Part 6 §6.7.5, RFC 5246 §5).</summary>
internal static class KeyDerivation
{
    public static byte[] Derive(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> seed, int length)
    {
        const int block = HMACSHA256.HashSizeInBytes;
        var output = new byte[length];
        Span<byte> input = stackalloc byte[block + seed.Length];
        Span<byte> result = stackalloc byte[block];
        HMACSHA256.HashData(secret, seed, input);
        seed.CopyTo(input[block..]);
        for (var offset = 0; offset < length; offset += block)
        {
            HMACSHA256.HashData(secret, input, result);
            result[..Math.Min(block, length - offset)].CopyTo(output.AsSpan(offset));
            HMACSHA256.HashData(secret, input[..block], result);
            result.CopyTo(input);
        }

        input.Clear();
        return output;
    }
}
