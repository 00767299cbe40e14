using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Encoding;

/// <content>Arrays of every built-in type: a length, then the elements; -1 is a null array.</content>
public ref partial struct UaWriter
{
    /// <summary>Writes an array of SByte.</summary>
    public void WriteSByteArray(sbyte[]? elements) => WriteFixedArray(elements);

    /// <summary>Writes an array of Byte.</summary>
    public void WriteByteArray(byte[]? elements) => WriteFixedArray(elements);

    /// <summary>Writes an array of Int16.</summary>
    public void WriteInt16Array(short[]? elements) => WriteFixedArray(elements);

    /// <summary>Writes an array of UInt16.</summary>
    public void WriteUInt16Array(ushort[]? elements) => WriteFixedArray(elements);

    /// <summary>Writes an array of Int32.</summary>
    public void WriteInt32Array(int[]? elements) => WriteFixedArray(elements);

    /// <summary>Writes an array of UInt32.</summary>
    public void WriteUInt32Array(uint[]? elements) => WriteFixedArray(elements);

    /// <summary>Writes an array of Int64.</summary>
    public void WriteInt64Array(long[]? elements) => WriteFixedArray(elements);

    /// <summary>Writes an array of UInt64.</summary>
    public void WriteUInt64Array(ulong[]? elements) => WriteFixedArray(elements);

    /// <summary>Writes an array of Float.</summary>
    public void WriteFloatArray(float[]? elements) => WriteFixedArray(elements);

    /// <summary>Writes an array of Double.</summary>
    public void WriteDoubleArray(double[]? elements) => WriteFixedArray(elements);

    /// <summary>Writes an array of Boolean.</summary>
    public void WriteBooleanArray(bool[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteBoolean(element);
    }

    /// <summary>Writes an array of DateTime.</summary>
    public void WriteDateTimeArray(DateTime[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteDateTime(element);
    }

    /// <summary>Writes an array of Guid.</summary>
    public void WriteGuidArray(Guid[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteGuid(element);
    }

    /// <summary>Writes an array of String.</summary>
    public void WriteStringArray(string?[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteString(element);
    }

    /// <summary>Writes an array of XmlElement.</summary>
    public void WriteXmlElementArray(string?[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteXmlElement(element);
    }

    /// <summary>Writes an array of ByteString.</summary>
    public void WriteByteStringArray(byte[]?[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteByteString(element);
    }

    /// <summary>Writes an array of NodeId.</summary>
    public void WriteNodeIdArray(NodeId[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteNodeId(element);
    }

    /// <summary>Writes an array of ExpandedNodeId.</summary>
    public void WriteExpandedNodeIdArray(ExpandedNodeId[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteExpandedNodeId(element);
    }

    /// <summary>Writes an array of StatusCode.</summary>
    public void WriteStatusCodeArray(StatusCode[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteStatusCode(element);
    }

    /// <summary>Writes an array of QualifiedName.</summary>
    public void WriteQualifiedNameArray(QualifiedName[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteQualifiedName(element);
    }

    /// <summary>Writes an array of LocalizedText.</summary>
    public void WriteLocalizedTextArray(LocalizedText[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteLocalizedText(element);
    }

    /// <summary>Writes an array of ExtensionObject.</summary>
    public void WriteExtensionObjectArray(ExtensionObject[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteExtensionObject(element);
    }

    /// <summary>Writes an array of DataValue.</summary>
    public void WriteDataValueArray(DataValue[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteDataValue(in element);
    }

    /// <summary>Writes an array of Variant.</summary>
    public void WriteVariantArray(Variant[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteVariant(in element);
    }

    /// <summary>Writes an array of DiagnosticInfo.</summary>
    public void WriteDiagnosticInfoArray(DiagnosticInfo?[]? elements)
    {
        WriteInt32(elements?.Length ?? -1);
        foreach (var element in elements ?? [])
            WriteDiagnosticInfo(element);
    }
}
