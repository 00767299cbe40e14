namespace Gateway.Modbus.Protocol;

/// <summary>The four address spaces of the Modbus data model (Modbus 1.1b3 §4.3).</summary>
public enum DataSpace : byte
{
    /// <summary>The function touches no address space.</summary>
    None = 0,

    /// <summary>Bits that can be read and written.</summary>
    Coils = 1,

    /// <summary>Bits that can be read.</summary>
    DiscreteInputs = 2,

    /// <summary>Registers that can be read and written.</summary>
    HoldingRegisters = 3,

    /// <summary>Registers that can be read.</summary>
    InputRegisters = 4,
}

/// <summary>The shape of a function's request and answer.</summary>
public enum FunctionKind : byte
{
    /// <summary>No such function.</summary>
    Unknown = 0,

    /// <summary>Address and quantity asked; byte count and data answered.</summary>
    Read = 1,

    /// <summary>Address and value, answered by the same bytes.</summary>
    WriteSingle = 2,

    /// <summary>Address, quantity, byte count and data, answered by address and quantity.</summary>
    WriteMultiple = 3,

    /// <summary>Address, AND mask and OR mask, answered by the same bytes.</summary>
    MaskWrite = 4,

    /// <summary>A write and a read in one; answered like a read.</summary>
    ReadWrite = 5,

    /// <summary>Device identification; answered by a list of objects.</summary>
    DeviceIdentification = 6,
}

/// <summary>How long a PDU is: a fixed part, plus the byte count found at an offset, plus listed objects.</summary>
public readonly struct LengthRule
{
    /// <summary>A rule without a variable part.</summary>
    internal LengthRule(byte fixedLength)
        : this(fixedLength, 0, 0)
    {
    }

    internal LengthRule(byte fixedLength, byte byteCountAt, byte objectCountAt)
    {
        Fixed = fixedLength;
        ByteCountAt = byteCountAt;
        ObjectCountAt = objectCountAt;
    }

    /// <summary>Bytes that are always there, function code included.</summary>
    public byte Fixed { get; }

    /// <summary>Offset of the byte count that announces more bytes; zero for none.</summary>
    public byte ByteCountAt { get; }

    /// <summary>Offset of the count of (id, length, value) objects that follow; zero for none.</summary>
    public byte ObjectCountAt { get; }

    /// <summary>Bytes that the PDU starting in <paramref name="pdu"/> needs, or zero when more bytes must come to tell.</summary>
    public int Measure(ReadOnlySpan<byte> pdu)
    {
        if (ByteCountAt != 0)
            return pdu.Length > ByteCountAt ? Fixed + pdu[ByteCountAt] : 0;
        if (ObjectCountAt == 0)
            return Fixed;
        if (pdu.Length <= ObjectCountAt)
            return 0;
        int end = Fixed;
        for (var left = pdu[ObjectCountAt]; left > 0; left--)
        {
            if (pdu.Length < end + 2)
                return 0;
            end += 2 + pdu[end + 1];
        }

        return end;
    }
}

/// <summary>One row of <see cref="FunctionTable"/>.</summary>
public readonly struct FunctionEntry
{
    /// <summary>The function's code.</summary>
    public ModbusFunction Function { get; init; }

    /// <summary>Shape of request and answer.</summary>
    public FunctionKind Kind { get; init; }

    /// <summary>The address space the function works on.</summary>
    public DataSpace Space { get; init; }

    /// <summary>Length of a request.</summary>
    public LengthRule Request { get; init; }

    /// <summary>Length of a normal answer.</summary>
    public LengthRule Reply { get; init; }

    /// <summary>Most items (bits or registers) that one request may read; zero if it reads none.</summary>
    public ushort MaxRead { get; init; }

    /// <summary>Most items that one request may write; zero if it writes none.</summary>
    public ushort MaxWrite { get; init; }

    /// <summary>True for coils and discrete inputs.</summary>
    public bool IsBit => Space is DataSpace.Coils or DataSpace.DiscreteInputs;

    /// <summary>True for a row of the table, false for an unknown function code.</summary>
    public bool IsKnown => Kind != FunctionKind.Unknown;

    /// <summary>True when the function changes the device.</summary>
    public bool Writes => MaxWrite != 0;

    /// <summary>Bytes that <paramref name="count"/> items of the function's space take on the wire.</summary>
    public int DataBytes(int count) => IsBit ? (count + 7) / 8 : count * 2;
}

