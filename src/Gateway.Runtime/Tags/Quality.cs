namespace Gateway.Runtime.Tags;

/// <summary>
/// Quality of a value in the layout and with the names of an OPC UA status code (OPC 10000-4 §7.39, OPC 10000-8 §6):
/// the top two bits are the severity, the low 16 bits carry flags.
/// </summary>
public readonly struct Quality : IEquatable<Quality>
{
    private const uint SeverityMask = 0xC000_0000;
    private const uint UncertainBits = 0x4000_0000;
    private const uint BadBits = 0x8000_0000;

    /// <summary>Makes a quality from its 32-bit status code.</summary>
    public Quality(uint code) => Code = code;

    /// <summary>The 32-bit status code.</summary>
    public uint Code { get; }

    /// <summary>The value can be used.</summary>
    public static Quality Good => new(0);
    /// <summary>The value may be used with care; no further reason known.</summary>
    public static Quality Uncertain => new(0x4000_0000);
    /// <summary>The source stopped and this is its last value; it is older than it should be.</summary>
    public static Quality UncertainLastUsableValue => new(0x4090_0000);
    /// <summary>The sensor is at or beyond its accuracy (frozen, cleaning, calibrating).</summary>
    public static Quality UncertainSensorNotAccurate => new(0x4093_0000);
    /// <summary>The value is outside the range defined for its engineering units.</summary>
    public static Quality UncertainEngineeringUnitsExceeded => new(0x4094_0000);
    /// <summary>The value comes from fewer sources than required (a mean with gaps).</summary>
    public static Quality UncertainSubNormal => new(0x4095_0000);
    /// <summary>A substitute stands in the place of the value.</summary>
    public static Quality UncertainSubstituteValue => new(0x4091_0000);
    /// <summary>The value cannot be used; no further reason known.</summary>
    public static Quality Bad => new(0x8000_0000);
    /// <summary>The answer could not be trusted (framing, mismatch, checksum).</summary>
    public static Quality BadCommunicationError => new(0x8005_0000);
    /// <summary>No answer within the time-out.</summary>
    public static Quality BadTimeout => new(0x800A_0000);
    /// <summary>The connection to the source is not there.</summary>
    public static Quality BadNoCommunication => new(0x8031_0000);
    /// <summary>No value has come since start.</summary>
    public static Quality BadWaitingForInitialData => new(0x8032_0000);
    /// <summary>The device refuses this address; the configuration must be corrected.</summary>
    public static Quality BadConfigurationError => new(0x8089_0000);
    /// <summary>The source was never connected.</summary>
    public static Quality BadNotConnected => new(0x808A_0000);
    /// <summary>The device answered with a failure.</summary>
    public static Quality BadDeviceFailure => new(0x808B_0000);
    /// <summary>The sensor reports failure or its reading is impossible.</summary>
    public static Quality BadSensorFailure => new(0x808C_0000);
    /// <summary>The tag was taken out of service.</summary>
    public static Quality BadOutOfService => new(0x808D_0000);
    /// <summary>The raw value is outside the range that can be meant.</summary>
    public static Quality BadOutOfRange => new(0x803C_0000);
    /// <summary>The raw bits are not a number (NaN, infinity, invalid BCD).</summary>
    public static Quality BadDecodingError => new(0x8007_0000);

    /// <summary>Severity 0: usable.</summary>
    public bool IsGood => (Code & SeverityMask) == 0;
    /// <summary>Severity 1: usable with care.</summary>
    public bool IsUncertain => (Code & SeverityMask) == UncertainBits;
    /// <summary>Severity 2 or 3: not usable.</summary>
    public bool IsBad => (Code & BadBits) != 0;

    /// <summary>The worse of two; on equal severity the first stays, so the oldest reason in a chain is kept.</summary>
    public static Quality Worst(Quality first, Quality second) =>
        (second.Code & SeverityMask) > (first.Code & SeverityMask) ? second : first;

    /// <summary>2 good, 1 uncertain, 0 bad: the number exported as a metric.</summary>
    public int Level => IsBad ? 0 : IsUncertain ? 1 : 2;

    /// <inheritdoc/>
    public bool Equals(Quality other) => Code == other.Code;
    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Quality other && Equals(other);
    /// <inheritdoc/>
    public override int GetHashCode() => (int)Code;
    /// <summary>Equality of the whole code.</summary>
    public static bool operator ==(Quality left, Quality right) => left.Code == right.Code;
    /// <summary>Inequality of the whole code.</summary>
    public static bool operator !=(Quality left, Quality right) => left.Code != right.Code;

    /// <summary>The OPC UA name of the code, or the severity with the code in hexadecimal when it has none here.</summary>
    public override string ToString() => QualityNames.NameOf(Code);
}
