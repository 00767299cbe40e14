using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <content>Monitored items: made, changed, linked, deleted.</content>
public sealed partial class OpcUaServer
{
    private int _items;
    private int _queuedCapacity;
    private uint _lastItem;

    private IServiceResponse CreateItems(ServerSession session, CreateMonitoredItemsRequest request, out StatusCode status)
    {
        status = CheckItems(session, request.SubscriptionId, request.ItemsToCreate?.Length, request.TimestampsToReturn, out var subscription);
        if (status.IsBad)
            return new ServiceFault();
        var results = new MonitoredItemCreateResult[request.ItemsToCreate!.Length];
        for (var i = 0; i < results.Length; i++)
            results[i] = CreateItem(subscription!, request.ItemsToCreate[i], request.TimestampsToReturn);
        return new CreateMonitoredItemsResponse { Results = results };
    }

    /// <summary>What must hold of a request before its items are looked at.</summary>
    private StatusCode CheckItems(ServerSession session, uint id, int? count, TimestampsToReturn timestamps, out ServerSubscription? subscription)
    {
        subscription = FindSubscription(session, id);
        var status = CheckCount(count);
        if (status.IsBad)
            return status;
        if (subscription is null)
            return StatusCodes.BadSubscriptionIdInvalid;
        return timestamps is < TimestampsToReturn.Source or > TimestampsToReturn.Neither ? StatusCodes.BadTimestampsToReturnInvalid : status;
    }

    private MonitoredItemCreateResult CreateItem(ServerSubscription subscription, in MonitoredItemCreateRequest request, TimestampsToReturn timestamps)
    {
        var status = Check(request.ItemToMonitor, out var node);
        if (status.IsGood && request.ItemToMonitor.IndexRange is { Length: > 0 })
            status = StatusCodes.BadIndexRangeNoData;
        if (status.IsGood && request.MonitoringMode is < MonitoringMode.Disabled or > MonitoringMode.Reporting)
            status = StatusCodes.BadMonitoringModeInvalid;
        if (status.IsGood && request.ItemToMonitor.AttributeId != ValueAttribute)
            status = node!.ReadAttribute(request.ItemToMonitor.AttributeId, subscription.User, out _);
        if (status.IsGood && (_items >= Options.Limits.MaxItems || subscription.Items.Count >= Options.Limits.MaxItemsPerSubscription))
            status = StatusCodes.BadTooManyMonitoredItems;
        var trigger = DataChangeTrigger.StatusValue;
        var deadband = 0.0;
        if (status.IsGood)
            status = CheckFilter(request.RequestedParameters.Filter, node!, request.ItemToMonitor.AttributeId, out trigger, out deadband);
        if (status.IsBad)
            return new MonitoredItemCreateResult { StatusCode = status };
        var item = new MonitoredItem { Id = ++_lastItem, Node = node!, Attribute = request.ItemToMonitor.AttributeId, Timestamps = timestamps, Mode = request.MonitoringMode };
        Apply(subscription, item, request.RequestedParameters, trigger, deadband);
        _items++;
        subscription.Items.Add(item.Id, item);
        Sample(subscription, item);
        return new MonitoredItemCreateResult { MonitoredItemId = item.Id, RevisedSamplingInterval = item.IntervalMs, RevisedQueueSize = (uint)item.Capacity };
    }

    private void Apply(ServerSubscription subscription, MonitoredItem item, in MonitoringParameters parameters, DataChangeTrigger trigger, double deadband)
    {
        item.ClientHandle = parameters.ClientHandle;
        item.DiscardOldest = parameters.DiscardOldest;
        item.Trigger = trigger;
        item.Deadband = deadband;
        var wanted = parameters.SamplingInterval < 0 ? subscription.IntervalMs : double.IsNaN(parameters.SamplingInterval) ? 0 : parameters.SamplingInterval;
        item.IntervalMs = Math.Clamp(wanted, Options.Limits.MinIntervalMs, MaxIntervalMs);
        _queuedCapacity -= item.Capacity;
        var room = Math.Max(1, Options.Limits.MaxQueuedValues - _queuedCapacity);
        item.Resize((int)Math.Clamp(parameters.QueueSize, 1u, (uint)Math.Min(Options.Limits.MaxQueue, room)));
        _queuedCapacity += item.Capacity;
        var ticks = Ticks(item.IntervalMs);
        var group = subscription.Groups.Find(g => g.IntervalTicks == ticks);
        if (group is null)
        {
            // Samples fall just before the publishing that tells them.
            group = new SamplingGroup(ticks, Math.Min(subscription.NextPublish, Now + ticks));
            subscription.Groups.Add(group);
            Arm(group.Next);
        }

        group.Add(item);
    }

    private static StatusCode CheckFilter(ExtensionObject filter, ServerNode node, uint attribute, out DataChangeTrigger trigger, out double deadband)
    {
        (trigger, deadband) = (DataChangeTrigger.StatusValue, 0);
        if (filter.IsNull)
            return default;
        if (filter.Structure is not DataChangeFilter change)
            return StatusCodes.BadMonitoredItemFilterUnsupported;
        if (attribute != ValueAttribute)
            return StatusCodes.BadFilterNotAllowed;
        trigger = change.Trigger;
        var isNumber = node.DataType is { NamespaceIndex: 0, Number: >= (uint)BuiltInType.SByte and <= (uint)BuiltInType.Double };
        switch (change.DeadbandType)
        {
            case 0:
                return default;
            case 1 when !isNumber:
                return StatusCodes.BadFilterNotAllowed;
            case 1 when change.DeadbandValue >= 0:
                deadband = change.DeadbandValue;
                return default;
            case 2 when node.RangeSpan <= 0:
                return StatusCodes.BadMonitoredItemFilterUnsupported;
            case 2 when change.DeadbandValue is >= 0 and <= 100:
                deadband = change.DeadbandValue / 100 * node.RangeSpan;
                return default;
            default:
                return StatusCodes.BadDeadbandFilterInvalid;
        }
    }

