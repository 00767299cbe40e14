using System.Net;
using Gateway.Configuration;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Server;
using Gateway.OpcUa.Types;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Users;

namespace Gateway.Northbound;

/// <summary>
/// The gateway's OPC UA server: tags by area, running permit windows, and outputs that are declared writable. Its users
/// are the gateway's accounts. One loop copies what changed from the newest snapshot into the server's nodes.
/// </summary>
internal sealed partial class OpcUaFace : IAsyncDisposable
{
    /// <summary>The namespace of tags, permits and alarms.</summary>
    public const string NamespaceUri = "urn:gateway:site";

    /// <summary>How often it is looked for accounts that were disabled or got a new password.</summary>
    private static readonly TimeSpan RenewPeriod = TimeSpan.FromSeconds(1);

    private readonly GatewayContext _context;
    private readonly OpcUaServerSettings _settings;
    private readonly AccountDirectory? _accounts;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ApplicationCertificate? _certificate;
    private Task _copying = Task.CompletedTask;
    private long _renewedAt;

    /// <summary>Builds the nodes; nothing listens yet.</summary>
    /// <param name="context">What may be read, and the way of commands.</param>
    /// <param name="settings">The key opcuaServer.</param>
    /// <param name="accounts">Who may use it; null where there is no data folder to keep any.</param>
    /// <param name="logger">Logs refused peers.</param>
    /// <exception cref="AccountException">Certificates and accounts are needed and there is no data folder to keep them in, or it cannot be used.</exception>
    public OpcUaFace(GatewayContext context, OpcUaServerSettings settings, AccountDirectory? accounts, ILogger logger)
    {
        _context = context;
        _settings = settings;
        _accounts = accounts;
        _logger = logger;
        if (context.Journal is null && (!settings.Anonymous || settings.Security.Any(policy => policy != "None")))
            throw new AccountException("GW6302", "the OPC UA server needs a data folder for its certificate and accounts; give one with --data");
        string uri = OpcUaIdentity.UriOf(context.Site.Plant.SiteId);
        CertificateStore? store = null;
        if (context.Journal is { } journal)
        {
            string host = Dns.GetHostName();
            var subject = new CertificateSubject { ApplicationUri = uri, CommonName = $"Gateway {context.Site.Plant.SiteId}@{host}", HostNames = ["localhost", host], Addresses = [IPAddress.Loopback] };
            (_certificate, store) = OpcUaIdentity.Open(Path.Combine(journal.Folder, "opcua"), subject, context.Time);
        }

        var space = new AddressSpace(uri);
        _index = space.AddNamespace(NamespaceUri);
        _tagNodes = BuildTags(space);
        _versions = new uint[_tagNodes.Length];
        _permitNodes = BuildPermits(space);
        Server = new OpcUaServer(
            new OpcUaServerOptions
            {
                EndpointUrl = settings.Url,
                ApplicationUri = uri,
                ApplicationName = $"Gateway {context.Site.Plant.SiteId}",
                Policies = [.. settings.Security.Select(name => SecurityPolicy.Find(SecurityPolicy.UriPrefix + name)!)],
                Certificate = _certificate,
                Validator = store is null ? null : new CertificateValidator(store, context.Time),
                AllowAnonymous = settings.Anonymous,
                CheckPassword = accounts is null ? null : SignIn,
                Limits = new ServerLimits { MaxSessions = settings.MaxSessions },
                Report = line => LogRefusal(_logger, line),
            },
            space,
            context.Time);
    }

    /// <summary>The server, for its counters.</summary>
    public OpcUaServer Server { get; }

    /// <summary>Listens and copies until disposed.</summary>
    /// <returns>Where it listens.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">The address is taken or not ours.</exception>
    public IPEndPoint Start()
    {
        IPEndPoint address = Server.Listen(_settings.Listen);
        if (_settings.Security.Contains("None"))
            LogNoSecurity(_logger);
        _copying = CopyAsync();
        return address;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _copying;
        await Server.DisposeAsync();
        _certificate?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Checks who signs in, as for the page: same accounts, same locks, same rows of the audit.</summary>
    private ServerUser? SignIn(string name, string password, string peer)
    {
        string shown = name.Length is > 0 and <= 64 && !name.Any(char.IsControl) ? name : "?";
        if (password.Length is 0 or > PasswordHash.MaxLength)
            return null;
        (Account? account, string cause) = _accounts!.Check(name, password, peer);
        if (account is null)
        {
            _context.Commands.Record(CommandVerb.SignIn, shown, $"OPC UA, from {peer}", cause);
            return null;
        }
        _context.Commands.Record(CommandVerb.SignIn, account.Name, $"{Principal.NameOf(account.Role)}, OPC UA, from {peer}", null);
        // Whether an act is allowed is decided, and written down, for each one.
        return new ServerUser(account.Name, MayWrite: true) { Account = account };
    }

    /// <summary>What a user may do now; null for nobody, and for an account that was disabled or has another password.</summary>
    private Principal? PrincipalOf(ServerUser user) => user.Account is Account account ? _accounts!.Renew(account) : null;

    private async Task CopyAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(50, _context.Site.Plant.BasePeriodMs)), _context.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                EndStaleSessions();
                if (!_context.Scan.Snapshots.TryRent(out SnapshotLease lease))
                    continue;
                using (lease)
                {
                    CopyTags(lease.Value);
                    CopyPermits(lease.Value);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the gateway.
        }
    }

    private void EndStaleSessions()
    {
        if (_accounts is null || _context.Time.GetElapsedTime(_renewedAt) < RenewPeriod)
            return;
        _renewedAt = _context.Time.GetTimestamp();
        int ended = Server.EndSessions(user => user.Account is not null && PrincipalOf(user) is null);
        if (ended > 0)
            LogEnded(_logger, ended);
    }

    private static DateTime TimeOf(long utcTicks) => utcTicks <= 0 ? DateTime.MinValue : new DateTime(utcTicks, DateTimeKind.Utc);

    [LoggerMessage(1701, LogLevel.Warning, "{What}")]
    private static partial void LogRefusal(ILogger logger, string what);

    [LoggerMessage(1702, LogLevel.Warning, "The OPC UA server offers the policy None: what it sends can be read and changed on the way")]
    private static partial void LogNoSecurity(ILogger logger);

    [LoggerMessage(1703, LogLevel.Information, "{Count} OPC UA sessions ended because their accounts changed")]
    private static partial void LogEnded(ILogger logger, int count);
}
