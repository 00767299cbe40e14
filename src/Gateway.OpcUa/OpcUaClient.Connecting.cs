using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Session;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa;

/// <content>From a URL to an activated session.</content>
public sealed partial class OpcUaClient
{
    private const int NonceLength = 32;

    /// <summary>Asks a server for its endpoints on a channel without security.</summary>
    /// <returns>The endpoints, or why there are none.</returns>
    public static async ValueTask<(EndpointDescription[] Endpoints, OpcUaFault Fault)> GetEndpointsAsync(OpcUaClientOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var response = new GetEndpointsResponse();
        var request = new GetEndpointsRequest { EndpointUrl = options.EndpointUrl, LocaleIds = options.LocaleIds, ProfileUris = [] };
        var fault = await DiscoverAsync(options, time ?? TimeProvider.System, request, response).ConfigureAwait(false);
        return (response.Endpoints ?? [], fault);
    }

    /// <summary>Asks a server which servers it knows; itself at least.</summary>
    public static async ValueTask<(ApplicationDescription[] Servers, OpcUaFault Fault)> FindServersAsync(OpcUaClientOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var response = new FindServersResponse();
        var request = new FindServersRequest { EndpointUrl = options.EndpointUrl, LocaleIds = options.LocaleIds, ServerUris = [] };
        var fault = await DiscoverAsync(options, time ?? TimeProvider.System, request, response).ConfigureAwait(false);
        return (response.Servers ?? [], fault);
    }

    /// <summary>Finds the endpoint that fits, checks the server, opens channel and session.</summary>
    /// <returns>A client with an activated session, or the fault with its cause and cure.</returns>
    public static async ValueTask<OpcUaConnectResult> ConnectAsync(OpcUaClientOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        time ??= TimeProvider.System;
        var client = new OpcUaClient(options, time);
        var fault = await client.DiscoverEndpointAsync().ConfigureAwait(false);
        if (fault.IsNone)
            fault = await client.OpenChannelAsync().ConfigureAwait(false);
        if (fault.IsNone)
            fault = await client.CreateSessionAsync().ConfigureAwait(false);
        if (fault.IsNone)
            fault = await client.ActivateAsync().ConfigureAwait(false);
        if (fault.IsNone)
            return new OpcUaConnectResult(client, default);
        // A session that was created but not activated is closed too: servers count it.
        await client.DisposeAsync().ConfigureAwait(false);
        return new OpcUaConnectResult(null, fault);
    }

    private static async ValueTask<OpcUaFault> DiscoverAsync(OpcUaClientOptions options, TimeProvider time, IServiceRequest request, IServiceResponse response)
    {
        var (connection, fault) = await OpenAsync(options, time, null).ConfigureAwait(false);
        if (connection is null)
            return fault;
        fault = await connection.SendAsync(request, response).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
        return fault;
    }

    /// <summary>Opens stream and channel; without security when there is no endpoint yet.</summary>
    private static async ValueTask<(ClientConnection? Connection, OpcUaFault Fault)> OpenAsync(OpcUaClientOptions options, TimeProvider time, EndpointDescription? endpoint)
    {
        var policy = endpoint is null ? SecurityPolicy.None : SecurityPolicy.Find(endpoint.SecurityPolicyUri)!;
        Stream stream;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(options.RequestTimeoutMs), time);
            stream = options.Connect is { } connect
                ? await connect(limit.Token).ConfigureAwait(false)
                : await OpcUaTransport.ConnectTcpAsync(options.EndpointUrl, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return (null, new OpcUaFault(StatusCodes.BadTimeout, $"{options.EndpointUrl} cannot be reached: no answer to the connection request", "check address, port and firewall"));
        }
        catch (Exception e) when (StreamFault.IsFault(e))
        {
            return (null, new OpcUaFault(StatusCodes.BadNotConnected, $"{options.EndpointUrl} cannot be reached: {e.Message}", "check address, port and firewall"));
        }

