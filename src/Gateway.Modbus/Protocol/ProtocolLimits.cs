namespace Gateway.Modbus.Protocol;

/// <summary>Sizes and quantities fixed by the Modbus documents.</summary>
public static class ProtocolLimits
{
    /// <summary>Largest protocol data unit in bytes (Modbus 1.1b3 §4.1).</summary>
    public const int MaxPdu = 253;

    /// <summary>MBAP header in bytes, unit id included (Messaging on TCP/IP 1.0b §3.1.3).</summary>
    public const int MbapHeader = 7;

    /// <summary>Smallest MBAP length field of a request: unit and function.</summary>
    public const int MinMbapLength = 2;

    /// <summary>Smallest MBAP length field of an answer: unit, function and one byte.</summary>
    public const int MinMbapReplyLength = 3;

    /// <summary>Largest MBAP length field: unit and the largest PDU.</summary>
    public const int MaxMbapLength = MaxPdu + 1;

    /// <summary>Largest frame on TCP in bytes.</summary>
    public const int MaxTcpFrame = MbapHeader + MaxPdu;

    /// <summary>Largest RTU frame in bytes: unit, PDU, CRC (Serial Line 1.02 §2.5.1).</summary>
    public const int MaxRtuFrame = MaxPdu + 3;

    /// <summary>Smallest RTU frame in bytes: unit, function, CRC.</summary>
    public const int MinRtuFrame = 4;

    /// <summary>Largest ASCII frame in characters: colon, two per byte, LRC, CR LF (Serial Line 1.02 §2.5.2).</summary>
    public const int MaxAsciiFrame = 1 + (2 * (MaxPdu + 2)) + 2;

    /// <summary>Most bits in one read (§6.1, §6.2).</summary>
    public const int MaxReadBits = 2000;

    /// <summary>Most registers in one read (§6.3, §6.4, §6.17).</summary>
    public const int MaxReadRegisters = 125;

    /// <summary>Most coils in one write (§6.11).</summary>
    public const int MaxWriteBits = 1968;

    /// <summary>Most registers in one write (§6.12).</summary>
    public const int MaxWriteRegisters = 123;

    /// <summary>Most registers written by read/write multiple (§6.17).</summary>
    public const int MaxReadWriteWriteRegisters = 121;

    /// <summary>Most requests that may be in flight on one connection.</summary>
    public const int MaxWindow = 64;

    /// <summary>Bit that marks an exception answer (§7).</summary>
    public const byte ExceptionFlag = 0x80;

    /// <summary>MEI type of read device identification (§6.21).</summary>
    public const byte DeviceIdentificationMei = 0x0E;

    /// <summary>Wire value of a coil that is on (§6.5).</summary>
    public const ushort CoilOn = 0xFF00;

    /// <summary>The serial unit id that addresses every device at once (Serial Line 1.02 §2.1).</summary>
    public const byte BroadcastUnit = 0;
}
