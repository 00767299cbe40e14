using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Gateway.Storage.History;

/// <summary>A growing array of bytes with the few ways in which the history writes numbers. One thread.</summary>
internal sealed class ByteSink(int capacity = 256)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Byte(int value)
    {
        if (Length == _bytes.Length)
            Grow(1);
        _bytes[Length++] = (byte)value;
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void Single(float value) => BinaryPrimitives.WriteSingleLittleEndian(Take(4), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(8), value);

    /// <summary>Seven bits a byte, lowest first; the top bit says that another byte follows.</summary>
    public void Varint(ulong value)
    {
        if (Length + 10 > _bytes.Length)
            Grow(10);
        int at = Length;
        for (; value >= 0x80; value >>= 7)
            _bytes[at++] = (byte)(value | 0x80);
        _bytes[at++] = (byte)value;
        Length = at;
    }

    public void Zigzag(long value) => Varint(ZigzagOf(value));

    /// <summary>Small numbers of either sign become small numbers without one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ZigzagOf(long value) => (ulong)((value << 1) ^ (value >> 63));

    /// <summary>Writes over four bytes that were left free.</summary>
    public void Int32At(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at, 4), value);

    /// <summary>Room for that many bytes at the end.</summary>
    public Span<byte> Take(int count)
    {
        if (Length + count > _bytes.Length)
            Grow(count);
        Span<byte> room = _bytes.AsSpan(Length, count);
        Length += count;
        return room;
    }

    public byte[] ToArray() => Written.ToArray();

    private void Grow(int count) => Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
}
