namespace Gateway.OpcUa.Server;

/// <summary>What a server gives its clients at most. Requests beyond are refused or revised, never served in part without saying so.</summary>
public sealed record ServerLimits
{
    /// <summary>Connections in all; the oldest without a session gives way to a new one.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>Connections of one address.</summary>
    public int MaxConnectionsPerPeer { get; init; } = 60;

    /// <summary>Milliseconds for hello and opening.</summary>
    public int HandshakeMs { get; init; } = 10_000;

    /// <summary>Milliseconds a channel may live without an activated session.</summary>
    public int WithoutSessionMs { get; init; } = 30_000;

    /// <summary>Milliseconds a peer may take for taking what was sent to it.</summary>
    public int StalledMs { get; init; } = 30_000;

    /// <summary>Bytes of one frame, both ways.</summary>
    public int BufferBytes { get; init; } = 65_536;

    /// <summary>Bytes of one request before a session is activated.</summary>
    public int DiscoveryMessageBytes { get; init; } = 65_536;

    /// <summary>Bytes of one request.</summary>
    public int MaxMessageBytes { get; init; } = 4 << 20;

    /// <summary>Frames of one request.</summary>
    public int MaxChunks { get; init; } = 512;

    /// <summary>Bytes of answers that wait for a slow reader; beyond half of it no more requests are read.</summary>
    public int OutgoingBytes { get; init; } = 16 << 20;

    /// <summary>Sessions in all.</summary>
    public int MaxSessions { get; init; } = 50;

    /// <summary>Longest time without a request, in milliseconds.</summary>
    public int MaxSessionTimeoutMs { get; init; } = 3_600_000;

    /// <summary>Shortest and longest life of a channel's keys, in milliseconds.</summary>
    public (int Min, int Max) TokenLifetimeMs { get; init; } = (600_000, 3_600_000);

    /// <summary>Wrong passwords of one address before it is locked out.</summary>
    public int MaxFailedLogins { get; init; } = 5;

    /// <summary>How long an address is locked out, in milliseconds.</summary>
    public int LockoutMs { get; init; } = 300_000;

    /// <summary>Nodes, items or paths of one request.</summary>
    public int MaxOperations { get; init; } = 10_000;

    /// <summary>References of one node in one answer; the rest waits behind a continuation point.</summary>
    public int MaxReferences { get; init; } = 1000;

    /// <summary>Continuation points of one session.</summary>
    public int MaxContinuationPoints { get; init; } = 10;

    /// <summary>Elements of one browse path.</summary>
    public int MaxPathElements { get; init; } = 50;

    /// <summary>Subscriptions in all, those without a session included.</summary>
    public int MaxSubscriptions { get; init; } = 200;

    /// <summary>Subscriptions of one session.</summary>
    public int MaxSubscriptionsPerSession { get; init; } = 20;

    /// <summary>Items in all.</summary>
    public int MaxItems { get; init; } = 100_000;

    /// <summary>Items of one subscription.</summary>
    public int MaxItemsPerSubscription { get; init; } = 20_000;

    /// <summary>Values one item keeps between two answers.</summary>
    public int MaxQueue { get; init; } = 1000;

    /// <summary>Values all items together keep; queues are revised to what is left.</summary>
    public int MaxQueuedValues { get; init; } = 1_000_000;

    /// <summary>Publish requests that wait in one session.</summary>
    public int MaxPublishRequests { get; init; } = 20;

    /// <summary>Shortest sampling and publishing interval in milliseconds.</summary>
    public int MinIntervalMs { get; init; } = 50;

    /// <summary>Notifications of one answer.</summary>
    public int MaxNotifications { get; init; } = 10_000;
}
