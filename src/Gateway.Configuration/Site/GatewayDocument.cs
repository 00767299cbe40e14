using Gateway.Configuration.Diagnostics;
using Gateway.Drivers;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Scan;

namespace Gateway.Configuration.Site;

/// <summary>What gateway.json says, checked in itself. Points are added from tags.csv.</summary>
internal sealed class GatewayDocument
{
    public string SiteId { get; set; } = "";
    public string SiteName { get; set; } = "";
    public SiteCalendar Calendar { get; set; } = new(TimeSpan.Zero);
    public RateGroups Rates { get; set; } = new(100);
    public List<LineDraft> Lines { get; } = [];
    public List<DeviceDraft> Devices { get; } = [];
    public Dictionary<string, DeviceDraft> DeviceByName { get; } = new(StringComparer.Ordinal);
    public WebOptions Web { get; set; } = new();
    public OpcUaServerSettings? OpcUaServer { get; set; }
    public MetricsOptions Metrics { get; set; } = new();
    public HistorySettings History { get; set; } = new();
    public List<NotificationReceiver> Notifications { get; set; } = [];
    public HostTimeouts Timeouts { get; set; } = new();
}

/// <summary>A line that still waits for its devices' points.</summary>
internal sealed class LineDraft(LineDefinition definition)
{
    public LineDefinition Definition { get; } = definition;
    public List<DeviceDraft> Devices { get; } = [];
}

/// <summary>A device that still waits for its points.</summary>
internal sealed class DeviceDraft(DeviceDefinition definition, string order, Location at)
{
    public DeviceDefinition Definition { get; } = definition;
    /// <summary>Order of bytes where a tag gives none.</summary>
    public string Order { get; } = order;
    public Location At { get; } = at;
    public List<PointDefinition> Points { get; } = [];
}

/// <summary>The paces of the site; a period that no group has gets one of its own.</summary>
internal sealed class RateGroups
{
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _byPeriod = [];
    private readonly List<RateGroup> _groups = [];

    public RateGroups(int basePeriodMs)
    {
        BasePeriodMs = basePeriodMs;
        TryAdd("base", basePeriodMs, 0);
    }

    public int BasePeriodMs { get; }

    public IReadOnlyCollection<string> Names => _byName.Keys;

    /// <summary>False when the name is taken.</summary>
    public bool TryAdd(string name, int periodMs, int phaseMs)
    {
        if (!_byName.TryAdd(name, _groups.Count))
            return false;
        _byPeriod.TryAdd(periodMs, _groups.Count);
        _groups.Add(new RateGroup(name, periodMs / BasePeriodMs, phaseMs / BasePeriodMs));
        return true;
    }

    public bool TryFind(string name, out int index) => _byName.TryGetValue(name, out index);

    public int PeriodMs(int index) => _groups[index].Divider * BasePeriodMs;

    public int PhaseMs(int index) => _groups[index].Phase * BasePeriodMs;

    /// <summary>The group of a period that is a multiple of the base period.</summary>
    public int OfPeriod(int periodMs)
    {
        if (_byPeriod.TryGetValue(periodMs, out int index))
            return index;
        TryAdd(periodMs + "ms", periodMs, 0);
        return _byPeriod[periodMs];
    }

    public RateGroup[] ToArray() => [.. _groups];
}
