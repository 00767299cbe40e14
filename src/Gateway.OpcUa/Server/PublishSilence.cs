namespace Gateway.OpcUa.Server;

/// <summary>What the subscriptions of a server that has fallen silent do not tell any more.</summary>
public enum PublishSilence
{
    /// <summary>Nothing is kept back.</summary>
    None,

    /// <summary>No data comes; keep-alives do.</summary>
    Data,

    /// <summary>Publish requests are not answered at all; subscriptions then end with their lifetime.</summary>
    Everything,
}
