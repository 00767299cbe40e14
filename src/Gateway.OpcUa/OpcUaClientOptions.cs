using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa;

/// <summary>Where a client connects to, as whom, and how safely.</summary>
public sealed record OpcUaClientOptions
{
    /// <summary>The server's URL, <c>opc.tcp://host:port/path</c>. Host and port of the server's own answer are not used.</summary>
    public required string EndpointUrl { get; init; }

    /// <summary>Opens a stream to the server; a TCP connection to the URL when null.</summary>
    public Func<CancellationToken, ValueTask<Stream>>? Connect { get; init; }

    /// <summary>
    /// True when <see cref="Connect"/> gives streams that the server opened: it then speaks first (reverse connect). Two
    /// streams are needed, one to ask for the endpoints and one for the session.
    /// </summary>
    public bool IsReverse { get; init; }

    /// <summary>The policy; the strongest that the server offers when null. <see cref="SecurityPolicy.None"/> is used only when asked for here.</summary>
    public SecurityPolicy? Policy { get; init; }

    /// <summary>The mode; SignAndEncrypt, or Sign where the server offers no better, when null.</summary>
    public MessageSecurityMode? Mode { get; init; }

    /// <summary>This application's certificate; needed for every policy but None.</summary>
    public ApplicationCertificate? Certificate { get; init; }

    /// <summary>Checks the server's certificate; needed for every policy but None.</summary>
    public CertificateValidator? Validator { get; init; }

    /// <summary>Who uses the session.</summary>
    public UserIdentity User { get; init; } = UserIdentity.Anonymous;

    /// <summary>Send a password in the clear when the server offers no encryption for it. Anyone on the network can then read it.</summary>
    public bool AllowPlainPassword { get; init; }

    /// <summary>The application URI where there is no certificate to take it from.</summary>
    public string ApplicationUri { get; init; } = "urn:localhost:gateway:client";

    /// <summary>The application's name for people.</summary>
    public string ApplicationName { get; init; } = "OPC UA client";

    /// <summary>The session's name in the server's diagnostics.</summary>
    public string SessionName { get; init; } = "client";

    /// <summary>Languages wanted, best first.</summary>
    public string[] LocaleIds { get; init; } = [];

    /// <summary>How long a request waits for its answer, in milliseconds.</summary>
    public int RequestTimeoutMs { get; init; } = 10_000;

    /// <summary>How long the server keeps a session without requests, in milliseconds; the server may revise it.</summary>
    public int SessionTimeoutMs { get; init; } = 60_000;

    /// <summary>How long the keys of the channel are used, in milliseconds; the server may revise it.</summary>
    public int TokenLifetimeMs { get; init; } = 3_600_000;

    /// <summary>Requests that may wait for answers at once.</summary>
    public int MaxOutstanding { get; init; } = 64;

    /// <summary>Publish requests kept at the server for each subscription; fewer once the server finds them too many.</summary>
    public int PublishRequests { get; init; } = 2;

    /// <summary>Sizes of frames and messages.</summary>
    public ConnectionLimits Limits { get; init; } = ConnectionLimits.Default;

    /// <summary>What a decoder accepts.</summary>
    public EncodingLimits Encoding { get; init; } = EncodingLimits.Default with { MaxArrayLength = 1 << 20, MaxElements = 4 << 20, MaxStringBytes = 4 << 20, MaxByteStringBytes = 16 << 20 };

    /// <summary>Called once when the connection ends, from any thread.</summary>
    public Action<OpcUaFault>? Closed { get; init; }

    internal string ClientUri => Certificate?.ApplicationUri is { Length: > 0 } uri ? uri : ApplicationUri;

    internal string HostName => Uri.TryCreate(EndpointUrl, UriKind.Absolute, out var uri) ? uri.Host : "";
}

/// <summary>A client, or why there is none.</summary>
/// <param name="Client">The connected client; null when it failed.</param>
/// <param name="Fault">Why it failed; none when it is connected.</param>
public readonly record struct OpcUaConnectResult(OpcUaClient? Client, OpcUaFault Fault);
