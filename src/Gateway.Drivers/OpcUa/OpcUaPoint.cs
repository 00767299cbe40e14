using Gateway.OpcUa.Types;

namespace Gateway.Drivers.OpcUa;

/// <summary>One node of an OPC UA server. Immutable after load; any thread may read it.</summary>
public sealed record OpcUaPoint : PointDefinition
{
    /// <summary>The node. Namespaces by URI stay right when their indexes move.</summary>
    public required ExpandedNodeId Node { get; init; }
    /// <summary>Smallest change that the server reports: in the value's unit, or in percent of its range; 0 for every change.</summary>
    public double Deadband { get; init; }
    /// <summary>True when <see cref="Deadband"/> is in percent of the range that the server states for the node.</summary>
    public bool IsDeadbandPercent { get; init; }
}
