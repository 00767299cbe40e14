using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Process;

/// <summary>How a <see cref="SimulatedPlant"/> is set up.</summary>
public sealed record PlantOptions
{
    /// <summary>Number of treatment lanes, 1 to 16.</summary>
    public int Lanes { get; init; } = 4;

    /// <summary>Mean dry-weather flow of a lane in m3/d; all volumes and machines scale with it.</summary>
    public double MeanFlowM3PerDayPerLane { get; init; } = 100_000;

    /// <summary>Decides noise and the wandering of the influent.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The instant at which the plant starts.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Local time minus UTC: people wake up and shower by local time.</summary>
    public TimeSpan LocalOffset { get; init; } = TimeSpan.FromHours(8);

    /// <summary>Influent for a plant of the benchmark's size, repeated for ever; null for a generated one.</summary>
    public InfluentSeries? Influent { get; init; }

    /// <summary>Weather at the start.</summary>
    public Weather Weather { get; init; }

    /// <summary>
    /// Noise of the instruments as a share of the benchmark's (2.5 % of the range); 0 for none. The benchmark's own
    /// noise is chosen to be hard on controllers, real instruments in good order show less.
    /// </summary>
    public double NoiseScale { get; init; } = 0.2;

    /// <summary>The process runs for so long before the start, so that it starts settled at the right hour.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromHours(12);
}
