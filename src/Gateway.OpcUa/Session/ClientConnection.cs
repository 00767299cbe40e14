using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.SecureConversation;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Session;

/// <summary>
/// One stream with one secure channel: hello, opening, renewal, requests matched with their answers, time-outs. Requests
/// may be made from any thread. An answer is decoded and its awaiter resumed on the thread that read it, so awaiting
/// code must not block. In steady state a request allocates nothing. A closed connection is used up.
/// </summary>
internal sealed partial class ClientConnection : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly ConnectionOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly OutgoingStream _output;
    private readonly AsymmetricKeys _keys;
    private readonly Dictionary<uint, PendingRequest> _inFlight = [];
    private Conversation? _conversation;
    private PendingRequest? _free;
    private uint _lastRequestId;

    /// <summary>Takes over an opened stream; it is read from <see cref="OpenAsync"/> on.</summary>
    public ClientConnection(Stream stream, ConnectionOptions options, TimeProvider time)
    {
        _stream = stream;
        _options = options;
        _time = time;
        _received = new byte[2 * options.Limits.ReceiveBuffer];
        _output = new OutgoingStream(stream, _gate, OutgoingLimit, FirstOutgoing, e => Close(Broken(e)));
        _keys = Keys(options);
        _timer = time.CreateTimer(static c => ((ClientConnection)c!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Called once, when the connection is closed by either side, from any thread.</summary>
    public Action<OpcUaFault>? Closed { get; set; }

    /// <summary>Why the connection is closed; none while it is open.</summary>
    public OpcUaFault Fault { get; private set; }

    /// <summary>The token sent with every request; null before the session exists.</summary>
    public NodeId AuthenticationToken { get; set; }

    /// <summary>Answers that came after their request had run out.</summary>
    public long LateAnswers { get; private set; }

    /// <summary>How far the server's clock was ahead of ours in its last answer.</summary>
    public TimeSpan ClockDifference { get; private set; }

    /// <summary>The channel's number; 0 before it is open.</summary>
    public uint ChannelId => _conversation?.ChannelId ?? 0;

    /// <summary>The newest token's number.</summary>
    public uint TokenId => _conversation?.TokenId ?? 0;

    /// <summary>Says hello and opens the channel.</summary>
    public async ValueTask<OpcUaFault> OpenAsync()
    {
        var fault = await HelloAsync().ConfigureAwait(false);
        return fault.IsNone ? await SendOpenAsync(SecurityTokenRequestType.Issue).ConfigureAwait(false) : fault;
    }

    /// <summary>Sends a request; the answer is decoded into <paramref name="response"/>.</summary>
    /// <param name="request">The request; its header is filled in.</param>
    /// <param name="response">Where the answer goes; not to be touched before the task is done.</param>
    /// <param name="timeoutMs">Milliseconds to wait; 0 for the connection's usual time.</param>
    /// <returns>None when the answer is decoded and its service result is not bad.</returns>
    public ValueTask<OpcUaFault> SendAsync(IServiceRequest request, IServiceResponse response, int timeoutMs = 0)
    {
        PendingRequest pending;
        lock (_gate)
        {
            if (_output.IsClosed)
                return new ValueTask<OpcUaFault>(Fault);
            if (_inFlight.Count >= _options.MaxOutstanding)
                return new ValueTask<OpcUaFault>(new OpcUaFault(StatusCodes.BadTooManyOperations, $"{_inFlight.Count} requests are waiting for answers already"));
            var wait = timeoutMs > 0 ? timeoutMs : _options.RequestTimeoutMs;
            pending = TakeFree(response, wait);
            FillHeader(request, pending.RequestId, wait);
            _body.Length = 0;
            var writer = new UaWriter(_body);
            writer.WriteMessage(request);
            var status = writer.Finish();
            if (status.IsGood)
                status = _conversation!.WriteMessage(_output.Buffer, FrameKind.Message, pending.RequestId, _body.Written);
            if (status.IsBad)
            {
                pending.Next = _free;
                _free = pending;
                pending.Response = null;
                return new ValueTask<OpcUaFault>(new OpcUaFault(status, "the request is larger than the server takes", "ask for less at once"));
            }

            _inFlight.Add(pending.RequestId, pending);
            Arm(pending.Deadline);
        }

        FlushUnlessResuming();
        return new ValueTask<OpcUaFault>(pending, pending.Version);
    }

    /// <summary>Closes channel and stream; every pending request ends with BadConnectionClosed.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (!_output.IsClosed && _conversation is { ChannelId: not 0 } conversation)
            {
                var request = new CloseSecureChannelRequest();
                FillHeader(request, ++_lastRequestId, _options.RequestTimeoutMs);
                _body.Length = 0;
                var writer = new UaWriter(_body);
                writer.WriteMessage(request);
                if (writer.Finish().IsGood)
                    conversation.WriteMessage(_output.Buffer, FrameKind.Close, _lastRequestId, _body.Written);
            }
        }

        _output.Flush();
        Close(new OpcUaFault(StatusCodes.BadConnectionClosed, "the connection was closed by this side"));
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    internal void Return(PendingRequest pending)
    {
        lock (_gate)
        {
            pending.Next = _free;
            _free = pending;
        }
    }

    private static AsymmetricKeys Keys(ConnectionOptions options)
    {
        if (options.Policy.IsNone)
            return AsymmetricKeys.None;
        using var certificate = X509CertificateLoader.LoadCertificate(CertificateParts.Leaf(options.ServerCertificate));
        if (!RsaOperations.TryGetPublicKey(options.Policy, certificate, out var key))
            throw new ArgumentException("The server's certificate has no key the policy can use.", nameof(options));
        return new AsymmetricKeys(options.Policy, options.Own!.PrivateKey, options.Own.Chain, key, certificate.GetCertHash(HashAlgorithmName.SHA1));
    }

    private void FillHeader(IServiceRequest request, uint handle, int timeoutMs)
    {
        ref var header = ref request.Header;
        header.AuthenticationToken = AuthenticationToken;
        header.Timestamp = _time.GetUtcNow().UtcDateTime;
        header.RequestHandle = handle;
        header.TimeoutHint = (uint)timeoutMs;
    }

    private PendingRequest TakeFree(IServiceResponse? response, int timeoutMs)
    {
        var pending = _free ?? new PendingRequest(this);
        _free = pending.Next;
        pending.Next = null;
        pending.RequestId = ++_lastRequestId;
        pending.Response = response;
        pending.Deadline = _time.GetTimestamp() + (long)(timeoutMs / 1000.0 * _time.TimestampFrequency);
        return pending;
    }

    /// <summary>Closes the connection; the first reason stays.</summary>
    private void Close(OpcUaFault fault)
    {
        List<PendingRequest> pending;
        lock (_gate)
        {
            if (_output.IsClosed)
                return;
            _output.Close();
            Fault = fault;
            pending = [.. _inFlight.Values];
            _inFlight.Clear();
        }

        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _stream.Dispose();
        foreach (var request in pending)
            request.Finish(fault);
        Closed?.Invoke(fault);
    }
}
