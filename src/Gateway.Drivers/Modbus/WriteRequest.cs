using System.Buffers.Binary;
using Gateway.Drivers.Polling;
using Gateway.Modbus;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;

namespace Gateway.Drivers.Modbus;

/// <summary>
/// Turns a raw value into the write of one point and judges what is read back. A bit or a byte of a register is
/// written by function 22, which leaves the other bits alone even when the device changes them meanwhile. Line only;
/// allocates nothing after construction.
/// </summary>
internal sealed class WriteRequest
{
    private const int MaxValueBytes = 8;

    private readonly ModbusPoint _point;
    private readonly RegisterCodec _codec;
    private readonly bool _isSingle;
    private readonly byte[] _pdu = new byte[6 + MaxValueBytes];
    private readonly byte[] _expected = new byte[MaxValueBytes];
    private readonly byte[] _keep = new byte[MaxValueBytes];
    private readonly int _valueBytes;
    private int _length;

    public WriteRequest(ModbusPoint point, bool isSingle)
    {
        _point = point;
        _isSingle = isSingle;
        _codec = PointExtent.CodecOf(point, point.Address);
        int extent = PointExtent.Of(point);
        _valueBytes = ReadRequest.IsBits(point.Space) ? 1 : 2 * extent;
        ReadBack = ReadRequest.Build(point.Space, point.Address, (ushort)extent);
    }

    /// <summary>The write without framing, of the last value encoded.</summary>
    public ReadOnlyMemory<byte> Pdu => _pdu.AsMemory(0, _length);

    /// <summary>The request that reads the point alone.</summary>
    public ReadOnlyMemory<byte> ReadBack { get; }

    /// <summary>Prepares the write of a value.</summary>
    /// <returns>False when the type cannot hold the value; it is never bent to fit.</returns>
    public bool TryEncode(double raw)
    {
        if (!double.IsFinite(raw))
            return false;
        Span<byte> onOnes = stackalloc byte[MaxValueBytes];
        onOnes.Fill(0xFF);
        _expected.AsSpan().Clear();
        if (ReadRequest.IsBits(_point.Space))
            raw = raw != 0 ? 1 : 0;
        if (_codec.TryEncode(raw, _expected) != RegisterStatus.Ok || _codec.TryEncode(raw, onOnes) != RegisterStatus.Ok)
            return false;
        // What depends on the bits already there is not the point's own.
        for (int i = 0; i < _valueBytes; i++)
            _keep[i] = (byte)(_expected[i] ^ onOnes[i]);
        if (ReadRequest.IsBits(_point.Space))
            EncodeCoil(raw != 0);
        else
            EncodeRegisters();
        return true;
    }

    /// <summary>True when the device holds the value last encoded.</summary>
    /// <param name="data">The data bytes of the answer to <see cref="ReadBack"/>.</param>
    /// <param name="value">What the device holds; not-a-number when that is no number.</param>
    public bool Matches(ReadOnlySpan<byte> data, out double value)
    {
        _codec.TryDecode(data, out value);
        for (int i = 0; i < _valueBytes; i++)
        {
            if (((data[i] ^ _expected[i]) & ~_keep[i]) != 0)
                return false;
        }

        return true;
    }

    private void EncodeCoil(bool isOn)
    {
        if (_isSingle)
        {
            Begin(ModbusFunction.WriteSingleCoil);
            // Modbus 1.1b3 §6.5: FF00 is on.
            Append16(isOn ? ProtocolLimits.CoilOn : (ushort)0);
            return;
        }

        Begin(ModbusFunction.WriteMultipleCoils);
        Append16(1);
        _pdu[_length++] = 1;
        _pdu[_length++] = isOn ? (byte)1 : (byte)0;
    }

    private void EncodeRegisters()
    {
        ReadOnlySpan<byte> value = _expected.AsSpan(0, _valueBytes);
        if (_keep.AsSpan(0, _valueBytes).ContainsAnyExcept((byte)0))
        {
            // Modbus 1.1b3 §6.16: result = (current AND and-mask) OR (or-mask AND NOT and-mask).
            Begin(ModbusFunction.MaskWriteRegister);
            Append(_keep.AsSpan(0, _valueBytes));
            Append(value);
            return;
        }

        if (_isSingle && _valueBytes == 2)
        {
            Begin(ModbusFunction.WriteSingleRegister);
            Append(value);
            return;
        }

        Begin(ModbusFunction.WriteMultipleRegisters);
        Append16((ushort)(_valueBytes / 2));
        _pdu[_length++] = (byte)_valueBytes;
        Append(value);
    }

    private void Begin(ModbusFunction function)
    {
        _pdu[0] = (byte)function;
        BinaryPrimitives.WriteUInt16BigEndian(_pdu.AsSpan(1), _point.Address);
        _length = 3;
    }

    private void Append16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_pdu.AsSpan(_length), value);
        _length += 2;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_pdu.AsSpan(_length));
        _length += bytes.Length;
    }
}
