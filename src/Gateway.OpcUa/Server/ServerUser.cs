namespace Gateway.OpcUa.Server;

/// <summary>Who uses a session and what they may do.</summary>
/// <param name="Name">The name; null for nobody in particular.</param>
/// <param name="MayWrite">True when the user may write variables that can be written, and call methods.</param>
public sealed record ServerUser(string? Name, bool MayWrite)
{
    /// <summary>What the application knows about the user; the server only carries it.</summary>
    public object? Account { get; init; }

    /// <summary>Nobody in particular: may read.</summary>
    public static ServerUser Anonymous { get; } = new(null, false);
}
