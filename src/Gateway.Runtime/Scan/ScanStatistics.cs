namespace Gateway.Runtime.Scan;

/// <summary>
/// Figures of the scan for metrics: durations and lateness in fixed buckets, overruns, the longest of each. Written by
/// the thread that drives the scan; any thread may read.
/// </summary>
public sealed class ScanStatistics
{
    /// <summary>Upper bounds of the buckets in seconds; the last bucket has none.</summary>
    public static ReadOnlySpan<double> BucketBounds =>
        [0.00001, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

    private readonly long[] _duration = new long[BucketBounds.Length + 1];
    private readonly long[] _lateness = new long[BucketBounds.Length + 1];
    private double _durationSum;
    private double _latenessSum;
    private double _longest;
    private double _latest;
    private long _overruns;
    private long _number;

    /// <summary>Number of the last finished scan.</summary>
    public long Number => Volatile.Read(ref _number);
    /// <summary>Cycles skipped because a scan was late.</summary>
    public long Overruns => Volatile.Read(ref _overruns);
    /// <summary>Longest scan in seconds.</summary>
    public double Longest => Volatile.Read(ref _longest);
    /// <summary>Largest lateness of a wake-up in seconds.</summary>
    public double Latest => Volatile.Read(ref _latest);
    /// <summary>Sum of all durations in seconds.</summary>
    public double DurationSum => Volatile.Read(ref _durationSum);
    /// <summary>Sum of all latenesses in seconds.</summary>
    public double LatenessSum => Volatile.Read(ref _latenessSum);
    /// <summary>Scans whose duration fell into that bucket.</summary>
    public long DurationIn(int bucket) => Volatile.Read(ref _duration[bucket]);
    /// <summary>Scans whose lateness fell into that bucket.</summary>
    public long LatenessIn(int bucket) => Volatile.Read(ref _lateness[bucket]);

    /// <summary>Records one finished scan.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="duration">Seconds from start to end.</param>
    /// <param name="lateness">Seconds from deadline to start; below zero counts as zero.</param>
    /// <param name="skipped">Cycles skipped before it.</param>
    public void Record(long number, double duration, double lateness, long skipped)
    {
        lateness = Math.Max(lateness, 0);
        Add(_duration, ref _durationSum, ref _longest, duration);
        Add(_lateness, ref _latenessSum, ref _latest, lateness);
        Volatile.Write(ref _overruns, _overruns + skipped);
        Volatile.Write(ref _number, number);
    }

    private static void Add(long[] buckets, ref double sum, ref double largest, double value)
    {
        ReadOnlySpan<double> bounds = BucketBounds;
        int bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
            bucket++;
        Volatile.Write(ref buckets[bucket], buckets[bucket] + 1);
        Volatile.Write(ref sum, sum + value);
        if (value > largest)
            Volatile.Write(ref largest, value);
    }
}
