using System.Net.Security;

namespace Gateway.Modbus;

/// <summary>Decides whether a peer with a role may use a function (Modbus/TCP Security §8.4); the role is null without one.</summary>
/// <param name="role">Role from the peer's certificate.</param>
/// <param name="unit">Unit id of the request.</param>
/// <param name="function">Function code of the request.</param>
/// <returns>False to answer with exception 1.</returns>
public delegate bool ModbusAuthorization(string? role, byte unit, ModbusFunction function);

/// <summary>Limits of a <see cref="ModbusServer"/>.</summary>
public sealed class ModbusServerOptions
{
    /// <summary>Connections served at once; a further one is closed at once and counted.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>A TCP connection without a whole request for this long is closed; zero for never.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// On serial framings a partial frame older than this is dropped when the next bytes come, in milliseconds.
    /// Far longer than the 1.5 characters of the standard, which no operating system can keep.
    /// </summary>
    public int FrameGapMs { get; init; } = 200;

    /// <summary>Set for Modbus/TCP Security: the listener then speaks TLS with client certificates.</summary>
    public SslServerAuthenticationOptions? Tls { get; init; }

    /// <summary>Time for the TLS handshake.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Asked before each request when set.</summary>
    public ModbusAuthorization? Authorization { get; init; }
}
