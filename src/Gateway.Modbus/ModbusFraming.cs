namespace Gateway.Modbus;

/// <summary>How a protocol data unit is wrapped on the line.</summary>
public enum ModbusFraming
{
    /// <summary>MBAP header on TCP or TLS; requests carry transaction ids.</summary>
    Tcp = 0,

    /// <summary>Binary frames with CRC on a serial line.</summary>
    Rtu = 1,

    /// <summary>RTU frames carried by a TCP connection; no line silence is kept.</summary>
    RtuOverTcp = 2,

    /// <summary>Hexadecimal text frames with LRC on a serial line.</summary>
    Ascii = 3,
}
