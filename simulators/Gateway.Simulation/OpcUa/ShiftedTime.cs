namespace Gateway.Simulation.OpcUa;

/// <summary>A clock that is ahead of another; durations and timers are the other's. Any thread.</summary>
internal sealed class ShiftedTime(TimeProvider time) : TimeProvider
{
    private long _aheadTicks;

    /// <summary>How far it is ahead; below zero when it is behind.</summary>
    public TimeSpan Ahead
    {
        get => new(Volatile.Read(ref _aheadTicks));
        set => Volatile.Write(ref _aheadTicks, value.Ticks);
    }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Ahead;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
}
