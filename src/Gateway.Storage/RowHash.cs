using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Storage;

/// <summary>
/// SHA-256 over the hash of the row before and every column of this row, in the order of the columns: integers and
/// numbers as 8 bytes little-endian, text as its length and UTF-8, absent as length -1. Changing, inserting or leaving
/// out a row breaks the chain behind it. Without a key it does not stop somebody who computes the rest anew: note the
/// newest hash elsewhere for that. Used by one thread.
/// </summary>
internal sealed class RowHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = 32;

    private readonly ArrayBufferWriter<byte> _row = new(512);

    /// <summary>Begins a row.</summary>
    /// <param name="before">Hash of the row before; zeros for the first and for rows that are not chained.</param>
    public void Begin(ReadOnlySpan<byte> before)
    {
        _row.ResetWrittenCount();
        _row.Write(before);
    }

    public void Add(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_row.GetSpan(8), value);
        _row.Advance(8);
    }

    /// <summary>Adds a number in the form it is stored in: SQLite keeps neither NaN nor the sign of zero.</summary>
    public void Add(double? value)
    {
        if (value is { } number && !double.IsNaN(number))
            Add(BitConverter.DoubleToInt64Bits(number + 0.0));
        else
            Add(long.MinValue + 1);
    }

    public void Add(string? text)
    {
        if (text is null)
        {
            Add(-1);
            return;
        }
        int length = Encoding.UTF8.GetByteCount(text);
        Add(length);
        _row.Advance(Encoding.UTF8.GetBytes(text, _row.GetSpan(length)));
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        _row.Write(bytes);
    }

    /// <summary>Ends the row.</summary>
    public byte[] End() => SHA256.HashData(_row.WrittenSpan);
}
