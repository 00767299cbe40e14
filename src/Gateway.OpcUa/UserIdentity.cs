using Gateway.OpcUa.Security;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa;

/// <summary>Who uses the session.</summary>
public sealed class UserIdentity
{
    private UserIdentity(UserTokenType type) => Type = type;

    /// <summary>Nobody in particular.</summary>
    public static UserIdentity Anonymous { get; } = new(UserTokenType.Anonymous);

    /// <summary>The kind of token.</summary>
    public UserTokenType Type { get; }

    /// <summary>The user's name; null for other kinds.</summary>
    public string? UserName { get; private init; }

    internal string Password { get; private init; } = "";

    internal ApplicationCertificate? Certificate { get; private init; }

    /// <summary>A name with a password; the password never leaves unencrypted unless the options say so.</summary>
    public static UserIdentity FromPassword(string userName, string password) =>
        new(UserTokenType.UserName) { UserName = userName, Password = password };

    /// <summary>A user with a certificate and its private key.</summary>
    public static UserIdentity FromCertificate(ApplicationCertificate certificate) =>
        new(UserTokenType.Certificate) { Certificate = certificate };
}
