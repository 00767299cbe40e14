namespace Gateway.Simulation.Time;

/// <summary>The timer that <see cref="SimulatedTime.CreateTimer"/> hands out. Used on the simulation thread only.</summary>
internal sealed class SimulatedTimer : ITimer
{
    // The longest time the system's timers accept, so that code which works here works there too.
    private const uint LongestMs = 0xfffffffe;

    private readonly SimulatedTime _time;
    private readonly SimulatedEvent _event;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private long _periodTicks;
    private long _due;
    private bool _disposed;

    public SimulatedTimer(SimulatedTime time, TimerCallback callback, object? state)
    {
        _time = time;
        _callback = callback;
        _state = state;
        _event = new SimulatedEvent(time, static timer => ((SimulatedTimer)timer!).Fire(), this);
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        CheckRange(dueTime, nameof(dueTime));
        CheckRange(period, nameof(period));
        if (_disposed)
            return false;

        _periodTicks = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
        if (dueTime == Timeout.InfiniteTimeSpan)
        {
            _event.Cancel();
            return true;
        }

        _due = _time.GetTimestamp() + dueTime.Ticks;
        _event.ScheduleAt(_due);
        return true;
    }

    public void Dispose()
    {
        _disposed = true;
        _event.Cancel();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private static void CheckRange(TimeSpan value, string name)
    {
        if (value == Timeout.InfiniteTimeSpan)
            return;
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMilliseconds(LongestMs), name);
    }

    private void Fire()
    {
        if (_periodTicks > 0)
        {
            // The next due time stays on the grid, as it does for the system's timers.
            _due += _periodTicks;
            _event.ScheduleAt(_due);
        }

        _callback(_state);
    }
}
