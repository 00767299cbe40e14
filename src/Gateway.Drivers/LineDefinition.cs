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
    /// <summary>A session of OPC UA on TCP.</summary>
    OpcUa,
}

/// <summary>
/// One connection or serial bus with its devices, as configured: what every protocol has. Each protocol adds its own
/// below. Immutable after load; any thread may read it.
/// </summary>
public abstract record LineDefinition
{
    /// <summary>Name of the line; unique in the site.</summary>
    public required string Name { get; init; }
    /// <summary>Position in the site's list of lines.</summary>
    public required int Index { get; init; }
    /// <summary>What carries the requests.</summary>
    public LineTransport Transport { get; init; }
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
    /// <summary>The devices reached through this line; all of the line's protocol.</summary>
    public required DeviceDefinition[] Devices { get; init; }

    /// <summary>Where the line goes, for people.</summary>
    public abstract string Endpoint { get; }
}
