namespace Gateway.Simulation.Time;

/// <summary>
/// A clock that moves only when told to: a <see cref="TimeProvider"/> over a priority queue of events.
/// </summary>
/// <remarks>
/// <para>Everything runs on the one thread that calls <see cref="AdvanceBy"/>, <see cref="RunUntil"/> or
/// <see cref="Run"/>. Events due at the same instant run in the order in which they were scheduled, so two runs from
/// the same seed are equal.</para>
/// <para>Async loops work without a synchronization context: while the simulation is driven the current context is
/// null, so every continuation of a timer or of a simulated stream runs inline, inside the event that completed it.
/// A context would be the worse choice by default: the runtime refuses to inline a continuation that does not want
/// the context (<c>ConfigureAwait(false)</c>, which the framework's own streams use) on a thread that has one, and
/// sends it to the thread pool. Code that forces its continuations to be asynchronous (a semaphore's waiters, a
/// completion source that asks for it) needs <see cref="CaptureContinuations"/>.</para>
/// <para>A continuation that leaves the simulation thread and touches the clock is found out: both it and the drive
/// in progress fail with an <see cref="InvalidOperationException"/>.</para>
/// <para>Timers do not flow the execution context of their creator.</para>
/// </remarks>
public sealed class SimulatedTime : TimeProvider
{
    /// <summary>So many events at one and the same instant mean a loop that waits for nothing.</summary>
    internal const int MostEventsPerInstant = 1_000_000;

    private readonly EventQueue _queue = new();
    private readonly Stack<SimulatedEvent> _pool = new();
    private readonly SimulatedContext _context;
    private readonly long _startUtcTicks;
    private long _now;
    private long _wallOffset;
    private long _eventsRun;
    private int _eventsAtInstant;
    private int _owner;
    private volatile Exception? _failure;

    /// <summary>A clock that stands at <paramref name="start"/> with an empty queue.</summary>
    public SimulatedTime(DateTimeOffset start)
    {
        _startUtcTicks = start.UtcTicks;
        _context = new SimulatedContext(this);
    }

    /// <summary>A clock that stands at 2026-01-01 00:00 UTC, a date without a meaning of its own.</summary>
    public SimulatedTime()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>
    /// Installs a single-threaded synchronization context while the simulation is driven, so that continuations which
    /// must not run inline are queued here and not on the thread pool. Code awaited with <c>ConfigureAwait(false)</c>
    /// then leaves the thread; it also costs an allocation per await. Off unless set.
    /// </summary>
    public bool CaptureContinuations { get; init; }

    /// <summary>10,000,000: a timestamp counts ticks of 100 ns since the start.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>UTC, so that no result depends on the machine's zone.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Time since the start; not moved by <see cref="StepWallClock"/>.</summary>
    public TimeSpan Elapsed => new(GetTimestamp());

    /// <summary>Number of events run so far.</summary>
    public long EventsRun => _eventsRun;

    /// <summary>Number of events and timers that wait.</summary>
    public int EventsPending => _queue.Count;

    /// <summary>Instant of the earliest waiting event as a timestamp, or <see cref="long.MaxValue"/> when none waits.</summary>
    public long NextEventTimestamp => _queue.Count == 0 ? long.MaxValue : _queue.FirstDue;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        CheckThread();
        return new DateTimeOffset(_startUtcTicks + _now + _wallOffset, TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        CheckThread();
        return _now;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative (other than infinite) or above 4294967294 ms.</exception>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new SimulatedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Runs a callback once after a delay. Allocates nothing in steady state; it cannot be cancelled.</summary>
    public void Schedule(TimeSpan delay, Action<object?> callback, object? state)
    {
        if (!_pool.TryPop(out var entry))
            entry = new SimulatedEvent(this, callback, state) { IsPooled = true };
        entry.Callback = callback;
        entry.State = state;
        Enqueue(entry, _now + delay.Ticks);
    }

    /// <summary>Moves the wall clock (UTC) by <paramref name="step"/>; timers and timestamps do not notice.</summary>
    public void StepWallClock(TimeSpan step)
    {
        CheckThread();
        _wallOffset += step.Ticks;
    }

    /// <summary>Runs everything due within <paramref name="duration"/> and leaves the clock at its end.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">Called from inside an event, or a continuation left the thread.</exception>
    public void AdvanceBy(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        Drive(null, _now + duration.Ticks);
    }

    /// <summary>Runs everything due before the wall clock, unstepped from here on, shows <paramref name="utc"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="utc"/> lies in the past.</exception>
    public void AdvanceTo(DateTimeOffset utc) => AdvanceBy(utc - GetUtcNow());

    /// <summary>
    /// Runs events until <paramref name="predicate"/> holds (it is asked first and after each event) or
    /// <paramref name="limit"/> of simulated time has passed. Returns whether it held; the clock stands at the event
    /// that made it hold, or at the limit.
    /// </summary>
    public bool RunUntil(Func<bool> predicate, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.Zero);
        return Drive(predicate, _now + limit.Ticks);
    }

