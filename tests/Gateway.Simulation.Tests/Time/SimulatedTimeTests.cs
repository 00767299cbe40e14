using Gateway.Simulation.Time;

namespace Gateway.Simulation.Tests.Time;

public sealed class SimulatedTimeTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 6, 0, 0, TimeSpan.Zero);

    private readonly SimulatedTime _time = new(Start);
    private readonly List<string> _log = [];

    [Fact]
    public void The_clock_stands_still_until_it_is_driven()
    {
        Assert.Equal(Start, _time.GetUtcNow());
        _time.AdvanceBy(TimeSpan.FromHours(1.5));
        Assert.Equal(Start.AddHours(1.5), _time.GetUtcNow());
        Assert.Equal(54_000_000_000L, _time.GetTimestamp());
        Assert.Equal(TimeSpan.FromHours(1.5), _time.GetElapsedTime(0));
        _time.AdvanceTo(Start.AddHours(2));
        Assert.Equal(Start.AddHours(2), _time.GetUtcNow());
    }

    [Fact]
    public void Events_run_by_time_and_equal_times_in_the_order_of_scheduling()
    {
        Log("c", 3);
        Log("a1", 1);
        Log("b", 2);
        Log("a2", 1);
        Log("a3", 1);
        _time.AdvanceBy(TimeSpan.FromSeconds(2));
        Assert.Equal(["a1@1", "a2@1", "a3@1", "b@2"], _log);
        Assert.Equal(1, _time.EventsPending);
    }

    [Fact]
    public void The_queue_agrees_with_a_sorted_list_under_random_scheduling_moving_and_cancelling()
    {
        var random = new SeededRandom(7);
        var order = new List<int>();
        var expected = new List<(long Due, long Sequence, int Id)>();
        var events = Enumerable.Range(0, 300)
            .Select(id => new SimulatedEvent(_time, _ => order.Add(id), null))
            .ToArray();
        for (var step = 0; step < 5000; step++)
        {
            var id = random.Next(0, events.Length);
            expected.RemoveAll(entry => entry.Id == id);
            if (random.Chance(0.3))
            {
                events[id].Cancel();
                continue;
            }

            var due = random.Next(1, 100);
            events[id].ScheduleAt(due);
            expected.Add((due, step, id));
        }

        Assert.Equal(expected.Count, _time.EventsPending);
        _time.AdvanceBy(TimeSpan.FromSeconds(1));
        Assert.Equal(expected.OrderBy(e => e.Due).ThenBy(e => e.Sequence).Select(e => e.Id), order);
        Assert.All(events, e => Assert.False(e.IsPending));
    }

    [Fact]
    public void A_periodic_timer_keeps_its_grid()
    {
        using var timer = _time.CreateTimer(_ => _log.Add(Now()), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5));
        _time.AdvanceBy(TimeSpan.FromSeconds(17));
        Assert.Equal(["2", "7", "12", "17"], _log);
    }

    [Fact]
    public void A_timer_is_changed_stopped_and_disposed()
    {
        var timer = _time.CreateTimer(_ => _log.Add(Now()), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        Assert.True(timer.Change(TimeSpan.FromSeconds(3), TimeSpan.Zero));
        _time.AdvanceBy(TimeSpan.FromSeconds(10));
        Assert.Equal(["3"], _log);

        Assert.True(timer.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        _time.AdvanceBy(TimeSpan.FromSeconds(2));
        Assert.True(timer.Change(Timeout.InfiniteTimeSpan, TimeSpan.FromSeconds(1)));
        _time.AdvanceBy(TimeSpan.FromSeconds(5));
        Assert.Equal(["3", "11", "12"], _log);

        timer.Change(TimeSpan.FromSeconds(1), TimeSpan.Zero);
        timer.Dispose();
        Assert.False(timer.Change(TimeSpan.FromSeconds(1), TimeSpan.Zero));
        _time.AdvanceBy(TimeSpan.FromSeconds(5));
        Assert.Equal(3, _log.Count);
        Assert.Equal(0, _time.EventsPending);
    }

    [Fact]
    public void A_timer_may_stop_itself_inside_its_callback()
    {
        ITimer? timer = null;
        timer = _time.CreateTimer(_ =>
        {
            _log.Add(Now());
            if (_log.Count == 2)
                timer!.Dispose();
        }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _time.AdvanceBy(TimeSpan.FromSeconds(10));
        Assert.Equal(["1", "2"], _log);
    }

    [Fact]
    public void A_timer_refuses_times_that_the_system_refuses()
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _time.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(-2), TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _time.CreateTimer(_ => { }, null, TimeSpan.Zero, TimeSpan.FromDays(60)));
    }

    [Fact]
    public void A_step_of_the_wall_clock_moves_no_timer()
    {
        using var timer = _time.CreateTimer(_ => _log.Add(Now()), null, TimeSpan.FromSeconds(10), TimeSpan.Zero);
        _time.AdvanceBy(TimeSpan.FromSeconds(4));
        _time.StepWallClock(TimeSpan.FromHours(-1));
        Assert.Equal(Start.AddSeconds(4).AddHours(-1), _time.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(4), _time.Elapsed);
        _time.AdvanceBy(TimeSpan.FromSeconds(6));
        Assert.Equal(["10"], _log);
    }

    [Fact]
    public void Run_until_stops_at_the_event_that_fulfils_and_otherwise_at_the_limit()
    {
        Log("a", 1);
        Log("b", 2);
        Assert.True(_time.RunUntil(() => _log.Count == 1, TimeSpan.FromMinutes(1)));
        Assert.Equal(TimeSpan.FromSeconds(1), _time.Elapsed);
        Assert.False(_time.RunUntil(() => _log.Count == 3, TimeSpan.FromMinutes(1)));
        Assert.Equal(TimeSpan.FromSeconds(61), _time.Elapsed);
    }

    [Fact]
    public void Async_loops_continue_on_the_driving_thread()
    {
        var thread = Environment.CurrentManagedThreadId;
        var loops = new[] { Loop("x", 3), Loop("y", 2) }.Select(_time.Start).ToArray();
        _time.AdvanceBy(TimeSpan.FromSeconds(6));
        Assert.Equal(["y2", "x3", "y4", "x6", "y6"], _log);
        Assert.All(loops, loop => Assert.False(loop.IsFaulted));

        Func<Task> Loop(string name, int seconds) => async () =>
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(seconds), _time);
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                _log.Add(name + Now());
            }
        };
    }

    [Fact]
    public void Framework_timers_run_in_simulated_time()
    {
        var ticks = _time.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), _time);
            using var end = new CancellationTokenSource(TimeSpan.FromMinutes(4.5), _time);
            var count = 0;
            try
            {
                while (await timer.WaitForNextTickAsync(end.Token))
                    count++;
            }
            catch (OperationCanceledException)
            {
                _log.Add("cancelled");
            }

            return count;
        }, TimeSpan.FromHours(1));
        Assert.Equal(4, ticks);
        Assert.Equal(["cancelled"], _log);
        Assert.Equal(TimeSpan.FromMinutes(4.5), _time.Elapsed);
    }

    [Fact]
    public void Code_that_never_ends_is_a_time_out_and_its_failure_is_thrown()
    {
        Assert.Throws<TimeoutException>(
            () => _time.Run(() => new TaskCompletionSource().Task, TimeSpan.FromDays(1)));
        Assert.Throws<FormatException>(() => _time.Run(Broken, TimeSpan.FromDays(1)));

        async Task Broken()
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _time);
            throw new FormatException();
        }
    }

    [Fact]
    public void A_continuation_that_leaves_the_thread_is_found_out()
    {
        _time.Schedule(TimeSpan.FromSeconds(1), _ =>
        {
            var other = new Thread(() => Assert.Throws<InvalidOperationException>(() => _time.GetTimestamp()));
            other.Start();
            other.Join();
        }, null);
        var failure = Assert.Throws<InvalidOperationException>(() => _time.AdvanceBy(TimeSpan.FromSeconds(2)));
        Assert.Contains("left the simulation thread", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_clock_cannot_be_driven_from_inside_an_event()
    {
        _time.Schedule(TimeSpan.Zero, _ => _time.AdvanceBy(TimeSpan.FromSeconds(1)), null);
        Assert.Throws<InvalidOperationException>(() => _time.AdvanceBy(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_loop_that_waits_for_nothing_is_stopped()
    {
        SimulatedEvent? spin = null;
        spin = new SimulatedEvent(_time, _ => spin!.Schedule(TimeSpan.Zero), null);
        spin.Schedule(TimeSpan.Zero);
        Assert.Throws<InvalidOperationException>(() => _time.AdvanceBy(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Captured_continuations_come_back_to_the_queue()
    {
        var time = new SimulatedTime(Start) { CaptureContinuations = true };
        var thread = Environment.CurrentManagedThreadId;
        var seen = time.Run(async () =>
        {
            var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            time.Schedule(TimeSpan.FromSeconds(5), _ => source.SetResult(), null);
            await source.Task;
            return (Environment.CurrentManagedThreadId, time.Elapsed);
        }, TimeSpan.FromMinutes(1));
        Assert.Equal((thread, TimeSpan.FromSeconds(5)), seen);
    }

    [Fact]
    public void Events_and_timers_allocate_nothing_in_steady_state()
    {
        var count = 0;
        using var timer = _time.CreateTimer(_ => count++, null, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        using var kicker = _time.CreateTimer(
            _ => _time.Schedule(TimeSpan.FromMilliseconds(3), static _ => { }, null),
            null,
            TimeSpan.Zero,
            TimeSpan.FromMilliseconds(1));
        _time.AdvanceBy(TimeSpan.FromSeconds(1));
        var before = GC.GetAllocatedBytesForCurrentThread();
        _time.AdvanceBy(TimeSpan.FromSeconds(10));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(11_001, count);
    }

    private void Log(string name, int seconds) =>
        _time.Schedule(TimeSpan.FromSeconds(seconds), _ => _log.Add(name + "@" + Now()), null);

    private string Now() => _time.Elapsed.TotalSeconds.ToString("R");
}
