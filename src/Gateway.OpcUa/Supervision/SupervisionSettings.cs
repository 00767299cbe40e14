namespace Gateway.OpcUa.Supervision;

/// <summary>How a supervised client watches its link and how patiently it connects again.</summary>
public sealed record SupervisionSettings
{
    /// <summary>Milliseconds between two keep-alive reads of the server's state.</summary>
    public int KeepAliveMs { get; init; } = 2_000;

    /// <summary>Milliseconds a keep-alive read may take; then the connection counts as dead.</summary>
    public int KeepAliveTimeoutMs { get; init; } = 3_000;

    /// <summary>Milliseconds before the first attempt to connect again; each further one waits twice as long.</summary>
    public int FirstDelayMs { get; init; } = 1_000;

    /// <summary>The longest wait between two attempts, in milliseconds; jitter included. Attempts never end.</summary>
    public int LongestDelayMs { get; init; } = 60_000;

    /// <summary>How far a wait strays to both sides, as a fraction, so that many clients do not come back as one.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>A subscription without a message for so many keep-alive intervals is dead.</summary>
    public int SilenceFactor { get; init; } = 3;

    /// <summary>
    /// Milliseconds beyond one keep-alive interval after which it is dead in any case: where a server revises the
    /// interval to many seconds, several of them are too long without data.
    /// </summary>
    public int SilenceMarginMs { get; init; } = 5_000;

    /// <summary>Milliseconds until a refused item is tried again; doubled up to <see cref="LongestDelayMs"/>.</summary>
    public int ItemRetryMs { get; init; } = 5_000;

    /// <summary>Milliseconds between two looks at subscriptions and items.</summary>
    public int WatchMs { get; init; } = 1_000;

    /// <summary>Seed of the jitter; another one in each process when 0.</summary>
    public ulong Seed { get; init; }
}