    /// <summary>
    /// Starts an async loop on the simulation thread and returns its task; the loop continues whenever the clock is
    /// driven. Loops must be started here or from inside an event, so that they do not capture the caller's
    /// synchronization context.
    /// </summary>
    public Task Start(Func<Task> loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        CheckThread();
        if (_owner != 0)
            return loop();

        var outer = Enter();
        try
        {
            return loop();
        }
        finally
        {
            Leave(outer);
        }
    }

    /// <summary>Starts <paramref name="body"/> and drives the clock until it has ended; its exception is thrown here.</summary>
    /// <exception cref="TimeoutException">It had not ended after <paramref name="limit"/> of simulated time.</exception>
    public void Run(Func<Task> body, TimeSpan limit)
    {
        var task = Start(body);
        if (!RunUntil(() => task.IsCompleted, limit))
            throw new TimeoutException($"The simulated code had not ended after {limit} of simulated time.");
        task.GetAwaiter().GetResult();
    }

    /// <summary>As <see cref="Run(Func{Task}, TimeSpan)"/>, with a result.</summary>
    /// <exception cref="TimeoutException">It had not ended after <paramref name="limit"/> of simulated time.</exception>
    public T Run<T>(Func<Task<T>> body, TimeSpan limit)
    {
        Task<T>? task = null;
        Func<Task> untyped = () => task = body();
        Run(untyped, limit);
        return task!.GetAwaiter().GetResult();
    }

    /// <summary>Makes the drive in progress (or the next one) throw; for background work that has nobody to await it.</summary>
    public void Fail(Exception failure) => _failure ??= failure;

    internal void Enqueue(SimulatedEvent entry, long due)
    {
        CheckThread();
        _queue.Put(entry, Math.Max(due, _now));
    }

    internal void Remove(SimulatedEvent entry)
    {
        CheckThread();
        _queue.Remove(entry);
    }

    private bool Drive(Func<bool>? predicate, long until)
    {
        if (_owner != 0)
            throw new InvalidOperationException("The clock cannot be advanced from inside an event or a second time at once.");

        var outer = Enter();
        try
        {
            ThrowFailure();
            if (predicate is not null && predicate())
                return true;

            while (_queue.Count > 0 && _queue.FirstDue <= until)
            {
                RunFirst();
                if (predicate is not null && predicate())
                    return true;
            }

            MoveTo(until);
            return predicate is null || predicate();
        }
        finally
        {
            Leave(outer);
        }
    }

    private void RunFirst()
    {
        MoveTo(_queue.FirstDue);
        if (++_eventsAtInstant > MostEventsPerInstant)
        {
            throw new InvalidOperationException(
                $"More than {MostEventsPerInstant} events at {Elapsed}: some loop waits for nothing.");
        }

        var entry = _queue.TakeFirst();
        var callback = entry.Callback;
        var state = entry.State;
        if (entry.IsPooled)
        {
            entry.State = null;
            _pool.Push(entry);
        }

        _eventsRun++;
        callback(state);
        ThrowFailure();
    }

    private void MoveTo(long timestamp)
    {
        if (timestamp <= _now)
            return;
        _now = timestamp;
        _eventsAtInstant = 0;
    }

    private SynchronizationContext? Enter()
    {
        var outer = SynchronizationContext.Current;
        _owner = Environment.CurrentManagedThreadId;
        SynchronizationContext.SetSynchronizationContext(CaptureContinuations ? _context : null);
        return outer;
    }

    private void Leave(SynchronizationContext? outer)
    {
        _owner = 0;
        SynchronizationContext.SetSynchronizationContext(outer);
    }

    private void ThrowFailure()
    {
        if (_failure is not { } failure)
            return;
        _failure = null;
        throw new InvalidOperationException("The simulation failed: " + failure.Message, failure);
    }

    private void CheckThread()
    {
        if (_owner != 0 && _owner != Environment.CurrentManagedThreadId)
            ThrowEscaped();
    }

    private void ThrowEscaped()
    {
        var escaped = new InvalidOperationException(
            "A continuation left the simulation thread. Look for Task.Run, a cancelled Task.Delay, a channel or a "
            + "semaphore whose continuations are asynchronous.");
        Fail(escaped);
        throw escaped;
    }
}
