using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Encoding;

/// <content>Variants: a byte that says type and shape, then the value (Part 6 §5.2.2.16).</content>
public ref partial struct UaWriter
{
    private const byte ArrayBit = 0x80;
    private const byte DimensionsBit = 0x40;

    /// <summary>Writes a value with its type.</summary>
    public void WriteVariant(in Variant value)
    {
        var type = (byte)value.Type;
        if (value.IsArray)
        {
            WriteByte((byte)(type | ArrayBit));
            if (!Enter())
                return;
            WriteElements(value.Type, value.Elements);
            _depth--;
        }
        else if (value.IsMatrix)
        {
            WriteByte((byte)(type | ArrayBit | DimensionsBit));
            WriteElements(value.Type, value.Elements);
            WriteInt32Array(value.Dimensions);
        }
        else
        {
            WriteByte(type);
            WriteScalar(value);
        }
    }

    private void WriteScalar(in Variant value)
    {
        var bits = value.Bits;
        switch (value.Type)
        {
            case BuiltInType.Boolean:
            case BuiltInType.SByte:
            case BuiltInType.Byte:
                WriteByte((byte)bits);
                break;
            case BuiltInType.Int16:
            case BuiltInType.UInt16:
                WriteUInt16((ushort)bits);
                break;
            case BuiltInType.Int32:
            case BuiltInType.UInt32:
            case BuiltInType.Float:
            case BuiltInType.StatusCode:
                WriteInt32((int)bits);
                break;
            case BuiltInType.Int64:
            case BuiltInType.UInt64:
            case BuiltInType.Double:
                WriteInt64(bits);
                break;
            case BuiltInType.DateTime:
                WriteDateTime(new DateTime(bits, DateTimeKind.Utc));
                break;
            case BuiltInType.Null:
                break;
            default:
                WriteObject(value.Type, value.Object);
                break;
        }
    }

    private void WriteObject(BuiltInType type, object? value)
    {
        switch (type)
        {
            case BuiltInType.String:
                WriteString((string?)value);
                break;
            case BuiltInType.Guid:
                WriteGuid((Guid)value!);
                break;
            case BuiltInType.ByteString:
                WriteByteString((byte[]?)value);
                break;
            case BuiltInType.XmlElement:
                WriteXmlElement((string?)value);
                break;
            case BuiltInType.NodeId:
                WriteNodeId((NodeId)value!);
                break;
            case BuiltInType.ExpandedNodeId:
                WriteExpandedNodeId((ExpandedNodeId)value!);
                break;
            case BuiltInType.QualifiedName:
                WriteQualifiedName((QualifiedName)value!);
                break;
            case BuiltInType.LocalizedText:
                WriteLocalizedText((LocalizedText)value!);
                break;
            case BuiltInType.ExtensionObject:
                WriteExtensionObject((ExtensionObject)value!);
                break;
            case BuiltInType.DataValue:
                WriteDataValue((DataValue)value!);
                break;
            case BuiltInType.DiagnosticInfo:
                WriteDiagnosticInfo((DiagnosticInfo?)value);
                break;
            default:
                Fail(StatusCodes.BadEncodingError);
                break;
        }
    }

    private void WriteElements(BuiltInType type, Array? elements)
    {
        switch (type)
        {
            case BuiltInType.Boolean:
                WriteBooleanArray((bool[]?)elements);
                break;
            case BuiltInType.SByte:
                WriteSByteArray((sbyte[]?)elements);
                break;
            case BuiltInType.Byte:
                WriteByteArray((byte[]?)elements);
                break;
            case BuiltInType.Int16:
                WriteInt16Array((short[]?)elements);
                break;
            case BuiltInType.UInt16:
                WriteUInt16Array((ushort[]?)elements);
                break;
            case BuiltInType.Int32:
                WriteInt32Array((int[]?)elements);
                break;
            case BuiltInType.UInt32:
                WriteUInt32Array((uint[]?)elements);
                break;
            case BuiltInType.Int64:
                WriteInt64Array((long[]?)elements);
                break;
            case BuiltInType.UInt64:
                WriteUInt64Array((ulong[]?)elements);
                break;
            case BuiltInType.Float:
                WriteFloatArray((float[]?)elements);
                break;
            case BuiltInType.Double:
                WriteDoubleArray((double[]?)elements);
                break;
            default:
                WriteTextElements(type, elements);
                break;
        }
    }

    private void WriteTextElements(BuiltInType type, Array? elements)
    {
        switch (type)
        {
            case BuiltInType.String:
                WriteStringArray((string?[]?)elements);
                break;
            case BuiltInType.DateTime:
                WriteDateTimeArray((DateTime[]?)elements);
                break;
            case BuiltInType.Guid:
                WriteGuidArray((Guid[]?)elements);
                break;
            case BuiltInType.ByteString:
                WriteByteStringArray((byte[]?[]?)elements);
                break;
            case BuiltInType.XmlElement:
                WriteXmlElementArray((string?[]?)elements);
                break;
            case BuiltInType.NodeId:
                WriteNodeIdArray((NodeId[]?)elements);
                break;
            case BuiltInType.ExpandedNodeId:
                WriteExpandedNodeIdArray((ExpandedNodeId[]?)elements);
                break;
            default:
                WriteOtherElements(type, elements);
                break;
        }
    }

    private void WriteOtherElements(BuiltInType type, Array? elements)
    {
        switch (type)
        {
            case BuiltInType.StatusCode:
                WriteStatusCodeArray((StatusCode[]?)elements);
                break;
            case BuiltInType.QualifiedName:
                WriteQualifiedNameArray((QualifiedName[]?)elements);
                break;
            case BuiltInType.LocalizedText:
                WriteLocalizedTextArray((LocalizedText[]?)elements);
                break;
            case BuiltInType.ExtensionObject:
                WriteExtensionObjectArray((ExtensionObject[]?)elements);
                break;
            case BuiltInType.DataValue:
                WriteDataValueArray((DataValue[]?)elements);
                break;
            case BuiltInType.Variant:
                WriteVariantArray((Variant[]?)elements);
                break;
            case BuiltInType.DiagnosticInfo:
                WriteDiagnosticInfoArray((DiagnosticInfo?[]?)elements);
                break;
            default:
                Fail(StatusCodes.BadEncodingError);
                break;
        }
    }
}
