using System.IO.Ports;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Gateway.Modbus;

namespace Gateway.Drivers.Modbus;

/// <summary>Opens the connection a line's definition describes: TCP, TLS or a serial port.</summary>
public static class ModbusConnector
{
    /// <summary>Opens the connection.</summary>
    /// <exception cref="IOException">The port is not there or in use, or a certificate file cannot be read.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The host is unknown, refuses or cannot be reached.</exception>
    /// <exception cref="AuthenticationException">The peer is not trusted, or does not trust us.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public static async ValueTask<Stream> ConnectAsync(ModbusLineDefinition line, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(line);
        TimeSpan limit = TimeSpan.FromMilliseconds(line.ConnectTimeoutMs);
        switch (line.Transport)
        {
            case LineTransport.ModbusRtu:
            case LineTransport.ModbusAscii:
                return ModbusTransport.OpenSerial(line.SerialPort, SerialSettings(line));
            case LineTransport.ModbusTls:
                return await ModbusTransport.ConnectTlsAsync(line.Host, line.Port, TlsOptions(line), limit, null, cancellation);
            default:
                return await ModbusTransport.ConnectTcpAsync(line.Host, line.Port, limit, null, cancellation);
        }
    }

    private static ModbusSerialSettings SerialSettings(ModbusLineDefinition line) => new()
    {
        BaudRate = line.BaudRate,
        DataBits = line.Transport == LineTransport.ModbusAscii ? 7 : 8,
        Parity = line.Parity switch
        {
            'E' => Parity.Even,
            'O' => Parity.Odd,
            _ => Parity.None,
        },
        StopBits = line.StopBits == 2 ? StopBits.Two : StopBits.One,
    };

    private static SslClientAuthenticationOptions TlsOptions(ModbusLineDefinition line)
    {
        TlsDefinition tls = line.Tls ?? new TlsDefinition();
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = tls.ServerName.Length > 0 ? tls.ServerName : line.Host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (tls.CertificateFile.Length > 0)
            options.ClientCertificates = [X509Certificate2.CreateFromPemFile(tls.CertificateFile, tls.KeyFile.Length > 0 ? tls.KeyFile : null)];
        if (tls.CaFile.Length > 0)
        {
            // Plants have authorities of their own: exactly this one is trusted, not the machine's list.
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(tls.CaFile);
            options.CertificateChainPolicy = policy;
        }

        return options;
    }
}
