using Gateway.Drivers.Modbus;
using Gateway.Modbus.Registers;

namespace Gateway.Drivers.Polling;

/// <summary>How much of its space a point takes, and how its bytes become a number.</summary>
public static class PointExtent
{
    /// <summary>Registers of a point in registers; 1 for a coil or discrete input.</summary>
    public static int Of(ModbusPoint point)
    {
        if (ReadRequest.IsBits(point.Space))
            return 1;
        return TypeOf(point) == RegisterType.Text ? point.Length : RegisterCodec.RegistersOf(TypeOf(point));
    }

    /// <summary>First register or bit behind the point.</summary>
    internal static int EndOf(ModbusPoint point) => point.Address + Of(point);

    /// <summary>Registers a point's write may touch besides its own bits: a bit or a byte shares its register.</summary>
    internal static bool IsPartOfRegister(ModbusPoint point) =>
        !ReadRequest.IsBits(point.Space) && TypeOf(point) is RegisterType.Bit or RegisterType.Int8 or RegisterType.UInt8
            or RegisterType.Int8High or RegisterType.UInt8High;

    /// <summary>The codec of a point in an image that starts at <paramref name="imageAddress"/> of its space.</summary>
    internal static RegisterCodec CodecOf(ModbusPoint point, int imageAddress)
    {
        int offset = point.Address - imageAddress;
        return ReadRequest.IsBits(point.Space)
            ? RegisterCodec.ForPackedBit(offset)
            : RegisterCodec.ForRegisters(TypeOf(point), point.Order, offset, Math.Max(0, point.Bit));
    }

    /// <summary>Adds the breaches of the rules between type, order, bit and length.</summary>
    internal static void CheckType(ModbusPoint point, string where, List<string> problems)
    {
        if (ReadRequest.IsBits(point.Space))
            return;
        RegisterType type = TypeOf(point);
        if (type == RegisterType.Text)
            problems.Add($"{where}: text has no numeric value and cannot feed a tag");
        else if (!point.Order.Fits(2 * RegisterCodec.RegistersOf(type)))
            problems.Add($"{where}: the byte order has another width than the type {type}");
        if (point.Type == RegisterType.Bit && point.Bit < 0)
            problems.Add($"{where}: the type Bit needs the number of the bit");
    }

    // A named bit is one bit, whatever type stands beside it.
    private static RegisterType TypeOf(ModbusPoint point) => point.Bit >= 0 ? RegisterType.Bit : point.Type;
}
