namespace Gateway.Simulation.Process;

/// <summary>
/// How much oxygen diffused air brings: an engineering relation beside the benchmark, which only knows KLa. Pure.
/// </summary>
internal static class Aeration
{
    // kg of oxygen in a Nm3 of dry air; share dissolved in clean water at the nominal air flow; and in sludge of that.
    private const double OxygenPerNm3 = 0.299;
    private const double NominalTransfer = 0.25;
    private const double Alpha = 0.6;

    // Nm3/h of a zone at a mean flow of 100,000 m3/d. More air per diffuser makes larger bubbles, which give less.
    private const double NominalAir = 10_000;
    private const double BubbleExponent = 0.88;

    /// <summary>KLa in 1/d of a zone: SOTR = KLa S_O,sat V, air flow = SOTR / (24 x 0.299 x SOTE x alpha).</summary>
    /// <param name="airNm3PerHour">Air into the zone.</param>
    /// <param name="volumeM3">Volume of the zone.</param>
    /// <param name="scale">Size of the lane; 1 for 100,000 m3/d.</param>
    public static double Kla(double airNm3PerHour, double volumeM3, double scale)
    {
        if (airNm3PerHour <= 0)
            return 0;
        var nominal = NominalAir * scale;
        var transferred = nominal * 24 * OxygenPerNm3 * NominalTransfer * Alpha * Math.Pow(airNm3PerHour / nominal, BubbleExponent);
        return transferred * 1000 / (Bsm1.Bsm1Dimensions.OxygenSaturation * volumeM3);
    }
}
