namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// Sizes and default flows of the plant (Alex et al. 2008). With a scale, volumes, area and flows are multiplied and
/// depths, concentrations and KLa stay: all trajectories of concentrations are then exactly those of the benchmark.
/// </summary>
/// <param name="Scale">Size of the plant; 1 is the benchmark, 18,446 m3/d on average.</param>
public sealed record Bsm1Dimensions(double Scale = 1)
{
    /// <summary>Number of tanks.</summary>
    public const int Tanks = 5;

    /// <summary>Saturation of oxygen in g/m3, S_O,sat.</summary>
    public const double OxygenSaturation = 8;

    /// <summary>COD of the external carbon source in g/m3, all of it readily biodegradable.</summary>
    public const double CarbonStrength = 400_000;

    /// <summary>Height of a settler layer in m: 4 m in ten layers.</summary>
    public const double LayerHeight = 0.4;

    /// <summary>Highest KLa in 1/d.</summary>
    public const double MostAeration = 360;

    private const double AnoxicVolume = 1000;
    private const double AerobicVolume = 1333;
    private const double Area = 1500;
    private const double MeanInflow = 18_446;

    /// <summary>Average dry-weather influent in m3/d.</summary>
    public double Inflow => MeanInflow * Scale;

    /// <summary>Settler surface in m2.</summary>
    public double SettlerArea => Area * Scale;

    /// <summary>Volume of one settler layer in m3.</summary>
    public double LayerVolume => SettlerArea * LayerHeight;

    /// <summary>Default internal recycle of the open loop in m3/d, three times the influent.</summary>
    public double InternalRecycle => 3 * Inflow;

    /// <summary>Default return sludge in m3/d.</summary>
    public double ReturnSludge => Inflow;

    /// <summary>Default waste sludge in m3/d.</summary>
    public double WasteSludge => 385 * Scale;

    /// <summary>Highest internal recycle in m3/d.</summary>
    public double MostInternalRecycle => 5 * Inflow;

    /// <summary>Highest return sludge flow in m3/d.</summary>
    public double MostReturnSludge => 2 * Inflow;

    /// <summary>Highest waste sludge flow in m3/d.</summary>
    public double MostWasteSludge => 0.1 * Inflow;

    /// <summary>Highest carbon dose into one tank in m3/d.</summary>
    public double MostCarbon => 5 * Scale;

    /// <summary>Volume of a tank in m3.</summary>
    /// <param name="tank">1 to 5.</param>
    public double Volume(int tank) => (tank <= 2 ? AnoxicVolume : AerobicVolume) * Scale;
}
