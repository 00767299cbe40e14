namespace Gateway.Drivers.OpcUa;

/// <summary>
/// A group of nodes of an OPC UA server that live and die together, with a subscription of its own: a controller or a
/// station behind the server. Its points are <see cref="OpcUaPoint"/>s. Immutable after load; any thread may read it.
/// </summary>
public sealed record OpcUaDevice : DeviceDefinition;
