namespace Gateway.Modbus.Tests.Support;

/// <summary>A clock that moves only when told to; timers fire inline, in order, on the caller's thread.</summary>
public sealed class VirtualTime : TimeProvider
{
    private readonly PriorityQueue<(VirtualTimer Timer, int Version), (long Due, long Order)> _queue = new();
    private long _now;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(double ms)
    {
        var target = _now + (long)(ms * TimeSpan.TicksPerMillisecond);
        while (_queue.TryPeek(out var entry, out var key) && key.Due <= target)
        {
            _queue.Dequeue();
            if (entry.Version != entry.Timer.Version)
                continue;
            _now = Math.Max(_now, key.Due);
            entry.Timer.Fire();
        }

        _now = target;
    }

    /// <summary>Runs an action at a later time.</summary>
    public void After(double ms, Action action) =>
        CreateTimer(static s => ((Action)s!)(), action, TimeSpan.FromMilliseconds(ms), Timeout.InfiniteTimeSpan);

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        public int Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Version++;
            if (dueTime != Timeout.InfiniteTimeSpan)
                time._queue.Enqueue((this, Version), (time._now + dueTime.Ticks, time._order++));
            return true;
        }

        public void Fire()
        {
            Version++;
            callback(state);
        }

        public void Dispose() => Version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
