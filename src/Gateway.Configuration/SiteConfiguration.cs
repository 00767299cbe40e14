using Gateway.Drivers;
using Gateway.Runtime;

namespace Gateway.Configuration;

/// <summary>Web server of the gateway. Immutable.</summary>
public sealed record WebOptions
{
    /// <summary>Address of the page, the API and the metrics, for example http://127.0.0.1:8080.</summary>
    public string Http { get; init; } = "http://127.0.0.1:8080";
    /// <summary>True accepts commands from the gateway's own machine without an account, as long as there is no account.</summary>
    public bool LocalCommands { get; init; } = true;
    /// <summary>True lets accounts and tokens only read values, events and metrics.</summary>
    public bool ReadingNeedsAccount { get; init; }
    /// <summary>Full path of the certificate chain of an https address, PEM; empty for one that the gateway makes.</summary>
    public string CertificateFile { get; init; } = "";
    /// <summary>Full path of its private key, PEM.</summary>
    public string KeyFile { get; init; } = "";
}

/// <summary>Metrics of the gateway. Immutable.</summary>
public sealed record MetricsOptions
{
    /// <summary>True to serve /metrics.</summary>
    public bool Enabled { get; init; } = true;
}

/// <summary>History of samples. Immutable.</summary>
public sealed record HistorySettings
{
    /// <summary>True to keep one, when there is a data folder.</summary>
    public bool Enabled { get; init; } = true;
    /// <summary>Age in days at which samples are removed.</summary>
    public int KeepSamplesDays { get; init; } = 100;
    /// <summary>Age in days at which minute means are removed.</summary>
    public int KeepMinutesDays { get; init; } = 800;
    /// <summary>Age in days at which hour means are removed.</summary>
    public int KeepHoursDays { get; init; } = 3660;
    /// <summary>Size in MiB of all files at which the oldest samples are removed before their age.</summary>
    public int MaxMegabytes { get; init; } = 16_384;
    /// <summary>Time in milliseconds after which samples are forced to the disk.</summary>
    public int SyncMs { get; init; } = 10_000;
}

/// <summary>Limits of starting and stopping. Immutable.</summary>
public sealed record HostTimeouts
{
    /// <summary>Longest wait in milliseconds for the first answer of each device before the scan runs all the same.</summary>
    public int FirstDataMs { get; init; } = 10_000;
    /// <summary>Longest time in milliseconds for driving safe values and closing files at the end.</summary>
    public int ShutdownMs { get; init; } = 5000;
}

/// <summary>A site without errors, ready to run. Immutable; any thread may read it.</summary>
public sealed record SiteConfiguration
{
    /// <summary>What the scan knows: calendar, tags, alarms, permits, outputs.</summary>
    public required PlantModel Plant { get; init; }
    /// <summary>Connections with their devices and points, by index.</summary>
    public required LineDefinition[] Lines { get; init; }
    /// <summary>Web server.</summary>
    public WebOptions Web { get; init; } = new();
    /// <summary>The OPC UA server; null when there is none.</summary>
    public OpcUaServerSettings? OpcUaServer { get; init; }
    /// <summary>Metrics.</summary>
    public MetricsOptions Metrics { get; init; } = new();
    /// <summary>History of samples.</summary>
    public HistorySettings History { get; init; } = new();
    /// <summary>Receivers of notifications.</summary>
    public IReadOnlyList<NotificationReceiver> Notifications { get; init; } = [];
    /// <summary>Limits of starting and stopping.</summary>
    public HostTimeouts Timeouts { get; init; } = new();
}

/// <summary>What came of loading a site.</summary>
/// <param name="Site">The site; null when there is an error.</param>
/// <param name="Diagnostics">All errors and warnings by file and place.</param>
public sealed record SiteLoadResult(SiteConfiguration? Site, IReadOnlyList<Diagnostic> Diagnostics);
