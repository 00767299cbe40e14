using Gateway.Configuration;
using Gateway.Tls;
using Gateway.Users;

namespace Gateway.Web;

/// <summary>Limits and secrets of the web server. Immutable.</summary>
public sealed record WebServerOptions
{
    /// <summary>Environment variable with the SHA-256 of the API token, 64 hexadecimal digits.</summary>
    public const string TokenVariable = "GATEWAY_API_TOKEN_SHA256";

    /// <summary>Address to listen on, for example http://127.0.0.1:8080; port 0 takes any free one.</summary>
    public required string Url { get; init; }
    /// <summary>SHA-256 of the token that commands from other machines must carry, in hexadecimal; empty for none.</summary>
    public string TokenSha256 { get; init; } = "";
    /// <summary>The accounts; null where there is no data folder to keep any.</summary>
    public AccountDirectory? Accounts { get; init; }
    /// <summary>The certificate of an https address; null for http.</summary>
    public WebCertificate? Certificate { get; init; }
    /// <summary>True accepts commands from this machine without an account, as long as there is no account.</summary>
    public bool LocalCommands { get; init; } = true;
    /// <summary>True lets accounts and tokens only read values, events and metrics.</summary>
    public bool ReadingNeedsAccount { get; init; }
    /// <summary>False leaves out /metrics.</summary>
    public bool Metrics { get; init; } = true;
    /// <summary>Open event streams at most; one more is refused.</summary>
    public int MaxStreams { get; init; } = 50;
    /// <summary>Open connections at most; one more is closed at once.</summary>
    public int MaxConnections { get; init; } = 200;
    /// <summary>Largest request body in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 16 * 1024;
    /// <summary>Longest time a client may take to send its request headers.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>Longest wait of a command's request for the outcome.</summary>
    public TimeSpan OutcomeWait { get; init; } = TimeSpan.FromSeconds(2);
    /// <summary>Shortest time between two messages with values to one stream; also its heartbeat.</summary>
    public TimeSpan StreamPeriod { get; init; } = TimeSpan.FromSeconds(1);
    /// <summary>A stream whose client takes nothing for this long is closed.</summary>
    public TimeSpan StreamStall { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether this machine may command without an account now.</summary>
    public bool TakesLocalCommands => LocalCommands && Accounts is not { HasAccounts: true };

    /// <summary>The options of a site: its address unless <paramref name="url"/> replaces it, the token from the environment.</summary>
    public static WebServerOptions Of(SiteConfiguration site, string? url = null) => new()
    {
        Url = url ?? site.Web.Http,
        Metrics = site.Metrics.Enabled,
        LocalCommands = site.Web.LocalCommands,
        ReadingNeedsAccount = site.Web.ReadingNeedsAccount,
        TokenSha256 = Environment.GetEnvironmentVariable(TokenVariable) ?? "",
    };
}
