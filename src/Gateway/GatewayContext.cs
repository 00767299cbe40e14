using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Drivers;
using Gateway.Notifications;
using Gateway.OpcUa.Server;
using Gateway.Runtime.Scan;
using Gateway.Storage;
using Gateway.Storage.History;
using Gateway.Users;

namespace Gateway;

/// <summary>
/// What the readers of the gateway (web, metrics) may see. Built once by <see cref="GatewayHost"/>; the references do
/// not change; any thread may read them. Live values are reached through the snapshot pool only.
/// </summary>
public sealed class GatewayContext
{
    private string? _fault;

    /// <summary>A context without an OPC UA server.</summary>
    public GatewayContext() => Commands = new CommandDesk(this);

    /// <summary>The loaded configuration.</summary>
    public required SiteConfiguration Site { get; init; }
    /// <summary>The scan: use its snapshots, its command ring and its output counters only.</summary>
    public required ScanCycle Scan { get; init; }
    /// <summary>Figures of the scan.</summary>
    public required ScanStatistics Statistics { get; init; }
    /// <summary>The newest events.</summary>
    public required EventLog Events { get; init; }
    /// <summary>The field lines in the order of the configuration.</summary>
    public required IReadOnlyList<FieldLine> Lines { get; init; }
    /// <summary>The journal, for its status and for reading; null when nothing is kept.</summary>
    public Journal? Journal { get; init; }
    /// <summary>The history, for its status and for reading; null when none is kept.</summary>
    public HistoryStore? History { get; init; }
    /// <summary>The performance of the alarm system, from the journal; null when nothing is kept.</summary>
    internal AlarmFigures? AlarmFigures { get; init; }
    /// <summary>How acts from outside reach the scan.</summary>
    internal CommandDesk Commands { get; }
    /// <summary>The OPC UA server, for its counters; null when there is none. Set once before any reader starts.</summary>
    public OpcUaServer? OpcUa { get; internal set; }
    /// <summary>The receivers of notifications; filled while the host is built.</summary>
    internal List<NotificationLoop> Notifications { get; } = [];
    /// <summary>How attempts to sign in ended.</summary>
    public SignInCount SignIns { get; } = new();
    /// <summary>The clock of the host.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Why the run state is Fault; null while it is not.</summary>
    public string? Fault
    {
        get => Volatile.Read(ref _fault);
        internal set => Volatile.Write(ref _fault, value);
    }
}
