namespace Gateway.Modbus;

/// <summary>The public function codes that this package speaks (Modbus 1.1b3 §5.1).</summary>
public enum ModbusFunction : byte
{
    /// <summary>Not a function.</summary>
    None = 0,

    /// <summary>Read 1 to 2000 coils (§6.1).</summary>
    ReadCoils = 1,

    /// <summary>Read 1 to 2000 discrete inputs (§6.2).</summary>
    ReadDiscreteInputs = 2,

    /// <summary>Read 1 to 125 holding registers (§6.3).</summary>
    ReadHoldingRegisters = 3,

    /// <summary>Read 1 to 125 input registers (§6.4).</summary>
    ReadInputRegisters = 4,

    /// <summary>Write one coil (§6.5).</summary>
    WriteSingleCoil = 5,

    /// <summary>Write one holding register (§6.6).</summary>
    WriteSingleRegister = 6,

    /// <summary>Write 1 to 1968 coils (§6.11).</summary>
    WriteMultipleCoils = 15,

    /// <summary>Write 1 to 123 holding registers (§6.12).</summary>
    WriteMultipleRegisters = 16,

    /// <summary>Change single bits of one holding register (§6.16).</summary>
    MaskWriteRegister = 22,

    /// <summary>Write up to 121 and read up to 125 holding registers in one transaction (§6.17).</summary>
    ReadWriteMultipleRegisters = 23,

    /// <summary>Encapsulated interface; with MEI type 14: read device identification (§6.21).</summary>
    EncapsulatedInterface = 43,
}
