using System.Security.Cryptography;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.SecureConversation;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Session;

/// <content>Hello, opening and renewal of the channel.</content>
internal sealed partial class ClientConnection
{
    // Part 4 §5.5.2: the old token is taken for a quarter of its lifetime longer; the new one is asked for at three quarters.
    private const double RenewAt = 0.75;
    private const double RefuseAt = 1.25;

    private PendingRequest? _hello;
    private long _renewAt = long.MaxValue;
    private long _tokenEnds = long.MaxValue;

    private ValueTask<OpcUaFault> HelloAsync()
    {
        PendingRequest pending;
        lock (_gate)
        {
            if (_output.IsClosed)
                return new ValueTask<OpcUaFault>(Fault);
            _hello = pending = TakeFree(null, _options.RequestTimeoutMs);
            _inFlight.Add(pending.RequestId, pending);
            if (!_options.IsReverse)
                new HelloMessage(0, _options.Limits, _options.EndpointUrl).Write(_output.Buffer, FrameKind.Hello);
            Arm(pending.Deadline);
        }

        // A server that opened the stream may have spoken already: only now is there somebody to take its answer.
        _ = ReadLoopAsync();
        _output.Flush();
        return new ValueTask<OpcUaFault>(pending, pending.Version);
    }

    private OpcUaFault OnReverseHello(ReadOnlySpan<byte> body)
    {
        if (!_options.IsReverse || _conversation is not null || !ReverseHelloMessage.TryRead(body, out var message))
            return Unexpected("a reverse hello");
        lock (_gate)
            new HelloMessage(0, _options.Limits, message.EndpointUrl ?? _options.EndpointUrl).Write(_output.Buffer, FrameKind.Hello);
        return default;
    }

    private OpcUaFault OnAcknowledge(ReadOnlySpan<byte> body)
    {
        if (_hello is not { } pending || _conversation is not null || !HelloMessage.TryRead(body, FrameKind.Acknowledge, out var message))
            return Unexpected("an acknowledge");
        if (!_options.Limits.TryAgree(message.Limits, out var agreed, out var sendMax))
            return new OpcUaFault(StatusCodes.BadTcpNotEnoughResources, $"the server wants buffers of {message.Limits.ReceiveBuffer} and {message.Limits.SendBuffer} bytes, which is outside of 8192 to what was offered");
        _conversation = new Conversation(_options.Policy, _options.Mode, isClient: true, agreed, sendMax);
        _hello = null;
        Complete(pending.RequestId, default);
        return default;
    }

    private ValueTask<OpcUaFault> SendOpenAsync(SecurityTokenRequestType type)
    {
        PendingRequest pending;
        lock (_gate)
        {
            if (_output.IsClosed)
                return new ValueTask<OpcUaFault>(Fault);
            pending = TakeFree(new OpenSecureChannelResponse(), _options.RequestTimeoutMs);
            pending.OpeningNonce = _options.Policy.IsNone ? null : RandomNumberGenerator.GetBytes(_options.Policy.NonceLength);
            var request = new OpenSecureChannelRequest
            {
                RequestType = type,
                SecurityMode = _options.Mode,
                ClientNonce = pending.OpeningNonce,
                RequestedLifetime = _options.TokenLifetimeMs,
            };
            FillHeader(request, pending.RequestId, _options.RequestTimeoutMs);
            request.RequestHeader.AuthenticationToken = default;
            _body.Length = 0;
            var writer = new UaWriter(_body);
            writer.WriteMessage(request);
            writer.Finish();
            _conversation!.WriteOpen(_output.Buffer, _keys, _conversation.ChannelId, pending.RequestId, _body.Written);
            _inFlight.Add(pending.RequestId, pending);
            Arm(pending.Deadline);
        }

        FlushUnlessResuming();
        return new ValueTask<OpcUaFault>(pending, pending.Version);
    }

