using System.CommandLine;
using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.OpcUa;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Supervision;
using Gateway.OpcUa.Types;
using StatusCodes = Gateway.OpcUa.Types.StatusCodes;

namespace Gateway.Cli;

/// <summary>
/// <c>probe opcua</c>: talk to an OPC UA server by hand. Exit code 0 answer, 1 arguments wrong, 6 no answer. Without a
/// question it shows the endpoints and the server's certificate.
/// </summary>
internal static class ProbeOpcUaVerb
{
    private const int NoAnswer = 6;
    private const string SiteId = "probe";

    private static readonly Argument<string> Target = new("url") { Description = "opc.tcp://host:port/path" };
    private static readonly Option<string> Policy = new("--policy") { Description = "best, or a policy by name; None neither signs nor encrypts", DefaultValueFactory = _ => "best" };
    private static readonly Option<string?> User = new("--user") { Description = "Name of a user; anonymous without" };
    private static readonly Option<string?> PasswordFile = new("--password-file") { Description = "File whose first line is the user's password" };
    private static readonly Option<string> Store = new("--store") { Description = "Folder of the certificate store, for example DATA/pki of a gateway", DefaultValueFactory = _ => "pki" };
    private static readonly Option<bool> Trust = new("--trust") { Description = "Put the server's certificate, whose fingerprint is shown, on the store's trust list" };
    private static readonly Option<string?> Browse = new("--browse") { Description = "Nodes by a pattern of browse names from the root, for example 'Objects/**/NH4*'" };
    private static readonly Option<string[]> Read = new("--read") { Description = "Nodes to read, for example 'nsu=urn:plant;s=NH4' or i=2258" };
    private static readonly Option<string[]> Subscribe = new("--subscribe") { Description = "Nodes to watch" };
    private static readonly Option<int> Seconds = new("--seconds") { Description = "How long to watch", DefaultValueFactory = _ => 10 };
    private static readonly Option<string?> Write = new("--write") { Description = "NODE=NUMBER to write; needs --confirm" };
    private static readonly Option<bool> Confirm = new("--confirm") { Description = "Really write to the server" };
    private static readonly Option<int> Timeout = new("--timeout") { Description = "Milliseconds to wait for an answer", DefaultValueFactory = _ => 5000 };

