namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// The thirteen state variables of Activated Sludge Model No. 1 (Henze et al. 1987): where each stands in a row of
/// concentrations. S is dissolved, X is particulate; g COD/m3, for nitrogen g N/m3, for alkalinity mol/m3.
/// </summary>
public static class Asm1
{
    /// <summary>Soluble inert organics.</summary>
    public const int SI = 0;

    /// <summary>Readily biodegradable substrate.</summary>
    public const int SS = 1;

    /// <summary>Particulate inert organics.</summary>
    public const int XI = 2;

    /// <summary>Slowly biodegradable substrate.</summary>
    public const int XS = 3;

    /// <summary>Heterotrophic biomass.</summary>
    public const int XBH = 4;

    /// <summary>Autotrophic biomass.</summary>
    public const int XBA = 5;

    /// <summary>Particulate products of decay.</summary>
    public const int XP = 6;

    /// <summary>Dissolved oxygen (negative COD).</summary>
    public const int SO = 7;

    /// <summary>Nitrate and nitrite nitrogen.</summary>
    public const int SNO = 8;

    /// <summary>Ammonium and ammonia nitrogen.</summary>
    public const int SNH = 9;

    /// <summary>Soluble biodegradable organic nitrogen.</summary>
    public const int SND = 10;

    /// <summary>Particulate biodegradable organic nitrogen.</summary>
    public const int XND = 11;

    /// <summary>Alkalinity.</summary>
    public const int SALK = 12;

    /// <summary>Number of state variables.</summary>
    public const int Count = 13;

    /// <summary>Number of processes.</summary>
    public const int Processes = 8;

    /// <summary>Length of a row in memory: padded with zeros so that it is a whole number of vectors.</summary>
    public const int Row = 16;

    /// <summary>Symbols in the order of the indexes.</summary>
    public static IReadOnlyList<string> Symbols { get; } = ["SI", "SS", "XI", "XS", "XBH", "XBA", "XP", "SO", "SNO", "SNH", "SND", "XND", "SALK"];

    /// <summary>Total solids in g/m3: 0.75 g per g of particulate COD.</summary>
    /// <param name="z">A row of concentrations.</param>
    public static double Solids(ReadOnlySpan<double> z) => 0.75 * (z[XI] + z[XS] + z[XBH] + z[XBA] + z[XP]);
}
