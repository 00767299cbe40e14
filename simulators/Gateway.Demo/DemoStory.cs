using Gateway.Simulation.Plc;
using Gateway.Simulation.Process;

namespace Gateway.Demo;

/// <summary>
/// What goes wrong in the simulated plant during the first minutes, so that somebody who starts the demo sees alarms
/// come and go. It happens once; after that the plant is left alone.
/// </summary>
internal static class DemoStory
{
    private static readonly (int AtSeconds, string Text, Action<SimulatedPlant> Act)[] Events =
    [
        (15, "blower 2 trips (alarm BL2_FAULT, latched)", plant => plant.Process.Air.Blowers[1].Trip()),
        (45, "lane 3 loses its I/O station (alarm L3_IO_LOST)", plant => plant.Process.Lanes[2].IsIoLost = true),
        (105, "lane 3 has its I/O station back", plant => plant.Process.Lanes[2].IsIoLost = false),
        (150, "blower 2 is reset in the field", plant => plant.Process.Air.Blowers[1].Reset()),
    ];

    /// <summary>Plays the events until they are over or the demo ends.</summary>
    public static async Task PlayAsync(SimulatedPlcStation station, CancellationToken cancel)
    {
        int now = 0;
        foreach (var (at, text, act) in Events)
        {
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(at - now), cancel);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            now = at;
            station.Use(plant =>
            {
                act(plant);
                return true;
            });
            Console.WriteLine($"  simulated: {text}");
        }
    }
}
