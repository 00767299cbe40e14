using System.Buffers.Binary;

namespace Gateway.Modbus.Protocol;

/// <summary>Writes big-endian fields of a PDU in order into a caller's buffer.</summary>
public ref struct PduWriter
{
    private readonly Span<byte> _buffer;

    /// <summary>Starts at the first byte of <paramref name="buffer"/>.</summary>
    public PduWriter(Span<byte> buffer)
    {
        _buffer = buffer;
        Length = 0;
    }

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The written bytes.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    /// <summary>Appends one byte.</summary>
    public void WriteByte(byte value) => _buffer[Length++] = value;

    /// <summary>Appends a function code.</summary>
    public void WriteFunction(ModbusFunction function) => WriteByte((byte)function);

    /// <summary>Appends two bytes, high byte first.</summary>
    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[Length..], value);
        Length += 2;
    }

    /// <summary>Appends bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_buffer[Length..]);
        Length += value.Length;
    }

    /// <summary>Makes room for <paramref name="count"/> bytes and returns it.</summary>
    public Span<byte> Reserve(int count)
    {
        var room = _buffer.Slice(Length, count);
        Length += count;
        return room;
    }
}
