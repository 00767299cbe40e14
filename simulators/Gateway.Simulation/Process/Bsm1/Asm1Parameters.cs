namespace Gateway.Simulation.Process.Bsm1;

/// <summary>Parameters of ASM1; the values are those of the benchmark at 15 degrees Celsius (Alex et al. 2008, table 2). Immutable.</summary>
public sealed record Asm1Parameters
{
    /// <summary>The benchmark's values.</summary>
    public static Asm1Parameters Default { get; } = new();

    /// <summary>Y_A, autotrophic yield, g COD/g N.</summary>
    public double AutotrophicYield { get; init; } = 0.24;

    /// <summary>Y_H, heterotrophic yield, g COD/g COD.</summary>
    public double HeterotrophicYield { get; init; } = 0.67;

    /// <summary>f_P, share of decayed biomass that becomes inert products.</summary>
    public double InertShare { get; init; } = 0.08;

    /// <summary>i_XB, nitrogen in biomass, g N/g COD.</summary>
    public double NitrogenInBiomass { get; init; } = 0.08;

    /// <summary>i_XP, nitrogen in decay products, g N/g COD.</summary>
    public double NitrogenInProducts { get; init; } = 0.06;

    /// <summary>mu_H, fastest heterotrophic growth, 1/d.</summary>
    public double HeterotrophicGrowth { get; init; } = 4.0;

    /// <summary>K_S, half saturation of substrate, g COD/m3.</summary>
    public double SubstrateSaturation { get; init; } = 10.0;

    /// <summary>K_OH, half saturation of oxygen for heterotrophs, g/m3.</summary>
    public double OxygenSaturationHeterotrophs { get; init; } = 0.2;

    /// <summary>K_NO, half saturation of nitrate, g N/m3.</summary>
    public double NitrateSaturation { get; init; } = 0.5;

    /// <summary>b_H, heterotrophic decay, 1/d.</summary>
    public double HeterotrophicDecay { get; init; } = 0.3;

    /// <summary>eta_g, anoxic share of heterotrophic growth.</summary>
    public double AnoxicGrowthShare { get; init; } = 0.8;

    /// <summary>eta_h, anoxic share of hydrolysis.</summary>
    public double AnoxicHydrolysisShare { get; init; } = 0.8;

    /// <summary>k_h, fastest hydrolysis, g COD/(g COD d).</summary>
    public double Hydrolysis { get; init; } = 3.0;

    /// <summary>K_X, half saturation of hydrolysis, g COD/g COD.</summary>
    public double HydrolysisSaturation { get; init; } = 0.1;

    /// <summary>mu_A, fastest autotrophic growth, 1/d.</summary>
    public double AutotrophicGrowth { get; init; } = 0.5;

    /// <summary>K_NH, half saturation of ammonium, g N/m3.</summary>
    public double AmmoniumSaturation { get; init; } = 1.0;

    /// <summary>K_OA, half saturation of oxygen for autotrophs, g/m3.</summary>
    public double OxygenSaturationAutotrophs { get; init; } = 0.4;

    /// <summary>b_A, autotrophic decay, 1/d.</summary>
    public double AutotrophicDecay { get; init; } = 0.05;

    /// <summary>k_a, ammonification, m3/(g COD d).</summary>
    public double Ammonification { get; init; } = 0.05;
}
