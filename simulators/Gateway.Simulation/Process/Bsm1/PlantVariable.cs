namespace Gateway.Simulation.Process.Bsm1;

/// <summary>A true value of the plant, by place and kind: what a sensor can be put on. Immutable.</summary>
public readonly record struct PlantVariable
{
    private PlantVariable(VariableKind kind, int index)
    {
        Kind = kind;
        Index = index;
    }

    /// <summary>Total solids over the weir in g/m3.</summary>
    public static PlantVariable EffluentSolids { get; } = Layer(TakacsSettler.Layers - 1, TakacsSettler.X);

    /// <summary>COD over the weir in g/m3.</summary>
    public static PlantVariable EffluentCod { get; } = new(VariableKind.EffluentCod, 0);

    /// <summary>Total nitrogen over the weir in g/m3.</summary>
    public static PlantVariable EffluentNitrogen { get; } = new(VariableKind.EffluentNitrogen, 0);

    /// <summary>Influent flow in m3/d.</summary>
    public static PlantVariable InfluentFlow { get; } = new(VariableKind.InfluentFlow, 0);

    internal VariableKind Kind { get; }

    internal int Index { get; }

    /// <summary>A component in a tank.</summary>
    /// <param name="tank">1 to 5.</param>
    /// <param name="component">Index in <see cref="Asm1"/>.</param>
    public static PlantVariable Tank(int tank, int component) => new(VariableKind.State, StateLayout.Tank(tank) + component);

    /// <summary>Total solids (MLSS) in a tank (1 to 5) in g/m3.</summary>
    public static PlantVariable TankSolids(int tank) => new(VariableKind.TankSolids, StateLayout.Tank(tank));

    /// <summary>A position of a settler layer's row, layer 0 at the bottom.</summary>
    public static PlantVariable Layer(int layer, int position) => new(VariableKind.State, StateLayout.Layer(layer) + position);

    /// <summary>A component of the influent.</summary>
    public static PlantVariable Influent(int component) => new(VariableKind.Influent, component);
}

/// <summary>How a <see cref="PlantVariable"/> is found.</summary>
internal enum VariableKind
{
    State,
    TankSolids,
    EffluentCod,
    EffluentNitrogen,
    InfluentFlow,
    Influent,
}
