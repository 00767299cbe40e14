using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Session;

/// <summary>What one connection needs to know.</summary>
internal sealed record ConnectionOptions
{
    public required string EndpointUrl { get; init; }

    public ConnectionLimits Limits { get; init; } = ConnectionLimits.Default;

    public EncodingLimits Encoding { get; init; } = EncodingLimits.Default;

    public SecurityPolicy Policy { get; init; } = SecurityPolicy.None;

    public MessageSecurityMode Mode { get; init; } = MessageSecurityMode.None;

    /// <summary>This application's certificate; null with policy None.</summary>
    public ApplicationCertificate? Own { get; init; }

    /// <summary>The server's certificate, already validated; empty with policy None.</summary>
    public byte[] ServerCertificate { get; init; } = [];

    public int RequestTimeoutMs { get; init; } = 10_000;

    public uint TokenLifetimeMs { get; init; } = 3_600_000;

    public int MaxOutstanding { get; init; } = 64;

    /// <summary>True when the server opened the stream and speaks first.</summary>
    public bool IsReverse { get; init; }
}
