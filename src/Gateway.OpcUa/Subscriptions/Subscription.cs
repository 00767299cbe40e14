using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Subscriptions;

/// <summary>A subscription of one session. Its id is valid in that session only.</summary>
public sealed partial class Subscription
{
    private readonly OpcUaClient _client;
    private readonly ISubscriptionHandler _handler;
    private long _lastHeard;

    internal Subscription(OpcUaClient client, ISubscriptionHandler handler, CreateSubscriptionResponse response)
    {
        _client = client;
        _handler = handler;
        Id = response.SubscriptionId;
        PublishingInterval = TimeSpan.FromMilliseconds(Math.Clamp(response.RevisedPublishingInterval, 0, int.MaxValue));
        KeepAliveCount = response.RevisedMaxKeepAliveCount;
        LifetimeCount = response.RevisedLifetimeCount;
    }

    /// <summary>The server's number for it.</summary>
    public uint Id { get; }

    /// <summary>The revised publishing interval.</summary>
    public TimeSpan PublishingInterval { get; private set; }

    /// <summary>The revised keep-alive count.</summary>
    public uint KeepAliveCount { get; private set; }

    /// <summary>The revised lifetime count.</summary>
    public uint LifetimeCount { get; private set; }

    /// <summary>The longest time without a sign of life from a healthy server.</summary>
    public TimeSpan KeepAliveInterval => PublishingInterval * Math.Max(1, KeepAliveCount);

    /// <summary>Timestamp of the last message or keep-alive, or of the creation.</summary>
    public long LastHeard
    {
        get => Volatile.Read(ref _lastHeard);
        internal set => Volatile.Write(ref _lastHeard, value);
    }

    /// <summary>Number of the last message with content; 0 before the first.</summary>
    public uint LastSequenceNumber { get; private set; }

    /// <summary>Values received.</summary>
    public long Values { get; private set; }

    /// <summary>Values that say that others before them were dropped by the server.</summary>
    public long Overflows { get; private set; }

    /// <summary>Messages that did not come.</summary>
    public long MissingMessages { get; private set; }

    /// <summary>False once it was deleted, ended or went to another session.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>Adds items to watch.</summary>
    /// <returns>A result per item with the revised sampling and queue, or the fault of the whole request.</returns>
    public async ValueTask<(MonitoredItemCreateResult[] Results, OpcUaFault Fault)> AddAsync(MonitoredItemCreateRequest[] items, TimestampsToReturn timestamps = TimestampsToReturn.Both)
    {
        ArgumentNullException.ThrowIfNull(items);
        var response = new CreateMonitoredItemsResponse();
        var request = new CreateMonitoredItemsRequest { SubscriptionId = Id, TimestampsToReturn = timestamps, ItemsToCreate = items };
        return OpcUaClient.Checked(response, await _client.SendAsync(request, response).ConfigureAwait(false), r => r.Results, items.Length);
    }

    /// <summary>Changes sampling, queue or filter of items.</summary>
    public async ValueTask<(MonitoredItemModifyResult[] Results, OpcUaFault Fault)> ModifyAsync(MonitoredItemModifyRequest[] items, TimestampsToReturn timestamps = TimestampsToReturn.Both)
    {
        ArgumentNullException.ThrowIfNull(items);
        var response = new ModifyMonitoredItemsResponse();
        var request = new ModifyMonitoredItemsRequest { SubscriptionId = Id, TimestampsToReturn = timestamps, ItemsToModify = items };
        return OpcUaClient.Checked(response, await _client.SendAsync(request, response).ConfigureAwait(false), r => r.Results, items.Length);
    }

    /// <summary>Removes items by the ids the server gave them.</summary>
    public async ValueTask<(StatusCode[] Results, OpcUaFault Fault)> RemoveAsync(params uint[] itemIds)
    {
        ArgumentNullException.ThrowIfNull(itemIds);
        var response = new DeleteMonitoredItemsResponse();
        var request = new DeleteMonitoredItemsRequest { SubscriptionId = Id, MonitoredItemIds = itemIds };
        return OpcUaClient.Checked(response, await _client.SendAsync(request, response).ConfigureAwait(false), r => r.Results, itemIds.Length);
    }

