using System.Text.Json.Serialization;

namespace Gateway.Web.Messages;

/// <summary>All tags, or those whose names begin alike.</summary>
internal sealed record TagListMessage
{
    public required string? Time { get; init; }
    public required long Scan { get; init; }
    public required IReadOnlyList<TagMessage> Tags { get; init; }
}

/// <summary>One tag in a list.</summary>
internal record TagMessage
{
    // Members of the longer form come first otherwise; people look for the name.
    [JsonPropertyOrder(-1)]
    public required string Name { get; init; }
    public required string Description { get; init; }
    public required string Area { get; init; }
    public required string Unit { get; init; }
    /// <summary>measured or calculated.</summary>
    public required string Kind { get; init; }
    /// <summary>Null while the quality is bad.</summary>
    public required double? Value { get; init; }
    /// <summary>OPC UA name of the quality.</summary>
    public required string Quality { get; init; }
    /// <summary>good, uncertain or bad.</summary>
    public required string Level { get; init; }
    /// <summary>Why the quality is not good; empty when it is.</summary>
    public required string Why { get; init; }
    /// <summary>Time of the source; null before the first value.</summary>
    public required string? Time { get; init; }
    /// <summary>Seconds since then.</summary>
    public required double? Age { get; init; }
}

/// <summary>One tag with all that is known of it.</summary>
internal sealed record TagDetailMessage : TagMessage
{
    public required long QualityCode { get; init; }
    /// <summary>Value before scaling, also of a bad tag; null when there was none.</summary>
    public required double? Raw { get; init; }
    /// <summary>The last value that could be used, which a bad tag does not show as its value.</summary>
    public required double? LastUsable { get; init; }
    public required double? RangeLow { get; init; }
    public required double? RangeHigh { get; init; }
    public required string RateGroup { get; init; }
    /// <summary>Changes of value or quality since start; wraps.</summary>
    public required long Changes { get; init; }
    public required TagSourceMessage? Source { get; init; }
    /// <summary>Expression of a calculated tag.</summary>
    public required string? Calculation { get; init; }
    /// <summary>Tags a calculated tag is made of.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }
    /// <summary>Output that writes this point.</summary>
    public required string? Output { get; init; }
}

/// <summary>Where a measured tag comes from.</summary>
internal sealed record TagSourceMessage
{
    public required string Line { get; init; }
    public required string Device { get; init; }
    /// <summary>Modbus unit id.</summary>
    public int? Unit { get; init; }
    /// <summary>coils, discreteInputs, holdingRegisters or inputRegisters.</summary>
    public string? Space { get; init; }
    /// <summary>Address from 0, as on the wire.</summary>
    public int? Address { get; init; }
    /// <summary>The same as manuals write it, for example 40011.</summary>
    public string? Reference { get; init; }
    /// <summary>Node of an OPC UA server.</summary>
    public string? Node { get; init; }
    /// <summary>Type of the raw value, as in tags.csv.</summary>
    public string? Type { get; init; }
    /// <summary>Order of its bytes on the wire; null for a single byte or bit and for text.</summary>
    public string? Order { get; init; }
    public int? Bit { get; init; }
    public required int PollPeriodMs { get; init; }
}

/// <summary>Tags that changed, in the stream.</summary>
internal sealed record TagChangesMessage
{
    public required string Time { get; init; }
    public required long Scan { get; init; }
    /// <summary>True for the first message, which holds every tag.</summary>
    public required bool Full { get; init; }
    public required IReadOnlyList<TagChangeMessage> Tags { get; init; }
}

/// <summary>New value and quality of one tag.</summary>
internal sealed record TagChangeMessage
{
    public required string Name { get; init; }
    public required double? Value { get; init; }
    public required string Quality { get; init; }
    public required string Level { get; init; }
    public required string Why { get; init; }
    public required string? Time { get; init; }
}
