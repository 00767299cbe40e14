using Gateway.Benchmarks.Measure;

namespace Gateway.Benchmarks.Lateness;

/// <summary>
/// How late a thread wakes at a period of 10 ms: the gateway's scan thread beside a C loop over clock_nanosleep with
/// the default timer slack, in alternating turns of two seconds, with and without load and real-time priority. A stall of
/// the whole machine falls into the turn of one side or the other and would decide the overall p99, so the sides are
/// compared by the p99 of each turn, of which the median is taken; the overall figures are printed too.
/// </summary>
internal sealed class LatenessBenchmark(TextWriter output, PeerPrograms programs, string? native)
{
    private const int PeriodUs = 10_000;
    private const int WakesPerTurn = 200;

    /// <summary>Runs all four conditions.</summary>
    /// <param name="turns">Turns of two seconds for each side and condition.</param>
    public void Run(int turns)
    {
        var table = new Table("wake-up every 10 ms", "p50 µs", "p99 of a turn, median µs", "quartiles", "p99 overall µs", "max µs", "CPU % of a core");
        var verdicts = new List<(string What, double Ours, double Theirs)>();
        foreach (bool fifo in (bool[])[false, true])
            foreach (bool loaded in (bool[])[false, true])
                Measure(turns, fifo, loaded, table, verdicts);
        table.Print(output);
        foreach ((string what, double ours, double theirs) in verdicts)
            Contest.Judge(output, what, ours, theirs);
        output.WriteLine();
    }

    private void Measure(int turns, bool fifo, bool loaded, Table table, List<(string What, double Ours, double Theirs)> verdicts)
    {
        string[] arguments = [PeriodUs.ToString(), fifo ? "1" : "0"];
        using Peer theirs = Peer.Start("C clock_nanosleep", programs.Require("sleeper"), arguments);
        using Peer ours = Peer.StartOurs("PreciseSleep", native, ["child-sleeper", .. arguments]);
        string condition = (fifo ? "SCHED_FIFO" : "normal") + (loaded ? ", other cores loaded" : ", idle");
        if (fifo && (theirs.Greeting[0] != "1" || ours.Greeting[0] != "1"))
        {
            table.Add(condition, "not permitted", "-", "-", "-", "-", "-");
            return;
        }
        List<Peer> load = loaded ? [.. Enumerable.Range(0, Math.Max(Environment.ProcessorCount - 1, 1)).Select(_ => Peer.Start("load", programs.Require("spinner"), []))] : [];
        var results = new Wakes[] { new(theirs), new(ours) };
        foreach (Wakes side in results)
            side.Peer.Ask("run", 10); // compiles
        for (int t = 0; t < turns; t++)
            foreach (Wakes side in results)
                side.Turn();
        foreach (Peer spinner in load)
            spinner.Dispose();
        foreach (Wakes side in results)
            table.Add($"{side.Peer.Name}, {condition}", side.LateUs.Median.ToString("F0"), side.TurnP99Us.Median.ToString("F0"), side.TurnP99Us.Quartiles("F0"), side.LateUs.Percentile(99).ToString("F0"), side.LateUs.Max.ToString("F0"), side.CpuPercent.ToString("F2"));
        verdicts.Add(($"p99 lateness in µs, {condition}, median of turns, against C", results[1].TurnP99Us.Median, results[0].TurnP99Us.Median));
    }

    private sealed class Wakes(Peer peer)
    {
        private long _cpuNs;
        private long _wallNs;

        public Peer Peer => peer;

        public Series LateUs { get; } = new();

        public Series TurnP99Us { get; } = new();

        public double CpuPercent => 100.0 * _cpuNs / _wallNs;

        public void Turn()
        {
            long[] answer = peer.Ask("run", WakesPerTurn);
            _cpuNs += answer[0];
            _wallNs += answer[1];
            var turn = new Series();
            foreach (long ns in answer.AsSpan(2))
            {
                turn.Add(Math.Max(ns, 0) / 1000.0);
                LateUs.Add(Math.Max(ns, 0) / 1000.0);
            }
            TurnP99Us.Add(turn.Percentile(99));
        }
    }
}
