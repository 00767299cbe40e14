using System.Text;
using Gateway.Simulation;

namespace Gateway.Fuzz.Engine;

/// <summary>Makes new inputs out of known ones: bits, bytes, blocks, words, numbers. The same seed makes the same inputs.</summary>
internal sealed class Mutator(SeededRandom random, IReadOnlyList<string> words)
{
    private const int LongestInput = 8192;

    private static readonly byte[] s_telling = [0x00, 0x01, 0x7F, 0x80, 0xFF, 0xFE, (byte)'"', (byte)',', (byte)';', (byte)'\n', (byte)'\r', (byte)'{', (byte)'}', (byte)'[', (byte)']', (byte)'\\', (byte)'-', (byte)'.', (byte)'e', (byte)':'];

    private static readonly string[] s_numbers = ["0", "-0", "-1", "1", "65535", "65536", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "1e308", "-1e308", "1e999", "4.9e-324", "NaN", "Infinity", "0.1", "1e-7", "99999999999999999999"];

    public byte[] Mutate(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        int changes = 1 << random.Next(0, 4);
        for (int i = 0; i < changes; i++)
            Change(bytes, other);
        if (bytes.Count > LongestInput)
            bytes.RemoveRange(LongestInput, bytes.Count - LongestInput);
        return [.. bytes];
    }

    private void Change(List<byte> bytes, byte[] other)
    {
        int at = bytes.Count == 0 ? 0 : random.Next(0, bytes.Count);
        switch (random.Next(0, 11))
        {
            case 0 when bytes.Count > 0:
                bytes[at] ^= (byte)(1 << random.Next(0, 8));
                break;
            case 1 when bytes.Count > 0:
                bytes[at] = s_telling[random.Next(0, s_telling.Length)];
                break;
            case 2 when bytes.Count > 0:
                bytes[at] = (byte)random.Next(0, 256);
                break;
            case 3:
                bytes.Insert(at, s_telling[random.Next(0, s_telling.Length)]);
                break;
            case 4 when bytes.Count > 0:
                bytes.RemoveRange(at, Math.Min(bytes.Count - at, Length()));
                break;
            case 5 when bytes.Count > 0:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, Length())));
                break;
            case 6 when other.Length > 0:
                int from = random.Next(0, other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, Length())).ToArray());
                break;
            case 7 when words.Count > 0:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(words[random.Next(0, words.Count)]));
                break;
            case 8:
                ChangeNumber(bytes, at);
                break;
            case 9 when bytes.Count > 1:
                int to = random.Next(0, bytes.Count);
                (bytes[at], bytes[to]) = (bytes[to], bytes[at]);
                break;
            case 10 when bytes.Count > 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }

    private int Length() => random.Chance(0.8) ? random.Next(1, 9) : random.Next(1, 257);

    /// <summary>Puts an awkward number in the place of the number at or behind a position.</summary>
    private void ChangeNumber(List<byte> bytes, int at)
    {
        while (at < bytes.Count && !char.IsAsciiDigit((char)bytes[at]))
            at++;
        int end = at;
        while (end < bytes.Count && (char.IsAsciiDigit((char)bytes[end]) || bytes[end] == '.'))
            end++;
        bytes.RemoveRange(at, end - at);
        bytes.InsertRange(at, Encoding.ASCII.GetBytes(s_numbers[random.Next(0, s_numbers.Length)]));
    }
}