        var connection = new ClientConnection(stream, Connection(options, endpoint, policy), time);
        if (endpoint is not null)
            connection.Closed = options.Closed;
        var fault = await connection.OpenAsync().ConfigureAwait(false);
        if (fault.IsNone)
            return (connection, default);
        connection.Closed = null;
        await connection.DisposeAsync().ConfigureAwait(false);
        return (null, fault);
    }

    private static ConnectionOptions Connection(OpcUaClientOptions options, EndpointDescription? endpoint, SecurityPolicy policy) => new()
    {
        EndpointUrl = options.EndpointUrl,
        Limits = options.Limits,
        Encoding = options.Encoding,
        Policy = policy,
        Mode = endpoint?.SecurityMode ?? MessageSecurityMode.None,
        Own = policy.IsNone ? null : options.Certificate,
        ServerCertificate = policy.IsNone ? [] : endpoint!.ServerCertificate!,
        RequestTimeoutMs = options.RequestTimeoutMs,
        TokenLifetimeMs = (uint)options.TokenLifetimeMs,
        MaxOutstanding = options.MaxOutstanding,
        IsReverse = options.IsReverse,
    };

    private static OpcUaFault CheckServer(OpcUaClientOptions options, EndpointDescription endpoint)
    {
        var policy = SecurityPolicy.Find(endpoint.SecurityPolicyUri)!;
        // A password is encrypted with the server's key even where the channel is not: then the key must be the right one.
        var encryptsPassword = options.User.Type != UserTokenType.Anonymous && EndpointChoice.FindToken(endpoint, options.User.Type) is { SecurityPolicyUri.Length: > 0 } token &&
            SecurityPolicy.Find(token.SecurityPolicyUri) is { IsNone: false };
        if (policy.IsNone && !encryptsPassword)
            return default;
        if (!policy.IsNone && options.Certificate is null)
            throw new ArgumentException($"The policy {policy} needs a certificate of this application.", nameof(options));
        if (options.Validator is null)
            throw new ArgumentException("A server with a certificate needs a validator.", nameof(options));
        var expected = new CertificateExpectation(policy, IsServer: true, options.HostName, endpoint.Server.ApplicationUri);
        return options.Validator.Validate(endpoint.ServerCertificate, expected);
    }

    /// <summary>Asks for the endpoints and takes the one that fits; without a fault its server is checked.</summary>
    internal async ValueTask<OpcUaFault> DiscoverEndpointAsync()
    {
        var (endpoints, fault) = await GetEndpointsAsync(_options, _time).ConfigureAwait(false);
        EndpointDescription endpoint = new();
        if (fault.IsNone)
            fault = EndpointChoice.Pick(endpoints, _options, out endpoint);
        if (fault.IsNone)
            fault = CheckServer(_options, endpoint);
        if (fault.IsNone)
            Endpoint = endpoint;
        return fault;
    }

    /// <summary>Opens a channel to the chosen endpoint; a session that exists can then be activated on it.</summary>
    internal async ValueTask<OpcUaFault> OpenChannelAsync()
    {
        var (connection, fault) = await OpenAsync(_options, _time, Endpoint).ConfigureAwait(false);
        if (connection is null)
            return fault;
        connection.AuthenticationToken = _token;
        _connection = connection;
        return default;
    }

    /// <summary>Closes the channel and leaves the session to the server; the peer need not be there any more.</summary>
    internal ValueTask CloseChannelAsync() => _connection?.DisposeAsync() ?? default;

    /// <summary>The session is over: its token, its subscriptions and what they still bring mean nothing any more.</summary>
    internal void ForgetSession()
    {
        _token = default;
        _pump.Reset();
        if (_connection is { } connection)
            connection.AuthenticationToken = default;
    }

    internal async ValueTask<OpcUaFault> CreateSessionAsync()
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        var policy = SecurityPolicy.Find(Endpoint.SecurityPolicyUri)!;
        var request = new CreateSessionRequest
        {
            ClientDescription = new ApplicationDescription
            {
                ApplicationUri = _options.ClientUri,
                ProductUri = _options.ClientUri,
                ApplicationName = new LocalizedText(_options.ApplicationName),
                ApplicationType = ApplicationType.Client,
                DiscoveryUrls = [],
            },
            EndpointUrl = _options.EndpointUrl,
            SessionName = _options.SessionName,
            ClientNonce = nonce,
            ClientCertificate = policy.IsNone ? null : _options.Certificate!.Chain,
            RequestedSessionTimeout = _options.SessionTimeoutMs,
            MaxResponseMessageSize = (uint)_options.Limits.MaxMessage,
        };
        var response = new CreateSessionResponse();
        var fault = await SendAsync(request, response).ConfigureAwait(false);
        if (!fault.IsNone)
            return fault;
        _token = response.AuthenticationToken;
        _connection!.AuthenticationToken = _token;
        SessionId = response.SessionId;
        SessionTimeout = TimeSpan.FromMilliseconds(Math.Clamp(response.RevisedSessionTimeout, 0, int.MaxValue));
        MaxRequestBytes = response.MaxRequestMessageSize;
        _serverNonce = response.ServerNonce;
        return policy.IsNone ? default : CheckSession(response, policy, nonce);
    }

    /// <summary>The server proves that it owns the key of its certificate, and that discovery was not tampered with.</summary>
    private OpcUaFault CheckSession(CreateSessionResponse response, SecurityPolicy policy, byte[] nonce)
    {
        var leaf = CertificateParts.Leaf(Endpoint.ServerCertificate);
        if (!CertificateParts.Leaf(response.ServerCertificate).SequenceEqual(leaf))
            return new OpcUaFault(StatusCodes.BadCertificateInvalid, "the session's server certificate is not that of the endpoint");
        if (response.ServerNonce is not { Length: >= NonceLength })
            return new OpcUaFault(StatusCodes.BadNonceInvalid, "the server's session nonce is shorter than 32 bytes");
        using var certificate = X509CertificateLoader.LoadCertificate(leaf);
        using var key = certificate.GetRSAPublicKey()!;
        byte[] signed = [.. _options.Certificate!.Certificate.RawData, .. nonce];
        byte[] signedChain = [.. _options.Certificate.Chain, .. nonce];
        var signature = response.ServerSignature.Signature ?? [];
        if (!RsaOperations.Verify(policy, key, signed, signature) && !RsaOperations.Verify(policy, key, signedChain, signature))
            return new OpcUaFault(StatusCodes.BadApplicationSignatureInvalid, "the server's signature is wrong: it does not own the key of its certificate", "somebody may be in between; check the server");
        // Part 4 §5.7.2: policy, mode and tokens are always there, the certificate may be left out.
        var isOffered = response.ServerEndpoints is null or { Length: 0 } || Array.Exists(response.ServerEndpoints, e =>
            e.SecurityPolicyUri == Endpoint.SecurityPolicyUri && e.SecurityMode == Endpoint.SecurityMode &&
            (e.ServerCertificate is null or { Length: 0 } || CertificateParts.Leaf(e.ServerCertificate).SequenceEqual(CertificateParts.Leaf(Endpoint.ServerCertificate))));
        return isOffered
            ? default
            : new OpcUaFault(StatusCodes.BadSecurityChecksFailed, "the endpoints in the session differ from those of the discovery", "somebody may be in between; check the server");
    }

    internal async ValueTask<OpcUaFault> ActivateAsync()
    {
        var policy = SecurityPolicy.Find(Endpoint.SecurityPolicyUri)!;
        var request = new ActivateSessionRequest { ClientSoftwareCertificates = [], LocaleIds = _options.LocaleIds };
        if (!policy.IsNone)
        {
            byte[] data = [.. CertificateParts.Leaf(Endpoint.ServerCertificate), .. _serverNonce ?? []];
            request.ClientSignature = new SignatureData { Algorithm = policy.SignatureUri, Signature = _options.Certificate!.Sign(policy, data) };
        }

        var fault = UserTokens.Create(_options, Endpoint, _serverNonce, out request.UserIdentityToken, out request.UserTokenSignature);
        if (!fault.IsNone)
            return fault;
        var response = new ActivateSessionResponse();
        fault = await SendAsync(request, response).ConfigureAwait(false);
        if (fault.IsNone)
            _serverNonce = response.ServerNonce;
        return fault;
    }
}
