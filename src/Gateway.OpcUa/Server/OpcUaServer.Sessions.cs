using System.Buffers.Binary;
using System.Security.Cryptography;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <content>Sessions and who uses them.</content>
public sealed partial class OpcUaServer
{
    private const int NonceLength = 32;
    private const int MaxNonceLength = 128;
    private const int MinTimeoutMs = 10_000;
    private const int MaxSecretBytes = 1024;
    private const int MaxNameLength = 256;

    private readonly Dictionary<NodeId, ServerSession> _sessions = [];
    private uint _lastSession;

    private CreateSessionResponse CreateSession(ServerConnection connection, CreateSessionRequest request, out StatusCode status)
    {
        var policy = connection.Conversation!.Policy;
        var response = new CreateSessionResponse();
        status = CheckCreation(connection, request, policy);
        if (status.IsBad)
            return response;
        var timeout = double.IsNaN(request.RequestedSessionTimeout) ? MinTimeoutMs : Math.Clamp(request.RequestedSessionTimeout, MinTimeoutMs, Options.Limits.MaxSessionTimeoutMs);
        var session = new ServerSession
        {
            Id = new NodeId(++_lastSession, 1),
            Token = new NodeId(RandomNumberGenerator.GetBytes(NonceLength), 0),
            Name = request.SessionName is { Length: > 0 and <= MaxNameLength } name ? name : $"session {_lastSession}",
            ClientCertificate = connection.ClientCertificate,
            TimeoutTicks = Ticks(timeout),
            MaxResponseBytes = request.MaxResponseMessageSize,
            Connection = connection,
            ServerNonce = RandomNumberGenerator.GetBytes(NonceLength),
        };
        _sessions.Add(session.Token, session);
        Touch(session);
        response.SessionId = session.Id;
        response.AuthenticationToken = session.Token;
        response.RevisedSessionTimeout = timeout;
        response.ServerNonce = session.ServerNonce;
        response.ServerCertificate = Options.Certificate?.Chain;
        response.ServerEndpoints = EndpointsFor(request.EndpointUrl);
        response.MaxRequestMessageSize = (uint)Options.Limits.MaxMessageBytes;
        if (!policy.IsNone)
            response.ServerSignature = Sign(policy, [.. CertificateParts.Leaf(request.ClientCertificate), .. request.ClientNonce!]);
        return response;
    }

    private SignatureData Sign(SecurityPolicy policy, byte[] data) => new() { Algorithm = policy.SignatureUri, Signature = Options.Certificate!.Sign(policy, data) };

    private StatusCode CheckCreation(ServerConnection connection, CreateSessionRequest request, SecurityPolicy policy)
    {
        // A channel without security may ask for the endpoints even where no session may use it.
        if (!Options.Policies.Contains(policy))
            return StatusCodes.BadSecurityPolicyRejected;
        if (!policy.IsNone)
        {
            if (request.ClientNonce?.Length is null or < NonceLength or > MaxNonceLength)
                return StatusCodes.BadNonceInvalid;
            if (!CertificateParts.Leaf(request.ClientCertificate).SequenceEqual(CertificateParts.Leaf(connection.ClientCertificate)))
                return StatusCodes.BadSecurityChecksFailed;
            var named = CertificateParts.Split(connection.ClientCertificate);
            var uri = CertificateParts.Names(named[0]).Uri;
            named.ForEach(c => c.Dispose());
            if (uri != request.ClientDescription?.ApplicationUri)
                return StatusCodes.BadCertificateUriInvalid;
        }

        if (_sessions.Count < Options.Limits.MaxSessions)
            return default;
        // Sessions that were created and never used go first: creating them costs an attacker nothing.
        var idle = _sessions.Values.Where(s => !s.IsActive).MinBy(s => s.Ends);
        if (idle is null)
            return StatusCodes.BadTooManySessions;
        End(idle, deleteSubscriptions: true);
        return default;
    }

    private void Touch(ServerSession session)
    {
        session.Ends = Now + session.TimeoutTicks;
        Arm(session.Ends);
    }

