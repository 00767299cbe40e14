namespace Gateway.Simulation.Process.Bsm1;

/// <summary>Where things stand in the plant's state: 145 states of the benchmark in rows, then those of the devices.</summary>
internal static class StateLayout
{
    /// <summary>Five tanks in rows of <see cref="Asm1.Row"/>.</summary>
    public const int Tanks = 0;

    /// <summary>Ten layers from the bottom in rows of <see cref="TakacsSettler.Row"/>.</summary>
    public const int Settler = Tanks + (Bsm1Dimensions.Tanks * Asm1.Row);

    /// <summary>Filtered mass flows (g/d) at the mixing point, and the filtered flow.</summary>
    public const int MixingFilter = Settler + (TakacsSettler.Layers * TakacsSettler.Row);

    /// <summary>Position of the flow in the filter's row, behind the components.</summary>
    public const int FilterFlow = MixingFilter + Asm1.Row - 1;

    /// <summary>First lag of the KLa of each tank.</summary>
    public const int AerationLag = MixingFilter + Asm1.Row;

    /// <summary>Second lag: the KLa that the tank sees.</summary>
    public const int Aeration = AerationLag + Bsm1Dimensions.Tanks;

    /// <summary>Lag of the internal recycle.</summary>
    public const int Recycle = Aeration + Bsm1Dimensions.Tanks;

    /// <summary>Integral and tracking state of the oxygen loop.</summary>
    public const int OxygenLoop = Recycle + 1;

    /// <summary>Integral and tracking state of the nitrate loop.</summary>
    public const int NitrateLoop = OxygenLoop + 2;

    /// <summary>The lags of the sensors.</summary>
    public const int Sensors = NitrateLoop + 2;

    public static int Tank(int tank) => Tanks + ((tank - 1) * Asm1.Row);

    public static int Layer(int layer) => Settler + (layer * TakacsSettler.Row);
}
