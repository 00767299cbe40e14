using System.Buffers.Binary;

namespace Gateway.Modbus.Protocol;

/// <summary>Reads big-endian fields of a PDU in order; running past the end is remembered, not thrown.</summary>
public ref struct PduReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts at the first byte of <paramref name="pdu"/>.</summary>
    public PduReader(ReadOnlySpan<byte> pdu)
    {
        _rest = pdu;
        IsOverrun = false;
    }

    /// <summary>True once a field was asked for that is not there; that field read as zero.</summary>
    public bool IsOverrun { get; private set; }

    /// <summary>The bytes not yet read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>The next byte.</summary>
    public byte ReadByte()
    {
        if (_rest.IsEmpty)
        {
            IsOverrun = true;
            return 0;
        }

        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    /// <summary>The next two bytes, high byte first.</summary>
    public ushort ReadUInt16()
    {
        if (_rest.Length < 2)
        {
            IsOverrun = true;
            _rest = default;
            return 0;
        }

        var value = BinaryPrimitives.ReadUInt16BigEndian(_rest);
        _rest = _rest[2..];
        return value;
    }

    /// <summary>The next <paramref name="count"/> bytes, without a copy.</summary>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (_rest.Length < count)
        {
            IsOverrun = true;
            _rest = default;
            return default;
        }

        var value = _rest[..count];
        _rest = _rest[count..];
        return value;
    }
}
