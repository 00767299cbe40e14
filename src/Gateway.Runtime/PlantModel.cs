using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime;

/// <summary>
/// All that is known of the plant after load: definitions by index, no name is looked up afterwards. Immutable; any
/// thread may read it.
/// </summary>
public sealed record PlantModel
{
    /// <summary>Short identity of the site, used in metrics.</summary>
    public required string SiteId { get; init; }
    /// <summary>Name of the site for people.</summary>
    public string SiteName { get; init; } = "";
    /// <summary>The permit's calendar.</summary>
    public required SiteCalendar Calendar { get; init; }
    /// <summary>Base period of the scan in milliseconds, 1 to 60,000.</summary>
    public required int BasePeriodMs { get; init; }
    /// <summary>The paces of the scan; index 0 is the base pace.</summary>
    public required RateGroup[] RateGroups { get; init; }
    /// <summary>All tags by index.</summary>
    public required TagDefinition[] Tags { get; init; }
    /// <summary>All alarms by index.</summary>
    public AlarmDefinition[] Alarms { get; init; } = [];
    /// <summary>All permit limits by index.</summary>
    public PermitLimit[] Permits { get; init; } = [];
    /// <summary>Tags that show figures of permit windows.</summary>
    public FigureTag[] Figures { get; init; } = [];
    /// <summary>All outputs by index.</summary>
    public OutputDefinition[] Outputs { get; init; } = [];
    /// <summary>SHA-256 of the configuration files, in hexadecimal.</summary>
    public string ConfigurationHash { get; init; } = "";
}
