namespace Gateway.Drivers.Modbus;

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
