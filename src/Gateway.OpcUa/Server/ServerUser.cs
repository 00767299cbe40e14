namespace Gateway.OpcUa.Server;

/// <summary>Who uses a session and what they may do.</summary>
/// <param name="Name">The name; null for nobody in particular.</param>
/// <param name="MayWrite">True when the user may write variables that can be written.</param>
public sealed record ServerUser(string? Name, bool MayWrite)
{
    /// <summary>Nobody in particular: may read.</summary>
    public static ServerUser Anonymous { get; } = new(null, false);
}
