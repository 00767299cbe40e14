using Gateway.Runtime.Expressions;

namespace Gateway.Runtime.Tags;

/// <summary>Where a tag's value comes from.</summary>
public enum TagKind : byte
{
    /// <summary>Read from a device.</summary>
    Measured,
    /// <summary>Calculated by an expression each scan of its rate group.</summary>
    Calculated,
    /// <summary>A figure of a permit window, such as what the rest of the day may average.</summary>
    Figure,
}

/// <summary>All that is known of a tag at load. Immutable; any thread may read it.</summary>
public sealed record TagDefinition
{
    /// <summary>Place in the tag table, from 0.</summary>
    public required int Index { get; init; }
    /// <summary>Unique name, for example EFF_AIT_603.</summary>
    public required string Name { get; init; }
    /// <summary>What it is, for people.</summary>
    public string Description { get; init; } = "";
    /// <summary>Area of the plant.</summary>
    public string Area { get; init; } = "";
    /// <summary>Engineering unit, empty for none.</summary>
    public string Unit { get; init; } = "";
    /// <summary>Where the value comes from.</summary>
    public TagKind Kind { get; init; }
    /// <summary>Index of the rate group in which the tag is conditioned or calculated.</summary>
    public int RateGroup { get; init; }
    /// <summary>Raw to engineering units.</summary>
    public Scaling Scaling { get; init; } = Scaling.None;
    /// <summary>Plausibility checks.</summary>
    public SignalCheck Check { get; init; } = SignalCheck.None;
    /// <summary>Low end of the display range; NaN where none was given.</summary>
    public double RangeLow { get; init; } = double.NaN;
    /// <summary>High end of the display range; NaN where none was given.</summary>
    public double RangeHigh { get; init; } = double.NaN;
    /// <summary>Smallest change in units that the history keeps; 0 keeps each change.</summary>
    public double ArchiveDeadband { get; init; }
    /// <summary>How the history applies it.</summary>
    public HistoryMode History { get; init; }
    /// <summary>True when the value is exported as a metric.</summary>
    public bool Export { get; init; }
    /// <summary>The calculation of a calculated tag; null otherwise.</summary>
    public ExpressionProgram? Expression { get; init; }
}
