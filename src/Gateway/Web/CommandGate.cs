using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Web;

/// <summary>
/// Decides who may give commands. There are no users yet: a command is accepted from this machine itself, or with a
/// bearer token whose SHA-256 was given at start. There is no default token. Immutable; any thread.
/// </summary>
internal sealed class CommandGate
{
    private readonly byte[]? _tokenHash;

    /// <exception cref="ArgumentException">The hash is neither empty nor 64 hexadecimal digits.</exception>
    public CommandGate(string tokenSha256)
    {
        if (tokenSha256.Length == 0)
            return;
        if (tokenSha256.Length != 2 * SHA256.HashSizeInBytes || !tokenSha256.All(char.IsAsciiHexDigit))
            throw new ArgumentException($"{WebServerOptions.TokenVariable} must be the SHA-256 of the token: 64 hexadecimal digits.", nameof(tokenSha256));
        _tokenHash = Convert.FromHexString(tokenSha256);
    }

    /// <summary>Why the sender may not command; null when it may.</summary>
    public string? Refusal(HttpContext http)
    {
        const string scheme = "Bearer ";
        string authorization = http.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            return IsToken(authorization.AsSpan(scheme.Length).Trim()) ? null : "The bearer token is not the one this gateway was given.";
        if (!IsLoopback(http.Connection.RemoteIpAddress))
            return "Commands are accepted from the gateway's own machine, or with a bearer token.";
        return LocalRefusal(http.Request);
    }

    /// <summary>
    /// A connection from this machine may be a proxy's, or that of a browser which a foreign page uses (cross-site
    /// request, rebound name). Neither is the operator.
    /// </summary>
    private static string? LocalRefusal(HttpRequest request)
    {
        IHeaderDictionary headers = request.Headers;
        if (headers.ContainsKey("Forwarded") || headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("X-Real-IP"))
            return "A forwarded command needs a bearer token: the proxy is on this machine, its client may not be.";
        string host = request.Host.Host;
        bool local = string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? address) && IsLoopback(address));
        if (!local)
            return "A command without a token must be sent to localhost or a loopback address, not to a name.";
        string origin = headers.Origin.ToString();
        if (origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            return "Commands from pages of another origin are not accepted.";
        return null;
    }

    private bool IsToken(ReadOnlySpan<char> token)
    {
        if (_tokenHash is null || token.Length is 0 or > 512)
            return false;
        byte[] bytes = Encoding.UTF8.GetBytes(token.ToString());
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(bytes), _tokenHash);
    }

    private static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
