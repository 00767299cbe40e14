namespace Gateway.Benchmarks.Measure;

/// <summary>How long a comparison takes.</summary>
/// <param name="Rounds">Rounds of all sides in turn.</param>
/// <param name="WarmUp">Shortest warm-up of one side.</param>
/// <param name="Round">Length of one side's turn.</param>
/// <param name="AllocationRequests">Requests over which allocation is counted.</param>
internal sealed record Pace(int Rounds, TimeSpan WarmUp, TimeSpan Round, long AllocationRequests)
{
    /// <summary>For figures that are written down.</summary>
    public static Pace Full(int rounds) => new(rounds, TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(200), 100_000);

    /// <summary>For continuous integration: shows that everything runs.</summary>
    public static Pace Smoke { get; } = new(5, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(60), 20_000);
}
