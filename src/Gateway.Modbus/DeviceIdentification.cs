using System.Text;

namespace Gateway.Modbus;

/// <summary>Reads the objects of a device identification answer one after another (Modbus 1.1b3 §6.21).</summary>
public ref struct DeviceIdentification
{
    private const int HeaderLength = 6;
    private ReadOnlySpan<byte> _rest;
    private int _left;

    /// <summary>Starts at the data bytes of a successful reply.</summary>
    public DeviceIdentification(ReadOnlySpan<byte> data)
    {
        Conformity = data[2];
        IsMore = data[3] != 0;
        NextObjectId = data[4];
        _left = data[5];
        _rest = data[HeaderLength..];
        ObjectId = 0;
        Value = default;
    }

    /// <summary>0x01 basic, 0x02 regular, 0x03 extended; 0x80 added when single objects can be asked.</summary>
    public byte Conformity { get; }

    /// <summary>True when the list did not fit: ask again from <see cref="NextObjectId"/>.</summary>
    public bool IsMore { get; }

    /// <summary>First object of the next request.</summary>
    public byte NextObjectId { get; }

    /// <summary>Id of the current object.</summary>
    public byte ObjectId { get; private set; }

    /// <summary>Value of the current object.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Moves to the next object; false at the end.</summary>
    public bool MoveNext()
    {
        if (_left == 0 || _rest.Length < 2 || _rest.Length < 2 + _rest[1])
            return false;
        ObjectId = _rest[0];
        Value = _rest.Slice(2, _rest[1]);
        _rest = _rest[(2 + _rest[1])..];
        _left--;
        return true;
    }

    /// <summary>The current value as ASCII text.</summary>
    public readonly string Text => Encoding.ASCII.GetString(Value);
}
