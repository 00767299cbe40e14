using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <summary>What a server offers, to whom.</summary>
public sealed record OpcUaServerOptions
{
    /// <summary>The URL clients are told, <c>opc.tcp://host:port</c>.</summary>
    public required string EndpointUrl { get; init; }

    /// <summary>The policies; <see cref="SecurityPolicy.None"/> only when it is named here.</summary>
    public IReadOnlyList<SecurityPolicy> Policies { get; init; } = [SecurityPolicy.Aes256Sha256RsaPss, SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes128Sha256RsaOaep];

    /// <summary>The modes of all policies but None.</summary>
    public IReadOnlyList<MessageSecurityMode> Modes { get; init; } = [MessageSecurityMode.SignAndEncrypt, MessageSecurityMode.Sign];

    /// <summary>This application's certificate; needed for every policy but None.</summary>
    public ApplicationCertificate? Certificate { get; init; }

    /// <summary>Checks clients' certificates; needed for every policy but None.</summary>
    public CertificateValidator? Validator { get; init; }

    /// <summary>True when users may stay unnamed.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>What unnamed users may do; reading only by default.</summary>
    public ServerUser AnonymousUser { get; init; } = ServerUser.Anonymous;

    /// <summary>Finds the user with this name and password, given the address of the client; null for a wrong one. May be called from several threads, and may take long. No names are offered when it is null.</summary>
    public Func<string, string, string, ServerUser?>? CheckPassword { get; init; }

    /// <summary>The application URI where there is no certificate to take it from.</summary>
    public string ApplicationUri { get; init; } = "urn:localhost:gateway:server";

    /// <summary>The application's name for people.</summary>
    public string ApplicationName { get; init; } = "OPC UA server";

    /// <summary>The product's URI.</summary>
    public string ProductUri { get; init; } = "urn:gateway";

    /// <summary>The product's maker.</summary>
    public string Manufacturer { get; init; } = "Gateway";

    /// <summary>The product's version.</summary>
    public string Version { get; init; } = "1.0";

    /// <summary>The limits.</summary>
    public ServerLimits Limits { get; init; } = new();

    /// <summary>
    /// Number of the first channel and subscription; null for random ones, so that those of an earlier life of the server
    /// are not taken for new ones. A fixed number is for tests of clients.
    /// </summary>
    public uint? FirstId { get; init; }

    /// <summary>What the decoder accepts.</summary>
    public EncodingLimits Encoding { get; init; } = EncodingLimits.Default;

    /// <summary>Told about refused peers and users, in one line each; from any thread.</summary>
    public Action<string>? Report { get; init; }

    internal string Uri => Certificate?.ApplicationUri is { Length: > 0 } uri ? uri : ApplicationUri;
}
