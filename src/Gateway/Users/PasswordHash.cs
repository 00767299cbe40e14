using System.Security.Cryptography;
using System.Text;

namespace Gateway.Users;

/// <summary>
/// A password as PBKDF2-HMAC-SHA256 with a salt of its own. The count stands beside the hash, so it can be raised later
/// without making old passwords useless. Immutable.
/// </summary>
/// <param name="Salt">16 random bytes.</param>
/// <param name="Hash">32 bytes.</param>
/// <param name="Iterations">Rounds, 100,000 to 10,000,000.</param>
public sealed record PasswordHash(byte[] Salt, byte[] Hash, int Iterations)
{
    /// <summary>Rounds for new passwords (OWASP Password Storage Cheat Sheet, 2023: 600,000 for HMAC-SHA256).</summary>
    public const int DefaultIterations = 600_000;

    /// <summary>Fewest characters (NIST SP 800-63B-4 §3.1.1.2 asks for 15 where a password stands alone, 8 at least).</summary>
    public const int MinLength = 12;

    /// <summary>Most characters; a longer one would only cost time.</summary>
    public const int MaxLength = 256;

    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <summary>Stands in where there is no account, so that an unknown name takes as long as a wrong password.</summary>
    public static PasswordHash Nobody { get; } = new(new byte[SaltBytes], new byte[HashBytes], DefaultIterations);

    /// <summary>Hashes a new password.</summary>
    public static PasswordHash Of(string password, int iterations = DefaultIterations)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new PasswordHash(salt, Derive(password, salt, iterations), iterations);
    }

    /// <summary>Whether <paramref name="password"/> is the one; takes the same time for every wrong one.</summary>
    public bool Matches(string password) =>
        password.Length <= MaxLength && CryptographicOperations.FixedTimeEquals(Derive(password, Salt, Iterations), Hash);

    /// <summary>Why a password cannot be used; null when it can.</summary>
    public static string? FaultOf(string password, string account)
    {
        if (password.Length is < MinLength or > MaxLength)
            return $"a password has {MinLength} to {MaxLength} characters";
        if (password.Any(char.IsControl))
            return "a password has no control characters";
        if (password.Contains(account, StringComparison.OrdinalIgnoreCase))
            return "a password must not contain the account's name";
        return password.Distinct().Count() < 5 ? "a password has at least five different characters" : null;
    }

    // Two keyboards may compose one letter differently; NFKC makes them one (NIST SP 800-63B-4 §3.1.1.2).
    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC)), salt, iterations, HashAlgorithmName.SHA256, HashBytes);
}
