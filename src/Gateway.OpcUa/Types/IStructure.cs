using Gateway.OpcUa.Encoding;

namespace Gateway.OpcUa.Types;

/// <summary>A structure of the specification: its fields, one after the other.</summary>
public interface IStructure
{
    /// <summary>The number of the node that stands for the binary encoding, in namespace 0; 0 when it has none.</summary>
    uint EncodingId { get; }

    /// <summary>Writes the fields in order.</summary>
    void Encode(ref UaWriter writer);

    /// <summary>Reads the fields in order; what went wrong stands in the reader's status.</summary>
    void Decode(ref UaReader reader);
}

/// <summary>A request of a service.</summary>
public interface IServiceRequest : IStructure
{
    /// <summary>The header, in place.</summary>
    ref RequestHeader Header { get; }
}

/// <summary>A response of a service.</summary>
public interface IServiceResponse : IStructure
{
    /// <summary>The header, in place.</summary>
    ref ResponseHeader Header { get; }
}
