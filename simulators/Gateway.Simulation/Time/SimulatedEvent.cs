namespace Gateway.Simulation.Time;

/// <summary>
/// One entry of the event queue of a <see cref="SimulatedTime"/>. The owner creates it once and schedules it as often
/// as wanted, so a periodic source allocates nothing per event. Used on the simulation thread only.
/// </summary>
public sealed class SimulatedEvent
{
    internal const int NotQueued = -1;

    private readonly SimulatedTime _time;

    /// <summary>Creates an event that is not scheduled yet.</summary>
    /// <param name="time">The queue it belongs to.</param>
    /// <param name="callback">Runs on the simulation thread when the event is due.</param>
    /// <param name="state">Handed to <paramref name="callback"/>.</param>
    public SimulatedEvent(SimulatedTime time, Action<object?> callback, object? state)
    {
        _time = time;
        Callback = callback;
        State = state;
    }

    /// <summary>True while the event waits in the queue.</summary>
    public bool IsPending => QueueIndex != NotQueued;

    internal Action<object?> Callback { get; set; }

    internal object? State { get; set; }

    /// <summary>Position in the heap, kept by the queue so that cancelling needs no search.</summary>
    internal int QueueIndex { get; set; } = NotQueued;

    /// <summary>True for the queue's own one-shot entries, which return to a pool when they run.</summary>
    internal bool IsPooled { get; init; }

    /// <summary>Schedules the event after a delay; an event that is already pending moves.</summary>
    /// <param name="delay">Zero or negative means: at the present instant, after what is already due.</param>
    public void Schedule(TimeSpan delay) => _time.Enqueue(this, _time.GetTimestamp() + delay.Ticks);

    /// <summary>Schedules the event at a monotonic timestamp in ticks of 100 ns; one in the past means now.</summary>
    public void ScheduleAt(long timestamp) => _time.Enqueue(this, timestamp);

    /// <summary>Takes the event out of the queue; without effect when it is not pending.</summary>
    public void Cancel() => _time.Remove(this);
}
