using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <summary>A Publish request that waits for something to tell.</summary>
/// <param name="RequestId">The channel's number of the request.</param>
/// <param name="Handle">The client's number of the request.</param>
/// <param name="Deadline">Timestamp from which on nobody waits for the answer.</param>
/// <param name="Results">What became of the acknowledgements it brought.</param>
internal readonly record struct PublishTicket(uint RequestId, uint Handle, long Deadline, StatusCode[] Results);

/// <summary>One session. Guarded by the server's gate.</summary>
internal sealed class ServerSession
{
    public required NodeId Id { get; init; }

    public required NodeId Token { get; init; }

    public required string Name { get; init; }

    /// <summary>The client's certificate at creation; empty without security.</summary>
    public required byte[] ClientCertificate { get; init; }

    public required long TimeoutTicks { get; init; }

    public required uint MaxResponseBytes { get; init; }

    /// <summary>The channel the session was created on and, once activated, works on; null after that channel closed.</summary>
    public ServerConnection? Connection { get; set; }

    public byte[] ServerNonce { get; set; } = [];

    public bool IsActive { get; set; }

    public ServerUser User { get; set; } = ServerUser.Anonymous;

    /// <summary>Timestamp at which the session ends unless a request comes.</summary>
    public long Ends { get; set; }

    public Queue<PublishTicket> Publishes { get; } = new();

    public List<ServerSubscription> Subscriptions { get; } = [];

    /// <summary>Browses that are not finished, oldest first.</summary>
    public List<BrowseCursor> Cursors { get; } = [];

    /// <summary>Last status changes to tell, for subscriptions that are gone.</summary>
    public Queue<(ServerSubscription Subscription, StatusCode Status)> Farewells { get; } = new();

    public uint LastCursor { get; set; }
}
