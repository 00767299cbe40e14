namespace Gateway.Simulation.Process.Bsm1;

/// <summary>Sums that laboratories measure, made of ASM1 components (Alex et al. 2008, section 6); g/m3.</summary>
public static class Quality
{
    /// <summary>Share of degradable COD that BOD5 sees in the effluent.</summary>
    public const double EffluentBodShare = 0.25;

    /// <summary>Share of degradable COD that BOD5 sees in the influent.</summary>
    public const double InfluentBodShare = 0.65;

    /// <summary>Chemical oxygen demand.</summary>
    public static double Cod(ReadOnlySpan<double> z) => z[Asm1.SS] + z[Asm1.SI] + z[Asm1.XS] + z[Asm1.XI] + z[Asm1.XBH] + z[Asm1.XBA] + z[Asm1.XP];

    /// <summary>Kjeldahl nitrogen.</summary>
    public static double KjeldahlNitrogen(ReadOnlySpan<double> z, Asm1Parameters parameters) =>
        z[Asm1.SNH] + z[Asm1.SND] + z[Asm1.XND] + (parameters.NitrogenInBiomass * (z[Asm1.XBH] + z[Asm1.XBA])) + (parameters.NitrogenInProducts * (z[Asm1.XP] + z[Asm1.XI]));

    /// <summary>Total nitrogen.</summary>
    public static double TotalNitrogen(ReadOnlySpan<double> z, Asm1Parameters parameters) => z[Asm1.SNO] + KjeldahlNitrogen(z, parameters);

    /// <summary>Biochemical oxygen demand in five days.</summary>
    /// <param name="z">A row of concentrations.</param>
    /// <param name="parameters">Parameters of the biology.</param>
    /// <param name="share">0.25 for effluents, 0.65 for influents.</param>
    public static double Bod(ReadOnlySpan<double> z, Asm1Parameters parameters, double share) =>
        share * (z[Asm1.SS] + z[Asm1.XS] + ((1 - parameters.InertShare) * (z[Asm1.XBH] + z[Asm1.XBA])));
}
