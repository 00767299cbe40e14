using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;

namespace Gateway.Drivers;

/// <summary>One address of a device and the tag it feeds. Immutable after load; any thread may read it.</summary>
public sealed record PointDefinition
{
    /// <summary>Index of the tag fed by this point.</summary>
    public required int Tag { get; init; }
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
    /// <summary>Time from poll to poll in milliseconds, at least 1.</summary>
    public int PollPeriodMs { get; init; } = 1000;
    /// <summary>Offset of the polls on the grid of the period, in milliseconds.</summary>
    public int PhaseMs { get; init; }
    /// <summary>Index of the output written through this point; −1 when it is only read.</summary>
    public int Output { get; init; } = -1;
}
