using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa;

/// <content>Subscriptions.</content>
public sealed partial class OpcUaClient
{
    private readonly PublishPump _pump;

    /// <summary>Publish requests waiting at the server.</summary>
    public int PublishRequests => _pump.Loops;

    /// <summary>Creates a subscription; its first items can be added as soon as it is there.</summary>
    /// <param name="settings">What is wanted; the subscription says what the server made of it.</param>
    /// <param name="handler">Takes what comes, on the reading thread.</param>
    public ValueTask<(Subscription? Subscription, OpcUaFault Fault)> CreateSubscriptionAsync(SubscriptionSettings settings, ISubscriptionHandler handler) =>
        CreateSubscriptionAsync(settings, handler, republishesGaps: false);

    internal async ValueTask<(Subscription? Subscription, OpcUaFault Fault)> CreateSubscriptionAsync(SubscriptionSettings settings, ISubscriptionHandler handler, bool republishesGaps)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(handler);
        var response = new CreateSubscriptionResponse();
        var request = new CreateSubscriptionRequest
        {
            RequestedPublishingInterval = settings.PublishingIntervalMs,
            RequestedLifetimeCount = Math.Max(settings.LifetimeCount, 3 * settings.KeepAliveCount),
            RequestedMaxKeepAliveCount = settings.KeepAliveCount,
            MaxNotificationsPerPublish = settings.MaxNotifications,
            PublishingEnabled = settings.IsPublishing,
            Priority = settings.Priority,
        };
        var fault = await SendAsync(request, response).ConfigureAwait(false);
        if (!fault.IsNone)
            return (null, fault);
        var subscription = new Subscription(this, handler, response) { RepublishesGaps = republishesGaps };
        _pump.Add(subscription);
        return (subscription, default);
    }

    /// <summary>Sends no publish requests for the time being.</summary>
    internal void PausePublishing() => _pump.Pause();

    /// <summary>Sends publish requests again after the session went to another channel.</summary>
    internal void RestartPublishing() => _pump.Restart();

    /// <summary>Called when the server says that the session has no subscription although some should be there.</summary>
    internal Action? Emptied { get => _pump.Emptied; set => _pump.Emptied = value; }

    /// <summary>Takes a subscription in that was transferred to this session.</summary>
    internal void Adopt(Subscription subscription) => _pump.Add(subscription);

    internal void Acknowledge(Subscription subscription, uint sequenceNumber) => _pump.Acknowledge(subscription, sequenceNumber);

    internal void Forget(Subscription subscription) => _pump.Remove(subscription);

    internal static (TResult[] Results, OpcUaFault Fault) Checked<TResponse, TResult>(
        TResponse response, OpcUaFault fault, Func<TResponse, TResult[]?> results, int count) => Checked(fault.IsNone ? results(response) : null, count, fault);
}
