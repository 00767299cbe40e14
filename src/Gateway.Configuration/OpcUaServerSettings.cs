using System.Net;
using System.Security.Cryptography;

namespace Gateway.Configuration;

/// <summary>A user of the OPC UA server. Immutable.</summary>
/// <param name="Name">The name.</param>
/// <param name="Hash">What is kept of the password.</param>
/// <param name="MayWrite">True when the user may write armed outputs.</param>
public sealed record OpcUaUser(string Name, PasswordHash Hash, bool MayWrite);

/// <summary>A password's derivation: pbkdf2-sha256$ROUNDS$SALT$HASH, the last two in base64. Immutable.</summary>
public sealed class PasswordHash
{
    private const string Scheme = "pbkdf2-sha256";
    private const int MinRounds = 10_000;
    private const int MaxRounds = 10_000_000;
    private const int MinSaltBytes = 16;

    private readonly byte[] _salt;
    private readonly byte[] _hash;
    private readonly int _rounds;

    private PasswordHash(int rounds, byte[] salt, byte[] hash) => (_rounds, _salt, _hash) = (rounds, salt, hash);

    /// <summary>Reads the text form.</summary>
    /// <returns>Null when it is none, or when it could be guessed too fast.</returns>
    public static PasswordHash? Parse(string text)
    {
        string[] parts = text.Split('$');
        if (parts.Length != 4 || parts[0] != Scheme || !int.TryParse(parts[1], out int rounds) || rounds is < MinRounds or > MaxRounds)
            return null;
        byte[] salt = new byte[parts[2].Length], hash = new byte[parts[3].Length];
        if (!Convert.TryFromBase64String(parts[2], salt, out int saltLength) || saltLength < MinSaltBytes)
            return null;
        return Convert.TryFromBase64String(parts[3], hash, out int hashLength) && hashLength == SHA256.HashSizeInBytes
            ? new PasswordHash(rounds, salt[..saltLength], hash[..hashLength])
            : null;
    }

    /// <summary>True for the right password. Takes a while on purpose.</summary>
    public bool Matches(string password) =>
        CryptographicOperations.FixedTimeEquals(Rfc2898DeriveBytes.Pbkdf2(password, _salt, _rounds, HashAlgorithmName.SHA256, _hash.Length), _hash);
}

/// <summary>The OPC UA server for systems above the gateway. Immutable.</summary>
public sealed record OpcUaServerSettings
{
    /// <summary>Where clients reach it.</summary>
    public required string Url { get; init; }
    /// <summary>Where it listens.</summary>
    public required IPEndPoint Listen { get; init; }
    /// <summary>Names of the policies offered; None only when it was written down.</summary>
    public required IReadOnlyList<string> Security { get; init; }
    /// <summary>True when users may stay unnamed.</summary>
    public bool Anonymous { get; init; }
    /// <summary>Who may use it.</summary>
    public IReadOnlyList<OpcUaUser> Users { get; init; } = [];
    /// <summary>Sessions at once.</summary>
    public int MaxSessions { get; init; } = 20;
    /// <summary>True when a certificate is needed, which has to be kept over restarts.</summary>
    public bool NeedsCertificate => Users.Count > 0 || Security.Any(s => s != "None");
}
