using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Supervision;

/// <summary>One node to be told about, for as long as the subscription is wanted.</summary>
public sealed class WatchedItem
{
    private long _lastHeard;

    /// <summary>
    /// The node. An id with an index only is given the namespace's URI in the first session, and found by that in later
    /// ones: indexes move when a server restarts.
    /// </summary>
    public required ExpandedNodeId Node { get; init; }

    /// <summary>The attribute; the value (13) by default, 12 for events.</summary>
    public uint Attribute { get; init; } = 13;

    /// <summary>Milliseconds between two samples; -1 for the publishing interval.</summary>
    public double SamplingMs { get; init; } = -1;

    /// <summary>Samples kept by the server; 0 for as many as one publication can bring, and two more.</summary>
    public uint QueueSize { get; init; }

    /// <summary>A data change filter or an event filter; none by default.</summary>
    public ExtensionObject Filter { get; init; }

    /// <summary>
    /// Milliseconds without a value until the node is read to see whether the item still works; 0 trusts the
    /// subscription's own sign of life.
    /// </summary>
    public int LongestSilenceMs { get; init; }

    /// <summary>Why the server does not watch it; none while it does.</summary>
    public OpcUaFault Fault { get; internal set; }

    /// <summary>The server's number; 0 while it does not watch it.</summary>
    public uint ServerId { get; internal set; }

    /// <summary>What the server made of <see cref="SamplingMs"/>.</summary>
    public double RevisedSamplingMs { get; internal set; }

    /// <summary>True when the server samples more slowly than was asked for.</summary>
    public bool IsSampledSlower => ServerId != 0 && RevisedSamplingMs > SamplingMs;

    /// <summary>What the server made of the queue's size.</summary>
    public uint RevisedQueueSize { get; internal set; }

    /// <summary>True when the server keeps fewer samples than were asked for: fast changes will be lost, and counted.</summary>
    public bool IsQueueShort { get; internal set; }

    /// <summary>The node with its namespace's URI.</summary>
    internal ExpandedNodeId Pinned { get; set; }

    internal DataValue Last { get; set; }

    /// <summary>A read brought another value than the item did: dead unless it speaks soon.</summary>
    internal bool IsSuspect { get; set; }

    /// <summary>A read told its value before the subscription did.</summary>
    internal bool IsReadAhead { get; set; }

    internal long RetryAt { get; set; }

    internal int Refusals { get; set; }

    internal long LastHeard
    {
        get => Volatile.Read(ref _lastHeard);
        set => Volatile.Write(ref _lastHeard, value);
    }
}
