using Gateway.OpcUa.Security;
using Gateway.OpcUa.Server;

namespace Gateway.Simulation.OpcUa;

/// <summary>How a plant is served over OPC UA.</summary>
public sealed record OpcUaFaceOptions
{
    /// <summary>The server's own certificate; null only with <see cref="IsInsecure"/>.</summary>
    public ApplicationCertificate? Certificate { get; init; }

    /// <summary>Checks clients' certificates; null only with <see cref="IsInsecure"/>.</summary>
    public CertificateValidator? Validator { get; init; }

    /// <summary>Finds the user who may write; null when nobody may.</summary>
    public Func<string, string, ServerUser?>? CheckPassword { get; init; }

    /// <summary>True to offer channels without security, too; for tests.</summary>
    public bool IsInsecure { get; init; }

    /// <summary>Told about refused peers and users, in one line each; from any thread.</summary>
    public Action<string>? Report { get; init; }
}
