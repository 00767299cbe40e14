using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Subscriptions;

/// <summary>
/// Takes what a subscription brings, on the thread that read it: copy what is needed and return. The spans are valid
/// during the call only.
/// </summary>
public interface ISubscriptionHandler
{
    /// <summary>Values changed, in the order in which the server queued them.</summary>
    void OnData(Subscription subscription, ReadOnlySpan<MonitoredItemNotification> items);

    /// <summary>Events happened.</summary>
    void OnEvents(Subscription subscription, ReadOnlySpan<EventFieldList> events);

    /// <summary>Nothing changed, but the subscription lives.</summary>
    void OnKeepAlive(Subscription subscription);

    /// <summary>The subscription ended or went to another session; nothing more will come.</summary>
    void OnStatusChanged(Subscription subscription, StatusCode status);

    /// <summary>Messages did not come: those from <paramref name="firstMissing"/> on.</summary>
    void OnMissing(Subscription subscription, uint firstMissing, uint count);
}

/// <summary>How a subscription shall be; the server may revise it.</summary>
public sealed record SubscriptionSettings
{
    /// <summary>Milliseconds between two publications.</summary>
    public double PublishingIntervalMs { get; init; } = 1000;

    /// <summary>Publications without news until the server says that it lives. Few, so that silence is noticed in seconds.</summary>
    public uint KeepAliveCount { get; init; } = 2;

    /// <summary>Publications without a publish request until the server gives up; at least three times the keep-alive count.</summary>
    public uint LifetimeCount { get; init; } = 60;

    /// <summary>Values of one message; 0 is no limit.</summary>
    public uint MaxNotifications { get; init; }

    /// <summary>The higher, the earlier among late subscriptions.</summary>
    public byte Priority { get; init; }

    /// <summary>False starts silent.</summary>
    public bool IsPublishing { get; init; } = true;
}