/// <summary>The functions of this package. Client, server, RTU framing and tests read this one table.</summary>
public static class FunctionTable
{
    private static readonly FunctionEntry[] s_entries = Build();

    /// <summary>The row for a function code; <see cref="FunctionEntry.IsKnown"/> is false when there is none.</summary>
    public static ref readonly FunctionEntry Find(byte functionCode) =>
        ref s_entries[functionCode < s_entries.Length ? functionCode : 0];

    /// <summary>The row for a function.</summary>
    public static ref readonly FunctionEntry Find(ModbusFunction function) => ref Find((byte)function);

    private static FunctionEntry[] Build()
    {
        var readReply = new LengthRule(2, 1, 0);
        FunctionEntry[] rows =
        [
            Read(ModbusFunction.ReadCoils, DataSpace.Coils, ProtocolLimits.MaxReadBits),
            Read(ModbusFunction.ReadDiscreteInputs, DataSpace.DiscreteInputs, ProtocolLimits.MaxReadBits),
            Read(ModbusFunction.ReadHoldingRegisters, DataSpace.HoldingRegisters, ProtocolLimits.MaxReadRegisters),
            Read(ModbusFunction.ReadInputRegisters, DataSpace.InputRegisters, ProtocolLimits.MaxReadRegisters),
            WriteOne(ModbusFunction.WriteSingleCoil, DataSpace.Coils),
            WriteOne(ModbusFunction.WriteSingleRegister, DataSpace.HoldingRegisters),
            WriteMany(ModbusFunction.WriteMultipleCoils, DataSpace.Coils, ProtocolLimits.MaxWriteBits),
            WriteMany(ModbusFunction.WriteMultipleRegisters, DataSpace.HoldingRegisters, ProtocolLimits.MaxWriteRegisters),
            new()
            {
                Function = ModbusFunction.MaskWriteRegister, Kind = FunctionKind.MaskWrite,
                Space = DataSpace.HoldingRegisters, Request = new(7), Reply = new(7), MaxWrite = 1,
            },
            new()
            {
                Function = ModbusFunction.ReadWriteMultipleRegisters, Kind = FunctionKind.ReadWrite,
                Space = DataSpace.HoldingRegisters, Request = new(10, 9, 0), Reply = readReply,
                MaxRead = ProtocolLimits.MaxReadRegisters, MaxWrite = ProtocolLimits.MaxReadWriteWriteRegisters,
            },
            new()
            {
                Function = ModbusFunction.EncapsulatedInterface, Kind = FunctionKind.DeviceIdentification,
                Space = DataSpace.None, Request = new(4), Reply = new(7, 0, 6),
            },
        ];
        var table = new FunctionEntry[(int)ModbusFunction.EncapsulatedInterface + 1];
        foreach (var row in rows)
            table[(int)row.Function] = row;
        return table;

        FunctionEntry Read(ModbusFunction function, DataSpace space, ushort max) => new()
        {
            Function = function, Kind = FunctionKind.Read, Space = space, Request = new(5), Reply = readReply, MaxRead = max,
        };

        FunctionEntry WriteOne(ModbusFunction function, DataSpace space) => new()
        {
            Function = function, Kind = FunctionKind.WriteSingle, Space = space, Request = new(5), Reply = new(5), MaxWrite = 1,
        };

        FunctionEntry WriteMany(ModbusFunction function, DataSpace space, ushort max) => new()
        {
            Function = function, Kind = FunctionKind.WriteMultiple, Space = space,
            Request = new(6, 5, 0), Reply = new(5), MaxWrite = max,
        };
    }
}
