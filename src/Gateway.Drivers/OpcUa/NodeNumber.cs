using Gateway.OpcUa.Types;

namespace Gateway.Drivers.OpcUa;

/// <summary>Numbers of the scan as values of a node's type. Pure.</summary>
public static class NodeNumber
{
    /// <summary>The value in the node's type.</summary>
    /// <param name="type">Built-in type of the node's value.</param>
    /// <param name="number">The number.</param>
    /// <param name="value">The value.</param>
    /// <param name="kept">The number that the node then holds; it differs from <paramref name="number"/> by rounding of a Float only.</param>
    /// <returns>False when the type cannot hold the number; it is never bent to fit.</returns>
    public static bool TryMake(BuiltInType type, double number, out Variant value, out double kept)
    {
        value = default;
        kept = number;
        if (!double.IsFinite(number))
            return false;
        switch (type)
        {
            case BuiltInType.Double:
                value = new Variant(number);
                return true;
            case BuiltInType.Float:
                value = new Variant((float)number);
                kept = (float)number;
                return double.IsFinite(kept);
            case BuiltInType.Boolean:
                value = new Variant(number != 0);
                kept = number != 0 ? 1 : 0;
                return true;
            case BuiltInType.Int64 when number is >= long.MinValue and < 9223372036854775808.0 && IsWhole(number):
                value = new Variant((long)number);
                return true;
            case BuiltInType.UInt64 when number is >= 0 and < 18446744073709551616.0 && IsWhole(number):
                value = new Variant((ulong)number);
                return true;
            default:
                return IsWhole(number) && TryMakeSmall(type, number, out value);
        }
    }

    private static bool TryMakeSmall(BuiltInType type, double number, out Variant value)
    {
        bool fits;
        (fits, value) = type switch
        {
            BuiltInType.SByte => (number is >= sbyte.MinValue and <= sbyte.MaxValue, new Variant((sbyte)number)),
            BuiltInType.Byte => (number is >= byte.MinValue and <= byte.MaxValue, new Variant((byte)number)),
            BuiltInType.Int16 => (number is >= short.MinValue and <= short.MaxValue, new Variant((short)number)),
            BuiltInType.UInt16 => (number is >= ushort.MinValue and <= ushort.MaxValue, new Variant((ushort)number)),
            BuiltInType.Int32 => (number is >= int.MinValue and <= int.MaxValue, new Variant((int)number)),
            BuiltInType.UInt32 => (number is >= uint.MinValue and <= uint.MaxValue, new Variant((uint)number)),
            _ => (false, Variant.Null),
        };
        return fits;
    }

    private static bool IsWhole(double number) => number == Math.Floor(number);
}
