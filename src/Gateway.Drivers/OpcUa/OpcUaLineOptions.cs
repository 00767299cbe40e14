using Gateway.OpcUa;
using Gateway.OpcUa.Security;
using Gateway.Runtime.Scan;
using Microsoft.Extensions.Logging;

namespace Gateway.Drivers.OpcUa;

/// <summary>What an <see cref="OpcUaLine"/> gets from its surroundings.</summary>
public sealed record OpcUaLineOptions
{
    /// <summary>Clock and timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Timestamp of <see cref="Time"/> at which the elapsed time of the scan is zero.</summary>
    public required long Epoch { get; init; }

    /// <summary>Opens each connection; null takes TCP to the line's URL.</summary>
    public Func<OpcUaLineDefinition, CancellationToken, ValueTask<Stream>>? Connect { get; init; }

    /// <summary>Requests for outputs; null when nothing is written.</summary>
    public OutputMailbox? Outputs { get; init; }

    /// <summary>Own certificate; needed unless the line is unsecured.</summary>
    public ApplicationCertificate? Certificate { get; init; }

    /// <summary>Checks the server's certificate; needed unless the line is unsecured.</summary>
    public CertificateValidator? Validator { get; init; }

    /// <summary>Who uses the session.</summary>
    public UserIdentity User { get; init; } = UserIdentity.Anonymous;

    /// <summary>Seed that spreads reconnects; 0 for another one in each process.</summary>
    public ulong Seed { get; init; }

    /// <summary>Changes of state are logged here.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>How often a line with outputs looks for requests, in milliseconds.</summary>
    public int OutputCheckMs { get; init; } = 50;
}