    /// <summary>Sets whether items sample and report.</summary>
    public async ValueTask<(StatusCode[] Results, OpcUaFault Fault)> SetModeAsync(MonitoringMode mode, params uint[] itemIds)
    {
        ArgumentNullException.ThrowIfNull(itemIds);
        var response = new SetMonitoringModeResponse();
        var request = new SetMonitoringModeRequest { SubscriptionId = Id, MonitoringMode = mode, MonitoredItemIds = itemIds };
        return OpcUaClient.Checked(response, await _client.SendAsync(request, response).ConfigureAwait(false), r => r.Results, itemIds.Length);
    }

    /// <summary>Lets the reports of one item trigger those of others that only sample.</summary>
    public async ValueTask<(StatusCode[] Results, OpcUaFault Fault)> AddTriggersAsync(uint triggeringItem, params uint[] triggeredItems)
    {
        ArgumentNullException.ThrowIfNull(triggeredItems);
        var response = new SetTriggeringResponse();
        var request = new SetTriggeringRequest { SubscriptionId = Id, TriggeringItemId = triggeringItem, LinksToAdd = triggeredItems };
        return OpcUaClient.Checked(response, await _client.SendAsync(request, response).ConfigureAwait(false), r => r.AddResults, triggeredItems.Length);
    }

    /// <summary>Silences the subscription or lets it speak again; keep-alives go on.</summary>
    public async ValueTask<OpcUaFault> SetPublishingAsync(bool isPublishing)
    {
        var response = new SetPublishingModeResponse();
        var fault = await _client.SendAsync(new SetPublishingModeRequest { PublishingEnabled = isPublishing, SubscriptionIds = [Id] }, response).ConfigureAwait(false);
        var (results, checkedFault) = OpcUaClient.Checked(response, fault, r => r.Results, 1);
        return !checkedFault.IsNone || results[0].IsGood ? checkedFault : OpcUaFault.From(results[0]);
    }

    /// <summary>Asks for other intervals and counts.</summary>
    public async ValueTask<OpcUaFault> ModifyAsync(SubscriptionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var response = new ModifySubscriptionResponse();
        var request = new ModifySubscriptionRequest
        {
            SubscriptionId = Id,
            RequestedPublishingInterval = settings.PublishingIntervalMs,
            RequestedLifetimeCount = settings.LifetimeCount,
            RequestedMaxKeepAliveCount = settings.KeepAliveCount,
            MaxNotificationsPerPublish = settings.MaxNotifications,
            Priority = settings.Priority,
        };
        var fault = await _client.SendAsync(request, response).ConfigureAwait(false);
        if (!fault.IsNone)
            return fault;
        PublishingInterval = TimeSpan.FromMilliseconds(Math.Clamp(response.RevisedPublishingInterval, 0, int.MaxValue));
        KeepAliveCount = response.RevisedMaxKeepAliveCount;
        LifetimeCount = response.RevisedLifetimeCount;
        return default;
    }

    /// <summary>Asks for a sent message again.</summary>
    /// <returns>BadMessageNotAvailable as the fault when the server no longer has it.</returns>
    public async ValueTask<(NotificationMessage? Message, OpcUaFault Fault)> RepublishAsync(uint sequenceNumber)
    {
        var response = new RepublishResponse();
        var fault = await _client.SendAsync(new RepublishRequest { SubscriptionId = Id, RetransmitSequenceNumber = sequenceNumber }, response).ConfigureAwait(false);
        return (fault.IsNone ? response.NotificationMessage : null, fault);
    }

    /// <summary>Deletes the subscription with its items.</summary>
    public async ValueTask<OpcUaFault> DeleteAsync()
    {
        IsAlive = false;
        _client.Forget(this);
        var response = new DeleteSubscriptionsResponse();
        var fault = await _client.SendAsync(new DeleteSubscriptionsRequest { SubscriptionIds = [Id] }, response).ConfigureAwait(false);
        var (results, checkedFault) = OpcUaClient.Checked(response, fault, r => r.Results, 1);
        return !checkedFault.IsNone || results[0].IsGood ? checkedFault : OpcUaFault.From(results[0]);
    }
}
