using System.Diagnostics;
using System.Security.Cryptography;

namespace Gateway.Benchmarks.OpcUa;

/// <summary>What encryption and signatures of a read of 1,000 nodes cost at least: the primitives on messages of that size.</summary>
internal static class CryptoCost
{
    // Node ids as "ns=2;s=d123" on the way there; a double with quality and two times on the way back.
    private const int RequestBytes = 25_000, ResponseBytes = 26_000, Values = 1000, Rounds = 9, Runs = 300;

    /// <summary>The best of some rounds, in microseconds of the client's side.</summary>
    public static double UsPerValue()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32), buffer = new byte[ResponseBytes / 16 * 16], signature = new byte[32];
        using Aes aes = Aes.Create();
        (aes.Mode, aes.Padding, aes.Key) = (CipherMode.CBC, PaddingMode.None, key);
        using ICryptoTransform encryptor = aes.CreateEncryptor(), decryptor = aes.CreateDecryptor();
        double best = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long started = Stopwatch.GetTimestamp();
            for (int i = 0; i < Runs; i++)
            {
                HMACSHA256.HashData(key, buffer.AsSpan(0, RequestBytes), signature);
                encryptor.TransformBlock(buffer, 0, RequestBytes / 16 * 16, buffer, 0);
                decryptor.TransformBlock(buffer, 0, buffer.Length, buffer, 0);
                HMACSHA256.HashData(key, buffer, signature);
            }
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMicroseconds / Runs);
        }
        return best / Values;
    }
}