    private StatusCode FindSession(ServerConnection connection, IServiceRequest request, out ServerSession? session)
    {
        if (!_sessions.TryGetValue(request.Header.AuthenticationToken, out session))
            return StatusCodes.BadSessionIdInvalid;
        if (session.Connection != connection)
            return StatusCodes.BadSecureChannelIdInvalid;
        if (!session.IsActive && request is not CloseSessionRequest)
        {
            End(session, deleteSubscriptions: true);
            return StatusCodes.BadSessionNotActivated;
        }

        Touch(session);
        return default;
    }

    /// <summary>Checks who wants the session; the password outside of the gate, as checking it takes long on purpose.</summary>
    private void Activate(ServerConnection connection, uint requestId, ActivateSessionRequest request)
    {
        var handle = request.RequestHeader.RequestHandle;
        StatusCode status;
        ServerSession? session;
        string? name = null, password = null;
        lock (Gate)
        {
            _requests++;
            status = CheckActivation(connection, request, out session);
            if (status.IsGood)
                status = ReadToken(connection, session!, request, out name, out password);
        }

        var user = Options.AnonymousUser;
        if (status.IsGood && name is not null && Options.CheckPassword!(name, password!, connection.Peer) is { } known)
            user = known;
        else if (status.IsGood && name is not null)
            status = StatusCodes.BadUserAccessDenied;

        lock (Gate)
        {
            if (status.IsGood && session!.IsActive && session.Connection != connection && session.User.Name != user.Name)
                status = StatusCodes.BadIdentityTokenRejected;
            if (status.IsBad)
            {
                Answer(connection, requestId, new ServiceFault(), handle, Reject(connection, name, status));
                return;
            }

            Adopt(session!, connection, user);
            if (name is not null)
                _logins.Succeed(connection.Peer);
            Answer(connection, requestId, new ActivateSessionResponse { ServerNonce = session!.ServerNonce, Results = [] }, handle, default);
        }
    }

    private StatusCode Reject(ServerConnection connection, string? name, StatusCode status)
    {
        if (status != StatusCodes.BadUserAccessDenied)
            return status;
        _refusedLogins++;
        _logins.Fail(connection.Peer);
        Tell($"OPC UA client {connection.Peer}: the login of '{name}' was refused");
        return status;
    }

    private void Adopt(ServerSession session, ServerConnection connection, ServerUser user)
    {
        var isNew = !session.IsActive || session.Connection != connection;
        if (session.IsActive && session.Connection is { } old && old != connection)
        {
            old.Dismiss();
            session.Publishes.Clear();
        }

        session.Connection = connection;
        session.User = user;
        session.IsActive = true;
        session.ServerNonce = RandomNumberGenerator.GetBytes(NonceLength);
        if (isNew)
            connection.Admit();
        Touch(session);
    }

    private StatusCode CheckActivation(ServerConnection connection, ActivateSessionRequest request, out ServerSession? session)
    {
        if (!_sessions.TryGetValue(request.RequestHeader.AuthenticationToken, out session))
            return StatusCodes.BadSessionIdInvalid;
        if (!session.IsActive && session.Connection != connection)
            return StatusCodes.BadSecureChannelIdInvalid;
        if (!session.ClientCertificate.AsSpan().SequenceEqual(connection.ClientCertificate))
            return StatusCodes.BadSecurityChecksFailed;
        var policy = connection.Conversation!.Policy;
        if (policy.IsNone)
            return default;
        byte[] signed = [.. Options.Certificate!.Certificate.RawData, .. session.ServerNonce];
        var isRight = connection.Verify(policy, signed, request.ClientSignature.Signature ?? []);
        // Some clients sign the whole chain that they were sent (Part 4 §5.6.3).
        if (!isRight && Options.Certificate.Chain.Length != Options.Certificate.Certificate.RawData.Length)
            isRight = connection.Verify(policy, [.. Options.Certificate.Chain, .. session.ServerNonce], request.ClientSignature.Signature ?? []);
        return isRight ? default : StatusCodes.BadApplicationSignatureInvalid;
    }

