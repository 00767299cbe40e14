using System.Runtime.CompilerServices;

namespace Gateway.Drivers;

/// <summary>
/// What a line's loop waits on: a time, or somebody's <see cref="Set"/>. One waiter, any number of setters on any
/// thread; waiting allocates nothing. The waiter resumes on the thread that sets, so a simulated clock stays in
/// charge.
/// </summary>
internal sealed class LoopSignal : ICriticalNotifyCompletion, IDisposable
{
    private static readonly Action s_isSet = static () => { };
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    private readonly ITimer _timer;

    // Null: nobody waits and nothing happened. s_isSet: something happened. Else: the waiter's continuation.
    private Action? _state;
    private long _armedFor = long.MaxValue;

    public LoopSignal(TimeProvider time) => _timer = time.CreateTimer(
        static signal => ((LoopSignal)signal!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>True when something happened since the last wait; then that is taken and nothing is waited for.</summary>
    public bool IsCompleted => Interlocked.CompareExchange(ref _state, null, s_isSet) == s_isSet;

    /// <summary>Makes the signal fire at <paramref name="due"/> at the latest, an hour from now at most. Await it next.</summary>
    /// <param name="due">Monotonic ticks of 100 ns.</param>
    /// <param name="now">The present on the same clock.</param>
    public LoopSignal Until(long due, long now)
    {
        // A timer that fires at the right time already is left alone; an early one only wakes the loop once more.
        if (Volatile.Read(ref _armedFor) == due)
            return this;
        Volatile.Write(ref _armedFor, due);
        TimeSpan wait = due - now < s_longest.Ticks ? TimeSpan.FromTicks(Math.Max(0, due - now)) : s_longest;
        // Rounded up to whole milliseconds: system timers cut off fractions and would fire early.
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        return this;
    }

    /// <summary>Wakes the waiter, or lets its next wait end at once.</summary>
    public void Set()
    {
        while (true)
        {
            Action? state = Volatile.Read(ref _state);
            if (state == s_isSet)
                return;
            Action? next = state is null ? s_isSet : null;
            if (Interlocked.CompareExchange(ref _state, next, state) != state)
                continue;
            state?.Invoke();
            return;
        }
    }

    /// <summary>For <c>await</c>.</summary>
    public LoopSignal GetAwaiter() => this;

    /// <summary>For <c>await</c>.</summary>
    public void GetResult()
    {
        // Nothing to report: what happened is found by looking.
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation)
    {
        if (Interlocked.CompareExchange(ref _state, continuation, null) is null)
            return;
        // Set between the look and the wait: only another thread can do that, so a simulated run never comes here.
        Volatile.Write(ref _state, null);
        ThreadPool.UnsafeQueueUserWorkItem(static c => c(), continuation, preferLocal: true);
    }

    /// <summary>Stops the timer.</summary>
    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        Volatile.Write(ref _armedFor, long.MaxValue);
        Set();
    }
}
