using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Supervision;

/// <summary>
/// Calls the user's handler. What it throws ends here, is counted and kept: neither the reading of the connection nor
/// the supervision may end because somebody's handler has a bug.
/// </summary>
internal sealed class GuardedHandler(IWatchHandler handler) : IWatchHandler
{
    private long _faults;

    /// <summary>Calls that threw.</summary>
    public long Faults => Volatile.Read(ref _faults);

    /// <summary>What was thrown last; null while nothing was.</summary>
    public Exception? LastFault { get; private set; }

    public void OnData(WatchedSubscription subscription, ReadOnlySpan<MonitoredItemNotification> items)
    {
        try
        {
            handler.OnData(subscription, items);
        }
        catch (Exception e)
        {
            Note(e);
        }
    }

    public void OnEvents(WatchedSubscription subscription, ReadOnlySpan<EventFieldList> events)
    {
        try
        {
            handler.OnEvents(subscription, events);
        }
        catch (Exception e)
        {
            Note(e);
        }
    }

    public void OnLoss(WatchedSubscription subscription, LossCause cause, uint messages)
    {
        try
        {
            handler.OnLoss(subscription, cause, messages);
        }
        catch (Exception e)
        {
            Note(e);
        }
    }

    public void OnLive(WatchedSubscription subscription, bool isLive, OpcUaFault fault)
    {
        try
        {
            handler.OnLive(subscription, isLive, fault);
        }
        catch (Exception e)
        {
            Note(e);
        }
    }

    public void OnItem(WatchedSubscription subscription, int item, OpcUaFault fault)
    {
        try
        {
            handler.OnItem(subscription, item, fault);
        }
        catch (Exception e)
        {
            Note(e);
        }
    }

    private void Note(Exception exception)
    {
        LastFault = exception;
        Interlocked.Increment(ref _faults);
    }
}