    private StatusCode ReadToken(ServerConnection connection, ServerSession session, ActivateSessionRequest request, out string? name, out string? password)
    {
        (name, password) = (null, null);
        switch (request.UserIdentityToken.Structure)
        {
            case null when request.UserIdentityToken.IsNull:
            case AnonymousIdentityToken:
                return Options.AllowAnonymous ? default : StatusCodes.BadIdentityTokenRejected;
            case UserNameIdentityToken token when Options.CheckPassword is not null && Options.Certificate is not null:
                name = token.UserName is { Length: <= MaxNameLength } user ? user : "";
                if (_logins.IsLocked(connection.Peer))
                    return StatusCodes.BadUserAccessDenied;
                password = Decrypt(PasswordPolicy(connection.Conversation!.Policy), token, session.ServerNonce);
                // One answer for whatever is wrong with a secret: differences would tell an attacker how to go on.
                return password is null ? StatusCodes.BadUserAccessDenied : default;
            default:
                return StatusCodes.BadIdentityTokenInvalid;
        }
    }

    /// <summary>Takes the password out of length, password and nonce (Part 4 §7.40.2.2); null when anything is wrong.</summary>
    private string? Decrypt(SecurityPolicy policy, UserNameIdentityToken token, byte[] nonce)
    {
        if (token.Password is not { Length: > 0 and <= MaxSecretBytes } secret || token.EncryptionAlgorithm != policy.EncryptionUri)
            return null;
        Span<byte> plain = stackalloc byte[MaxSecretBytes];
        var count = RsaOperations.Decrypt(policy, Options.Certificate!.PrivateKey, secret, plain);
        if (count < sizeof(int))
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(plain);
        if (length < nonce.Length || length > count - sizeof(int))
            return null;
        var content = plain.Slice(sizeof(int), length);
        var isOurs = CryptographicOperations.FixedTimeEquals(content[^nonce.Length..], nonce);
        var password = isOurs ? System.Text.Encoding.UTF8.GetString(content[..^nonce.Length]) : null;
        plain.Clear();
        return password;
    }

    private CloseSessionResponse Close(ServerSession session, CloseSessionRequest request)
    {
        End(session, request.DeleteSubscriptions);
        return new CloseSessionResponse();
    }

    /// <summary>Ends the sessions of users who may not have one any more, with their subscriptions. Any thread.</summary>
    /// <param name="which">Says whose; called under the gate, so it must not wait.</param>
    /// <returns>How many ended.</returns>
    public int EndSessions(Func<ServerUser, bool> which)
    {
        ArgumentNullException.ThrowIfNull(which);
        lock (Gate)
        {
            var ended = _sessions.Values.Where(s => s.IsActive && which(s.User)).ToArray();
            foreach (var session in ended)
                End(session, deleteSubscriptions: true);
            return ended.Length;
        }
    }

    private void End(ServerSession session, bool deleteSubscriptions)
    {
        while (session.Publishes.TryDequeue(out var ticket))
        {
            if (session.Connection is { } open)
                Answer(open, ticket.RequestId, new ServiceFault(), ticket.Handle, StatusCodes.BadSessionClosed);
        }

        foreach (var subscription in session.Subscriptions.ToArray())
        {
            if (deleteSubscriptions)
                Delete(subscription);
            else
                subscription.Session = null;
        }

        session.Subscriptions.Clear();
        _sessions.Remove(session.Token);
        if (session.IsActive)
            session.Connection?.Dismiss();
        session.Connection = null;
    }

    private long CheckSessions(long now)
    {
        var due = long.MaxValue;
        List<ServerSession>? ended = null;
        foreach (var session in _sessions.Values)
        {
            if (now >= session.Ends)
                (ended ??= []).Add(session);
            else
                due = Math.Min(due, session.Ends);
        }

        // The subscriptions stay for their own lifetime, so that the client can take them over (Part 4 §5.6.2).
        ended?.ForEach(s => End(s, deleteSubscriptions: false));
        return due;
    }
}
