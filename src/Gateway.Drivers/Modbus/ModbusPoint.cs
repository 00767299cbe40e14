using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;

namespace Gateway.Drivers.Modbus;

/// <summary>One address of a Modbus device. Immutable after load; any thread may read it.</summary>
public sealed record ModbusPoint : PointDefinition
{
    /// <summary>Coils, discrete inputs, holding or input registers.</summary>
    public required DataSpace Space { get; init; }
    /// <summary>Address in the space, counted from 0 as on the wire.</summary>
    public required ushort Address { get; init; }
    /// <summary>What the registers mean; coils and discrete inputs are always one bit.</summary>
    public RegisterType Type { get; init; } = RegisterType.UInt16;
    /// <summary>Order of the bytes of a value in registers.</summary>
    public ByteOrder Order { get; init; }
    /// <summary>Bit in the register, 0 (least significant) to 15; −1 when the point is not one bit of a register.</summary>
    public int Bit { get; init; } = -1;
    /// <summary>Registers of a string; 0 for all other types.</summary>
    public int Length { get; init; }
}
