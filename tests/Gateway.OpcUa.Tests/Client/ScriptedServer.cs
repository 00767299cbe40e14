using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.SecureConversation;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Client;

/// <summary>
/// The server's side of connections for tests of the client: honest by default, and each step can be replaced. Answers
/// are given at once, on the thread that asked.
/// </summary>
internal sealed class ScriptedServer
{
    private readonly MessageBuffer _output = new(1 << 24);
    private ScriptedStream? _target;

    public ScriptedServer(ApplicationCertificate? certificate = null)
    {
        Certificate = certificate;
        Answer = Default;
    }

    public ApplicationCertificate? Certificate { get; set; }

    /// <summary>Answers OPN with another certificate than the endpoints show.</summary>
    public ApplicationCertificate? OpeningCertificate { get; set; }

    public ConnectionLimits Limits { get; set; } = new(65536, 65536, 1 << 20, 64);

    public uint TokenLifetimeMs { get; set; } = 3_600_000;

    /// <summary>Replaces the answer to a request; null answers nothing.</summary>
    public Func<IServiceRequest, IStructure?> Answer { get; set; }

    /// <summary>Replaces all frames to the client; null lets them through.</summary>
    public Func<byte[], byte[]?>? Tamper { get; set; }

    public bool IsSilent { get; set; }

    public List<IServiceRequest> Requests { get; } = [];

    public List<uint> RequestIds { get; } = [];

    public int Connections { get; private set; }

    public int Openings { get; private set; }

    public ScriptedStream Stream { get; private set; } = null!;

    public Conversation Conversation { get; private set; } = null!;

    public Func<EndpointDescription, EndpointDescription> ChangeEndpoint { get; set; } = e => e;

    public SecurityPolicy[] Policies { get; set; } = [SecurityPolicy.None];

    public ValueTask<Stream> ConnectAsync(CancellationToken _)
    {
        Connections++;
        ScriptedStream stream = null!;
        stream = new ScriptedStream(bytes => OnWritten(stream, bytes));
        Stream = stream;
        _target = null;
        Conversation = null!;
        return new ValueTask<Stream>(stream);
    }

    /// <summary>Lets the answers go to another stream than the one the server listens on.</summary>
    public void Redirect(ScriptedStream stream) => _target = stream;

    /// <summary>Sends an answer to a request that was left open.</summary>
    public void Send(IStructure message, uint requestId)
    {
        var body = new MessageBuffer(1 << 24);
        var writer = new UaWriter(body);
        writer.WriteMessage(message);
        writer.Finish();
        Conversation.WriteMessage(_output, FrameKind.Message, requestId, body.Written);
        Deliver();
    }

    public IStructure? Default(IServiceRequest request)
    {
        IServiceResponse? response = request switch
        {
            GetEndpointsRequest => new GetEndpointsResponse { Endpoints = Endpoints() },
            CreateSessionRequest create => CreateSession(create),
            ActivateSessionRequest => new ActivateSessionResponse { ServerNonce = RandomNumberGenerator.GetBytes(32) },
            CloseSessionRequest => new CloseSessionResponse(),
            ReadRequest read => new ReadResponse { Results = [.. read.NodesToRead!.Select(n => new DataValue(new Variant(n.NodeId.Number * 1.0)))] },
            CreateSubscriptionRequest create => new CreateSubscriptionResponse { SubscriptionId = 7, RevisedPublishingInterval = create.RequestedPublishingInterval, RevisedMaxKeepAliveCount = create.RequestedMaxKeepAliveCount, RevisedLifetimeCount = create.RequestedLifetimeCount },
            _ => null,
        };
        if (response is not null)
            response.Header.RequestHandle = request.Header.RequestHandle;
        return response;
    }

    private EndpointDescription[] Endpoints() => [.. Policies.SelectMany(p => p.IsNone ? [MessageSecurityMode.None] : new[] { MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt }, (p, m) => ChangeEndpoint(new EndpointDescription
    {
        EndpointUrl = "opc.tcp://elsewhere:4840",
        SecurityPolicyUri = p.Uri,
        SecurityMode = m,
        ServerCertificate = Certificate?.Chain,
        Server = new ApplicationDescription { ApplicationUri = Certificate?.ApplicationUri },
        UserIdentityTokens = [new UserTokenPolicy { PolicyId = "anonymous", TokenType = UserTokenType.Anonymous }],
    }))];

    private CreateSessionResponse CreateSession(CreateSessionRequest create)
    {
        var response = new CreateSessionResponse
        {
            SessionId = new NodeId(1, 1),
            AuthenticationToken = new NodeId([1, 2, 3], 0),
            RevisedSessionTimeout = create.RequestedSessionTimeout,
            ServerNonce = RandomNumberGenerator.GetBytes(32),
            ServerEndpoints = Endpoints(),
            ServerCertificate = Certificate?.Chain,
        };
        if (!Conversation.Policy.IsNone)
            response.ServerSignature = new SignatureData { Algorithm = Conversation.Policy.SignatureUri, Signature = Certificate!.Sign(Conversation.Policy, [.. create.ClientCertificate!, .. create.ClientNonce!]) };
        return response;
    }

