using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Drivers.Polling;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;
using Gateway.Runtime.Tags;
using Gateway.Simulation.Process;

namespace Gateway.Simulation.Plc;

/// <summary>
/// One value in a PLC's memory and the plant's signal behind it: engineering units to memory and back. Immutable.
/// </summary>
internal sealed class PlcPoint
{
    /// <summary>The value is tied to no signal: its memory is filled by overlapping values, or stays 0.</summary>
    public const int NoSignal = -1;

    private readonly RegisterCodec _codec;
    private readonly RegisterType _type;
    private readonly bool _isBit;
    private readonly Scaling _scaling;

    public PlcPoint(ModbusPoint point, Scaling scaling, int signal, PlantSignal? description)
    {
        _scaling = scaling;
        _isBit = point.Space is DataSpace.Coils or DataSpace.DiscreteInputs;
        _type = _isBit ? RegisterType.Bool : point.Bit >= 0 ? RegisterType.Bit : point.Type;
        Address = point.Address;
        End = point.Address + PointExtent.Of(point);
        Signal = signal;
        Description = description;

        // The codec sees the memory of the point alone. Text has no number: its memory stays 0.
        if (!_isBit && _type != RegisterType.Text)
            _codec = RegisterCodec.ForRegisters(_type, point.Order, 0, Math.Max(0, point.Bit));
        IsBound = signal != NoSignal && _type != RegisterType.Text;
    }

    /// <summary>First register or bit.</summary>
    public int Address { get; }

    /// <summary>First register or bit behind the point.</summary>
    public int End { get; }

    /// <summary>Index of the signal in the plant, or <see cref="NoSignal"/>.</summary>
    public int Signal { get; }

    /// <summary>The signal; null without one.</summary>
    public PlantSignal? Description { get; }

    /// <summary>A signal fills the memory.</summary>
    public bool IsBound { get; }

    /// <summary>A client may write the value.</summary>
    public bool IsWritable => IsBound && Description!.IsWritable;

    /// <summary>The point takes a part of a register, and other points may have the rest.</summary>
    public bool IsPartial =>
        !_isBit && _type is RegisterType.Bit or RegisterType.Int8 or RegisterType.UInt8 or RegisterType.Int8High or RegisterType.UInt8High;

    /// <summary>
    /// Writes a value into the point's memory as a PLC's output conversion does: what does not fit saturates, and a
    /// value that is not a number becomes the pattern of a broken wire.
    /// </summary>
    public void Encode(double units, Span<byte> memory)
    {
        if (_isBit)
        {
            if (!double.IsNaN(units))
                memory[0] = units != 0 ? (byte)1 : (byte)0;
            return;
        }

        if (double.IsNaN(units))
        {
            EncodeBrokenWire(memory);
            return;
        }

        // A value that the scaling cannot reach leaves the last one standing.
        if (!_scaling.TryToRaw(units, out var raw))
            return;
        if (_codec.TryEncode(raw, memory) == RegisterStatus.OutOfRange)
            _codec.TryEncode(raw > 0 ? Highest(_type) : Lowest(_type), memory);
    }

    /// <summary>Reads the point's memory as engineering units; false when it holds no number.</summary>
    public bool TryDecode(ReadOnlySpan<byte> memory, out double units)
    {
        if (_isBit)
        {
            units = memory[0] & 1;
            return true;
        }

        var isNumber = _codec.TryDecode(memory, out var raw) == RegisterStatus.Ok;
        units = isNumber ? _scaling.ToUnits(raw) : double.NaN;
        return isNumber;
    }

    /// <summary>The point means the same in both memories.</summary>
    public bool IsEqual(ReadOnlySpan<byte> memory, ReadOnlySpan<byte> other)
    {
        if (!IsPartial)
            return memory.SequenceEqual(other);
        _codec.TryDecode(memory, out var value);
        _codec.TryDecode(other, out var otherValue);
        return value.Equals(otherValue);
    }

    /// <summary>
    /// All ones are not-a-number for floating point, and no valid digits, in every byte order; as an unsigned number
    /// they are the usual "no value". Signed numbers show their highest value, as Siemens modules do on a wire break
    /// (7FFF). A bit cannot show it and keeps its state.
    /// </summary>
    private void EncodeBrokenWire(Span<byte> memory)
    {
        switch (_type)
        {
            case RegisterType.Bit or RegisterType.Bool:
                break;
            case RegisterType.Int8 or RegisterType.Int8High or RegisterType.Int16 or RegisterType.Int32 or RegisterType.Int64
                or RegisterType.UInt8 or RegisterType.UInt8High:
                _codec.TryEncode(Highest(_type), memory);
                break;
            default:
                memory.Fill(0xFF);
                break;
        }
    }

    // The highest double below 2^63 and 2^64: those powers themselves do not fit.
    private static double Highest(RegisterType type) => type switch
    {
        RegisterType.Bit or RegisterType.Bool => 1,
        RegisterType.Int8 or RegisterType.Int8High => sbyte.MaxValue,
        RegisterType.UInt8 or RegisterType.UInt8High => byte.MaxValue,
        RegisterType.Int16 => short.MaxValue,
        RegisterType.UInt16 => ushort.MaxValue,
        RegisterType.Int32 => int.MaxValue,
        RegisterType.UInt32 => uint.MaxValue,
        RegisterType.Int64 => Math.BitDecrement(9223372036854775808.0),
        RegisterType.UInt64 => Math.BitDecrement(18446744073709551616.0),
        RegisterType.Float16 => (double)Half.MaxValue,
        RegisterType.Float32 => float.MaxValue,
        RegisterType.Bcd16 or RegisterType.Mod10K16 => 9_999,
        RegisterType.Bcd32 or RegisterType.Mod10K32 => 99_999_999,
        RegisterType.Mod10K48 => 999_999_999_999,
        RegisterType.Mod10K64 => 9_999_999_999_999_999,
        _ => double.MaxValue,
    };

    private static double Lowest(RegisterType type) => type switch
    {
        RegisterType.Int8 or RegisterType.Int8High => sbyte.MinValue,
        RegisterType.Int16 => short.MinValue,
        RegisterType.Int32 => int.MinValue,
        RegisterType.Int64 => long.MinValue,
        RegisterType.Float16 => (double)Half.MinValue,
        RegisterType.Float32 => float.MinValue,
        RegisterType.Float64 => double.MinValue,
        _ => 0,
    };
}