    private OpcUaFault OnOpen(ReadOnlySpan<byte> frame)
    {
        if (_conversation is null)
            return Unexpected("an answer to an opening");
        var fault = AsymmetricHeader.TryRead(frame, out var header);
        if (!fault.IsNone)
            return fault;
        fault = CheckHeader(header);
        if (!fault.IsNone)
            return fault;
        var outcome = _conversation.AcceptOpen(frame, header, _keys);
        if (outcome.Kind != ChunkOutcomeKind.Message)
            return outcome.Fault;
        if (Take(outcome.RequestId) is not { } pending)
        {
            LateAnswers++;
            return default;
        }

        fault = Decode(pending, outcome.Body);
        if (fault.IsNone && pending.Response is OpenSecureChannelResponse response)
            fault = Activate(response, pending.OpeningNonce, header.ChannelId);
        pending.Finish(fault);
        return fault;
    }

    private OpcUaFault CheckHeader(in AsymmetricHeader header)
    {
        if (header.PolicyUri != _options.Policy.Uri)
            return new OpcUaFault(StatusCodes.BadSecurityPolicyRejected, $"the server answered with the policy '{header.PolicyUri}', asked was {_options.Policy}");
        if (_options.Policy.IsNone)
            return default;
        if (!CertificateParts.Leaf(header.SenderCertificate).SequenceEqual(CertificateParts.Leaf(_options.ServerCertificate)))
            return new OpcUaFault(StatusCodes.BadSecurityChecksFailed, "the server opened the channel with another certificate than its endpoint names", "ask for the endpoints again; if it stays, somebody may be in between");
        var own = _options.Own!.Certificate.GetCertHash(HashAlgorithmName.SHA1);
        return header.ReceiverThumbprint.SequenceEqual(own)
            ? default
            : new OpcUaFault(StatusCodes.BadSecurityChecksFailed, "the server's answer was encrypted for another certificate than ours");
    }

    private OpcUaFault Activate(OpenSecureChannelResponse response, byte[]? ownNonce, uint headerChannel)
    {
        ref var token = ref response.SecurityToken;
        if (!_options.Policy.IsNone && response.ServerNonce?.Length != _options.Policy.NonceLength)
            return new OpcUaFault(StatusCodes.BadNonceInvalid, $"the server's nonce has {response.ServerNonce?.Length ?? 0} bytes, the policy wants {_options.Policy.NonceLength}");
        if (ownNonce is not null && response.ServerNonce.AsSpan().SequenceEqual(ownNonce))
            return new OpcUaFault(StatusCodes.BadNonceInvalid, "the server sent our own nonce back");
        var channel = token.ChannelId != 0 ? token.ChannelId : headerChannel;
        if (_conversation!.ChannelId != 0 && channel != _conversation.ChannelId)
            return new OpcUaFault(StatusCodes.BadTcpSecureChannelUnknown, $"the server renewed channel {channel} instead of {_conversation.ChannelId}");
        var now = _time.GetTimestamp();
        var lifetime = token.RevisedLifetime == 0 ? _options.TokenLifetimeMs : token.RevisedLifetime;
        var ticks = lifetime / 1000.0 * _time.TimestampFrequency;
        var created = _conversation.CreateToken(channel, token.TokenId, ownNonce, response.ServerNonce);
        // The old token's time counts from its own start, which is where _tokenEnds comes from.
        _conversation.Activate(created, _tokenEnds);
        lock (_gate)
        {
            _tokenEnds = now + (long)(RefuseAt * ticks);
            _renewAt = now + (long)(RenewAt * ticks);
            Arm(_renewAt);
        }

        return default;
    }

    private async Task RenewAsync()
    {
        var fault = await SendOpenAsync(SecurityTokenRequestType.Renew).ConfigureAwait(false);
        if (!fault.IsNone)
            Close(fault with { Cause = "the channel could not be renewed: " + fault.Cause });
    }

    private static OpcUaFault Unexpected(string what) => new(StatusCodes.BadTcpMessageTypeInvalid, $"the server sent {what} that was not asked for or is malformed");
}
