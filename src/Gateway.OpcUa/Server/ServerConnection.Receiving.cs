using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.SecureConversation;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <content>The way in: frames, hello, opening and renewal of the channel.</content>
internal sealed partial class ServerConnection
{
    // Part 4 §5.5.2: the old token is taken for a quarter of its lifetime longer.
    private const double RefuseAt = 1.25;

    private AsymmetricKeys _keys = AsymmetricKeys.None;
    private byte[] _lastClientNonce = [];
    private long _tokenEnds = long.MaxValue;
    private uint _lastToken;

    private OpcUaFault AcceptFrames()
    {
        var start = 0;
        while (start < _receivedEnd && !_output.IsClosed)
        {
            var scan = FrameScan.Scan(_received.AsSpan(start.._receivedEnd), _hasHello ? _agreed.ReceiveBuffer : FirstBuffer);
            if (scan.Status == FrameScanStatus.Broken)
                return scan.Fault;
            if (scan.Status == FrameScanStatus.NeedMore)
                break;
            var fault = scan.Kind switch
            {
                FrameKind.Message => OnMessage(start, scan),
                FrameKind.Open => OnOpen(_received.AsSpan(start, scan.Size)),
                FrameKind.Hello => OnHello(_received.AsSpan(start + FrameScan.HeaderSize, scan.Size - FrameScan.HeaderSize)),
                FrameKind.Close => OnClose(start, scan),
                _ => new OpcUaFault(StatusCodes.BadTcpMessageTypeInvalid, "a client does not send such frames"),
            };
            if (!fault.IsNone)
                return fault;
            start += scan.Size;
        }

        if (start > 0)
        {
            _received.AsSpan(start.._receivedEnd).CopyTo(_received);
            _receivedEnd -= start;
        }

        return default;
    }

    private OpcUaFault OnHello(ReadOnlySpan<byte> body)
    {
        if (_hasHello || !HelloMessage.TryRead(body, FrameKind.Hello, out var hello))
            return new OpcUaFault(StatusCodes.BadTcpMessageTypeInvalid, "the hello is malformed or comes twice");
        if (Math.Min(hello.Limits.ReceiveBuffer, hello.Limits.SendBuffer) < ConnectionLimits.SmallestBuffer)
            return new OpcUaFault(StatusCodes.BadTcpNotEnoughResources, $"buffers of less than {ConnectionLimits.SmallestBuffer} bytes are not allowed");
        _agreed = new ConnectionLimits(
            Math.Min(_limits.BufferBytes, hello.Limits.SendBuffer), Math.Min(_limits.BufferBytes, hello.Limits.ReceiveBuffer), _limits.DiscoveryMessageBytes, _limits.MaxChunks);
        _sendMax = (hello.Limits.MaxMessage, hello.Limits.MaxChunks);
        _hasHello = true;
        lock (_server.Gate)
            new HelloMessage(0, _agreed with { MaxMessage = _limits.MaxMessageBytes }, null).Write(_output.Buffer, FrameKind.Acknowledge);
        return default;
    }

    private OpcUaFault OnClose(int start, in FrameScan scan)
    {
        if (Conversation is null)
            return new OpcUaFault(StatusCodes.BadTcpMessageTypeInvalid, "a channel is closed that was never opened");
        var outcome = Conversation.Accept(_received, start, scan, _server.Now);
        if (outcome.Kind == ChunkOutcomeKind.Broken)
            return outcome.Fault;
        lock (_server.Gate)
            Close();
        return default;
    }

    private OpcUaFault OnMessage(int start, in FrameScan scan)
    {
        if (Conversation is null)
            return new OpcUaFault(StatusCodes.BadTcpMessageTypeInvalid, "a message came before the channel was opened");
        var outcome = Conversation.Accept(_received, start, scan, _server.Now);
        if (outcome.Kind == ChunkOutcomeKind.Broken)
            return outcome.Fault;
        if (outcome.Kind == ChunkOutcomeKind.Message)
            _server.Serve(this, outcome.RequestId, outcome.Body);
        return default;
    }

    private OpcUaFault OnOpen(ReadOnlySpan<byte> frame)
    {
        if (!_hasHello)
            return new OpcUaFault(StatusCodes.BadTcpMessageTypeInvalid, "a channel is opened without a hello");
        var fault = AsymmetricHeader.TryRead(frame, out var header);
        if (fault.IsNone)
            fault = Conversation is null ? ChooseKeys(header) : CheckSame(header);
        if (!fault.IsNone)
            return fault;
        if (Conversation is null)
        {
            fault = AsymmetricChunk.Open(frame, header, _keys, out var first, out var requestId, out var body);
            return fault.IsNone ? Decode(body, requestId, first) : fault;
        }

        var outcome = Conversation.AcceptOpen(frame, header, _keys);
        return outcome.Kind == ChunkOutcomeKind.Message ? Decode(outcome.Body, outcome.RequestId, 0) : outcome.Fault;
    }

