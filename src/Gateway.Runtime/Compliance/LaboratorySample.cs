namespace Gateway.Runtime.Compliance;

/// <summary>What was written before the number of a sample.</summary>
public enum SampleQualifier : byte
{
    /// <summary>A number as it is.</summary>
    None,
    /// <summary>"&lt;": below the detection limit that follows.</summary>
    Below,
    /// <summary>"&gt;": above the measuring range that follows.</summary>
    Above,
}

/// <summary>One sample of a file. A plain value.</summary>
/// <param name="Utc">Time, UTC ticks.</param>
/// <param name="Value">The number, without its qualifier; NaN for none.</param>
/// <param name="Qualifier">What stood before it.</param>
/// <param name="IsGood">False when the file says that the value must not be used.</param>
public readonly record struct LaboratorySample(long Utc, double Value, SampleQualifier Qualifier, bool IsGood)
{
    /// <summary>The number that counts by a permit's rule for values below detection.</summary>
    public double Counted(DetectionRule rule) => (Qualifier, rule) switch
    {
        (SampleQualifier.Below, DetectionRule.Zero) => 0,
        (SampleQualifier.Below, DetectionRule.Half) => Value / 2,
        _ => Value,
    };
}
