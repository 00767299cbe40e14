using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Process;

/// <summary>
/// A lane in the night to a Monday after nine weeks of dry weather under local control; concentrations are the same for
/// every size. The mode <c>settled</c> of Gateway.Benchmarks prints these rows; a test lets them run on for a week.
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
        21, 2.2883, 1165, 71.549, 2647.5, 114.96, 464.27, 0.023394, 2.5694, 4.1208, 0.87492, 4.4498, 5.4786,
        21, 1.2976, 1163.1, 69.735, 2642.7, 114.69, 464.03, 0.00040991, 1.2304, 4.461, 0.62554, 4.4704, 5.597,
        21, 1.0478, 1158.7, 60.384, 2636.2, 114.64, 462.89, 2.0258, 3.1572, 2.6398, 0.69007, 3.9989, 5.3195,
        21, 0.92662, 1155, 52.932, 2629.6, 114.57, 462.02, 2.0381, 4.6976, 1.3408, 0.67922, 3.6168, 5.1048,
        21, 0.8325, 1152.2, 47.038, 2624, 114.46, 461.56, 2.0395, 5.7215, 0.60165, 0.64658, 3.3105, 4.9673,
    ];

    // Layers from the bottom: solids, then the dissolved components.
    private static ReadOnlySpan<double> Layers =>
    [
        6353.9, 21, 0.89924, 2.0064, 5.7536, 0.8369, 0.68035, 4.9222,
        345.64, 21, 0.8833, 2.0027, 5.7439, 0.81361, 0.67224, 4.9294,
        345.63, 21, 0.87299, 2.0036, 5.7578, 0.81018, 0.66685, 4.9348,
        345.66, 21, 0.86558, 2.0096, 5.7797, 0.79999, 0.66298, 4.9397,
        346.8, 21, 0.85712, 2.0202, 5.7887, 0.75914, 0.65876, 4.9465,
        351, 21, 0.84361, 2.0336, 5.7638, 0.67228, 0.65213, 4.9575,
        65.215, 21, 0.85812, 2.0189, 5.7885, 0.76483, 0.65925, 4.9456,
        27.831, 21, 0.86693, 2.0082, 5.7765, 0.80387, 0.66367, 4.9388,
        17.296, 21, 0.87535, 2.003, 5.7549, 0.81353, 0.66806, 4.9335,
        12.112, 21, 0.88797, 2.0034, 5.7474, 0.82483, 0.67457, 4.9274,
    ];
}
