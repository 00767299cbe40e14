namespace Gateway.Runtime.Compliance;

/// <summary>Where a limit comes from, so that every verdict can name its clause.</summary>
/// <param name="Standard">Identifier of the standard or permit, e.g. "GB 18918-2002".</param>
/// <param name="Class">Class within the standard, e.g. "1A"; empty when it has none.</param>
/// <param name="Clause">Clause or table, e.g. "table 1, item 8".</param>
public sealed record LimitSource(string Standard, string Class, string Clause)
{
    /// <summary>
    /// How well the value is known: <c>read</c>, <c>secondHand</c>, <c>memory</c>, <c>proposal</c>, <c>gap</c>, or
    /// <c>permit</c> for one of the permit's own. Empty when nobody says.
    /// </summary>
    public string Confidence { get; init; } = "";

    /// <summary>The limit of a longer mean, watched as a guide: the standard does not limit this statistic.</summary>
    public bool IsGuide { get; init; }
}

/// <summary>
/// One limit of a discharge permit, resolved to tag indexes. Immutable; built by the configuration at load.
/// Limit, value and flow each keep one unit: units are converted at the edge, never here.
/// </summary>
public sealed record PermitLimit
{
    /// <summary>Position in the array given to <c>ComplianceEngine</c>; the subject of its events.</summary>
    public required int Index { get; init; }

    /// <summary>Identifier of the permit, e.g. "tangjiatuo-outfall-1".</summary>
    public required string PermitId { get; init; }

    /// <summary>Name of the parameter, e.g. "NH3-N".</summary>
    public required string Parameter { get; init; }

    /// <summary>Index of the tag that carries the concentration or reading.</summary>
    public required int ValueTag { get; init; }

    /// <summary>Index of the effluent flow tag, -1 for none: means are then weighted by time only.</summary>
    public int FlowTag { get; init; } = -1;

    /// <summary>Index of the effluent temperature tag, -1 for none. Needed when <see cref="ColdLimit"/> is set.</summary>
    public int TemperatureTag { get; init; } = -1;

    /// <summary>Unit of value and limits, e.g. "mg/L".</summary>
    public required string Unit { get; init; }

    /// <summary>What is compared with the limit.</summary>
    public required Statistic Statistic { get; init; }

    /// <summary>Upper limit in <see cref="Unit"/>; a value equal to it complies. NaN for none or not known.</summary>
    public double Limit { get; init; } = double.NaN;

    /// <summary>Lower limit in <see cref="Unit"/> (pH, dissolved oxygen); NaN for none.</summary>
    public double LimitLow { get; init; } = double.NaN;

    /// <summary>Upper limit when the water is cold, the bracket value of GB 18918-2002 table 1; NaN for none.</summary>
    public double ColdLimit { get; init; } = double.NaN;

    /// <summary>
    /// Temperature in °C up to and including which <see cref="ColdLimit"/> holds. It is compared with the day's
    /// flow-weighted mean effluent temperature.
    /// </summary>
    public double ColdThreshold { get; init; } = 12.0;

    /// <summary>Part of the head-room that may be used before the state becomes a warning, 0 to 1.</summary>
    public double WarningRatio { get; init; } = 0.8;

    /// <summary>Part of the due values that must be valid (HJ 356-2019 ch. 7: 75 %), above 0 to 1.</summary>
    public double MinCoverage { get; init; } = 0.75;

    /// <summary>
    /// Whether means are weighted with the flow of <see cref="FlowTag"/>. When false, the flow only serves to leave
    /// out values taken without discharge (pH, temperature: HJ 356-2019 ch. 7).
    /// </summary>
    public bool FlowWeighted { get; init; } = true;

    /// <summary>Whether the mean is taken through the hydrogen-ion concentration, as a mean pH must be.</summary>
    public bool HydrogenIonMean { get; init; }

    /// <summary>Whether values of uncertain quality count as valid.</summary>
    public bool AcceptUncertain { get; init; }

    /// <summary>Flow at or below this is no discharge, in the unit of the flow tag (HJ 356-2019 ch. 6: invalid).</summary>
    public double ZeroFlow { get; init; }

    /// <summary>Source of the limit.</summary>
    public required LimitSource Source { get; init; }

    /// <summary>Identifier and version of the judging rule, stored with each verdict, e.g. "GB18918-2002/1A/8@1".</summary>
    public required string RuleId { get; init; }

    /// <summary>Unit of the values where it differs from that of the limit: mg/L below a limit in kg/d. Empty: the same.</summary>
    public string ReadingUnit { get; init; } = "";

    /// <summary>First day of the permit's week.</summary>
    public DayOfWeek WeekStart { get; init; } = DayOfWeek.Monday;

    /// <summary>Values a period needs, where the permit counts samples and not a part of those due; 0 for <see cref="MinCoverage"/>.</summary>
    public int MinReadings { get; init; }

    /// <summary>Decimals to which the statistic is rounded, half to even (GB/T 8170), before it is compared and shown; -1 for none.</summary>
    public int RoundTo { get; init; } = -1;

    /// <summary>Which percentile, above 0 to 100.</summary>
    public double Percent { get; init; } = 95;

    /// <summary>Hours of a reading of a percentile; divides 24.</summary>
    public int ReadingHours { get; init; } = 24;

    /// <summary>How a zero enters a geometric mean.</summary>
    public ZeroRule ZeroRule { get; init; }

    /// <summary>How a sample below the detection limit counts; the scan has none, laboratory samples do.</summary>
    public DetectionRule BelowDetection { get; init; }

    /// <summary>Limit of a single sample in <see cref="ReadingUnit"/>, for <see cref="Statistic.AnnualSamples"/>.</summary>
    public double SampleLimit { get; init; } = double.NaN;

    /// <summary>Failing samples permitted, for <see cref="Statistic.AnnualSamples"/>.</summary>
    public SampleAllowance? Allowance { get; init; }

    /// <summary>No sample may be above, and no excursion longer (minutes); NaN for none.</summary>
    public double Cap { get; init; } = double.NaN;

    /// <summary>Removal in % that complies as an alternative to the limit; NaN for none.</summary>
    public double MinRemoval { get; init; } = double.NaN;

    /// <summary>Index of the influent tag, -1 for none. Needed by a removal.</summary>
    public int InfluentTag { get; init; } = -1;

    /// <summary>Index of the influent flow tag, -1 for a mean over time.</summary>
    public int InfluentFlowTag { get; init; } = -1;

    /// <summary>Lower end of the band an excursion leaves.</summary>
    public double BandLow { get; init; } = double.NegativeInfinity;

    /// <summary>Upper end of the band an excursion leaves.</summary>
    public double BandHigh { get; init; } = double.PositiveInfinity;

    /// <summary>Turns value · flow · ticks into the mass unit of the limit.</summary>
    public double LoadFactor { get; init; } = 1;

    /// <summary>True when a load is one per day (kg/d), false when it is a total (kg).</summary>
    public bool LoadPerDay { get; init; } = true;

    /// <summary>True when sums are weighted with the flow.</summary>
    public bool IsFlowWeighted => FlowWeighted && FlowTag >= 0;

    /// <summary>True when the temperature chooses between two limits.</summary>
    public bool HasColdLimit => !double.IsNaN(ColdLimit);
}
