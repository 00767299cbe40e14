namespace Gateway.Modbus.Registers;

/// <summary>What registers or bits mean. Widths are in registers of 16 bits.</summary>
public enum RegisterType : byte
{
    /// <summary>A coil or discrete input: one packed bit. In a register: zero is false, all else true.</summary>
    Bool = 0,

    /// <summary>One bit of a register, 0 the lowest.</summary>
    Bit = 1,

    /// <summary>Signed, low byte of a register.</summary>
    Int8 = 2,

    /// <summary>Unsigned, low byte of a register.</summary>
    UInt8 = 3,

    /// <summary>Signed, high byte of a register.</summary>
    Int8High = 4,

    /// <summary>Unsigned, high byte of a register.</summary>
    UInt8High = 5,

    /// <summary>Signed, one register.</summary>
    Int16 = 6,

    /// <summary>Unsigned, one register.</summary>
    UInt16 = 7,

    /// <summary>Signed, two registers.</summary>
    Int32 = 8,

    /// <summary>Unsigned, two registers.</summary>
    UInt32 = 9,

    /// <summary>Signed, four registers.</summary>
    Int64 = 10,

    /// <summary>Unsigned, four registers.</summary>
    UInt64 = 11,

    /// <summary>IEEE 754 half precision, one register.</summary>
    Float16 = 12,

    /// <summary>IEEE 754 single precision, two registers.</summary>
    Float32 = 13,

    /// <summary>IEEE 754 double precision, four registers.</summary>
    Float64 = 14,

    /// <summary>Four decimal digits in one register, 0 to 9999.</summary>
    Bcd16 = 15,

    /// <summary>Eight decimal digits in two registers, 0 to 99,999,999.</summary>
    Bcd32 = 16,

    /// <summary>One register of 0 to 9999.</summary>
    Mod10K16 = 17,

    /// <summary>Two registers of 0 to 9999 each, to base 10,000.</summary>
    Mod10K32 = 18,

    /// <summary>Three registers of 0 to 9999 each, to base 10,000.</summary>
    Mod10K48 = 19,

    /// <summary>Four registers of 0 to 9999 each, to base 10,000.</summary>
    Mod10K64 = 20,

    /// <summary>Characters, two per register; has no numeric value.</summary>
    Text = 21,
}

/// <summary>How a conversion ended.</summary>
public enum RegisterStatus : byte
{
    /// <summary>The value is exact, or the nearest that the type can hold.</summary>
    Ok = 0,

    /// <summary>Floating point not-a-number, as an unwritten register often holds it.</summary>
    NotANumber = 1,

    /// <summary>Floating point infinity.</summary>
    Infinite = 2,

    /// <summary>A digit or a register lies outside its decimal range.</summary>
    InvalidDigits = 3,

    /// <summary>The value does not fit the type.</summary>
    OutOfRange = 4,

    /// <summary>The buffer is shorter than the type.</summary>
    TooShort = 5,

    /// <summary>The type has no numeric value.</summary>
    NotNumeric = 6,
}
