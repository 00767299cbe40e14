namespace Gateway.Simulation.Process;

/// <summary>What is wrong with a valve, pump or blower; it obeys its set-point by this. Used by one thread.</summary>
public sealed class ActuatorCondition
{
    /// <summary>It stays where it is and nothing says so, unless its status word has a bit for it.</summary>
    public bool IsStuck { get; set; }

    /// <summary>It has failed: a pump stands, a blower trips, a valve stays where it is.</summary>
    public bool IsFailed { get; set; }

    /// <summary>How many times slower it moves, above 0; 1 for as it should.</summary>
    public double Slowness
    {
        get;
        set => field = Math.Clamp(value, 0.01, 10_000);
    } = 1;

    /// <summary>Share of the way to the set-point that a first-order lag goes in a step.</summary>
    internal double Share(double time, double lag) => IsStuck ? 0 : 1 - Math.Exp(-time / (lag * Slowness));
}
