using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Process;

/// <summary>
/// A lane in the night to a Monday after nine weeks of dry weather under local control; concentrations are the same for
/// every size. A test lets it run on and finds it unchanged after a week.
/// </summary>
internal static class SettledLane
{
    /// <summary>Writes the state.</summary>
    public static void Write(Span<double> state)
    {
        var rows = Tanks;
        for (var tank = 1; tank <= Bsm1Dimensions.Tanks; tank++)
            rows.Slice((tank - 1) * Asm1.Count, Asm1.Count).CopyTo(state[StateLayout.Tank(tank)..]);
        var layers = Layers;
        for (var layer = 0; layer < TakacsSettler.Layers; layer++)
            layers.Slice(layer * TakacsSettler.Row, TakacsSettler.Row).CopyTo(state[StateLayout.Layer(layer)..]);
    }

    // Tanks 1 to 5, components in the order of Asm1.
    private static ReadOnlySpan<double> Tanks =>
    [
        21, 2.2961, 1169.3, 72.185, 2664.3, 115.27, 464.16, 0.023205, 2.5619, 4.164, 0.87712, 4.4872, 5.4834,
        21, 1.3013, 1166.5, 70.335, 2657.4, 114.91, 463.55, 0.00040485, 1.2187, 4.5061, 0.62581, 4.5061, 5.6022,
        21, 1.0506, 1161.9, 60.896, 2650.3, 114.84, 462.32, 2.0258, 3.1521, 2.6784, 0.69111, 4.0301, 5.3237,
        21, 0.92915, 1158.1, 53.374, 2643.6, 114.76, 461.44, 2.0382, 4.7048, 1.3679, 0.68036, 3.6445, 5.1073,
        21, 0.83466, 1155.3, 47.424, 2638.1, 114.66, 461.01, 2.0401, 5.7432, 0.61556, 0.64764, 3.3354, 4.9677,
    ];

    // Layers from the bottom: solids, then the dissolved components.
    private static ReadOnlySpan<double> Layers =>
    [
        6461, 21, 0.90228, 2.0066, 5.775, 0.85741, 0.68184, 4.9227,
        472.82, 21, 0.88605, 2.0029, 5.766, 0.83269, 0.67359, 4.9298,
        347.7, 21, 0.87553, 2.0038, 5.78, 0.82879, 0.6681, 4.9352,
        347.73, 21, 0.86798, 2.0098, 5.8016, 0.81843, 0.66417, 4.9402,
        348.88, 21, 0.85942, 2.0205, 5.8102, 0.77684, 0.65989, 4.947,
        353.14, 21, 0.84581, 2.0341, 5.7852, 0.68787, 0.65321, 4.9581,
        65.755, 21, 0.86035, 2.0193, 5.8101, 0.78223, 0.66035, 4.9462,
        28.069, 21, 0.86918, 2.0086, 5.7988, 0.82217, 0.66478, 4.9393,
        17.437, 21, 0.87754, 2.0032, 5.7774, 0.83193, 0.66913, 4.9341,
        12.201, 21, 0.89, 2.0034, 5.7685, 0.84258, 0.67556, 4.9282,
    ];
}