    private IServiceResponse ModifyItems(ServerSession session, ModifyMonitoredItemsRequest request, out StatusCode status)
    {
        status = CheckItems(session, request.SubscriptionId, request.ItemsToModify?.Length, request.TimestampsToReturn, out var subscription);
        if (status.IsBad)
            return new ServiceFault();
        var results = new MonitoredItemModifyResult[request.ItemsToModify!.Length];
        for (var i = 0; i < results.Length; i++)
            results[i] = ModifyItem(subscription!, request.ItemsToModify[i], request.TimestampsToReturn);
        return new ModifyMonitoredItemsResponse { Results = results };
    }

    private MonitoredItemModifyResult ModifyItem(ServerSubscription subscription, in MonitoredItemModifyRequest request, TimestampsToReturn timestamps)
    {
        if (!subscription.Items.TryGetValue(request.MonitoredItemId, out var item))
            return new MonitoredItemModifyResult { StatusCode = StatusCodes.BadMonitoredItemIdInvalid };
        var status = CheckFilter(request.RequestedParameters.Filter, item.Node, item.Attribute, out var trigger, out var deadband);
        if (status.IsBad)
            return new MonitoredItemModifyResult { StatusCode = status };
        LeaveGroup(subscription, item);
        item.Timestamps = timestamps;
        Apply(subscription, item, request.RequestedParameters, trigger, deadband);
        return new MonitoredItemModifyResult { RevisedSamplingInterval = item.IntervalMs, RevisedQueueSize = (uint)item.Capacity };
    }

    private void LeaveGroup(ServerSubscription subscription, MonitoredItem item)
    {
        var ticks = Ticks(item.IntervalMs);
        var group = subscription.Groups.Find(g => g.IntervalTicks == ticks)!;
        group.Remove(item);
        if (group.Items.Count == 0)
            subscription.Groups.Remove(group);
    }

    private IServiceResponse SetMonitoringMode(ServerSession session, SetMonitoringModeRequest request, out StatusCode status)
    {
        status = CheckCount(request.MonitoredItemIds?.Length);
        var subscription = FindSubscription(session, request.SubscriptionId);
        if (status.IsGood && subscription is null)
            status = StatusCodes.BadSubscriptionIdInvalid;
        if (status.IsGood && request.MonitoringMode is < MonitoringMode.Disabled or > MonitoringMode.Reporting)
            status = StatusCodes.BadMonitoringModeInvalid;
        if (status.IsBad)
            return new ServiceFault();
        return new SetMonitoringModeResponse
        {
            Results = [.. request.MonitoredItemIds!.Select(id =>
            {
                if (!subscription!.Items.TryGetValue(id, out var item))
                    return StatusCodes.BadMonitoredItemIdInvalid;
                var wasDisabled = item.Mode == MonitoringMode.Disabled;
                item.Mode = request.MonitoringMode;
                if (item.Mode == MonitoringMode.Disabled)
                    item.Clear();
                else if (wasDisabled)
                    item.Renew();
                List(subscription, item);
                return StatusCodes.Good;
            })],
        };
    }

    private IServiceResponse SetTriggering(ServerSession session, SetTriggeringRequest request, out StatusCode status)
    {
        status = CheckCount((request.LinksToAdd?.Length ?? 0) + (request.LinksToRemove?.Length ?? 0));
        var subscription = FindSubscription(session, request.SubscriptionId);
        if (status.IsGood && subscription is null)
            status = StatusCodes.BadSubscriptionIdInvalid;
        if (status.IsBad)
            return new ServiceFault();
        if (!subscription!.Items.TryGetValue(request.TriggeringItemId, out var item))
        {
            status = StatusCodes.BadMonitoredItemIdInvalid;
            return new ServiceFault();
        }

        StatusCode Remove(uint id) => item.Links?.RemoveAll(l => l.Id == id) > 0 ? StatusCodes.Good : StatusCodes.BadMonitoredItemIdInvalid;
        StatusCode Add(uint id)
        {
            if (!subscription.Items.TryGetValue(id, out var linked))
                return StatusCodes.BadMonitoredItemIdInvalid;
            item.Links ??= [];
            if (!item.Links.Contains(linked))
                item.Links.Add(linked);
            return StatusCodes.Good;
        }

        return new SetTriggeringResponse { RemoveResults = [.. (request.LinksToRemove ?? []).Select(Remove)], AddResults = [.. (request.LinksToAdd ?? []).Select(Add)] };
    }

    private IServiceResponse DeleteItems(ServerSession session, DeleteMonitoredItemsRequest request, out StatusCode status)
    {
        status = CheckCount(request.MonitoredItemIds?.Length);
        var subscription = FindSubscription(session, request.SubscriptionId);
        if (status.IsGood && subscription is null)
            status = StatusCodes.BadSubscriptionIdInvalid;
        if (status.IsBad)
            return new ServiceFault();
        var results = new StatusCode[request.MonitoredItemIds!.Length];
        for (var i = 0; i < results.Length; i++)
        {
            if (!subscription!.Items.Remove(request.MonitoredItemIds[i], out var item))
            {
                results[i] = StatusCodes.BadMonitoredItemIdInvalid;
                continue;
            }

            LeaveGroup(subscription, item);
            Release(item);
        }

        return new DeleteMonitoredItemsResponse { Results = results };
    }

    private void Release(MonitoredItem item)
    {
        item.IsDeleted = true;
        item.Clear();
        _items--;
        _queuedCapacity -= item.Capacity;
    }
}
