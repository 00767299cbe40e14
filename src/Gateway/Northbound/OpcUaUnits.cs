using Gateway.OpcUa.Types;

namespace Gateway.Northbound;

/// <summary>Units of the site as OPC UA names them: by the codes of UN/CEFACT recommendation 20 where there is one.</summary>
internal static class OpcUaUnits
{
    private const string Cefact = "http://www.opcfoundation.org/UA/units/un/cefact";

    /// <summary>The unit's description; null for no unit.</summary>
    public static EUInformation? Find(string unit)
    {
        if (unit.Length == 0)
            return null;
        string? code = Code(unit);
        return new EUInformation
        {
            NamespaceUri = code is null ? null : Cefact,
            UnitId = code is null ? -1 : Number(code),
            DisplayName = new LocalizedText(unit, "en"),
            Description = new LocalizedText(unit, "en"),
        };
    }

    /// <summary>The code's characters as a big-endian number (Part 8 §5.6.3).</summary>
    internal static int Number(string code)
    {
        int number = 0;
        foreach (char letter in code)
            number = (number << 8) | letter;
        return number;
    }

    private static string? Code(string unit) => unit switch
    {
        "mg/L" => "M1",
        "°C" or "degC" => "CEL",
        "%" => "P1",
        "m3/h" => "MQH",
        "m3/d" => "G52",
        "m3" => "MTQ",
        "m" => "MTR",
        "mm" => "MMT",
        "bar" => "BAR",
        "kPa" => "KPA",
        "mbar" => "MBR",
        "kW" => "KWT",
        "kWh" => "KWH",
        "A" => "AMP",
        "V" => "VLT",
        "Hz" => "HTZ",
        "h" => "HUR",
        "min" => "MIN",
        "s" => "SEC",
        "d" => "DAY",
        "kg" => "KGM",
        "kg/h" => "E93",
        "kg/d" => "F30",
        "L" => "LTR",
        "L/h" => "E32",
        "rpm" or "1/min" => "RPM",
        _ => null,
    };
}
