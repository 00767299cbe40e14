using Gateway.Benchmarks.Measure;
using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Types;

namespace Gateway.Benchmarks.OpcUa;

/// <summary>Counts the notifications of one or several subscriptions. Written by the threads that read, waited for by the main thread.</summary>
internal sealed class OpcUaCounter(int items) : ISubscriptionHandler, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly ManualResetEventSlim _reached = new();
    private long _count;
    private long _told;
    private long _missing;

    /// <summary>Messages that did not come, and values that the server's queues dropped.</summary>
    public long Lost => Volatile.Read(ref _missing);

    public long Count => Volatile.Read(ref _count);

    /// <summary>Waits until each item had its first value.</summary>
    public void WaitForFirst()
    {
        if (items > 0 && !_reached.Wait(Patience))
            throw new BenchmarkException($"{Count} of {items} first values came");
        _told = Count;
    }

    /// <summary>Waits that long and returns how many notifications came since the last call.</summary>
    public long During(TimeSpan time)
    {
        Task.Delay(time).Wait();
        long before = _told;
        _told = Count;
        return _told - before;
    }

    public void OnData(Subscription subscription, ReadOnlySpan<MonitoredItemNotification> notifications)
    {
        foreach (ref readonly MonitoredItemNotification notification in notifications)
        {
            if (notification.Value.Status.Value != 0)
                Interlocked.Increment(ref _missing);
        }
        if (Interlocked.Add(ref _count, notifications.Length) >= items)
            _reached.Set();
    }

    public void OnEvents(Subscription subscription, ReadOnlySpan<EventFieldList> events)
    {
    }

    public void OnKeepAlive(Subscription subscription)
    {
    }

    public void OnStatusChanged(Subscription subscription, StatusCode status) => Interlocked.Increment(ref _missing);

    public void OnMissing(Subscription subscription, uint firstMissing, uint count) => Interlocked.Add(ref _missing, count);

    public void Dispose() => _reached.Dispose();
}
