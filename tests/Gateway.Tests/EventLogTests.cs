using Gateway.Runtime.Events;

namespace Gateway.Tests;

public sealed class EventLogTests
{
    private static EventLog Filled(int capacity, int events)
    {
        var log = new EventLog(capacity);
        for (int i = 1; i <= events; i++)
            log.Add(new ScanEvent { Sequence = i, Subject = i });
        return log;
    }

    [Theory]
    [InlineData(0, 10, new[] { 4, 5, 6, 7 })]
    [InlineData(5, 10, new[] { 6, 7 })]
    [InlineData(7, 10, new int[0])]
    [InlineData(99, 10, new int[0])]
    [InlineData(0, 2, new[] { 4, 5 })]
    public void Events_after_a_number_come_oldest_first_and_old_ones_are_gone(long after, int room, int[] expected)
    {
        var into = new ScanEvent[room];
        int count = Filled(4, 7).CopyAfter(after, into);
        Assert.Equal(expected, into.Take(count).Select(e => e.Subject));
    }

    [Fact]
    public async Task A_waiter_is_woken_by_the_next_batch()
    {
        EventLog log = Filled(4, 1);
        Assert.True(log.WaitAsync(0, CancellationToken.None).IsCompletedSuccessfully);
        Task waiting = log.WaitAsync(1, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        log.Add(new ScanEvent { Sequence = 2 });
        log.Signal();
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
