using Gateway.Runtime.Compliance;

namespace Gateway.Configuration.Samples;

/// <summary>One series of the samples, in order of time and in one unit.</summary>
public sealed record SampleSeries
{
    /// <summary>Name as in the file.</summary>
    public required string Name { get; init; }
    /// <summary>Unit of the values; empty when nobody says.</summary>
    public required string Unit { get; init; }
    /// <summary>The samples.</summary>
    public required IReadOnlyList<LaboratorySample> Samples { get; init; }
}

/// <summary>Permits and samples, ready to be judged. Immutable.</summary>
public sealed record EvaluationInput
{
    /// <summary>Limits of all permits; their tags are indexes of <see cref="Series"/>.</summary>
    public required PermitLimit[] Limits { get; init; }
    /// <summary>Series by index; one without samples was named by a permit only.</summary>
    public required SampleSeries[] Series { get; init; }
    /// <summary>Civil time of the permits.</summary>
    public required SiteCalendar Calendar { get; init; }
    /// <summary>Name or offset of that civil time.</summary>
    public required string TimeZone { get; init; }
}

/// <summary>What came of loading permits and samples.</summary>
/// <param name="Input">The input; null when there is an error.</param>
/// <param name="Diagnostics">All errors and warnings by file and place.</param>
public sealed record EvaluationLoadResult(EvaluationInput? Input, IReadOnlyList<Diagnostic> Diagnostics);
