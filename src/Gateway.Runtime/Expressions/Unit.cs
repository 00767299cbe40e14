using System.Globalization;

namespace Gateway.Runtime.Expressions;

/// <summary>
/// A unit of measure as a factor to SI and exponents of the base dimensions, so that an expression's units can be
/// checked and converted at load. Immutable.
/// </summary>
/// <param name="Factor">Size of one of this unit in SI base units.</param>
/// <param name="Mass">Exponent of kilogram.</param>
/// <param name="Length">Exponent of meter.</param>
/// <param name="Time">Exponent of second.</param>
/// <param name="Temperature">Exponent of kelvin; only differences convert, an offset scale such as °C is kept apart by its name.</param>
/// <param name="Current">Exponent of ampere.</param>
public readonly record struct Unit(double Factor, int Mass, int Length, int Time, int Temperature, int Current)
{
    private static readonly Dictionary<string, Unit> Symbols = new(StringComparer.Ordinal)
    {
        ["1"] = new(1, 0, 0, 0, 0, 0),
        ["-"] = new(1, 0, 0, 0, 0, 0),
        ["%"] = new(0.01, 0, 0, 0, 0, 0),
        ["pH"] = new(1, 0, 0, 0, 0, 0),
        ["g"] = new(1e-3, 1, 0, 0, 0, 0),
        ["kg"] = new(1, 1, 0, 0, 0, 0),
        ["mg"] = new(1e-6, 1, 0, 0, 0, 0),
        ["ug"] = new(1e-9, 1, 0, 0, 0, 0),
        ["t"] = new(1e3, 1, 0, 0, 0, 0),
        ["m"] = new(1, 0, 1, 0, 0, 0),
        ["mm"] = new(1e-3, 0, 1, 0, 0, 0),
        ["cm"] = new(1e-2, 0, 1, 0, 0, 0),
        ["km"] = new(1e3, 0, 1, 0, 0, 0),
        ["m2"] = new(1, 0, 2, 0, 0, 0),
        ["m3"] = new(1, 0, 3, 0, 0, 0),
        ["Nm3"] = new(1, 0, 3, 0, 0, 0),
        ["L"] = new(1e-3, 0, 3, 0, 0, 0),
        ["mL"] = new(1e-6, 0, 3, 0, 0, 0),
        ["s"] = new(1, 0, 0, 1, 0, 0),
        ["ms"] = new(1e-3, 0, 0, 1, 0, 0),
        ["min"] = new(60, 0, 0, 1, 0, 0),
        ["h"] = new(3600, 0, 0, 1, 0, 0),
        ["d"] = new(86400, 0, 0, 1, 0, 0),
        ["Hz"] = new(1, 0, 0, -1, 0, 0),
        ["rpm"] = new(1.0 / 60, 0, 0, -1, 0, 0),
        ["degC"] = new(1, 0, 0, 0, 1, 0),
        ["K"] = new(1, 0, 0, 0, 1, 0),
        ["Pa"] = new(1, 1, -1, -2, 0, 0),
        ["kPa"] = new(1e3, 1, -1, -2, 0, 0),
        ["bar"] = new(1e5, 1, -1, -2, 0, 0),
        ["mbar"] = new(1e2, 1, -1, -2, 0, 0),
        ["MPa"] = new(1e6, 1, -1, -2, 0, 0),
        ["kPa(g)"] = new(1e3, 1, -1, -2, 0, 0),
        ["W"] = new(1, 1, 2, -3, 0, 0),
        ["kW"] = new(1e3, 1, 2, -3, 0, 0),
        ["MW"] = new(1e6, 1, 2, -3, 0, 0),
        ["J"] = new(1, 1, 2, -2, 0, 0),
        ["Wh"] = new(3600, 1, 2, -2, 0, 0),
        ["kWh"] = new(3.6e6, 1, 2, -2, 0, 0),
        ["MWh"] = new(3.6e9, 1, 2, -2, 0, 0),
        ["A"] = new(1, 0, 0, 0, 0, 1),
        ["mA"] = new(1e-3, 0, 0, 0, 0, 1),
        ["V"] = new(1, 1, 2, -3, 0, -1),
        ["mV"] = new(1e-3, 1, 2, -3, 0, -1),
        ["NTU"] = new(1, 0, 0, 0, 0, 0),
        ["FNU"] = new(1, 0, 0, 0, 0, 0),
    };

    /// <summary>A pure number.</summary>
    public static Unit One => new(1, 0, 0, 0, 0, 0);

    /// <summary>True when the dimensions are equal, so that one converts into the other by a factor.</summary>
    public bool SameDimension(Unit other) =>
        (Mass, Length, Time, Temperature, Current) == (other.Mass, other.Length, other.Time, other.Temperature, other.Current);

    /// <summary>True for a pure number such as a ratio or a percentage.</summary>
    public bool IsDimensionless => SameDimension(One);

    /// <summary>Product of two units.</summary>
    public static Unit Multiply(Unit a, Unit b) =>
        new(a.Factor * b.Factor, a.Mass + b.Mass, a.Length + b.Length, a.Time + b.Time, a.Temperature + b.Temperature, a.Current + b.Current);

    /// <summary>Quotient of two units.</summary>
    public static Unit Divide(Unit a, Unit b) =>
        new(a.Factor / b.Factor, a.Mass - b.Mass, a.Length - b.Length, a.Time - b.Time, a.Temperature - b.Temperature, a.Current - b.Current);

    /// <summary>
    /// Reads a unit such as <c>mg/L</c>, <c>m3/h</c>, <c>kWh/m3</c> or <c>kg/m2/h</c>: symbols joined by <c>*</c> and
    /// <c>/</c>; empty and "-" mean a pure number.
    /// </summary>
    /// <returns>False when a symbol is not known; it is returned in <paramref name="unknown"/>.</returns>
    public static bool TryParse(string text, out Unit unit, out string unknown)
    {
        unit = One;
        unknown = "";
        if (text.Length == 0 || Symbols.TryGetValue(text, out unit))
        {
            if (text.Length == 0)
                unit = One;
            return true;
        }
        unit = One;
        int start = 0;
        bool divide = false;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] is not ('/' or '*'))
                continue;
            string symbol = text[start..i];
            if (!Symbols.TryGetValue(symbol, out Unit part))
            {
                unknown = symbol;
                return false;
            }
            unit = divide ? Divide(unit, part) : Multiply(unit, part);
            divide = i < text.Length && text[i] == '/';
            start = i + 1;
        }
        return true;
    }

    /// <summary>The symbols known, for suggestions.</summary>
    public static IReadOnlyCollection<string> KnownSymbols => Symbols.Keys;

    /// <summary>Dimensions and factor in readable form, for messages.</summary>
    public override string ToString()
    {
        if (IsDimensionless)
            return Factor == 1 ? "a pure number" : "a pure number × " + Factor.ToString("R", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $"kg^{Mass} m^{Length} s^{Time}{(Temperature != 0 ? $" K^{Temperature}" : "")}{(Current != 0 ? $" A^{Current}" : "")} × {Factor:R}");
    }
}
