using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Encoding;

/// <content>Arrays of every built-in type: a length, then the elements; -1 is a null array.</content>
public ref partial struct UaReader
{
    /// <summary>Reads an array of SByte.</summary>
    public sbyte[]? ReadSByteArray() => ReadFixedArray<sbyte>();

    /// <summary>Reads an array of Byte.</summary>
    public byte[]? ReadByteArray() => ReadFixedArray<byte>();

    /// <summary>Reads an array of Int16.</summary>
    public short[]? ReadInt16Array() => ReadFixedArray<short>();

    /// <summary>Reads an array of UInt16.</summary>
    public ushort[]? ReadUInt16Array() => ReadFixedArray<ushort>();

    /// <summary>Reads an array of Int32.</summary>
    public int[]? ReadInt32Array() => ReadFixedArray<int>();

    /// <summary>Reads an array of UInt32.</summary>
    public uint[]? ReadUInt32Array() => ReadFixedArray<uint>();

    /// <summary>Reads an array of Int64.</summary>
    public long[]? ReadInt64Array() => ReadFixedArray<long>();

    /// <summary>Reads an array of UInt64.</summary>
    public ulong[]? ReadUInt64Array() => ReadFixedArray<ulong>();

    /// <summary>Reads an array of Float.</summary>
    public float[]? ReadFloatArray() => ReadFixedArray<float>();

    /// <summary>Reads an array of Double.</summary>
    public double[]? ReadDoubleArray() => ReadFixedArray<double>();

    /// <summary>Reads an array of Boolean.</summary>
    public bool[]? ReadBooleanArray()
    {
        var length = ReadArrayLength(1);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : new bool[length];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadBoolean();
        return elements;
    }

    /// <summary>Reads an array of DateTime.</summary>
    public DateTime[]? ReadDateTimeArray()
    {
        var length = ReadArrayLength(8);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : new DateTime[length];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadDateTime();
        return elements;
    }

    /// <summary>Reads an array of Guid.</summary>
    public Guid[]? ReadGuidArray()
    {
        var length = ReadArrayLength(16);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : new Guid[length];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadGuid();
        return elements;
    }

    /// <summary>Reads an array of String.</summary>
    public string?[]? ReadStringArray()
    {
        var length = ReadArrayLength(4);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : new string?[length];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadString();
        return elements;
    }

    /// <summary>Reads an array of XmlElement.</summary>
    public string?[]? ReadXmlElementArray()
    {
        var length = ReadArrayLength(4);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : new string?[length];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadXmlElement();
        return elements;
    }

    /// <summary>Reads an array of ByteString.</summary>
    public byte[]?[]? ReadByteStringArray()
    {
        var length = ReadArrayLength(4);
        if (length < 0)
            return null;
        byte[]?[] elements = length == 0 ? [] : new byte[length][];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadByteString();
        return elements;
    }

    /// <summary>Reads an array of NodeId.</summary>
    public NodeId[]? ReadNodeIdArray()
    {
        var length = ReadArrayLength(2);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : new NodeId[length];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadNodeId();
        return elements;
    }

    /// <summary>Reads an array of ExpandedNodeId.</summary>
    public ExpandedNodeId[]? ReadExpandedNodeIdArray()
    {
        var length = ReadArrayLength(2);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : new ExpandedNodeId[length];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadExpandedNodeId();
        return elements;
    }

    /// <summary>Reads an array of StatusCode.</summary>
    public StatusCode[]? ReadStatusCodeArray()
    {
        var length = ReadArrayLength(4);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : new StatusCode[length];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadStatusCode();
        return elements;
    }

    /// <summary>Reads an array of QualifiedName.</summary>
    public QualifiedName[]? ReadQualifiedNameArray()
    {
        var length = ReadArrayLength(6);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : new QualifiedName[length];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadQualifiedName();
        return elements;
    }

    /// <summary>Reads an array of LocalizedText.</summary>
    public LocalizedText[]? ReadLocalizedTextArray()
    {
        var length = ReadArrayLength(1);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : new LocalizedText[length];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadLocalizedText();
        return elements;
    }

    /// <summary>Reads an array of ExtensionObject.</summary>
    public ExtensionObject[]? ReadExtensionObjectArray()
    {
        var length = ReadArrayLength(3);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : new ExtensionObject[length];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadExtensionObject();
        return elements;
    }

    /// <summary>Reads an array of DataValue.</summary>
    public DataValue[]? ReadDataValueArray()
    {
        var length = ReadArrayLength(1);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : new DataValue[length];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadDataValue();
        return elements;
    }

    /// <summary>Reads an array of Variant.</summary>
    public Variant[]? ReadVariantArray()
    {
        var length = ReadArrayLength(1);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : new Variant[length];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadVariant();
        return elements;
    }

    /// <summary>Reads an array of DiagnosticInfo.</summary>
    public DiagnosticInfo?[]? ReadDiagnosticInfoArray()
    {
        var length = ReadArrayLength(1);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : new DiagnosticInfo?[length];
        for (var i = 0; i < elements.Length && IsGood; i++)
            elements[i] = ReadDiagnosticInfo();
        return elements;
    }
}
