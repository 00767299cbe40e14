using Gateway.Simulation.Instruments;

namespace Gateway.Simulation.Process.Bsm1;

/// <summary>How a plant is built. Immutable.</summary>
public sealed record Bsm1Options
{
    /// <summary>Parameters of the biology.</summary>
    public Asm1Parameters Biology { get; init; } = new();

    /// <summary>Sizes.</summary>
    public Bsm1Dimensions Size { get; init; } = new();

    /// <summary>
    /// Has the filter of the reference implementation (8.64 s on flow and mass flows) before tank 1. It was put there to
    /// break algebraic loops, but the published dynamic results contain it: without it the effluent carries about 0.03 %
    /// more. Steady states are the same.
    /// </summary>
    public bool HasMixingFilter { get; init; } = true;

    /// <summary>The integration method.</summary>
    public RungeKuttaOrder Order { get; init; } = RungeKuttaOrder.Four;

    /// <summary>Sensors beyond the two of the default loops; they measure and control nothing.</summary>
    public IReadOnlyList<BenchmarkSensor> MoreSensors { get; init; } = [];

    internal static BenchmarkSensor[] LoopSensors() =>
    [
        new("SO5", PlantVariable.Tank(5, Asm1.SO), SensorClass.A, 0, 10, 0),
        new("SNO2", PlantVariable.Tank(2, Asm1.SNO), SensorClass.B0, 0, 20, 1),
    ];
}
