namespace Gateway.Benchmarks.Measure;

/// <summary>One side of a comparison: how it runs a number of requests, and what its runs cost.</summary>
internal sealed class Contestant(string name, Func<long, Cost> run)
{
    public string Name => name;

    /// <summary>Costs, one per round.</summary>
    public List<Cost> Costs { get; } = [];

    /// <summary>Bytes per request after warm-up; not a number where the peer does not tell.</summary>
    public double BytesPerRequest { get; set; } = double.NaN;

    public long RequestsPerRound { get; private set; }

    public Series CpuUs => new(Costs.Select(c => c.CpuUsPerRequest));

    public Series RequestsPerSecond => new(Costs.Select(c => c.RequestsPerSecond));

    /// <summary>Runs until compilers and caches are warm, and chooses how many requests a round takes.</summary>
    public void WarmUp(TimeSpan warmUp, TimeSpan round)
    {
        long count = 200;
        long spent = 0;
        Cost cost;
        do
        {
            cost = run(count);
            spent += cost.WallNs;
            count = Math.Clamp((long)(cost.RequestsPerSecond * round.TotalSeconds), 200, count * 4);
        }
        while (spent < warmUp.TotalNanoseconds || cost.WallNs < round.TotalNanoseconds / 2);
        RequestsPerRound = count;
    }

    public void RunRound() => Costs.Add(run(RequestsPerRound));

    /// <summary>This side's processor time per request over the other's, round by round, so that a change of the machine's pace cancels.</summary>
    public Series CpuRatioTo(Contestant other) => new(Costs.Zip(other.Costs, (a, b) => a.CpuUsPerRequest / b.CpuUsPerRequest));

    public Series RateRatioTo(Contestant other) => new(Costs.Zip(other.Costs, (a, b) => a.RequestsPerSecond / b.RequestsPerSecond));
}

/// <summary>Runs all sides in turn, round after round: A B C, A B C.</summary>
internal static class Contest
{
    /// <summary>
    /// What counts as no bytes per request: one object per request would be 24 at least, while the runtime's own threads
    /// (timers, pool, compiler) allocate a kilobyte now and then.
    /// </summary>
    public const double NoBytes = 0.2;

    public static void Run(IReadOnlyList<Contestant> sides, int rounds, TimeSpan warmUp, TimeSpan round)
    {
        foreach (Contestant side in sides)
            side.WarmUp(warmUp, round);
        for (int r = 0; r < rounds; r++)
            foreach (Contestant side in sides)
                side.RunRound();
    }

    /// <summary>Prints all sides, with ratios to the limit and to the library where that one took part.</summary>
    public static void Print(TextWriter output, string title, IReadOnlyList<Contestant> sides, Contestant limit, Contestant? library, string unit = "request")
    {
        // What costs much less than a request is shown with a digit more.
        string cpuFormat = unit == "request" ? "F2" : "F3";
        var table = new Table(title, "CPU µs/" + unit, "quartiles", "× " + limit.Name, "quartiles", library is null ? "× -" : "× " + library.Name, unit + "s/s", "bytes/" + unit);
        foreach (Contestant side in sides)
        {
            Series cpu = side.CpuUs, toLimit = side.CpuRatioTo(limit);
            table.Add(
                side.Name,
                cpu.Median.ToString(cpuFormat),
                cpu.Quartiles(cpuFormat),
                toLimit.Median.ToString("F2"),
                toLimit.Quartiles("F2"),
                library is null ? "-" : side.CpuRatioTo(library).Median.ToString("F2"),
                side.RequestsPerSecond.Median.ToString("F0"),
                double.IsNaN(side.BytesPerRequest) ? "-" : side.BytesPerRequest.ToString("0.###"));
        }
        table.Print(output);
    }

    /// <summary>Prints one demand of the requirements beside what was measured.</summary>
    public static void Judge(TextWriter output, string what, double measured, double bar, bool atMost = true)
    {
        bool met = atMost ? measured <= bar : measured >= bar;
        output.WriteLine($"{(met ? "meets " : "MISSES")} {what}: {measured:0.###}, {(atMost ? "at most" : "at least")} {bar:0.###}");
    }
}
