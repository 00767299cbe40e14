using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Supervision;

/// <summary>Why data did not come.</summary>
public enum LossCause
{
    /// <summary>Messages were sent and are no longer to be had; their number is known.</summary>
    Messages,

    /// <summary>The subscription was created anew: what changed in between is unknown.</summary>
    Recreated,
}

/// <summary>
/// Takes what a watched subscription brings, usually on the thread that read it: copy what is needed and return. An
/// item's client handle is its index in <see cref="WatchedSubscription.Items"/>.
/// </summary>
public interface IWatchHandler
{
    /// <summary>Values with their status as the server sent them. The span is valid during the call only.</summary>
    void OnData(WatchedSubscription subscription, ReadOnlySpan<MonitoredItemNotification> items);

    /// <summary>Events happened. The span is valid during the call only.</summary>
    void OnEvents(WatchedSubscription subscription, ReadOnlySpan<EventFieldList> events);

    /// <summary>Data was lost. The items' present values follow.</summary>
    void OnLoss(WatchedSubscription subscription, LossCause cause, uint messages);

    /// <summary>The subscription went live or stopped being so; while it is not, its values are old.</summary>
    void OnLive(WatchedSubscription subscription, bool isLive, OpcUaFault fault);

    /// <summary>The server refused one item, or watches it at last when there is no fault. The others are unaffected.</summary>
    void OnItem(WatchedSubscription subscription, int item, OpcUaFault fault);
}
