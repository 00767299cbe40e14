using System.Globalization;

namespace Gateway.OpcUa.Types;

/// <summary>
/// A value with its built-in type: one, an array or a matrix (Part 6 §5.2.2.16). Numbers, times and status codes are
/// held in place, so that reading them allocates nothing.
/// </summary>
public readonly partial struct Variant : IEquatable<Variant>
{
    private readonly object? _object;
    private readonly long _bits;
    private readonly VariantShape _shape;

    internal Variant(BuiltInType type, long bits)
    {
        Type = type;
        _bits = bits;
    }

    internal Variant(BuiltInType type, object? value)
    {
        Type = type;
        _object = value;
    }

    internal Variant(BuiltInType type, Array? elements)
    {
        Type = type;
        _object = elements;
        _shape = VariantShape.Array;
    }

    internal Variant(BuiltInType type, Matrix matrix)
    {
        Type = type;
        _object = matrix;
        _shape = VariantShape.Matrix;
    }

    internal enum VariantShape : byte
    {
        Scalar,
        Array,
        Matrix,
    }

    /// <summary>No value.</summary>
    public static Variant Null => default;

    /// <summary>The built-in type of the value or of its elements.</summary>
    public BuiltInType Type { get; }

    /// <summary>True when there is no value at all.</summary>
    public bool IsNull => Type == BuiltInType.Null;

    /// <summary>True for a one-dimensional array.</summary>
    public bool IsArray => _shape == VariantShape.Array;

    /// <summary>True for an array of several dimensions.</summary>
    public bool IsMatrix => _shape == VariantShape.Matrix;

    /// <summary>True for one value.</summary>
    public bool IsScalar => _shape == VariantShape.Scalar && Type != BuiltInType.Null;

    /// <summary>The dimensions of a matrix; null for a scalar or a one-dimensional array.</summary>
    public int[]? Dimensions => (_object as Matrix)?.Dimensions;

    internal long Bits => _bits;

    internal object? Object => _object;

    /// <summary>Elements of the array or the matrix; null for a scalar or a null array.</summary>
    public Array? Elements => _shape switch
    {
        VariantShape.Array => _object as Array,
        VariantShape.Matrix => ((Matrix)_object!).Elements,
        _ => null,
    };

    /// <summary>Equal type, shape and elements. NaN equals NaN.</summary>
    public static bool operator ==(Variant left, Variant right) => left.Equals(right);

    /// <summary>Not equal.</summary>
    public static bool operator !=(Variant left, Variant right) => !left.Equals(right);

    /// <summary>The value as a number: booleans are 0 and 1.</summary>
    /// <returns>False for an array or a type that is no number.</returns>
    public bool TryGetNumber(out double value)
    {
        value = 0;
        if (_shape != VariantShape.Scalar)
            return false;
        switch (Type)
        {
            case BuiltInType.Double:
                value = BitConverter.Int64BitsToDouble(_bits);
                return true;
            case BuiltInType.Float:
                value = BitConverter.Int32BitsToSingle((int)_bits);
                return true;
            case BuiltInType.UInt64:
                value = (ulong)_bits;
                return true;
            case BuiltInType.Boolean or BuiltInType.SByte or BuiltInType.Byte or BuiltInType.Int16 or BuiltInType.UInt16 or
                BuiltInType.Int32 or BuiltInType.UInt32 or BuiltInType.Int64:
                value = _bits;
                return true;
            default:
                return false;
        }
    }

    /// <summary>The elements of an array or matrix.</summary>
    /// <typeparam name="T">The .NET type of the elements: double, string, NodeId and so on.</typeparam>
    /// <returns>False when the value is no array of that type; a null array gives true and null.</returns>
    public bool TryGetArray<T>(out T[]? elements)
    {
        elements = Elements as T[];
        return _shape != VariantShape.Scalar && (elements is not null || Elements is null);
    }

    /// <summary>The value as an object; boxes what is held in place.</summary>
    public object? ToObject() => _shape != VariantShape.Scalar ? _object : Type switch
    {
        BuiltInType.Boolean => _bits != 0,
        BuiltInType.SByte => (sbyte)_bits,
        BuiltInType.Byte => (byte)_bits,
        BuiltInType.Int16 => (short)_bits,
        BuiltInType.UInt16 => (ushort)_bits,
        BuiltInType.Int32 => (int)_bits,
        BuiltInType.UInt32 => (uint)_bits,
        BuiltInType.Int64 => _bits,
        BuiltInType.UInt64 => (ulong)_bits,
        BuiltInType.Float => BitConverter.Int32BitsToSingle((int)_bits),
        BuiltInType.Double => BitConverter.Int64BitsToDouble(_bits),
        BuiltInType.DateTime => new DateTime(_bits, DateTimeKind.Utc),
        BuiltInType.StatusCode => new StatusCode((uint)_bits),
        _ => _object,
    };

    /// <inheritdoc/>
    public bool Equals(Variant other)
    {
        if (Type != other.Type || _shape != other._shape)
            return false;
        return _shape switch
        {
            VariantShape.Scalar => _object is null && other._object is null ? SameBits(other) : SameElement(_object, other._object),
            VariantShape.Array => SameElements((Array?)_object, (Array?)other._object),
            _ => Dimensions.AsSpan().SequenceEqual(other.Dimensions) && SameElements(Elements, other.Elements),
        };
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Variant other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _object is null or Array or Matrix or byte[]
        ? HashCode.Combine(Type, Type is BuiltInType.Float or BuiltInType.Double ? 0 : _bits)
        : HashCode.Combine(Type, _object);

    /// <summary>The value for people: invariant numbers, arrays in braces.</summary>
    public override string ToString() => _shape switch
    {
        VariantShape.Scalar => Text(ToObject()),
        _ when Elements is null => "null",
        VariantShape.Matrix => $"[{string.Join(',', Dimensions!)}]{{{string.Join(", ", Elements!.Cast<object?>().Take(16).Select(Text))}}}",
        _ => $"{{{string.Join(", ", Elements!.Cast<object?>().Take(16).Select(Text))}{(Elements!.Length > 16 ? ", …" : "")}}}",
    };

    private static string Text(object? value) => value switch
    {
        null => "null",
        byte[] bytes => Convert.ToHexStringLower(bytes),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    // Part 6 §5.2.2.3: all NaN are equal where change is detected.
    private bool SameBits(Variant other) => _bits == other._bits || Type switch
    {
        BuiltInType.Double => BitConverter.Int64BitsToDouble(_bits).Equals(BitConverter.Int64BitsToDouble(other._bits)),
        BuiltInType.Float => BitConverter.Int32BitsToSingle((int)_bits).Equals(BitConverter.Int32BitsToSingle((int)other._bits)),
        _ => false,
    };

    private static bool SameElement(object? left, object? right) => left is byte[] bytes
        ? right is byte[] others && bytes.AsSpan().SequenceEqual(others)
        : Equals(left, right);

    private static bool SameElements(Array? left, Array? right)
    {
        if (left is null || right is null)
            return left is null && right is null;
        if (left.Length != right.Length)
            return false;
        if (left is byte[] bytes && right is byte[] others)
            return bytes.AsSpan().SequenceEqual(others);
        for (var i = 0; i < left.Length; i++)
        {
            if (!SameElement(left.GetValue(i), right.GetValue(i)))
                return false;
        }

        return true;
    }
}
