namespace Gateway.Drivers;

/// <summary>What carries the requests of a line.</summary>
public enum LineTransport
{
    /// <summary>MBAP frames on TCP.</summary>
    ModbusTcp,
    /// <summary>RTU frames on TCP, as serial device servers pass them on.</summary>
    ModbusRtuOverTcp,
    /// <summary>MBAP frames on TLS with certificates on both sides (Modbus/TCP Security).</summary>
    ModbusTls,
    /// <summary>RTU frames on a serial port.</summary>
    ModbusRtu,
    /// <summary>ASCII frames on a serial port.</summary>
    ModbusAscii,
}

/// <summary>One connection or serial bus with its devices, as configured. Immutable after load; any thread may read it.</summary>
public sealed record LineDefinition
{
    /// <summary>Name of the line; unique in the site.</summary>
    public required string Name { get; init; }
    /// <summary>Position in the site's list of lines.</summary>
    public required int Index { get; init; }
    /// <summary>What carries the requests.</summary>
    public LineTransport Transport { get; init; }
    /// <summary>Host name or address of the TCP transports.</summary>
    public string Host { get; init; } = "";
    /// <summary>TCP port, 1 to 65,535.</summary>
    public int Port { get; init; } = 502;
    /// <summary>Stable name of the serial port (by id or path), for the serial transports.</summary>
    public string SerialPort { get; init; } = "";
    /// <summary>Serial speed in bit/s.</summary>
    public int BaudRate { get; init; } = 9600;
    /// <summary>Parity: 'N', 'E' or 'O'.</summary>
    public char Parity { get; init; } = 'E';
    /// <summary>Stop bits, 1 or 2.</summary>
    public int StopBits { get; init; } = 1;
    /// <summary>Certificates of a TLS line; null on the others.</summary>
    public TlsDefinition? Tls { get; init; }
    /// <summary>Requests in flight at once, 1 to 64; serial lines and devices that do not echo the id always have 1.</summary>
    public int Window { get; init; } = 1;
    /// <summary>Longest wait for an answer in milliseconds; serial lines add the wire time of request and answer.</summary>
    public int TimeoutMs { get; init; } = 1000;
    /// <summary>Longest wait for a connection in milliseconds.</summary>
    public int ConnectTimeoutMs { get; init; } = 3000;
    /// <summary>First pause between connection attempts in milliseconds; it doubles from attempt to attempt.</summary>
    public int ReconnectMinMs { get; init; } = 1000;
    /// <summary>Longest pause between connection attempts in milliseconds.</summary>
    public int ReconnectMaxMs { get; init; } = 60_000;
    /// <summary>Protocol stack: "gateway", or the name of a vendor stack built in.</summary>
    public string Stack { get; init; } = "gateway";
    /// <summary>The devices reached through this line.</summary>
    public required DeviceDefinition[] Devices { get; init; }

    /// <summary>True for a serial port on this machine.</summary>
    public bool IsSerial => Transport is LineTransport.ModbusRtu or LineTransport.ModbusAscii;
}

/// <summary>Certificates of a TLS line. Files are PEM.</summary>
public sealed record TlsDefinition
{
    /// <summary>Own certificate shown to the device; empty when the device asks for none.</summary>
    public string CertificateFile { get; init; } = "";
    /// <summary>Private key of <see cref="CertificateFile"/>.</summary>
    public string KeyFile { get; init; } = "";
    /// <summary>Certificate of the authority that signed the device's certificate.</summary>
    public string CaFile { get; init; } = "";
    /// <summary>Name expected in the device's certificate; empty means the line's host.</summary>
    public string ServerName { get; init; } = "";
}
