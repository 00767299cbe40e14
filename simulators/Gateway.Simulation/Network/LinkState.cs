namespace Gateway.Simulation.Network;

/// <summary>What a link does with connections and traffic at the moment.</summary>
public enum LinkState
{
    /// <summary>Connects and carries traffic, with the faults set in <see cref="LinkFaults"/>.</summary>
    Up,

    /// <summary>The host answers but the port is closed: connecting fails with "connection refused"; open connections live on.</summary>
    Refused,

    /// <summary>Packets vanish: connecting never completes before its time-out; writes are accepted and lost.</summary>
    BlackHole,

    /// <summary>The peer's program is gone but its host accepts: connecting succeeds, writes are accepted, nothing comes back.</summary>
    HalfOpen,

    /// <summary>A cable pulled for a while: traffic waits, in order, and arrives when the link is up again; connecting hangs.</summary>
    Stalled,
}
