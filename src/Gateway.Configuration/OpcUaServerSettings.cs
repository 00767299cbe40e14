using System.Net;

namespace Gateway.Configuration;

/// <summary>The OPC UA server for systems above the gateway. Its users are the gateway's accounts. Immutable.</summary>
public sealed record OpcUaServerSettings
{
    /// <summary>Where clients reach it.</summary>
    public required string Url { get; init; }
    /// <summary>Where it listens.</summary>
    public required IPEndPoint Listen { get; init; }
    /// <summary>Names of the policies offered; None only when it was written down.</summary>
    public required IReadOnlyList<string> Security { get; init; }
    /// <summary>True when clients may stay without an account.</summary>
    public bool Anonymous { get; init; }
    /// <summary>Sessions at once.</summary>
    public int MaxSessions { get; init; } = 20;
}
