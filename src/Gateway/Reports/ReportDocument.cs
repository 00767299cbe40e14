using System.Text.Json.Serialization;

namespace Gateway.Reports;

/// <summary>A compliance report of a day or a month. What is frozen is its JSON; HTML and CSV are written from it.</summary>
internal sealed record ReportDocument
{
    /// <summary>Site, or the permit file of an evaluation.</summary>
    public required string Site { get; init; }
    /// <summary><c>day</c> or <c>month</c>.</summary>
    public required string Period { get; init; }
    /// <summary>First day, civil.</summary>
    public required string Date { get; init; }
    /// <summary>Begin, civil time with its offset.</summary>
    public required string From { get; init; }
    /// <summary>End, civil time with its offset.</summary>
    public required string To { get; init; }
    /// <summary>1, 2, 3 …; 0 for one that is not frozen.</summary>
    public int Revision { get; init; }
    /// <summary>Why there is a later revision; empty for the first.</summary>
    public string Reason { get; init; } = "";
    /// <summary>Who asked for a later revision.</summary>
    public string User { get; init; } = "";
    /// <summary>SHA-256 of the file of the revision before; empty for the first.</summary>
    public string Supersedes { get; init; } = "";
    /// <summary>When it was made, UTC.</summary>
    public required string Created { get; init; }
    /// <summary>Hash of the configuration that explained it.</summary>
    public string ConfigurationHash { get; init; } = "";
    /// <summary>The worst of all limits that bind.</summary>
    public required string Verdict { get; init; }
    /// <summary>All limits with a window that ended, or should have ended, in the period.</summary>
    public required LimitEntry[] Limits { get; init; }
}

/// <summary>One limit of the report.</summary>
internal sealed record LimitEntry
{
    public required string Permit { get; init; }
    public required string Parameter { get; init; }
    public required string Statistic { get; init; }
    public required string Unit { get; init; }
    public required string Rule { get; init; }
    public required string Source { get; init; }
    public required string Confidence { get; init; }
    /// <summary>The standard does not limit this statistic; it does not count in the verdict.</summary>
    public bool Guide { get; init; }
    public required string State { get; init; }
    public int Windows { get; init; }
    public int Complies { get; init; }
    public int Warning { get; init; }
    public int Exceeds { get; init; }
    public int Undetermined { get; init; }
    /// <summary>Windows of the period that nobody judged: the gateway did not run.</summary>
    public int Missing { get; init; }
    /// <summary>The windows shown.</summary>
    public required WindowEntry[] Listed { get; init; }
    /// <summary>Windows counted and not shown.</summary>
    public int NotListed { get; init; }
}

/// <summary>One window of the report; null for a number that is not known.</summary>
internal sealed record WindowEntry
{
    public required string From { get; init; }
    public required string To { get; init; }
    public double? Value { get; init; }
    public double? Limit { get; init; }
    public double? Margin { get; init; }
    public double? Minimum { get; init; }
    public double? Maximum { get; init; }
    public double? Temperature { get; init; }
    public double? Coverage { get; init; }
    public int Valid { get; init; }
    public int Due { get; init; }
    public required string State { get; init; }
    public required string Cause { get; init; }
    public required string[] Reasons { get; init; }
}

/// <summary>Reading and writing of the frozen document without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ReportDocument))]
[JsonSerializable(typeof(LimitEntry[]))]
internal sealed partial class ReportJson : JsonSerializerContext;
