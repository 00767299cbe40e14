using System.Globalization;

namespace Gateway.Drivers.Modbus;

/// <summary>
/// One Modbus connection or serial bus. Its devices are <see cref="ModbusDevice"/>s. Immutable after load; any thread
/// may read it.
/// </summary>
public sealed record ModbusLineDefinition : LineDefinition
{
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

    /// <summary>True for a serial port on this machine.</summary>
    public bool IsSerial => Transport is LineTransport.ModbusRtu or LineTransport.ModbusAscii;

    /// <inheritdoc/>
    public override string Endpoint => IsSerial
        ? string.Create(CultureInfo.InvariantCulture, $"{SerialPort} {BaudRate} 8{Parity}{StopBits}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
