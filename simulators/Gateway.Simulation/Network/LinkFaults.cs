namespace Gateway.Simulation.Network;

/// <summary>
/// The disturbances of one link. All may be changed at run time and act on the next transfer; probabilities are per
/// message, where a message is what one write hands over. Read on the simulation thread only.
/// </summary>
public sealed class LinkFaults
{
    /// <summary>Time from a write to its arrival, each way.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Up to so much is added to <see cref="Latency"/>, drawn evenly; the order of bytes is kept.</summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>Added to what the listening side sends: a device that answers slowly.</summary>
    public TimeSpan AnswerDelay { get; set; }

    /// <summary>When above 0, a read yields 1 to so many bytes at a time; 1 is byte by byte.</summary>
    public int MaxFragment { get; set; }

    /// <summary>Time between the fragments of a message; only with <see cref="MaxFragment"/>.</summary>
    public TimeSpan FragmentGap { get; set; }

    /// <summary>When above 0, arrivals are put off to the end of a window of this length and come together.</summary>
    public TimeSpan CoalesceWindow { get; set; }

    /// <summary>Probability that a message never arrives.</summary>
    public double LossRate { get; set; }

    /// <summary>Probability that a message is late by <see cref="LateBy"/>; what follows waits behind it.</summary>
    public double LateRate { get; set; }

    /// <summary>Lateness of a late message.</summary>
    public TimeSpan LateBy { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Probability that one byte of a message is changed.</summary>
    public double GarbleRate { get; set; }

    /// <summary>Probability that a message arrives twice in a row.</summary>
    public double DuplicateRate { get; set; }

    /// <summary>Removes all disturbances.</summary>
    public void Clear()
    {
        Latency = Jitter = AnswerDelay = FragmentGap = CoalesceWindow = TimeSpan.Zero;
        LateBy = TimeSpan.FromSeconds(5);
        MaxFragment = 0;
        LossRate = LateRate = GarbleRate = DuplicateRate = 0;
    }

    /// <summary>Sets a mix of disturbances drawn from <paramref name="random"/>; each kind is present in about a third of the draws.</summary>
    /// <param name="random">The source of the draw.</param>
    /// <param name="severity">0 draws a clean link, 1 rates up to 20 % and delays up to seconds.</param>
    public void Draw(SeededRandom random, double severity = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(severity, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(severity, 1);
        Clear();
        Latency = Time(random, 0.1 * severity);
        Jitter = Picked(random) ? Time(random, 0.2 * severity) : TimeSpan.Zero;
        AnswerDelay = Picked(random) ? Time(random, 2 * severity) : TimeSpan.Zero;
        MaxFragment = Picked(random) && severity > 0 ? random.Next(1, 9) : 0;
        FragmentGap = Picked(random) ? Time(random, 0.005 * severity) : TimeSpan.Zero;
        CoalesceWindow = Picked(random) ? Time(random, 0.1 * severity) : TimeSpan.Zero;
        LossRate = Picked(random) ? 0.2 * severity * random.NextDouble() : 0;
        LateRate = Picked(random) ? 0.2 * severity * random.NextDouble() : 0;
        LateBy = Time(random, 10 * severity);
        GarbleRate = Picked(random) ? 0.2 * severity * random.NextDouble() : 0;
        DuplicateRate = Picked(random) ? 0.2 * severity * random.NextDouble() : 0;
    }

    private static bool Picked(SeededRandom random) => random.Chance(1.0 / 3);

    private static TimeSpan Time(SeededRandom random, double mostSeconds) =>
        TimeSpan.FromSeconds(mostSeconds * random.NextDouble());
}
