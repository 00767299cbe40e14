namespace Gateway.OpcUa.Supervision;

/// <summary>What a supervised client does next.</summary>
public enum LinkStep
{
    /// <summary>Nothing is due: wait for time or for an event.</summary>
    Wait,

    /// <summary>Close session and channel and end.</summary>
    Finish,

    /// <summary>Ask for the endpoints and check the server.</summary>
    Discover,

    /// <summary>Open a stream and a channel.</summary>
    OpenChannel,

    /// <summary>Create a session: there is none that the server could still hold.</summary>
    CreateSession,

    /// <summary>Activate the session on the channel; the same call brings an old session to a new channel.</summary>
    Activate,

    /// <summary>Read start time, namespaces and limits of the server.</summary>
    Describe,

    /// <summary>Bring each subscription back: catch up, transfer, or create.</summary>
    Restore,

    /// <summary>Read the server's state.</summary>
    KeepAlive,

    /// <summary>Look for silent subscriptions and items.</summary>
    Watch,
}

/// <summary>
/// What is known of a link. There is no flag that says "reconnecting": each step is derived from what is missing, so
/// none can stay set. Times are timestamps of the client's clock.
/// </summary>
internal readonly record struct LinkState
{
    public bool IsStopping { get; init; }

    public bool HasEndpoint { get; init; }

    public bool HasChannel { get; init; }

    /// <summary>The server may still hold a session of ours.</summary>
    public bool HasSession { get; init; }

    /// <summary>The session is activated on the channel that is open.</summary>
    public bool IsActivated { get; init; }

    public bool IsDescribed { get; init; }

    public bool IsRestored { get; init; }

    public long RetryAt { get; init; }

    public long KeepAliveAt { get; init; }

    public long WatchAt { get; init; }

    /// <summary>The one thing to do now; doing it well brings the link one step nearer to live.</summary>
    public static LinkStep NextStep(in LinkState state, long now)
    {
        if (state.IsStopping)
            return LinkStep.Finish;
        if (now < state.RetryAt)
            return LinkStep.Wait;
        if (!state.HasEndpoint)
            return LinkStep.Discover;
        if (!state.HasChannel)
            return LinkStep.OpenChannel;
        if (!state.HasSession)
            return LinkStep.CreateSession;
        if (!state.IsActivated)
            return LinkStep.Activate;
        if (!state.IsDescribed)
            return LinkStep.Describe;
        if (now >= state.KeepAliveAt)
            return LinkStep.KeepAlive;
        if (!state.IsRestored)
            return LinkStep.Restore;
        return now >= state.WatchAt ? LinkStep.Watch : LinkStep.Wait;
    }

    /// <summary>When the waiting ends if nothing happens before.</summary>
    public static long NextDue(in LinkState state, long now) =>
        now < state.RetryAt ? state.RetryAt : Math.Min(state.KeepAliveAt, state.WatchAt);
}
