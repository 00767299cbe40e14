namespace Gateway.OpcUa.Types;

/// <summary>The built-in types by their id on the wire (Part 6 §5.1.2).</summary>
public enum BuiltInType : byte
{
    /// <summary>No value.</summary>
    Null = 0,

    /// <summary>True or false.</summary>
    Boolean = 1,

    /// <summary>8 bits with sign.</summary>
    SByte = 2,

    /// <summary>8 bits.</summary>
    Byte = 3,

    /// <summary>16 bits with sign.</summary>
    Int16 = 4,

    /// <summary>16 bits.</summary>
    UInt16 = 5,

    /// <summary>32 bits with sign; enumerations too.</summary>
    Int32 = 6,

    /// <summary>32 bits.</summary>
    UInt32 = 7,

    /// <summary>64 bits with sign.</summary>
    Int64 = 8,

    /// <summary>64 bits.</summary>
    UInt64 = 9,

    /// <summary>IEEE 754 single precision.</summary>
    Float = 10,

    /// <summary>IEEE 754 double precision.</summary>
    Double = 11,

    /// <summary>UTF-8 text; null and empty differ.</summary>
    String = 12,

    /// <summary>100 ns since 1601-01-01 UTC.</summary>
    DateTime = 13,

    /// <summary>16 bytes.</summary>
    Guid = 14,

    /// <summary>Raw bytes; null and empty differ.</summary>
    ByteString = 15,

    /// <summary>An XML element as text.</summary>
    XmlElement = 16,

    /// <summary>The name of a node.</summary>
    NodeId = 17,

    /// <summary>The name of a node, possibly of another server or with a namespace URI.</summary>
    ExpandedNodeId = 18,

    /// <summary>Quality or outcome.</summary>
    StatusCode = 19,

    /// <summary>A name with a namespace.</summary>
    QualifiedName = 20,

    /// <summary>A text with its locale.</summary>
    LocalizedText = 21,

    /// <summary>A structure with its type.</summary>
    ExtensionObject = 22,

    /// <summary>A value with status and times.</summary>
    DataValue = 23,

    /// <summary>A value with its type.</summary>
    Variant = 24,

    /// <summary>Vendor details of an outcome.</summary>
    DiagnosticInfo = 25,
}