    public static Command Create()
    {
        Read.AllowMultipleArgumentsPerToken = true;
        Subscribe.AllowMultipleArgumentsPerToken = true;
        var command = new Command("opcua", "Shows endpoints and certificate of an OPC UA server; browses, reads, watches or writes its nodes.")
        {
            Target, Policy, User, PasswordFile, Store, Trust, Browse, Read, Subscribe, Seconds, Write, Confirm, Timeout,
        };
        command.SetAction((parsed, cancel) => RunAsync(parsed, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        string url = parsed.GetValue(Target)!, policy = parsed.GetValue(Policy)!;
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.Scheme != "opc.tcp" || uri.Host.Length == 0)
            return Wrong($"'{url}' is no URL of an OPC UA server; write it like opc.tcp://192.0.2.20:4840");
        SecurityPolicy? wanted = SecurityPolicy.All.FirstOrDefault(p => string.Equals(p.Name, policy, StringComparison.OrdinalIgnoreCase));
        if (wanted is null && policy != "best")
            return Wrong($"--policy must be best, {string.Join(", ", SecurityPolicy.All.Select(p => p.Name))}");
        if (parsed.GetValue(Write) is not null && !parsed.GetValue(Confirm))
            return Wrong("writing changes the plant; add --confirm when that is meant");
        if ((parsed.GetValue(User) is null) != (parsed.GetValue(PasswordFile) is null))
            return Wrong("--user and --password-file belong together");
        var options = new OpcUaClientOptions
        {
            EndpointUrl = url,
            Policy = wanted,
            ApplicationName = "Gateway probe",
            SessionName = "gateway probe",
            RequestTimeoutMs = parsed.GetValue(Timeout),
            Connect = token => ConnectAsync(url, parsed.GetValue(Timeout), token),
        };
        try
        {
            bool asks = parsed.GetValue(Browse) is not null || parsed.GetValue(Read) is { Length: > 0 } || parsed.GetValue(Subscribe) is { Length: > 0 } || parsed.GetValue(Write) is not null;
            if (!asks || parsed.GetValue(Trust))
            {
                int code = await ShowEndpointsAsync(options, parsed.GetValue(Trust) ? parsed.GetValue(Store) : null);
                if (code != 0 || !asks)
                    return code;
            }

            return await AskAsync(Secured(options, wanted, parsed), parsed, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or AsnContentException or Users.AccountException)
        {
            return Wrong(e.Message);
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string url, int timeoutMs, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeoutMs);
        return await OpcUaTransport.ConnectTcpAsync(url, limit.Token);
    }

    private static OpcUaClientOptions Secured(OpcUaClientOptions options, SecurityPolicy? policy, ParseResult parsed)
    {
        string? user = parsed.GetValue(User);
        if (user is not null)
            options = options with { User = OpcUaIdentity.UserOf(user, parsed.GetValue(PasswordFile)!) };
        if (policy is { IsNone: true } && user is null)
            return options;
        var (certificate, store) = FieldLines.OpenIdentity(parsed.GetValue(Store)!, SiteId);
        return options with { Certificate = certificate, Validator = new CertificateValidator(store, TimeProvider.System) };
    }

    private static async Task<int> ShowEndpointsAsync(OpcUaClientOptions options, string? trustIn)
    {
        var (endpoints, fault) = await OpcUaClient.GetEndpointsAsync(options);
        if (!fault.IsNone)
            return Report(fault);
        foreach (EndpointDescription endpoint in endpoints)
        {
            string policy = SecurityPolicy.Find(endpoint.SecurityPolicyUri)?.Name ?? endpoint.SecurityPolicyUri + " (not supported)";
            string users = string.Join(", ", (endpoint.UserIdentityTokens ?? []).Select(t => t.TokenType).Distinct());
            Console.WriteLine($"{endpoint.EndpointUrl}  {policy} / {endpoint.SecurityMode}  users: {users}");
        }

        if (Array.Find(endpoints, e => e.ServerCertificate is { Length: > 0 }) is not { ServerCertificate: { } bytes } first)
            return 0;
        // Issuers may follow the server's own certificate.
        AsnDecoder.ReadEncodedValue(bytes, AsnEncodingRules.DER, out _, out _, out int length);
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(bytes.AsSpan(0, length));
        Console.WriteLine($"server {first.Server.ApplicationUri}");
        Console.WriteLine($"certificate {certificate.Subject}, issued by {certificate.Issuer}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"valid {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd} to {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}"));
        Console.WriteLine($"fingerprint (SHA-1) {certificate.Thumbprint}");
        Console.WriteLine($"fingerprint (SHA-256) {certificate.GetCertHashString(HashAlgorithmName.SHA256)}");
        if (trustIn is null)
            return 0;
        new CertificateStore(trustIn).Trust(certificate);
        Console.WriteLine($"trusted in {trustIn}; compare the fingerprint with the one that the server shows");
        return 0;
    }

    private static async Task<int> AskAsync(OpcUaClientOptions options, ParseResult parsed, CancellationToken cancel)
    {
        var (client, fault) = await OpcUaClient.ConnectAsync(options);
        if (client is null)
            return Report(fault);
        await using (client)
        {
            var (namespaces, failed) = await client.ReadAsync(NodeIds.NamespaceArray);
            if (!failed.IsNone)
                return Report(failed);
            var table = new NamespaceTable();
            if (namespaces[0].Value.TryGetArray(out string[]? uris))
                table.Set(uris!);
            var session = new ProbeSession(client, table);
            if (parsed.GetValue(Browse) is { } pattern && await session.BrowseAsync(pattern) is { IsNone: false } notBrowsed)
                return Report(notBrowsed);
            if (parsed.GetValue(Write) is { } write)
                return await session.WriteAsync(write) is { IsNone: false } notWritten ? Report(notWritten) : 0;
            if (parsed.GetValue(Read) is { Length: > 0 } reads && await session.ReadAsync(reads) is { IsNone: false } notRead)
                return Report(notRead);
            if (parsed.GetValue(Subscribe) is { Length: > 0 } watched && await session.SubscribeAsync(watched, parsed.GetValue(Seconds), cancel) is { IsNone: false } notWatched)
                return Report(notWatched);
        }

        return 0;
    }

    private static int Report(OpcUaFault fault)
    {
        Console.Error.WriteLine(fault);
        return fault.Status == StatusCodes.BadSyntaxError ? 1 : NoAnswer;
    }

    private static int Wrong(string text)
    {
        Console.Error.WriteLine($"probe opcua: error GW6202: {text}");
        return 1;
    }
}
