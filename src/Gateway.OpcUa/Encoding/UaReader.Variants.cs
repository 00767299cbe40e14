using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Encoding;

/// <content>Variants: a byte that says type and shape, then the value (Part 6 §5.2.2.16).</content>
public ref partial struct UaReader
{
    private const byte ArrayBit = 0x80;
    private const byte DimensionsBit = 0x40;

    // Types 26 to 31 are reserved and read as ByteString.
    private const byte LastReserved = 31;

    /// <summary>Reads a value with its type.</summary>
    public Variant ReadVariant()
    {
        ReadVariant(out var value);
        return value;
    }

    /// <summary>Reads a value with its type into a place that may be used again and again.</summary>
    public void ReadVariant(out Variant value)
    {
        var mask = ReadByte();
        var id = mask & 0x3F;
        var type = id > LastReserved ? BuiltInType.Null : id > (byte)BuiltInType.DiagnosticInfo ? BuiltInType.ByteString : (BuiltInType)id;
        if (id > LastReserved || (mask & (ArrayBit | DimensionsBit)) == DimensionsBit)
            Fail(StatusCodes.BadDecodingError);
        if ((mask & ArrayBit) == 0)
            value = ReadScalar(type);
        else if (Enter())
        {
            value = ReadVariantArray(type, (mask & DimensionsBit) != 0);
            _depth--;
        }
        else
            value = default;
    }

    private Variant ReadVariantArray(BuiltInType type, bool hasDimensions)
    {
        Array? elements = ReadElements(type);
        if (!hasDimensions)
            return type == BuiltInType.Null ? default : new Variant(type, elements);
        var dimensions = ReadInt32Array();
        if (type == BuiltInType.Null)
            return default;
        if (elements is null || dimensions is null)
            return new Variant(type, elements);
        if (dimensions.Length < 2)
            return dimensions.Length == 1 && dimensions[0] != elements.Length ? Misfit() : new Variant(type, elements);
        return Matrix.Fits(elements.Length, dimensions) ? new Variant(type, new Matrix(elements, dimensions)) : Misfit();
    }

    private Variant Misfit()
    {
        Fail(StatusCodes.BadDecodingError);
        return default;
    }

    private Variant ReadScalar(BuiltInType type)
    {
        switch (type)
        {
            case BuiltInType.Null:
                return default;
            case BuiltInType.Boolean:
                return new Variant(ReadBoolean());
            case BuiltInType.SByte:
                return new Variant(ReadSByte());
            case BuiltInType.Byte:
                return new Variant(ReadByte());
            case BuiltInType.Int16:
                return new Variant(ReadInt16());
            case BuiltInType.UInt16:
                return new Variant(ReadUInt16());
            case BuiltInType.Int32:
                return new Variant(ReadInt32());
            case BuiltInType.UInt32:
                return new Variant(ReadUInt32());
            case BuiltInType.Int64:
                return new Variant(ReadInt64());
            case BuiltInType.UInt64:
                return new Variant(ReadUInt64());
            case BuiltInType.Float:
                return new Variant(ReadFloat());
            case BuiltInType.Double:
                return new Variant(ReadDouble());
            case BuiltInType.String:
                return new Variant(ReadString());
            case BuiltInType.DateTime:
                return new Variant(ReadDateTime());
            case BuiltInType.Guid:
                return new Variant(ReadGuid());
            case BuiltInType.ByteString:
                return new Variant(type, (object?)ReadByteString());
            case BuiltInType.XmlElement:
                return new Variant(type, (object?)ReadXmlElement());
            case BuiltInType.NodeId:
                return new Variant(ReadNodeId());
            case BuiltInType.ExpandedNodeId:
                return new Variant(ReadExpandedNodeId());
            case BuiltInType.StatusCode:
                return new Variant(ReadStatusCode());
            case BuiltInType.QualifiedName:
                return new Variant(ReadQualifiedName());
            case BuiltInType.LocalizedText:
                return new Variant(ReadLocalizedText());
            case BuiltInType.ExtensionObject:
                return new Variant(ReadExtensionObject());
            case BuiltInType.DataValue:
                return ReadInnerDataValue();
            case BuiltInType.DiagnosticInfo:
                return new Variant(type, (object?)ReadDiagnosticInfo());
            default:
                // A variant never holds a single variant (Part 6 §5.2.2.16).
                return Misfit();
        }
    }

    private Variant ReadInnerDataValue()
    {
        if (!Enter())
            return default;
        var value = new Variant(ReadDataValue());
        _depth--;
        return value;
    }

    private Array? ReadElements(BuiltInType type) => type switch
    {
        BuiltInType.Boolean => ReadBooleanArray(),
        BuiltInType.SByte => ReadSByteArray(),
        BuiltInType.Byte => ReadByteArray(),
        BuiltInType.Int16 => ReadInt16Array(),
        BuiltInType.UInt16 => ReadUInt16Array(),
        BuiltInType.Int32 => ReadInt32Array(),
        BuiltInType.UInt32 => ReadUInt32Array(),
        BuiltInType.Int64 => ReadInt64Array(),
        BuiltInType.UInt64 => ReadUInt64Array(),
        BuiltInType.Float => ReadFloatArray(),
        BuiltInType.Double => ReadDoubleArray(),
        BuiltInType.String => ReadStringArray(),
        BuiltInType.DateTime => ReadDateTimeArray(),
        BuiltInType.Guid => ReadGuidArray(),
        BuiltInType.ByteString => ReadByteStringArray(),
        BuiltInType.XmlElement => ReadXmlElementArray(),
        BuiltInType.NodeId => ReadNodeIdArray(),
        BuiltInType.ExpandedNodeId => ReadExpandedNodeIdArray(),
        BuiltInType.StatusCode => ReadStatusCodeArray(),
        BuiltInType.QualifiedName => ReadQualifiedNameArray(),
        BuiltInType.LocalizedText => ReadLocalizedTextArray(),
        BuiltInType.ExtensionObject => ReadExtensionObjectArray(),
        BuiltInType.DataValue => ReadDataValueArray(),
        BuiltInType.Variant => ReadVariantArray(),
        BuiltInType.DiagnosticInfo => ReadDiagnosticInfoArray(),
        _ => ReadNulls(),
    };

    // Some peers write null with the array bit: no element can follow.
    private byte[]? ReadNulls()
    {
        if (ReadInt32() > 0)
            Fail(StatusCodes.BadDecodingError);
        return null;
    }
}
