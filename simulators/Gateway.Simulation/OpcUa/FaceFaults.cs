using Gateway.OpcUa.Server;
using Gateway.Simulation.Plc;

namespace Gateway.Simulation.OpcUa;

/// <summary>What is wrong with the OPC UA face at a moment, all its disturbances together. Immutable.</summary>
internal sealed record FaceFaults
{
    /// <summary>Nothing is wrong.</summary>
    public static FaceFaults None { get; } = new();

    /// <summary>What subscriptions keep to themselves.</summary>
    public PublishSilence Silence { get; private init; }

    /// <summary>How much later answers come.</summary>
    public double DelayMs { get; private init; }

    /// <summary>How far the server's clock is ahead.</summary>
    public double ClockAheadSeconds { get; private init; }

    /// <summary>Nobody listens, and connections are closed; sessions live on.</summary>
    public bool IsRefusing { get; private init; }

    /// <summary>The server is off: its sessions are gone.</summary>
    public bool IsOff { get; private init; }

    /// <summary>Nodes that cannot be read.</summary>
    public IReadOnlySet<string> NotReadable { get; private init; } = new HashSet<string>();

    /// <summary>What a server is born with.</summary>
    public Birth Start { get; private init; } = new(false, false, null, null, null, "");

    /// <summary>Adds all that act up to what is wrong.</summary>
    public static FaceFaults Of(IReadOnlyCollection<Disturbance> active)
    {
        bool Any(DisturbanceKind kind) => active.Any(disturbance => disturbance.Kind == kind);
        double Sum(DisturbanceKind kind) => active.Where(disturbance => disturbance.Kind == kind).Sum(disturbance => disturbance.Measure);
        int? Limit(DisturbanceKind kind) => Any(kind) ? (int)active.Where(disturbance => disturbance.Kind == kind).Min(disturbance => disturbance.Measure) : null;
        IEnumerable<string> Targets(DisturbanceKind kind) => active.Where(disturbance => disturbance.Kind == kind).Select(disturbance => disturbance.Target!);

        return new FaceFaults
        {
            Silence = Any(DisturbanceKind.OpcUaNoPublish) ? PublishSilence.Everything : Any(DisturbanceKind.OpcUaNoData) ? PublishSilence.Data : PublishSilence.None,
            DelayMs = Math.Min(Sum(DisturbanceKind.OpcUaSlow), Disturbance.MostOpcUaDelayMs),
            ClockAheadSeconds = Sum(DisturbanceKind.OpcUaClock),
            IsRefusing = Any(DisturbanceKind.OpcUaRefuse),
            IsOff = Any(DisturbanceKind.OpcUaRestart),
            NotReadable = Targets(DisturbanceKind.OpcUaNotReadable).ToHashSet(StringComparer.Ordinal),
            Start = new Birth(
                Any(DisturbanceKind.OpcUaReuseIds),
                Any(DisturbanceKind.OpcUaNamespaceSwap),
                Limit(DisturbanceKind.OpcUaInterval),
                Limit(DisturbanceKind.OpcUaQueue),
                Limit(DisturbanceKind.OpcUaSessions),
                string.Join(' ', Targets(DisturbanceKind.OpcUaUnknownNode).Order(StringComparer.Ordinal))),
        };
    }

    /// <summary>What a server cannot change while it runs; another one is started for it.</summary>
    /// <param name="ReusesIds">Channels, sessions and subscriptions count from 1.</param>
    /// <param name="SwapsNamespaces">The plant's namespace has another index.</param>
    /// <param name="IntervalMs">Shortest sampling and publishing interval; null for the usual one.</param>
    /// <param name="Queue">Longest queue of an item; null for the usual one.</param>
    /// <param name="Sessions">Most sessions; null for the usual number.</param>
    /// <param name="UnknownNodes">Names of nodes that are missing, in order.</param>
    internal sealed record Birth(bool ReusesIds, bool SwapsNamespaces, int? IntervalMs, int? Queue, int? Sessions, string UnknownNodes);
}
