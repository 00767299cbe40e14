using Gateway.OpcUa.Session;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa;

/// <summary>
/// An OPC UA client with one session on one connection. Requests may be made from any thread; an answer resumes its
/// awaiter on the thread that read it, so awaiting code must not block. A peer's failure is a value, not an exception.
/// After a disconnect the client is used up: dispose it and connect another, or let a
/// <see cref="Supervision.SupervisedClient"/> do so.
/// </summary>
public sealed partial class OpcUaClient : IAsyncDisposable
{
    private static readonly OpcUaFault s_notConnected = new(StatusCodes.BadNotConnected, "there is no connection to the server");

    private readonly OpcUaClientOptions _options;
    private readonly TimeProvider _time;
    private ClientConnection? _connection;
    private NodeId _token;
    private byte[]? _serverNonce;

    internal OpcUaClient(OpcUaClientOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _pump = new Subscriptions.PublishPump(this, time, options.PublishRequests);
    }

    /// <summary>The endpoint in use, as the server describes it.</summary>
    public EndpointDescription Endpoint { get; private set; } = new();

    /// <summary>The session's id, which may be shown.</summary>
    public NodeId SessionId { get; private set; }

    /// <summary>How long the server keeps the session without requests.</summary>
    public TimeSpan SessionTimeout { get; private set; }

    /// <summary>Largest request the server takes, in bytes; 0 when it did not say.</summary>
    public uint MaxRequestBytes { get; private set; }

    /// <summary>False once the connection ended.</summary>
    public bool IsConnected => _connection is { } connection && connection.Fault.IsNone;

    /// <summary>Why the connection ended; none while it lasts.</summary>
    public OpcUaFault Fault => _connection?.Fault ?? s_notConnected;

    /// <summary>How far the server's clock was ahead of ours in its last answer.</summary>
    public TimeSpan ClockDifference => _connection?.ClockDifference ?? default;

    /// <summary>Answers that came after their request had run out.</summary>
    public long LateAnswers => _connection?.LateAnswers ?? 0;

    /// <summary>The newest security token's number; changes with each renewal.</summary>
    public uint TokenId => _connection?.TokenId ?? 0;

    /// <summary>Sends any request of the session; the answer is decoded into <paramref name="response"/>.</summary>
    /// <param name="request">The request; its header is filled in.</param>
    /// <param name="response">Where the answer goes; not to be touched before the task is done.</param>
    /// <param name="timeoutMs">Milliseconds to wait; 0 for the usual time.</param>
    /// <returns>None when the answer is decoded and its service result is not bad.</returns>
    public ValueTask<OpcUaFault> SendAsync(IServiceRequest request, IServiceResponse response, int timeoutMs = 0)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(response);
        return _connection?.SendAsync(request, response, timeoutMs) ?? new ValueTask<OpcUaFault>(s_notConnected);
    }

    /// <summary>Closes the session, the channel and the stream.</summary>
    /// <param name="deleteSubscriptions">False leaves the subscriptions at the server for another session to take over.</param>
    public async ValueTask CloseAsync(bool deleteSubscriptions = true)
    {
        _pump.Stop();
        if (IsConnected)
            await SendAsync(new CloseSessionRequest { DeleteSubscriptions = deleteSubscriptions }, new CloseSessionResponse()).ConfigureAwait(false);
        if (_connection is not null)
            await _connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Closes everything; the session's subscriptions are deleted.</summary>
    public ValueTask DisposeAsync() => CloseAsync();
}
