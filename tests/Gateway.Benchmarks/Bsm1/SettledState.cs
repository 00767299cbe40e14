using System.Globalization;
using Gateway.Simulation.Process;
using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Benchmarks.Bsm1;

/// <summary>
/// Makes the table from which each lane of the simulated works starts (<c>SettledLane</c>): nine weeks of dry weather
/// under local control, up to the midnight before a Monday, without noise.
/// </summary>
internal static class SettledState
{
    private const int Weeks = 9;

    // Midnight by local time, eight hours ahead of UTC, before a Monday.
    private static readonly DateTimeOffset s_end = new(2026, 5, 3, 16, 0, 0, TimeSpan.Zero);

    public static int Run(TextWriter output)
    {
        var plant = new SimulatedPlant(new PlantOptions { Start = s_end.AddDays(-7 * Weeks), WarmUp = TimeSpan.Zero, NoiseScale = 0, Lanes = 1 });
        for (int day = 0; day < 7 * Weeks; day++)
            plant.Step(86_400);
        Bsm1Plant lane = plant.Process.Lanes[0].Model;
        output.WriteLine($"State at {plant.Now:u}. Tanks 1 to 5, components in the order of Asm1:");
        for (int tank = 1; tank <= Bsm1Dimensions.Tanks; tank++)
            Write(output, lane.Tank(tank)[..Asm1.Count]);
        output.WriteLine("Layers from the bottom: solids, then the dissolved components:");
        for (int layer = 0; layer < TakacsSettler.Layers; layer++)
            Write(output, lane.Layer(layer)[..TakacsSettler.Row]);
        return 0;
    }

    private static void Write(TextWriter output, ReadOnlySpan<double> row)
    {
        foreach (double value in row)
            output.Write(value.ToString("G5", CultureInfo.InvariantCulture) + ", ");
        output.WriteLine();
    }
}