    private OpcUaFault Decode(ReadOnlySpan<byte> body, uint requestId, uint firstSequence)
    {
        var request = new OpenSecureChannelRequest();
        var reader = new UaReader(body, _server.Options.Encoding);
        if (reader.ReadMessageType() == request.EncodingId)
            request.Decode(ref reader);
        else
            reader.Fail(StatusCodes.BadTcpMessageTypeInvalid);
        return reader.IsGood ? Open(request, requestId, firstSequence) : new OpcUaFault(reader.Status, "the request to open a channel cannot be decoded");
    }

    /// <summary>Finds the policy and checks the client's certificate; only then is anything decrypted.</summary>
    private OpcUaFault ChooseKeys(in AsymmetricHeader header)
    {
        var policy = SecurityPolicy.Find(header.PolicyUri);
        // Discovery works without security even where sessions do not (Part 4 §5.4.1).
        if (policy is null || (!policy.IsNone && !_server.Options.Policies.Contains(policy)))
            return new OpcUaFault(StatusCodes.BadSecurityPolicyRejected, "this policy is not offered");
        if (policy.IsNone)
            return default;
        var own = _server.Options.Certificate!;
        if (!header.ReceiverThumbprint.SequenceEqual(own.Certificate.GetCertHash(HashAlgorithmName.SHA1)))
            return new OpcUaFault(StatusCodes.BadCertificateInvalid, "the client uses an old certificate of this server", "let the client ask for the endpoints again");
        var fault = _server.Options.Validator!.Validate(header.SenderCertificate, new CertificateExpectation(policy, IsServer: false, null, null));
        if (!fault.IsNone)
            return fault;
        ClientCertificate = header.SenderCertificate.ToArray();
        using var certificate = X509CertificateLoader.LoadCertificate(CertificateParts.Leaf(header.SenderCertificate));
        if (!RsaOperations.TryGetPublicKey(policy, certificate, out var key))
            return new OpcUaFault(StatusCodes.BadCertificatePolicyCheckFailed, "the client's key does not fit the policy");
        _keys = new AsymmetricKeys(policy, own.PrivateKey, own.Chain, key, certificate.GetCertHash(HashAlgorithmName.SHA1));
        return default;
    }

    private OpcUaFault CheckSame(in AsymmetricHeader header) =>
        header.ChannelId == Conversation!.ChannelId && header.PolicyUri == _keys.Policy.Uri && header.SenderCertificate.SequenceEqual(ClientCertificate)
            ? default
            : new OpcUaFault(StatusCodes.BadSecurityChecksFailed, "a channel is renewed with another number, policy or certificate");

    private OpcUaFault Open(OpenSecureChannelRequest request, uint requestId, uint firstSequence)
    {
        var policy = _keys.Policy;
        var isFirst = Conversation is null;
        var isOffered = policy.IsNone ? request.SecurityMode == MessageSecurityMode.None : _server.Options.Modes.Contains(request.SecurityMode);
        if (!isOffered || (!isFirst && request.SecurityMode != Conversation!.Mode))
            return new OpcUaFault(StatusCodes.BadSecurityModeRejected, "this mode is not offered with this policy");
        if (isFirst != (request.RequestType == SecurityTokenRequestType.Issue))
            return new OpcUaFault(StatusCodes.BadRequestTypeInvalid, "a channel is opened twice, or renewed before it is open");
        if (!policy.IsNone && (request.ClientNonce?.Length != policy.NonceLength || request.ClientNonce.AsSpan().SequenceEqual(_lastClientNonce)))
            return new OpcUaFault(StatusCodes.BadNonceInvalid, "the client's nonce has the wrong length or was used before");
        _lastClientNonce = request.ClientNonce ?? [];
        var nonce = policy.IsNone ? null : RandomNumberGenerator.GetBytes(policy.NonceLength);
        var lifetime = Math.Clamp(request.RequestedLifetime, (uint)_limits.TokenLifetimeMs.Min, (uint)_limits.TokenLifetimeMs.Max);
        lock (_server.Gate)
        {
            if (isFirst)
            {
                Conversation = new Conversation(policy, request.SecurityMode, isClient: false, _agreed, _sendMax);
                Conversation.StartAt(0, firstSequence);
                Deadline = _server.After(_limits.WithoutSessionMs);
            }

            var channel = isFirst ? _server.NextChannel() : Conversation!.ChannelId;
            var response = new OpenSecureChannelResponse
            {
                ServerNonce = nonce,
                SecurityToken = new ChannelSecurityToken { ChannelId = channel, TokenId = ++_lastToken, CreatedAt = _server.UtcNow, RevisedLifetime = lifetime },
            };
            _server.FillHeader(response, request.RequestHeader.RequestHandle, default);
            Conversation!.WriteOpen(_output.Buffer, _keys, channel, requestId, _server.Encode(response).Written);
            var token = Conversation.CreateToken(channel, _lastToken, nonce, request.ClientNonce);
            Conversation.Activate(token, _tokenEnds);
            _tokenEnds = _server.After((long)(lifetime * RefuseAt));
            // A token whose client never renews it is worth nothing to anybody but a thief.
            token.RefusedAt = _tokenEnds;
        }

        return default;
    }
}
