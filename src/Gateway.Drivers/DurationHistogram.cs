namespace Gateway.Drivers;

/// <summary>
/// Counts durations in fixed buckets, so that it can be exported as a Prometheus histogram. Written by one line only;
/// any thread may read, and sees each number whole.
/// </summary>
public sealed class DurationHistogram
{
    private static readonly double[] s_upperSeconds =
        [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

    private readonly long[] _counts = new long[s_upperSeconds.Length + 1];
    private long _sumTicks;

    /// <summary>Upper bounds of the buckets in seconds, inclusive; one more bucket holds what is above.</summary>
    public static ReadOnlySpan<double> UpperSeconds => s_upperSeconds;

    /// <summary>Sum of all durations in seconds.</summary>
    public double SumSeconds => Volatile.Read(ref _sumTicks) / (double)TimeSpan.TicksPerSecond;

    /// <summary>Durations counted in bucket <paramref name="bucket"/> alone, 0 to the number of bounds.</summary>
    public long CountOf(int bucket) => Volatile.Read(ref _counts[bucket]);

    /// <summary>Durations counted in all buckets.</summary>
    public long Count
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < _counts.Length; i++)
                sum += Volatile.Read(ref _counts[i]);
            return sum;
        }
    }

    internal void Add(long ticks)
    {
        double seconds = ticks / (double)TimeSpan.TicksPerSecond;
        int bucket = 0;
        while (bucket < s_upperSeconds.Length && seconds > s_upperSeconds[bucket])
            bucket++;
        Counter.Add(ref _counts[bucket], 1);
        Counter.Add(ref _sumTicks, ticks);
    }
}

/// <summary>Additions by one writer that other threads may read: no lock, no torn number.</summary>
internal static class Counter
{
    public static void Add(ref long counter, long amount) => Volatile.Write(ref counter, counter + amount);
}
