using System.Buffers.Binary;

namespace Gateway.Modbus.Registers;

/// <summary>
/// Converts one value between its wire bytes and a number. Built once per point at load: the type, order and
/// place are checked then, so that conversions neither allocate nor throw. Immutable; any thread may use it.
/// </summary>
public readonly struct RegisterCodec
{
    private readonly RegisterType _type;
    private readonly byte _bytes;
    private readonly byte _bit;
    private readonly bool _isPackedBit;
    private readonly ByteOrder _order;
    private readonly int _offset;

    private RegisterCodec(RegisterType type, ByteOrder order, int offset, int bytes, int bit, bool isPackedBit)
    {
        _type = type;
        _order = order;
        _offset = offset;
        _bytes = (byte)bytes;
        _bit = (byte)bit;
        _isPackedBit = isPackedBit;
    }

    /// <summary>The type.</summary>
    public RegisterType Type => _type;

    /// <summary>Registers that the value takes; zero for a packed bit.</summary>
    public int Registers => _isPackedBit ? 0 : _bytes / 2;

    /// <summary>First byte of the value within the image.</summary>
    public int Offset => _offset;

    /// <summary>Registers that a type takes; text takes one per two characters.</summary>
    public static int RegistersOf(RegisterType type, int characters = 0) => type switch
    {
        RegisterType.Int32 or RegisterType.UInt32 or RegisterType.Float32 or RegisterType.Bcd32 or RegisterType.Mod10K32 => 2,
        RegisterType.Mod10K48 => 3,
        RegisterType.Int64 or RegisterType.UInt64 or RegisterType.Float64 or RegisterType.Mod10K64 => 4,
        RegisterType.Text => (characters + 1) / 2,
        _ => 1,
    };

    /// <summary>A codec for a value in registers.</summary>
    /// <param name="type">The type.</param>
    /// <param name="order">Order of the bytes.</param>
    /// <param name="registerOffset">First register of the value within the image.</param>
    /// <param name="bit">For <see cref="RegisterType.Bit"/>: 0 to 15.</param>
    /// <param name="characters">For <see cref="RegisterType.Text"/>: 1 to 250.</param>
    /// <exception cref="ArgumentException">A part is out of range or the order does not fit the type's width.</exception>
    public static RegisterCodec ForRegisters(
        RegisterType type, ByteOrder order, int registerOffset, int bit = 0, int characters = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(registerOffset);
        ArgumentOutOfRangeException.ThrowIfNegative(bit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bit, 15);
        if (type == RegisterType.Text)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(characters, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(characters, 250);
        }

        var bytes = 2 * RegistersOf(type, characters);
        if (type != RegisterType.Text && !order.Fits(bytes))
            throw new ArgumentException("The byte order does not fit the width of the type.", nameof(order));
        return new RegisterCodec(type, order, 2 * registerOffset, bytes, bit, false);
    }

    /// <summary>A codec for a coil or discrete input in an image of packed bits.</summary>
    public static RegisterCodec ForPackedBit(int bitOffset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bitOffset);
        return new RegisterCodec(RegisterType.Bool, default, bitOffset / 8, 1, bitOffset % 8, true);
    }

    /// <summary>Reads the value out of an image. 64-bit integers beyond 2^53 are rounded to the nearest double.</summary>
    public RegisterStatus TryDecode(ReadOnlySpan<byte> image, out double value)
    {
        value = double.NaN;
        if (image.Length < _offset + _bytes)
            return RegisterStatus.TooShort;
        if (_type == RegisterType.Text)
            return RegisterStatus.NotNumeric;
        var raw = Load(image);
        switch (_type)
        {
            case RegisterType.Float16:
                value = (double)BitConverter.UInt16BitsToHalf((ushort)raw);
                return Classify(value);
            case RegisterType.Float32:
                value = BitConverter.UInt32BitsToSingle((uint)raw);
                return Classify(value);
            case RegisterType.Float64:
                value = BitConverter.UInt64BitsToDouble(raw);
                return Classify(value);
            case RegisterType.UInt64:
                value = raw;
                return RegisterStatus.Ok;
            default:
                var status = ToInteger(raw, out var integer);
                if (status == RegisterStatus.Ok)
                    value = integer;
                return status;
        }
    }

    /// <summary>Reads an integer exactly; a floating point value is refused as out of range unless it is whole.</summary>
    public RegisterStatus TryDecodeInt64(ReadOnlySpan<byte> image, out long value)
    {
        value = 0;
        if (image.Length < _offset + _bytes)
            return RegisterStatus.TooShort;
        switch (_type)
        {
            case RegisterType.Text:
                return RegisterStatus.NotNumeric;
            case RegisterType.Float16 or RegisterType.Float32 or RegisterType.Float64:
                var status = TryDecode(image, out var number);
                if (status != RegisterStatus.Ok)
                    return status;
                if (number != Math.Floor(number) || number < -9223372036854775808.0 || number >= 9223372036854775808.0)
                    return RegisterStatus.OutOfRange;
                value = (long)number;
                return RegisterStatus.Ok;
            case RegisterType.UInt64:
                value = unchecked((long)Load(image));
                return value < 0 ? RegisterStatus.OutOfRange : RegisterStatus.Ok;
            default:
                return ToInteger(Load(image), out value);
        }
    }

    /// <summary>Reads an unsigned integer exactly; negative values are out of range.</summary>
    public RegisterStatus TryDecodeUInt64(ReadOnlySpan<byte> image, out ulong value)
    {
        value = 0;
        if (_type == RegisterType.UInt64 && image.Length >= _offset + _bytes)
        {
            value = Load(image);
            return RegisterStatus.Ok;
        }

        var status = TryDecodeInt64(image, out var signed);
        if (status != RegisterStatus.Ok)
            return status;
        if (signed < 0)
            return RegisterStatus.OutOfRange;
        value = (ulong)signed;
        return RegisterStatus.Ok;
    }

    /// <summary>
    /// Writes a number into an image. Integers are rounded to the nearest, halves away from zero; what does not fit
    /// is refused and the image stays as it was. A bit changes only itself: give the register's current value.
    /// </summary>
    public RegisterStatus TryEncode(double value, Span<byte> image)
    {
        if (image.Length < _offset + _bytes)
            return RegisterStatus.TooShort;
        if (double.IsNaN(value))
            return RegisterStatus.NotANumber;
        switch (_type)
        {
            case RegisterType.Text:
                return RegisterStatus.NotNumeric;
            case RegisterType.Float16:
                var half = (Half)value;
                return Half.IsInfinity(half)
                    ? RegisterStatus.OutOfRange
                    : Store(BitConverter.HalfToUInt16Bits(half), image);
            case RegisterType.Float32:
                var single = (float)value;
                return float.IsInfinity(single)
                    ? RegisterStatus.OutOfRange
                    : Store(BitConverter.SingleToUInt32Bits(single), image);
            case RegisterType.Float64:
                return double.IsInfinity(value) ? RegisterStatus.OutOfRange : Store(BitConverter.DoubleToUInt64Bits(value), image);
            default:
                var rounded = Math.Round(value, MidpointRounding.AwayFromZero);
                if (_type == RegisterType.UInt64)
                {
                    return rounded is < 0 or >= 18446744073709551616.0
                        ? RegisterStatus.OutOfRange
                        : Store((ulong)rounded, image);
                }

                return rounded is < -9223372036854775808.0 or >= 9223372036854775808.0
                    ? RegisterStatus.OutOfRange
                    : TryEncodeInt64((long)rounded, image);
        }
    }

    /// <summary>Writes an integer exactly.</summary>
    public RegisterStatus TryEncodeInt64(long value, Span<byte> image)
    {
        if (image.Length < _offset + _bytes)
            return RegisterStatus.TooShort;
        if (_type is RegisterType.Float16 or RegisterType.Float32 or RegisterType.Float64 or RegisterType.Text)
            return TryEncode(value, image);
        var (lowest, highest) = Range(_type);
        if (value < lowest || value > highest)
            return RegisterStatus.OutOfRange;
        return Store(FromInteger(value, image), image);
    }

    /// <summary>Writes an unsigned integer exactly.</summary>
    public RegisterStatus TryEncodeUInt64(ulong value, Span<byte> image)
    {
        if (_type != RegisterType.UInt64)
            return value > long.MaxValue ? RegisterStatus.OutOfRange : TryEncodeInt64((long)value, image);
        return image.Length < _offset + _bytes ? RegisterStatus.TooShort : Store(value, image);
    }

    /// <summary>
    /// Reads text as Latin-1 characters into <paramref name="characters"/>, without the zeros and blanks at its end.
    /// Returns the number of characters, or -1 when it is no text or a buffer is too short.
    /// </summary>
    public int DecodeText(ReadOnlySpan<byte> image, Span<char> characters)
    {
        if (_type != RegisterType.Text || image.Length < _offset + _bytes || characters.Length < _bytes)
            return -1;
        var length = 0;
        for (var i = 0; i < _bytes; i++)
        {
            var c = (char)image[_offset + (_order.ExchangesBytes ? i ^ 1 : i)];
            if (c == '\0')
                break;
            characters[length++] = c;
        }

        while (length > 0 && characters[length - 1] == ' ')
            length--;
        return length;
    }

    /// <summary>Writes text as Latin-1 characters, filled up with zeros.</summary>
    public RegisterStatus TryEncodeText(ReadOnlySpan<char> text, Span<byte> image)
    {
        if (_type != RegisterType.Text)
            return RegisterStatus.NotNumeric;
        if (image.Length < _offset + _bytes)
            return RegisterStatus.TooShort;
        if (text.Length > _bytes || text.ContainsAnyExceptInRange('\0', '\u00FF'))
            return RegisterStatus.OutOfRange;
        for (var i = 0; i < _bytes; i++)
            image[_offset + (_order.ExchangesBytes ? i ^ 1 : i)] = i < text.Length ? (byte)text[i] : (byte)0;
        return RegisterStatus.Ok;
    }

    /// <summary>Decodes a table of codecs over one image: value and status by index.</summary>
    public static void DecodeAll(
        ReadOnlySpan<RegisterCodec> codecs, ReadOnlySpan<byte> image, Span<double> values, Span<RegisterStatus> statuses)
    {
        for (var i = 0; i < codecs.Length; i++)
            statuses[i] = codecs[i].TryDecode(image, out values[i]);
    }

    private static RegisterStatus Classify(double value)
    {
        if (double.IsFinite(value))
            return RegisterStatus.Ok;
        return double.IsNaN(value) ? RegisterStatus.NotANumber : RegisterStatus.Infinite;
    }

    private static (long Lowest, long Highest) Range(RegisterType type) => type switch
    {
        RegisterType.Bool or RegisterType.Bit => (0, 1),
        RegisterType.Int8 or RegisterType.Int8High => (sbyte.MinValue, sbyte.MaxValue),
        RegisterType.UInt8 or RegisterType.UInt8High => (0, byte.MaxValue),
        RegisterType.Int16 => (short.MinValue, short.MaxValue),
        RegisterType.UInt16 => (0, ushort.MaxValue),
        RegisterType.Int32 => (int.MinValue, int.MaxValue),
        RegisterType.UInt32 => (0, uint.MaxValue),
        RegisterType.Int64 => (long.MinValue, long.MaxValue),
        RegisterType.Bcd16 or RegisterType.Mod10K16 => (0, 9_999),
        RegisterType.Bcd32 or RegisterType.Mod10K32 => (0, 99_999_999),
        RegisterType.Mod10K48 => (0, 999_999_999_999),
        RegisterType.Mod10K64 => (0, 9_999_999_999_999_999),
        _ => (0, long.MaxValue),
    };

    private ulong Load(ReadOnlySpan<byte> image)
    {
        var wire = image[_offset..];
        var raw = _bytes switch
        {
            1 => wire[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(wire),
            4 => BinaryPrimitives.ReadUInt32BigEndian(wire),
            6 => ((ulong)BinaryPrimitives.ReadUInt16BigEndian(wire) << 32) | BinaryPrimitives.ReadUInt32BigEndian(wire[2..]),
            _ => BinaryPrimitives.ReadUInt64BigEndian(wire),
        };
        return _isPackedBit ? raw : _order.ToValue(raw, _bytes);
    }

    private RegisterStatus Store(ulong value, Span<byte> image)
    {
        var wire = image[_offset..];

        // A negative number's sign fills all 64 bits; only the type's own bytes take part in the exchange.
        var own = _bytes == 8 ? value : value & ((1ul << (8 * _bytes)) - 1);
        var raw = _isPackedBit ? own : _order.ToWire(own, _bytes);
        switch (_bytes)
        {
            case 1:
                wire[0] = (byte)raw;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16BigEndian(wire, (ushort)raw);
                break;
            case 4:
                BinaryPrimitives.WriteUInt32BigEndian(wire, (uint)raw);
                break;
            case 6:
                BinaryPrimitives.WriteUInt16BigEndian(wire, (ushort)(raw >> 32));
                BinaryPrimitives.WriteUInt32BigEndian(wire[2..], (uint)raw);
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(wire, raw);
                break;
        }

        return RegisterStatus.Ok;
    }

    /// <summary>The integer behind the value's bytes, for every type but floating point and unsigned 64 bits.</summary>
    private RegisterStatus ToInteger(ulong raw, out long value)
    {
        value = _type switch
        {
            RegisterType.Bool when !_isPackedBit => raw != 0 ? 1 : 0,
            RegisterType.Bool or RegisterType.Bit => (long)((raw >> _bit) & 1),
            RegisterType.Int8 => (sbyte)raw,
            RegisterType.UInt8 => (byte)raw,
            RegisterType.Int8High => (sbyte)(raw >> 8),
            RegisterType.UInt8High => (byte)(raw >> 8),
            RegisterType.Int16 => (short)raw,
            RegisterType.Int32 => (int)raw,
            RegisterType.Bcd16 or RegisterType.Bcd32 => Digits(raw, 4, 10),
            RegisterType.Mod10K16 or RegisterType.Mod10K32 or RegisterType.Mod10K48 or RegisterType.Mod10K64 =>
                Digits(raw, 16, 10_000),
            _ => (long)raw,
        };
        return value < 0 && IsDecimal ? RegisterStatus.InvalidDigits : RegisterStatus.Ok;
    }

    private bool IsDecimal => _type is >= RegisterType.Bcd16 and <= RegisterType.Mod10K64;

    /// <summary>Adds up digits of some bits each; -1 when one is not below the base.</summary>
    private static long Digits(ulong raw, int bitsPerDigit, int digitBase)
    {
        long result = 0;
        long weight = 1;
        for (; raw != 0; raw >>= bitsPerDigit)
        {
            var digit = (long)(raw & ((1ul << bitsPerDigit) - 1));
            if (digit >= digitBase)
                return -1;
            result += digit * weight;
            weight *= digitBase;
        }

        return result;
    }

    private ulong FromInteger(long value, ReadOnlySpan<byte> image)
    {
        switch (_type)
        {
            case RegisterType.Bool when !_isPackedBit:
                return (ulong)value;
            case RegisterType.Bool or RegisterType.Bit:
                var mask = 1ul << _bit;
                return value != 0 ? Load(image) | mask : Load(image) & ~mask;
            case RegisterType.Int8 or RegisterType.UInt8:
                return (Load(image) & 0xFF00) | (byte)value;
            case RegisterType.Int8High or RegisterType.UInt8High:
                return (Load(image) & 0x00FF) | ((ulong)(byte)value << 8);
            case RegisterType.Bcd16 or RegisterType.Bcd32:
                return ToDigits(value, 4, 10);
            case RegisterType.Mod10K16 or RegisterType.Mod10K32 or RegisterType.Mod10K48 or RegisterType.Mod10K64:
                return ToDigits(value, 16, 10_000);
            default:
                return (ulong)value;
        }
    }

    private static ulong ToDigits(long value, int bitsPerDigit, int digitBase)
    {
        ulong raw = 0;
        for (var shift = 0; value != 0; shift += bitsPerDigit)
        {
            raw |= (ulong)(value % digitBase) << shift;
            value /= digitBase;
        }

        return raw;
    }
}
