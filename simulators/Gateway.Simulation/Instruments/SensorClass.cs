namespace Gateway.Simulation.Instruments;

/// <summary>
/// Dynamic behavior of an instrument, in the sensor classes of the IWA benchmark (Rieger et al. 2003).
/// </summary>
public enum SensorClass
{
    /// <summary>Exact and immediate: a feedback or counter of the controller itself.</summary>
    Ideal,

    /// <summary>Two equal first-order lags: flow, level, temperature, pH, DO, solids.</summary>
    A,

    /// <summary>Eight equal lags: continuous in-situ analyzers (ammonium, nitrate).</summary>
    B0,

    /// <summary>As <see cref="B0"/>, then sampled and held every 5 minutes: photometric analyzers.</summary>
    B1,

    /// <summary>As <see cref="B0"/> with a slower sample preparation.</summary>
    C0,

    /// <summary>As <see cref="B1"/> with a slower sample preparation.</summary>
    C1,

    /// <summary>A batch of 30 minutes whose result is shown one batch later: COD, total N, total P with digestion.</summary>
    D,
}
