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
    /// <summary>End of the minute that some sums still have to close; 0 for none.</summary>
    public long ClosingMinuteEnd;
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

/// <summary>What is remembered of one window beyond the day, with the place of its parts and readings in the checkpoint's arrays.</summary>
public struct PeriodCheckpoint
{
    /// <summary>Its sums, with the identity of its limit.</summary>
    public PeriodState State;
    /// <summary>First of its slots in <see cref="ComplianceCheckpoint.Parts"/>.</summary>
    public int PartsAt;
    /// <summary>Number of its slots.</summary>
    public int Parts;
    /// <summary>First of its readings in <see cref="ComplianceCheckpoint.Readings"/>.</summary>
    public int ReadingsAt;
    /// <summary>Places for its readings; <see cref="PeriodState.Readings"/> of them are filled.</summary>
    public int Readings;
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
    /// <param name="periods">Number of windows beyond the day.</param>
    /// <param name="parts">Slots of all rolling windows.</param>
    /// <param name="readings">Places for readings of all percentiles.</param>
    public ComplianceCheckpoint(int accumulators, int limits, int periods = 0, int parts = 0, int readings = 0)
    {
        Accumulators = new AccumulatorState[accumulators];
        Limits = new LimitState[limits];
        Periods = new PeriodCheckpoint[periods];
        Parts = new PartSum[parts];
        Readings = new double[readings];
    }

    /// <summary>Sums, in any order: each carries its identity.</summary>
    public AccumulatorState[] Accumulators { get; }

    /// <summary>Limits, in any order: each carries its identity.</summary>
    public LimitState[] Limits { get; }

    /// <summary>Windows beyond the day, in any order: each carries its identity and says where its parts and readings are.</summary>
    public PeriodCheckpoint[] Periods { get; }

    /// <summary>Slots of all rolling windows.</summary>
    public PartSum[] Parts { get; }

    /// <summary>Readings of all percentiles.</summary>
    public double[] Readings { get; }
}
