using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gateway.Users;

namespace Gateway.Web;

/// <summary>Who a request comes from.</summary>
/// <param name="Who">The account; null for this machine or the token of the environment, which name themselves.</param>
/// <param name="Refusal">Why nobody in particular may command; null when the request may go on.</param>
/// <param name="Status">Status of the refusal.</param>
internal readonly record struct Caller(Principal? Who, string? Refusal, int Status = StatusCodes.Status403Forbidden);

/// <summary>
/// Decides who asks: an account by its session or token, the token given at start by its hash, or, while there is no
/// account and the site allows it, this machine itself. There is no default password or token. Any thread.
/// </summary>
internal sealed class CommandGate
{
    /// <summary>Name of the session's cookie.</summary>
    public const string Cookie = "gateway_session";
    /// <summary>Header that every act of a session carries; a foreign page cannot know its value.</summary>
    public const string CsrfHeader = "X-CSRF-Token";

    private readonly byte[]? _tokenHash;
    private readonly AccountDirectory? _accounts;
    private readonly bool _localCommands;

    /// <exception cref="ArgumentException">The hash is neither empty nor 64 hexadecimal digits.</exception>
    public CommandGate(WebServerOptions options)
    {
        _accounts = options.Accounts;
        _localCommands = options.LocalCommands;
        string tokenSha256 = options.TokenSha256;
        if (tokenSha256.Length == 0)
            return;
        if (tokenSha256.Length != 2 * SHA256.HashSizeInBytes || !tokenSha256.All(char.IsAsciiHexDigit))
            throw new ArgumentException($"{WebServerOptions.TokenVariable} must be the SHA-256 of the token: 64 hexadecimal digits.", nameof(options));
        _tokenHash = Convert.FromHexString(tokenSha256);
    }

    /// <summary>Who asks for an act.</summary>
    public Caller ForAct(HttpContext http)
    {
        if (FromToken(http) is { } bearer)
            return bearer;
        string cookie = http.Request.Cookies[Cookie] ?? "";
        if (_accounts?.FindSession(cookie) is { } session)
        {
            bool isOurs = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(http.Request.Headers[CsrfHeader].ToString()), Encoding.UTF8.GetBytes(session.Csrf));
            return isOurs ? new Caller(session.Who, null) : new Caller(null, $"A session's act must carry the header {CsrfHeader} with the value that signing in gave.");
        }
        if (_accounts is { HasAccounts: true })
            return new Caller(null, "Sign in, or send a bearer token: this gateway has accounts.", StatusCodes.Status401Unauthorized);
        if (!IsLoopback(http.Connection.RemoteIpAddress))
            return new Caller(null, "Commands are accepted from the gateway's own machine, or with a bearer token.");
        return new Caller(null, _localCommands ? LocalRefusal(http.Request) : "This site takes no command without an account; make one with 'gateway user add'.");
    }

    /// <summary>Whether the request may read where reading needs an account.</summary>
    public bool MayRead(HttpContext http)
    {
        if (FromToken(http) is { } bearer)
            return bearer.Refusal is null && (bearer.Who is null || (bearer.Who.Scopes & Scopes.Read) != 0);
        return _accounts?.FindSession(http.Request.Cookies[Cookie] ?? "") is not null;
    }

    /// <summary>Why a password may not be sent with this request; null when it may.</summary>
    public static string? SignInRefusal(HttpRequest request)
    {
        if (!request.IsHttps && !IsLoopback(request.HttpContext.Connection.RemoteIpAddress))
            return "A password is not taken over plain HTTP from another machine; use an https address.";
        return OriginRefusal(request);
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
        return local ? OriginRefusal(request) : "A command without a token must be sent to localhost or a loopback address, not to a name.";
    }

    private static string? OriginRefusal(HttpRequest request)
    {
        string origin = request.Headers.Origin.ToString();
        bool foreign = origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
        return foreign ? "Commands from pages of another origin are not accepted." : null;
    }

    private Caller? FromToken(HttpContext http)
    {
        const string scheme = "Bearer ";
        string authorization = http.Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        ReadOnlySpan<char> token = authorization.AsSpan(scheme.Length).Trim();
        if (IsGivenToken(token))
            return new Caller(null, null);
        return _accounts?.FindToken(token) is { } who ? new Caller(who, null) : new Caller(null, "The bearer token is not one this gateway knows, or it has expired.");
    }

    private bool IsGivenToken(ReadOnlySpan<char> token)
    {
        if (_tokenHash is null || token.Length is 0 or > 512)
            return false;
        byte[] bytes = Encoding.UTF8.GetBytes(token.ToString());
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(bytes), _tokenHash);
    }

    private static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
