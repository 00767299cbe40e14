namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// A slow random walk that returns to zero (an Ornstein-Uhlenbeck process), limited to three standard deviations. Used
/// by one thread.
/// </summary>
/// <param name="random">Its own random source.</param>
/// <param name="sigma">Standard deviation.</param>
/// <param name="hours">Time in which it forgets.</param>
internal sealed class RandomWalk(SeededRandom random, double sigma, double hours)
{
    /// <summary>Where it stands.</summary>
    public double Value { get; private set; } = sigma * random.NextGaussian();

    /// <summary>Moves on by some hours and gives the new value.</summary>
    public double Next(double step)
    {
        var kept = Math.Exp(-step / hours);
        Value = Math.Clamp((Value * kept) + (sigma * Math.Sqrt(1 - (kept * kept)) * random.NextGaussian()), -3 * sigma, 3 * sigma);
        return Value;
    }
}
