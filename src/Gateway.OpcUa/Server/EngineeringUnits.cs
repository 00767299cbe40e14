using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <summary>Engineering units by the codes of UNECE Recommendation 20, as OPC UA wants them (Part 8 §5.6.3). Pure.</summary>
public static class EngineeringUnits
{
    /// <summary>Whose unit ids they are (Part 8 §5.6.3.2).</summary>
    public const string UneceUri = "http://www.opcfoundation.org/UA/units/un/cefact";

    // Part 8 §5.6.3.1: a unit without an id.
    private const int NoId = -1;

    /// <summary>Symbols as tables of tags write them, with code and name of Recommendation 20, revision 17.</summary>
    private static readonly Dictionary<string, (string Code, string Name)> s_codes = new(StringComparer.Ordinal)
    {
        ["%"] = ("P1", "percent"),
        ["m"] = ("MTR", "metre"),
        ["mm"] = ("MMT", "millimetre"),
        ["cm"] = ("CMT", "centimetre"),
        ["km"] = ("KMT", "kilometre"),
        ["m2"] = ("MTK", "square metre"),
        ["m3"] = ("MTQ", "cubic metre"),
        ["L"] = ("LTR", "litre"),
        ["mL"] = ("MLT", "millilitre"),
        ["mg"] = ("MGM", "milligram"),
        ["g"] = ("GRM", "gram"),
        ["kg"] = ("KGM", "kilogram"),
        ["t"] = ("TNE", "tonne (metric ton)"),
        ["ms"] = ("C26", "millisecond"),
        ["s"] = ("SEC", "second [unit of time]"),
        ["min"] = ("MIN", "minute [unit of time]"),
        ["h"] = ("HUR", "hour"),
        ["d"] = ("DAY", "day"),
        ["Hz"] = ("HTZ", "hertz"),
        ["rpm"] = ("RPM", "revolutions per minute"),
        ["1/min"] = ("RPM", "revolutions per minute"),
        ["degC"] = ("CEL", "degree Celsius"),
        ["°C"] = ("CEL", "degree Celsius"),
        ["K"] = ("KEL", "kelvin"),
        ["Pa"] = ("PAL", "pascal"),
        ["kPa"] = ("KPA", "kilopascal"),
        ["kPa(g)"] = ("KPA", "kilopascal"),
        ["MPa"] = ("MPA", "megapascal"),
        ["mbar"] = ("MBR", "millibar"),
        ["bar"] = ("BAR", "bar [unit of pressure]"),
        ["W"] = ("WTT", "watt"),
        ["kW"] = ("KWT", "kilowatt"),
        ["MW"] = ("MAW", "megawatt"),
        ["J"] = ("JOU", "joule"),
        ["Wh"] = ("WHR", "watt hour"),
        ["kWh"] = ("KWH", "kilowatt hour"),
        ["MWh"] = ("MWH", "megawatt hour (1000 kW.h)"),
        ["mA"] = ("4K", "milliampere"),
        ["A"] = ("AMP", "ampere"),
        ["mV"] = ("2Z", "millivolt"),
        ["V"] = ("VLT", "volt"),
        ["mg/L"] = ("M1", "milligram per litre"),
        ["g/L"] = ("GL", "gram per litre"),
        ["g/m3"] = ("A93", "gram per cubic metre"),
        ["kg/m3"] = ("KMQ", "kilogram per cubic metre"),
        ["1/L"] = ("K63", "reciprocal litre"),
        ["m3/s"] = ("MQS", "cubic metre per second"),
        ["m3/h"] = ("MQH", "cubic metre per hour"),
        ["m3/d"] = ("G52", "cubic metre per day"),
        ["Nm3/h"] = ("Q40", "normalized cubic metre per hour"),
        ["L/s"] = ("G51", "litre per second"),
        ["L/min"] = ("L2", "litre per minute"),
        ["L/h"] = ("E32", "litre per hour"),
        ["kg/h"] = ("E93", "kilogram per hour"),
        ["kg/d"] = ("F30", "kilogram per day"),
        ["kWh/m3"] = ("E46", "kilowatt hour per cubic metre"),
        ["m/s"] = ("MTS", "metre per second"),
    };

    /// <summary>
    /// The unit of a symbol. A symbol that Recommendation 20 has no code for becomes a unit without an id.
    /// </summary>
    /// <param name="symbol">For example <c>m3/h</c>; it is shown to people as it is.</param>
    /// <returns>Null for no unit: an empty symbol or "-".</returns>
    public static EUInformation? Find(string symbol)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        if (symbol is "" or "-")
            return null;
        var isKnown = s_codes.TryGetValue(symbol, out var unit);
        return new EUInformation
        {
            NamespaceUri = isKnown ? UneceUri : null,
            UnitId = isKnown ? IdOf(unit.Code) : NoId,
            DisplayName = new LocalizedText(symbol, "en"),
            Description = new LocalizedText(isKnown ? unit.Name : symbol, "en"),
        };
    }

    /// <summary>The id of a common code: its characters as the bytes of a number, the last one lowest (Part 8 §5.6.3.3).</summary>
    private static int IdOf(string code)
    {
        var id = 0;
        foreach (var letter in code)
            id = (id << 8) | letter;
        return id;
    }
}
