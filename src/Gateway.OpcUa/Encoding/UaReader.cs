using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Encoding;

/// <summary>
/// Reads values of the binary encoding in order (Part 6 §5.2). What is wrong is remembered in <see cref="Status"/>, not
/// thrown: from then on every read gives a default value. Lengths are checked before memory is taken.
/// </summary>
public ref partial struct UaReader
{
    private readonly EncodingLimits _limits;
    private ReadOnlySpan<byte> _bytes;
    private int _position;
    private int _depth;
    private int _elements;

    /// <summary>Starts at the first byte.</summary>
    /// <param name="bytes">The encoded values.</param>
    /// <param name="limits">What is accepted; the defaults when null.</param>
    public UaReader(ReadOnlySpan<byte> bytes, EncodingLimits? limits = null)
    {
        _bytes = bytes;
        _limits = limits ?? EncodingLimits.Default;
        _elements = _limits.MaxElements;
    }

    /// <summary>Good, or the first thing that was wrong: BadDecodingError or BadEncodingLimitsExceeded.</summary>
    public StatusCode Status { get; private set; }

    /// <summary>True while everything could be read.</summary>
    public readonly bool IsGood => Status.Value == 0;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => _bytes.Length - _position;

    /// <summary>Marks what is read as wrong; the first mark stays.</summary>
    public void Fail(StatusCode status)
    {
        if (IsGood)
            Status = status;
        _bytes = default;
        _position = 0;
    }

    /// <summary>Reads a truth value: any byte but zero is true.</summary>
    public bool ReadBoolean() => ReadByte() != 0;

    /// <summary>Reads 8 bits with sign.</summary>
    public sbyte ReadSByte() => (sbyte)ReadByte();

    /// <summary>Reads 8 bits.</summary>
    public byte ReadByte()
    {
        if ((uint)_position < (uint)_bytes.Length)
            return _bytes[_position++];
        Fail(StatusCodes.BadDecodingError);
        return 0;
    }

    /// <summary>Reads 16 bits with sign.</summary>
    public short ReadInt16() => TryTake(2, out var bytes) ? BinaryPrimitives.ReadInt16LittleEndian(bytes) : (short)0;

    /// <summary>Reads 16 bits.</summary>
    public ushort ReadUInt16() => TryTake(2, out var bytes) ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;

    /// <summary>Reads 32 bits with sign.</summary>
    public int ReadInt32() => TryTake(4, out var bytes) ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;

    /// <summary>Reads 32 bits.</summary>
    public uint ReadUInt32() => TryTake(4, out var bytes) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;

    /// <summary>Reads 64 bits with sign.</summary>
    public long ReadInt64() => TryTake(8, out var bytes) ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

    /// <summary>Reads 64 bits.</summary>
    public ulong ReadUInt64() => TryTake(8, out var bytes) ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;

    /// <summary>Reads a single.</summary>
    public float ReadFloat() => BitConverter.Int32BitsToSingle(ReadInt32());

    /// <summary>Reads a double.</summary>
    public double ReadDouble() => BitConverter.Int64BitsToDouble(ReadInt64());

    /// <summary>Reads a time: minimum for 1601 and before, maximum for the largest.</summary>
    public DateTime ReadDateTime() => UaTime.FromWire(ReadInt64());

    /// <summary>Reads a GUID.</summary>
    public Guid ReadGuid() => TryTake(16, out var bytes) ? new Guid(bytes, bigEndian: false) : Guid.Empty;

    /// <summary>Reads a status code.</summary>
    public StatusCode ReadStatusCode() => new(ReadUInt32());

    /// <summary>Reads a text; null stays null.</summary>
    public string? ReadString()
    {
        var bytes = ReadLengthAndBytes(_limits.MaxStringBytes, out var isNull);
        return isNull ? null : bytes.IsEmpty ? "" : System.Text.Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Reads a text without making a string: its bytes in UTF-8.</summary>
    public ReadOnlySpan<byte> ReadStringBytes(out bool isNull) => ReadLengthAndBytes(_limits.MaxStringBytes, out isNull);

    /// <summary>Reads XML as text; null stays null.</summary>
    public string? ReadXmlElement() => ReadString();

    /// <summary>Reads bytes into a new array; null stays null.</summary>
    public byte[]? ReadByteString()
    {
        var bytes = ReadLengthAndBytes(_limits.MaxByteStringBytes, out var isNull);
        return isNull ? null : bytes.ToArray();
    }

    /// <summary>Reads bytes without a copy.</summary>
    public ReadOnlySpan<byte> ReadByteStringSpan(out bool isNull) => ReadLengthAndBytes(_limits.MaxByteStringBytes, out isNull);

    /// <summary>Skips bytes.</summary>
    public void Skip(int count) => TryTake(count, out _);

    /// <summary>Reads the length before an array's elements; -1 for a null array.</summary>
    /// <param name="smallestElement">Bytes the smallest element takes: the length must fit into what is left.</param>
    public int ReadArrayLength(int smallestElement)
    {
        var length = ReadInt32();
        if (length < 0)
            return -1;
        if (length > _limits.MaxArrayLength || length > _elements)
            Fail(StatusCodes.BadEncodingLimitsExceeded);
        else if ((long)length * smallestElement > Remaining)
            Fail(StatusCodes.BadDecodingError);
        else
            _elements -= length;
        return IsGood ? length : -1;
    }

    /// <summary>Reads a node id of any form.</summary>
    public NodeId ReadNodeId() => ReadNodeId(ReadByte());

    /// <summary>Reads a node id with its namespace URI and server index.</summary>
    public ExpandedNodeId ReadExpandedNodeId()
    {
        var form = ReadByte();
        var nodeId = ReadNodeId((byte)(form & 0x3F));
        var uri = (form & 0x80) != 0 ? ReadString() : null;
        var server = (form & 0x40) != 0 ? ReadUInt32() : 0;
        return new ExpandedNodeId(nodeId, uri, server);
    }

    /// <summary>Reads a qualified name.</summary>
    public QualifiedName ReadQualifiedName()
    {
        var index = ReadUInt16();
        return new QualifiedName(ReadString(), index);
    }

    /// <summary>Reads a text with its locale.</summary>
    public LocalizedText ReadLocalizedText()
    {
        var mask = ReadByte();
        if ((mask & ~0x03) != 0)
            Fail(StatusCodes.BadDecodingError);
        var locale = (mask & 0x01) != 0 ? ReadString() : null;
        return new LocalizedText((mask & 0x02) != 0 ? ReadString() : null, locale);
    }

    /// <summary>Reads a value with its quality and times into a place that may be used again and again.</summary>
    public void ReadDataValue(out DataValue value)
    {
        var mask = ReadByte();
        value = default;
        if ((mask & 0x01) != 0)
            ReadVariant(out value.Value);
        if ((mask & 0x02) != 0)
            value.Status = ReadStatusCode();
        if ((mask & 0x04) != 0)
            value.SourceTime = ReadDateTime();
        if ((mask & 0x10) != 0)
            value.SourcePicoseconds = Math.Min(ReadUInt16(), (ushort)9999);
        if ((mask & 0x08) != 0)
            value.ServerTime = ReadDateTime();
        if ((mask & 0x20) != 0)
            value.ServerPicoseconds = Math.Min(ReadUInt16(), (ushort)9999);
        if ((mask & 0xC0) != 0)
            Fail(StatusCodes.BadDecodingError);
    }

    /// <summary>Reads a value with its quality and times.</summary>
    public DataValue ReadDataValue()
    {
        ReadDataValue(out var value);
        return value;
    }

    /// <summary>Reads a structure with its type: decoded when it is known, else its bytes.</summary>
    public ExtensionObject ReadExtensionObject()
    {
        var typeId = ReadNodeId();
        var kind = (ExtensionBody)ReadByte();
        if (kind > ExtensionBody.Xml)
            Fail(StatusCodes.BadDecodingError);
        if (!IsGood)
            return default;
        if (kind == ExtensionBody.None)
            return new ExtensionObject(typeId, null, ExtensionBody.None);
        // Message sized bodies such as notifications are bounded by the message, not by the byte string limit.
        var body = ReadLengthAndBytes(int.MaxValue, out var isNull);
        if (isNull)
            return new ExtensionObject(typeId, null, ExtensionBody.None);
        if (kind == ExtensionBody.Binary && typeId is { IdType: NodeIdType.Numeric, NamespaceIndex: 0 } && StructureTable.Create(typeId.Number) is { } structure)
            return DecodeBody(structure, body);
        if (body.Length <= _limits.MaxByteStringBytes)
            return new ExtensionObject(typeId, body.ToArray(), kind);
        Fail(StatusCodes.BadEncodingLimitsExceeded);
        return default;
    }

    /// <summary>Reads a vendor's details; null when the mask is empty.</summary>
    public DiagnosticInfo? ReadDiagnosticInfo()
    {
        var mask = ReadByte();
        if (mask == 0 || !Enter())
            return null;
        if ((mask & 0x80) != 0)
            Fail(StatusCodes.BadDecodingError);
        // Written in the order symbolic id, namespace, locale, text, although the bits of the last two are swapped.
        var info = new DiagnosticInfo
        {
            SymbolicId = (mask & 0x01) != 0 ? ReadInt32() : null,
            NamespaceUri = (mask & 0x02) != 0 ? ReadInt32() : null,
            Locale = (mask & 0x08) != 0 ? ReadInt32() : null,
            LocalizedText = (mask & 0x04) != 0 ? ReadInt32() : null,
            AdditionalInfo = (mask & 0x10) != 0 ? ReadString() : null,
            InnerStatusCode = (mask & 0x20) != 0 ? ReadStatusCode() : null,
            InnerDiagnosticInfo = (mask & 0x40) != 0 ? ReadDiagnosticInfo() : null,
        };
        _depth--;
        return info;
    }

    /// <summary>Reads the node id before a message's body: the number of its encoding.</summary>
    /// <returns>0 when the id is not a number of namespace 0.</returns>
    public uint ReadMessageType()
    {
        var id = ReadNodeId();
        return id is { IdType: NodeIdType.Numeric, NamespaceIndex: 0 } ? id.Number : 0;
    }

    private ExtensionObject DecodeBody(IStructure structure, ReadOnlySpan<byte> body)
    {
        if (!Enter())
            return default;
        var inner = new UaReader(body, _limits) { _depth = _depth, _elements = _elements };
        structure.Decode(ref inner);
        _elements = inner._elements;
        _depth--;
        if (inner.IsGood)
            return new ExtensionObject(structure);
        Fail(inner.Status);
        return default;
    }

    private NodeId ReadNodeId(byte form)
    {
        switch (form)
        {
            case 0x00:
                return new NodeId(ReadByte());
            case 0x01:
                var index = ReadByte();
                return new NodeId(ReadUInt16(), index);
            case 0x02:
                var wide = ReadUInt16();
                return new NodeId(ReadUInt32(), wide);
            case 0x03:
                var textIndex = ReadUInt16();
                var text = ReadLengthAndBytes(NodeId.MaxIdentifierLength, out _);
                return IsGood ? new NodeId(System.Text.Encoding.UTF8.GetString(text), textIndex) : default;
            case 0x04:
                var guidIndex = ReadUInt16();
                return new NodeId(ReadGuid(), guidIndex);
            case 0x05:
                var opaqueIndex = ReadUInt16();
                var opaque = ReadLengthAndBytes(NodeId.MaxIdentifierLength, out _);
                return IsGood ? new NodeId(opaque.ToArray(), opaqueIndex) : default;
            default:
                Fail(StatusCodes.BadDecodingError);
                return default;
        }
    }

    private bool Enter()
    {
        if (_depth < _limits.MaxDepth)
        {
            _depth++;
            return true;
        }

        Fail(StatusCodes.BadEncodingLimitsExceeded);
        return false;
    }

    private ReadOnlySpan<byte> ReadLengthAndBytes(int limit, out bool isNull)
    {
        var length = ReadInt32();
        isNull = length < 0 || !IsGood;
        if (isNull)
            return default;
        if (length <= limit)
            return TryTake(length, out var bytes) ? bytes : default;
        Fail(length > Remaining ? StatusCodes.BadDecodingError : StatusCodes.BadEncodingLimitsExceeded);
        return default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTake(int count, out ReadOnlySpan<byte> bytes)
    {
        if ((uint)count <= (uint)(_bytes.Length - _position))
        {
            bytes = _bytes.Slice(_position, count);
            _position += count;
            return true;
        }

        Fail(StatusCodes.BadDecodingError);
        bytes = default;
        return false;
    }

    private T[]? ReadFixedArray<T>()
        where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        var length = ReadArrayLength(size);
        if (length < 0)
            return null;
        var elements = length == 0 ? [] : GC.AllocateUninitializedArray<T>(length);
        if (!TryTake(length * size, out var bytes))
            return null;
        bytes.CopyTo(MemoryMarshal.AsBytes(elements.AsSpan()));
        if (!BitConverter.IsLittleEndian && size > 1)
            ByteOrder.Swap(MemoryMarshal.AsBytes(elements.AsSpan()), size);
        return elements;
    }
}
