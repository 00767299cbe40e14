using System.Globalization;

namespace Gateway.Runtime.Tags;

/// <summary>The names of the qualities the gateway gives or accepts, one table for printing and reading.</summary>
public static class QualityNames
{
    private static readonly (uint Code, string Name)[] Table =
    [
        (0x0000_0000, "Good"),
        (0x4000_0000, "Uncertain"),
        (0x4090_0000, "UncertainLastUsableValue"),
        (0x4091_0000, "UncertainSubstituteValue"),
        (0x4092_0000, "UncertainInitialValue"),
        (0x4093_0000, "UncertainSensorNotAccurate"),
        (0x4094_0000, "UncertainEngineeringUnitsExceeded"),
        (0x4095_0000, "UncertainSubNormal"),
        (0x8000_0000, "Bad"),
        (0x8005_0000, "BadCommunicationError"),
        (0x8007_0000, "BadDecodingError"),
        (0x800A_0000, "BadTimeout"),
        (0x8031_0000, "BadNoCommunication"),
        (0x8032_0000, "BadWaitingForInitialData"),
        (0x803C_0000, "BadOutOfRange"),
        (0x8089_0000, "BadConfigurationError"),
        (0x808A_0000, "BadNotConnected"),
        (0x808B_0000, "BadDeviceFailure"),
        (0x808C_0000, "BadSensorFailure"),
        (0x808D_0000, "BadOutOfService"),
    ];

    /// <summary>The name of <paramref name="code"/>; unknown codes print as severity and hexadecimal code.</summary>
    public static string NameOf(uint code)
    {
        foreach (var entry in Table)
            if (entry.Code == (code & 0xFFFF_0000))
                return entry.Name;
        string severity = (code & 0x8000_0000) != 0 ? "Bad" : (code & 0x4000_0000) != 0 ? "Uncertain" : "Good";
        return severity + "(0x" + code.ToString("X8", CultureInfo.InvariantCulture) + ")";
    }

    /// <summary>Finds the quality of that name; case matters, as in the standard.</summary>
    public static bool TryParse(string name, out Quality quality)
    {
        foreach (var entry in Table)
        {
            if (!string.Equals(entry.Name, name, StringComparison.Ordinal))
                continue;
            quality = new Quality(entry.Code);
            return true;
        }
        quality = Quality.Bad;
        return false;
    }
}
