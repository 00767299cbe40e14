using Gateway.OpcUa.Security;
using Gateway.OpcUa.Types;

namespace Gateway.Drivers.OpcUa;

/// <summary>
/// A session with one OPC UA server. Its devices are <see cref="OpcUaDevice"/>s: names for groups of the server's nodes,
/// each with a subscription of its own. Immutable after load; any thread may read it.
/// </summary>
public sealed record OpcUaLineDefinition : LineDefinition
{
    /// <summary>The server's URL, <c>opc.tcp://host:port/path</c>.</summary>
    public required string Url { get; init; }
    /// <summary>The policy; null for the strongest that the server offers, which is never None.</summary>
    public SecurityPolicy? Policy { get; init; }
    /// <summary>The mode; null for the strongest that the server offers.</summary>
    public MessageSecurityMode? Mode { get; init; }
    /// <summary>Who uses the session; null for nobody in particular.</summary>
    public OpcUaUser? User { get; init; }
    /// <summary>Folder of the certificate store; empty for <c>pki</c> in the data folder.</summary>
    public string CertificateStore { get; init; } = "";
    /// <summary>Milliseconds between two publications of a subscription, as asked for.</summary>
    public int PublishingIntervalMs { get; init; } = 500;
    /// <summary>Milliseconds between two samples of a node, as asked for; 0 for the period of each point.</summary>
    public int SamplingIntervalMs { get; init; }
    /// <summary>Samples that the server keeps for each node; 0 for as many as one publication can bring, and two more.</summary>
    public int QueueSize { get; init; }
    /// <summary>Milliseconds without a value until a node is read to see whether its item still works; 0 for never.</summary>
    public int ItemWatchMs { get; init; } = 60_000;

    /// <summary>True when the line is neither signed nor encrypted, which has to be asked for.</summary>
    public bool IsUnsecured => Policy is { IsNone: true };

    /// <summary>Milliseconds between two samples of a point, as asked for.</summary>
    public int SamplingMsOf(PointDefinition point) => SamplingIntervalMs > 0 ? SamplingIntervalMs : point.PollPeriodMs;

    /// <inheritdoc/>
    public override string Endpoint => Url;
}

/// <summary>Who uses a session: a name with a password, or a certificate. Files are full paths.</summary>
public sealed record OpcUaUser
{
    /// <summary>The name; empty for a user with a certificate.</summary>
    public string Name { get; init; } = "";
    /// <summary>File whose first line is the password.</summary>
    public string PasswordFile { get; init; } = "";
    /// <summary>Certificate of the user, PEM.</summary>
    public string CertificateFile { get; init; } = "";
    /// <summary>Private key of <see cref="CertificateFile"/>, PEM.</summary>
    public string KeyFile { get; init; } = "";
}
