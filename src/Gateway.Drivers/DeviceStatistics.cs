namespace Gateway.Drivers;

/// <summary>How a request to a device ended, as counted.</summary>
public enum RequestResult
{
    /// <summary>Answered as asked.</summary>
    Ok,
    /// <summary>Answered with an exception code: the conversation worked.</summary>
    Exception,
    /// <summary>Not answered in time.</summary>
    Timeout,
    /// <summary>The connection ended before the answer.</summary>
    Disconnected,
    /// <summary>Answered with something that does not fit the request.</summary>
    BadFrame,
    /// <summary>An answer that came after its request was given up; it is skipped, never matched.</summary>
    Stale,
}

/// <summary>Counters and state of one device. Written by its line only; any thread may read, and sees each number whole.</summary>
public sealed class DeviceStatistics
{
    private readonly long[] _results = new long[(int)RequestResult.Stale + 1];
    private readonly long _upForTicks;
    private long _overruns;
    private long _lastGoodUtc;
    private long _lastGoodElapsed = long.MinValue;
    private int _isLastGood;
    private int _isProbing;
    private int _probeIntervalMs;
    private int _refusedPoints;
    private int _lastException;

    internal DeviceStatistics(DeviceDefinition definition)
    {
        Definition = definition;
        int shortest = int.MaxValue;
        foreach (PointDefinition point in definition.Points)
            shortest = Math.Min(shortest, point.PollPeriodMs);
        // Status follows the last good value, not the socket: two polls without one and the device is not up.
        _upForTicks = shortest == int.MaxValue ? long.MaxValue : 2L * shortest * TimeSpan.TicksPerMillisecond;
    }

    /// <summary>The device as configured.</summary>
    public DeviceDefinition Definition { get; }

    /// <summary>Poll slots that passed while the line was still busy.</summary>
    public long Overruns => Volatile.Read(ref _overruns);

    /// <summary>UTC of the last good answer, in ticks of 100 ns; 0 when there was none.</summary>
    public long LastGoodUtc => Volatile.Read(ref _lastGoodUtc);

    /// <summary>True while the device is not polled but probed, because it did not answer.</summary>
    public bool IsProbing => Volatile.Read(ref _isProbing) != 0;

    /// <summary>Pause before the next probe in milliseconds; 0 when the device is polled.</summary>
    public int ProbeIntervalMs => Volatile.Read(ref _probeIntervalMs);

    /// <summary>Points whose address the device refuses at present.</summary>
    public int RefusedPoints => Volatile.Read(ref _refusedPoints);

    /// <summary>The last exception code the device answered; 0 when there was none.</summary>
    public int LastException => Volatile.Read(ref _lastException);

    /// <summary>Requests that ended in a given way.</summary>
    public long CountOf(RequestResult result) => Volatile.Read(ref _results[(int)result]);

    /// <summary>True when the last poll gave a good answer and that is at most two polls ago.</summary>
    /// <param name="elapsed">Now, as monotonic ticks of 100 ns since the line's epoch.</param>
    public bool IsUp(long elapsed)
    {
        long last = Volatile.Read(ref _lastGoodElapsed);
        return Volatile.Read(ref _isLastGood) != 0 && last != long.MinValue && elapsed - last <= _upForTicks;
    }

    internal void CountResult(RequestResult result, long amount = 1) => Counter.Add(ref _results[(int)result], amount);

    internal void CountOverruns(long slots) => Counter.Add(ref _overruns, slots);

    internal void NoteGood(long utc, long elapsed)
    {
        Volatile.Write(ref _lastGoodUtc, utc);
        Volatile.Write(ref _lastGoodElapsed, elapsed);
        Volatile.Write(ref _isLastGood, 1);
    }

    internal void NoteNotGood() => Volatile.Write(ref _isLastGood, 0);

    internal void NoteException(int code) => Volatile.Write(ref _lastException, code);

    internal void NoteProbing(bool isProbing, int intervalMs)
    {
        Volatile.Write(ref _isProbing, isProbing ? 1 : 0);
        Volatile.Write(ref _probeIntervalMs, intervalMs);
    }

    internal void NoteRefusedPoints(int change) => Volatile.Write(ref _refusedPoints, _refusedPoints + change);
}
