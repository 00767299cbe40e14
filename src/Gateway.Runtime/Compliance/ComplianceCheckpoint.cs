namespace Gateway.Runtime.Compliance;

/// <summary>The engine's place in time, without references.</summary>
public struct ComplianceClock
{
    /// <summary>Wall clock of the last scan, UTC ticks.</summary>
    public long LastUtc;
    /// <summary>Monotonic time of the last scan, ticks.</summary>
    public long LastElapsed;
    /// <summary>End of the time that is counted, UTC ticks; 0 before the first scan.</summary>
    public long ProcessedTo;
    /// <summary>Start of the open hour, to notice a changed calendar.</summary>
    public long HourStart;
    /// <summary>Start of the open day.</summary>
    public long DayStart;
    /// <summary>Days left out after long outages.</summary>
    public long SkippedDays;
    /// <summary>The wall clock was behind counted time.</summary>
    public bool Behind;
}

/// <summary>What is remembered of one limit, without references.</summary>
public struct LimitState
{
    /// <summary>Identity of the limit.</summary>
    public ulong Fingerprint;
    /// <summary>Verdict recorded last.</summary>
    public ComplianceState Reported;
    /// <summary>Windows closed so far.</summary>
    public int ClosedCount;
    /// <summary>The live window.</summary>
    public ComplianceWindow Window;
}

/// <summary>
/// A copy of all sums of a <see cref="ComplianceEngine"/>. The arrays hold plain values that a store may write as bytes;
/// made once, filled again at each checkpoint.
/// </summary>
public sealed class ComplianceCheckpoint
{
    /// <summary>Place in time.</summary>
    public ComplianceClock Clock;

    /// <summary>Makes an empty checkpoint.</summary>
    /// <param name="accumulators">Number of accumulators.</param>
    /// <param name="limits">Number of limits.</param>
    public ComplianceCheckpoint(int accumulators, int limits)
    {
        Accumulators = new AccumulatorState[accumulators];
        Limits = new LimitState[limits];
    }

    /// <summary>Sums, in any order: each carries its identity.</summary>
    public AccumulatorState[] Accumulators { get; }

    /// <summary>Limits, in any order: each carries its identity.</summary>
    public LimitState[] Limits { get; }
}
