using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Encoding;

/// <summary>
/// Writes values of the binary encoding in order (Part 6 §5.2), into a span or into a buffer that grows. What does not fit
/// is remembered in <see cref="Status"/>, not thrown. Call <see cref="Finish"/> at the end when writing into a buffer.
/// </summary>
public ref partial struct UaWriter
{
    // Part 6 §5.1.9: as deep as a decoder must be able to follow.
    private const int MaxDepth = 100;

    private readonly MessageBuffer? _buffer;
    private Span<byte> _bytes;
    private int _position;
    private int _depth;

    /// <summary>Writes into a span of fixed size.</summary>
    public UaWriter(Span<byte> bytes)
    {
        _bytes = bytes;
        _buffer = null;
    }

    /// <summary>Writes behind what a buffer already holds.</summary>
    public UaWriter(MessageBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        _buffer = buffer;
        _bytes = buffer.Bytes;
        _position = buffer.Length;
    }

    /// <summary>Good, or BadEncodingLimitsExceeded once something did not fit.</summary>
    public StatusCode Status { get; private set; }

    /// <summary>True while everything could be written.</summary>
    public readonly bool IsGood => Status.Value == 0;

    /// <summary>Bytes written, those before this writer's start included.</summary>
    public readonly int Position => _position;

    /// <summary>What is written so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _bytes[.._position];

    /// <summary>Tells the buffer how much was written.</summary>
    /// <returns>How the writing went; when it is bad, the buffer is as before.</returns>
    public readonly StatusCode Finish()
    {
        if (IsGood && _buffer is not null)
            _buffer.Length = _position;
        return Status;
    }

    /// <summary>Marks what is written as wrong; the first mark stays.</summary>
    public void Fail(StatusCode status)
    {
        if (IsGood)
            Status = status;
    }

    /// <summary>Writes a truth value.</summary>
    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>Writes 8 bits with sign.</summary>
    public void WriteSByte(sbyte value) => WriteByte((byte)value);

    /// <summary>Writes 8 bits.</summary>
    public void WriteByte(byte value)
    {
        if (TryReserve(1))
            _bytes[_position++] = value;
    }

    /// <summary>Writes 16 bits with sign.</summary>
    public void WriteInt16(short value) => WriteUInt16((ushort)value);

    /// <summary>Writes 16 bits.</summary>
    public void WriteUInt16(ushort value)
    {
        if (!TryReserve(2))
            return;
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes[_position..], value);
        _position += 2;
    }

    /// <summary>Writes 32 bits with sign.</summary>
    public void WriteInt32(int value)
    {
        if (!TryReserve(4))
            return;
        BinaryPrimitives.WriteInt32LittleEndian(_bytes[_position..], value);
        _position += 4;
    }

    /// <summary>Writes 32 bits.</summary>
    public void WriteUInt32(uint value) => WriteInt32((int)value);

    /// <summary>Writes 64 bits with sign.</summary>
    public void WriteInt64(long value)
    {
        if (!TryReserve(8))
            return;
        BinaryPrimitives.WriteInt64LittleEndian(_bytes[_position..], value);
        _position += 8;
    }

    /// <summary>Writes 64 bits.</summary>
    public void WriteUInt64(ulong value) => WriteInt64((long)value);

    /// <summary>Writes a single.</summary>
    public void WriteFloat(float value) => WriteInt32(BitConverter.SingleToInt32Bits(value));

    /// <summary>Writes a double.</summary>
    public void WriteDouble(double value) => WriteInt64(BitConverter.DoubleToInt64Bits(value));

    /// <summary>Writes a time, clamped to what the wire can say.</summary>
    public void WriteDateTime(DateTime value) => WriteInt64(UaTime.ToWire(value));

    /// <summary>Writes a GUID.</summary>
    public void WriteGuid(Guid value)
    {
        if (!TryReserve(16))
            return;
        value.TryWriteBytes(_bytes[_position..], bigEndian: false, out _);
        _position += 16;
    }

    /// <summary>Writes a status code.</summary>
    public void WriteStatusCode(StatusCode value) => WriteUInt32(value.Value);

    /// <summary>Writes a text; null is written as null.</summary>
    public void WriteString(string? value)
    {
        if (value is null)
        {
            WriteInt32(-1);
            return;
        }

        var count = System.Text.Encoding.UTF8.GetByteCount(value);
        WriteInt32(count);
        if (!TryReserve(count))
            return;
        System.Text.Encoding.UTF8.GetBytes(value, _bytes[_position..]);
        _position += count;
    }

    /// <summary>Writes XML as text.</summary>
    public void WriteXmlElement(string? value) => WriteString(value);

    /// <summary>Writes bytes; null is written as null.</summary>
    public void WriteByteString(byte[]? value)
    {
        if (value is null)
            WriteInt32(-1);
        else
            WriteByteString(value.AsSpan());
    }

    /// <summary>Writes bytes with their length.</summary>
    public void WriteByteString(ReadOnlySpan<byte> value)
    {
        WriteInt32(value.Length);
        WriteBytes(value);
    }

    /// <summary>Writes bytes as they are, without a length.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        if (!TryReserve(value.Length))
            return;
        value.CopyTo(_bytes[_position..]);
        _position += value.Length;
    }

    /// <summary>Writes a node id in its shortest form.</summary>
    public void WriteNodeId(NodeId value) => WriteNodeId(value, 0);

    /// <summary>Writes a node id with its namespace URI and server index.</summary>
    public void WriteExpandedNodeId(ExpandedNodeId value)
    {
        var flags = (value.NamespaceUri is null ? 0 : 0x80) | (value.ServerIndex == 0 ? 0 : 0x40);
        WriteNodeId(value.NamespaceUri is null ? value.NodeId : value.NodeId.InNamespace(0), (byte)flags);
        if (value.NamespaceUri is not null)
            WriteString(value.NamespaceUri);
        if (value.ServerIndex != 0)
            WriteUInt32(value.ServerIndex);
    }

    /// <summary>Writes a qualified name.</summary>
    public void WriteQualifiedName(QualifiedName value)
    {
        WriteUInt16(value.NamespaceIndex);
        WriteString(value.Name);
    }

    /// <summary>Writes a text with its locale.</summary>
    public void WriteLocalizedText(LocalizedText value)
    {
        WriteByte((byte)((value.Locale is null ? 0 : 0x01) | (value.Text is null ? 0 : 0x02)));
        if (value.Locale is not null)
            WriteString(value.Locale);
        if (value.Text is not null)
            WriteString(value.Text);
    }

    /// <summary>Writes a value with its quality and times; what is absent takes no room.</summary>
    public void WriteDataValue(in DataValue value)
    {
        var hasSource = value.SourceTime != DateTime.MinValue;
        var hasServer = value.ServerTime != DateTime.MinValue;
        var mask = (value.Value.IsNull ? 0 : 0x01) | (value.Status.Value == 0 ? 0 : 0x02) | (hasSource ? 0x04 : 0) | (hasServer ? 0x08 : 0) |
            (value.SourcePicoseconds == 0 ? 0 : 0x10) | (value.ServerPicoseconds == 0 ? 0 : 0x20);
        WriteByte((byte)mask);
        if ((mask & 0x01) != 0)
            WriteVariant(in value.Value);
        if ((mask & 0x02) != 0)
            WriteStatusCode(value.Status);
        if (hasSource)
            WriteDateTime(value.SourceTime);
        if ((mask & 0x10) != 0)
            WriteUInt16(value.SourcePicoseconds);
        if (hasServer)
            WriteDateTime(value.ServerTime);
        if ((mask & 0x20) != 0)
            WriteUInt16(value.ServerPicoseconds);
    }

    /// <summary>Writes a structure with its type.</summary>
    public void WriteExtensionObject(ExtensionObject value)
    {
        WriteNodeId(value.TypeId);
        WriteByte((byte)value.Body);
        if (value.Bytes is { } bytes)
            WriteByteString(bytes);
        else if (value.Structure is { } structure && Enter())
        {
            var start = _position;
            WriteInt32(0);
            structure.Encode(ref this);
            if (IsGood)
                BinaryPrimitives.WriteInt32LittleEndian(_bytes[start..], _position - start - 4);
            _depth--;
        }
    }

    /// <summary>Writes a vendor's details; null is an empty mask.</summary>
    public void WriteDiagnosticInfo(DiagnosticInfo? value)
    {
        if (value is null || !Enter())
        {
            WriteByte(0);
            return;
        }

        WriteByte((byte)((value.SymbolicId is null ? 0 : 0x01) | (value.NamespaceUri is null ? 0 : 0x02) | (value.LocalizedText is null ? 0 : 0x04) |
            (value.Locale is null ? 0 : 0x08) | (value.AdditionalInfo is null ? 0 : 0x10) | (value.InnerStatusCode is null ? 0 : 0x20) |
            (value.InnerDiagnosticInfo is null ? 0 : 0x40)));
        WriteIndex(value.SymbolicId);
        WriteIndex(value.NamespaceUri);
        WriteIndex(value.Locale);
        WriteIndex(value.LocalizedText);
        if (value.AdditionalInfo is not null)
            WriteString(value.AdditionalInfo);
        if (value.InnerStatusCode is { } status)
            WriteStatusCode(status);
        if (value.InnerDiagnosticInfo is not null)
            WriteDiagnosticInfo(value.InnerDiagnosticInfo);
        _depth--;
    }

    /// <summary>Writes a message: the node id of its encoding, then its fields.</summary>
    public void WriteMessage(IStructure message)
    {
        WriteNodeId(new NodeId(message.EncodingId));
        message.Encode(ref this);
    }

    private void WriteIndex(int? index)
    {
        if (index is { } number)
            WriteInt32(number);
    }

    private void WriteNodeId(NodeId value, byte flags)
    {
        switch (value.IdType)
        {
            case NodeIdType.Numeric when value.Number <= byte.MaxValue && value.NamespaceIndex == 0:
                WriteByte(flags);
                WriteByte((byte)value.Number);
                return;
            case NodeIdType.Numeric when value.Number <= ushort.MaxValue && value.NamespaceIndex <= byte.MaxValue:
                WriteByte((byte)(0x01 | flags));
                WriteByte((byte)value.NamespaceIndex);
                WriteUInt16((ushort)value.Number);
                return;
        }

        WriteByte((byte)(((byte)value.IdType + 2) | flags));
        WriteUInt16(value.NamespaceIndex);
        switch (value.IdType)
        {
            case NodeIdType.Numeric:
                WriteUInt32(value.Number);
                break;
            case NodeIdType.String:
                WriteString(value.Text);
                break;
            case NodeIdType.Guid:
                WriteGuid(value.Guid);
                break;
            default:
                WriteByteString(value.Opaque);
                break;
        }
    }

    private bool Enter()
    {
        if (_depth < MaxDepth)
        {
            _depth++;
            return true;
        }

        Fail(StatusCodes.BadEncodingLimitsExceeded);
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReserve(int count) => count <= _bytes.Length - _position ? IsGood : TryGrow(count);

    private bool TryGrow(int count)
    {
        if (IsGood && _buffer is not null && _buffer.TryGrow(_position + count))
        {
            _bytes = _buffer.Bytes;
            return true;
        }

        Fail(StatusCodes.BadEncodingLimitsExceeded);
        return false;
    }

    private void WriteFixedArray<T>(T[]? elements)
        where T : unmanaged
    {
        WriteInt32(elements?.Length ?? -1);
        if (elements is null)
            return;
        var bytes = MemoryMarshal.AsBytes(elements.AsSpan());
        var start = _position;
        WriteBytes(bytes);
        if (!BitConverter.IsLittleEndian && IsGood && Unsafe.SizeOf<T>() > 1)
            ByteOrder.Swap(_bytes[start.._position], Unsafe.SizeOf<T>());
    }
}