    private void OnWritten(ScriptedStream stream, ReadOnlyMemory<byte> written)
    {
        if (IsSilent || stream != Stream)
            return;
        byte[] bytes = written.ToArray();
        for (int start = 0; start < bytes.Length;)
        {
            FrameScan scan = FrameScan.Scan(bytes.AsSpan(start), 65536);
            Assert.Equal(FrameScanStatus.Frame, scan.Status);
            OnFrame(bytes, start, scan);
            start += scan.Size;
        }

        Deliver();
    }

    private void Deliver()
    {
        byte[] bytes = _output.Written.ToArray();
        _output.Length = 0;
        if (bytes.Length > 0)
            (_target ?? Stream).Feed(Tamper?.Invoke(bytes) ?? bytes);
    }

    private void OnFrame(byte[] bytes, int start, FrameScan scan)
    {
        switch (scan.Kind)
        {
            case FrameKind.Hello:
                new HelloMessage(0, Limits, null).Write(_output, FrameKind.Acknowledge);
                break;
            case FrameKind.Open:
                OnOpen(bytes.AsSpan(start, scan.Size));
                break;
            case FrameKind.Message:
                OnMessage(bytes, start, scan);
                break;
        }
    }

    private void OnOpen(ReadOnlySpan<byte> frame)
    {
        Openings++;
        Assert.True(AsymmetricHeader.TryRead(frame, out AsymmetricHeader header).IsNone);
        SecurityPolicy policy = SecurityPolicy.Find(header.PolicyUri)!;
        AsymmetricKeys keys = AsymmetricKeys.None;
        if (!policy.IsNone)
        {
            using X509Certificate2 client = X509CertificateLoader.LoadCertificate(header.SenderCertificate);
            Assert.True(RsaOperations.TryGetPublicKey(policy, client, out RSA key));
            keys = new AsymmetricKeys(policy, Certificate!.PrivateKey, Certificate.Chain, key, client.GetCertHash(HashAlgorithmName.SHA1));
        }

        // The mode stands in the body: a first look with any mode, then the real one.
        Conversation conversation = Conversation ?? new Conversation(policy, MessageSecurityMode.None, false, Limits, default);
        ChunkOutcome outcome = conversation.AcceptOpen(frame, header, keys);
        Assert.True(outcome.Kind == ChunkOutcomeKind.Message, outcome.Fault.ToString());
        var request = (OpenSecureChannelRequest)Encoding.MessageTests.Decode(outcome.Body, out _)!;
        if (Conversation is null)
        {
            uint sequence = 0;
            AsymmetricChunk.Open(frame, header, keys, out sequence, out _, out _);
            Conversation = conversation = new Conversation(policy, request.SecurityMode, false, Limits, default);
            conversation.StartAt(0, sequence);
        }

        byte[]? nonce = policy.IsNone ? null : RandomNumberGenerator.GetBytes(policy.NonceLength);
        var response = new OpenSecureChannelResponse
        {
            ServerNonce = nonce,
            SecurityToken = new ChannelSecurityToken { ChannelId = 5, TokenId = conversation.TokenId + 1, RevisedLifetime = TokenLifetimeMs },
        };
        var body = new MessageBuffer(4096);
        var writer = new UaWriter(body);
        writer.WriteMessage(response);
        writer.Finish();
        if (OpeningCertificate is { } other)
            keys = keys with { OwnKey = other.PrivateKey, OwnChain = other.Chain };
        conversation.WriteOpen(_output, keys, 5, outcome.RequestId, body.Written);
        conversation.Activate(conversation.CreateToken(5, response.SecurityToken.TokenId, nonce, request.ClientNonce), long.MaxValue);
    }

    private void OnMessage(byte[] bytes, int start, FrameScan scan)
    {
        ChunkOutcome outcome = Conversation.Accept(bytes, start, scan, 0);
        Assert.True(outcome.Kind is ChunkOutcomeKind.Message or ChunkOutcomeKind.Pending, outcome.Fault.ToString());
        if (outcome.Kind == ChunkOutcomeKind.Pending)
            return;
        uint requestId = outcome.RequestId;
        var request = (IServiceRequest)Encoding.MessageTests.Decode(outcome.Body, out StatusCode status)!;
        Assert.True(status.IsGood);
        Requests.Add(request);
        RequestIds.Add(requestId);
        if (Answer(request) is not { } answer)
            return;
        var body = new MessageBuffer(1 << 24);
        var writer = new UaWriter(body);
        writer.WriteMessage(answer);
        writer.Finish();
        Conversation.WriteMessage(_output, FrameKind.Message, requestId, body.Written);
    }
}
