namespace Gateway.OpcUa.Types;

/// <content>One constructor per .NET type, and its way back.</content>
public readonly partial struct Variant
{
    /// <summary>Holds a truth value.</summary>
    public Variant(bool value)
        : this(BuiltInType.Boolean, value ? 1L : 0L)
    {
    }

    /// <summary>Holds 8 bits with sign.</summary>
    public Variant(sbyte value)
        : this(BuiltInType.SByte, (long)value)
    {
    }

    /// <summary>Holds 8 bits.</summary>
    public Variant(byte value)
        : this(BuiltInType.Byte, (long)value)
    {
    }

    /// <summary>Holds 16 bits with sign.</summary>
    public Variant(short value)
        : this(BuiltInType.Int16, (long)value)
    {
    }

    /// <summary>Holds 16 bits.</summary>
    public Variant(ushort value)
        : this(BuiltInType.UInt16, (long)value)
    {
    }

    /// <summary>Holds 32 bits with sign.</summary>
    public Variant(int value)
        : this(BuiltInType.Int32, (long)value)
    {
    }

    /// <summary>Holds 32 bits.</summary>
    public Variant(uint value)
        : this(BuiltInType.UInt32, (long)value)
    {
    }

    /// <summary>Holds 64 bits with sign.</summary>
    public Variant(long value)
        : this(BuiltInType.Int64, value)
    {
    }

    /// <summary>Holds 64 bits.</summary>
    public Variant(ulong value)
        : this(BuiltInType.UInt64, unchecked((long)value))
    {
    }

    /// <summary>Holds single precision.</summary>
    public Variant(float value)
        : this(BuiltInType.Float, BitConverter.SingleToInt32Bits(value))
    {
    }

    /// <summary>Holds double precision.</summary>
    public Variant(double value)
        : this(BuiltInType.Double, BitConverter.DoubleToInt64Bits(value))
    {
    }

    /// <summary>Holds a time; local times become UTC.</summary>
    public Variant(DateTime value)
        : this(BuiltInType.DateTime, UtcTicks(value))
    {
    }

    /// <summary>Holds a status code.</summary>
    public Variant(StatusCode value)
        : this(BuiltInType.StatusCode, (long)value.Value)
    {
    }

    /// <summary>Holds a text.</summary>
    public Variant(string? value)
        : this(BuiltInType.String, (object?)value)
    {
    }

    /// <summary>Holds a GUID.</summary>
    public Variant(Guid value)
        : this(BuiltInType.Guid, (object?)value)
    {
    }

    /// <summary>Holds a node id.</summary>
    public Variant(NodeId value)
        : this(BuiltInType.NodeId, (object?)value)
    {
    }

    /// <summary>Holds an expanded node id.</summary>
    public Variant(ExpandedNodeId value)
        : this(BuiltInType.ExpandedNodeId, (object?)value)
    {
    }

    /// <summary>Holds a qualified name.</summary>
    public Variant(QualifiedName value)
        : this(BuiltInType.QualifiedName, (object?)value)
    {
    }

    /// <summary>Holds a text with its locale.</summary>
    public Variant(LocalizedText value)
        : this(BuiltInType.LocalizedText, (object?)value)
    {
    }

    /// <summary>Holds a structure.</summary>
    public Variant(ExtensionObject value)
        : this(BuiltInType.ExtensionObject, (object?)value)
    {
    }

    /// <summary>Holds a value with its quality.</summary>
    public Variant(DataValue value)
        : this(BuiltInType.DataValue, (object?)value)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(bool[]? elements)
        : this(BuiltInType.Boolean, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(sbyte[]? elements)
        : this(BuiltInType.SByte, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(short[]? elements)
        : this(BuiltInType.Int16, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(ushort[]? elements)
        : this(BuiltInType.UInt16, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(int[]? elements)
        : this(BuiltInType.Int32, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(uint[]? elements)
        : this(BuiltInType.UInt32, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(long[]? elements)
        : this(BuiltInType.Int64, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(ulong[]? elements)
        : this(BuiltInType.UInt64, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(float[]? elements)
        : this(BuiltInType.Float, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(double[]? elements)
        : this(BuiltInType.Double, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(string?[]? elements)
        : this(BuiltInType.String, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(DateTime[]? elements)
        : this(BuiltInType.DateTime, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(Guid[]? elements)
        : this(BuiltInType.Guid, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(byte[]?[]? elements)
        : this(BuiltInType.ByteString, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(NodeId[]? elements)
        : this(BuiltInType.NodeId, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(ExpandedNodeId[]? elements)
        : this(BuiltInType.ExpandedNodeId, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(StatusCode[]? elements)
        : this(BuiltInType.StatusCode, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(QualifiedName[]? elements)
        : this(BuiltInType.QualifiedName, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(LocalizedText[]? elements)
        : this(BuiltInType.LocalizedText, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(ExtensionObject[]? elements)
        : this(BuiltInType.ExtensionObject, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(DataValue[]? elements)
        : this(BuiltInType.DataValue, (Array?)elements)
    {
    }

    /// <summary>Holds an array; null is a null array of this type.</summary>
    public Variant(Variant[]? elements)
        : this(BuiltInType.Variant, (Array?)elements)
    {
    }

    /// <summary>Holds bytes: as one ByteString, or as an array of Byte.</summary>
    /// <param name="bytes">The bytes; null is null.</param>
    /// <param name="type">ByteString or Byte.</param>
    /// <exception cref="ArgumentException">The type is another.</exception>
    public static Variant FromBytes(byte[]? bytes, BuiltInType type = BuiltInType.ByteString) => type switch
    {
        BuiltInType.ByteString => new Variant(BuiltInType.ByteString, (object?)bytes),
        BuiltInType.Byte => new Variant(BuiltInType.Byte, (Array?)bytes),
        _ => throw new ArgumentException("Bytes are a ByteString or an array of Byte.", nameof(type)),
    };

    /// <summary>Holds XML, as one element.</summary>
    public static Variant FromXml(string? xml) => new(BuiltInType.XmlElement, (object?)xml);

    /// <summary>Gives a one-dimensional array its dimensions.</summary>
    /// <exception cref="ArgumentException">The value is no array, or the product of the dimensions is not its length.</exception>
    public static Variant FromMatrix(Variant array, params int[] dimensions) => array is { IsArray: true, Elements: { } elements }
        ? new Variant(array.Type, new Matrix(elements, dimensions))
        : throw new ArgumentException("Only an array can be given dimensions.", nameof(array));

    /// <summary>A structure, encoded when it is written.</summary>
    public static Variant FromStructure(IStructure structure) => new(new ExtensionObject(structure));

    /// <summary>Takes out a truth value.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out bool value)
    {
        var isThat = Type == BuiltInType.Boolean && _shape == VariantShape.Scalar;
        value = isThat ? _bits != 0 : default;
        return isThat;
    }

    /// <summary>Takes out 8 bits with sign.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out sbyte value)
    {
        var isThat = Type == BuiltInType.SByte && _shape == VariantShape.Scalar;
        value = isThat ? (sbyte)_bits : default;
        return isThat;
    }

    /// <summary>Takes out 8 bits.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out byte value)
    {
        var isThat = Type == BuiltInType.Byte && _shape == VariantShape.Scalar;
        value = isThat ? (byte)_bits : default;
        return isThat;
    }

    /// <summary>Takes out 16 bits with sign.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out short value)
    {
        var isThat = Type == BuiltInType.Int16 && _shape == VariantShape.Scalar;
        value = isThat ? (short)_bits : default;
        return isThat;
    }

    /// <summary>Takes out 16 bits.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out ushort value)
    {
        var isThat = Type == BuiltInType.UInt16 && _shape == VariantShape.Scalar;
        value = isThat ? (ushort)_bits : default;
        return isThat;
    }

    /// <summary>Takes out 32 bits with sign.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out int value)
    {
        var isThat = Type == BuiltInType.Int32 && _shape == VariantShape.Scalar;
        value = isThat ? (int)_bits : default;
        return isThat;
    }

    /// <summary>Takes out 32 bits.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out uint value)
    {
        var isThat = Type == BuiltInType.UInt32 && _shape == VariantShape.Scalar;
        value = isThat ? (uint)_bits : default;
        return isThat;
    }

    /// <summary>Takes out 64 bits with sign.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out long value)
    {
        var isThat = Type == BuiltInType.Int64 && _shape == VariantShape.Scalar;
        value = isThat ? _bits : default;
        return isThat;
    }

    /// <summary>Takes out 64 bits.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out ulong value)
    {
        var isThat = Type == BuiltInType.UInt64 && _shape == VariantShape.Scalar;
        value = isThat ? unchecked((ulong)_bits) : default;
        return isThat;
    }

    /// <summary>Takes out single precision.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out float value)
    {
        var isThat = Type == BuiltInType.Float && _shape == VariantShape.Scalar;
        value = isThat ? BitConverter.Int32BitsToSingle((int)_bits) : default;
        return isThat;
    }

    /// <summary>Takes out double precision.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out double value)
    {
        var isThat = Type == BuiltInType.Double && _shape == VariantShape.Scalar;
        value = isThat ? BitConverter.Int64BitsToDouble(_bits) : default;
        return isThat;
    }

    /// <summary>Takes out a time; local times become UTC.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out DateTime value)
    {
        var isThat = Type == BuiltInType.DateTime && _shape == VariantShape.Scalar;
        value = isThat ? new DateTime(_bits, DateTimeKind.Utc) : default;
        return isThat;
    }

    /// <summary>Takes out a status code.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out StatusCode value)
    {
        var isThat = Type == BuiltInType.StatusCode && _shape == VariantShape.Scalar;
        value = isThat ? new StatusCode((uint)_bits) : default;
        return isThat;
    }

    /// <summary>Takes out a text.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out string? value)
    {
        value = _object as string;
        return Type is BuiltInType.String or BuiltInType.XmlElement && _shape == VariantShape.Scalar;
    }

    /// <summary>Takes out a GUID.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out Guid value)
    {
        var isThat = Type == BuiltInType.Guid && _shape == VariantShape.Scalar;
        value = isThat ? (Guid)_object! : default;
        return isThat;
    }

    /// <summary>Takes out a node id.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out NodeId value)
    {
        var isThat = Type == BuiltInType.NodeId && _shape == VariantShape.Scalar;
        value = isThat ? (NodeId)_object! : default;
        return isThat;
    }

    /// <summary>Takes out an expanded node id.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out ExpandedNodeId value)
    {
        var isThat = Type == BuiltInType.ExpandedNodeId && _shape == VariantShape.Scalar;
        value = isThat ? (ExpandedNodeId)_object! : default;
        return isThat;
    }

    /// <summary>Takes out a qualified name.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out QualifiedName value)
    {
        var isThat = Type == BuiltInType.QualifiedName && _shape == VariantShape.Scalar;
        value = isThat ? (QualifiedName)_object! : default;
        return isThat;
    }

    /// <summary>Takes out a text with its locale.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out LocalizedText value)
    {
        var isThat = Type == BuiltInType.LocalizedText && _shape == VariantShape.Scalar;
        value = isThat ? (LocalizedText)_object! : default;
        return isThat;
    }

    /// <summary>Takes out a structure.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out ExtensionObject value)
    {
        var isThat = Type == BuiltInType.ExtensionObject && _shape == VariantShape.Scalar;
        value = isThat ? (ExtensionObject)_object! : default;
        return isThat;
    }

    /// <summary>Takes out a value with its quality.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out DataValue value)
    {
        var isThat = Type == BuiltInType.DataValue && _shape == VariantShape.Scalar;
        value = isThat ? (DataValue)_object! : default;
        return isThat;
    }

    /// <summary>Takes out bytes.</summary>
    /// <returns>False when the value is of another type.</returns>
    public bool TryGet(out byte[]? value)
    {
        value = _object as byte[];
        return Type == BuiltInType.ByteString && _shape == VariantShape.Scalar;
    }

    private static long UtcTicks(DateTime value) => (value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : value).Ticks;
}
