using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Supervision;

/// <content>Subscriptions and items: brought back after a break, looked after in between.</content>
public sealed partial class SupervisedClient
{
    // A subscription that was created anew and stays silent again: then the session is at fault.
    private const int SilencesOfSession = 2;

    private bool _mustRestart;

    /// <summary>Reads values in portions that the server takes.</summary>
    /// <returns>A result per node, or the fault of the first request that failed.</returns>
    public async ValueTask<(DataValue[] Values, OpcUaFault Fault)> ReadAsync(NodeId[] nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        return await ReadInPortionsAsync(Array.ConvertAll(nodes, n => new ReadValueId { NodeId = n, AttributeId = ValueAttribute })).ConfigureAwait(false);
    }

    private async ValueTask<(DataValue[] Values, OpcUaFault Fault)> ReadInPortionsAsync(ReadValueId[] reads)
    {
        var values = new DataValue[reads.Length];
        for (var start = 0; start < reads.Length;)
        {
            var count = Math.Min(_reads.Size, reads.Length - start);
            var read = new PreparedRead(reads[start..(start + count)]);
            var fault = await _client.ReadAsync(read, values.AsMemory(start, count)).ConfigureAwait(false);
            if (fault.IsNone)
                start += count;
            else if (!_reads.TryHalve(fault.Status, count))
                return ([], fault);
        }

        return (values, default);
    }

    private async ValueTask RestoreAsync()
    {
        var now = _time.GetTimestamp();
        var watched = _watched;
        // First what needs that no publish request is waiting: messages then come in order.
        foreach (var subscription in watched)
        {
            if (subscription.Need != SubscriptionNeed.CatchUp)
                continue;
            var fault = await subscription.Current!.CatchUpAsync(null).ConfigureAwait(false);
            if (!fault.IsNone && !_client.IsConnected)
                return;
            if (subscription.Need == SubscriptionNeed.CatchUp)
                subscription.Need = SubscriptionNeed.None;
        }

        if (!await TransferAsync(watched).ConfigureAwait(false))
            return;
        if (_mustRestart)
        {
            _mustRestart = false;
            _client.RestartPublishing();
        }

        foreach (var subscription in watched)
        {
            if (!subscription.IsDue(now))
                continue;
            var fault = await RestoreAsync(subscription).ConfigureAwait(false);
            if (!_client.IsConnected)
                return;
            if (IsSessionGone(fault.Status))
            {
                LoseSession();
                return;
            }
        }
    }

    private async ValueTask<bool> TransferAsync(WatchedSubscription[] watched)
    {
        var wanted = Array.FindAll(watched, w => w.Need == SubscriptionNeed.Transfer);
        if (wanted.Length == 0)
            return true;
        var response = new TransferSubscriptionsResponse();
        var request = new TransferSubscriptionsRequest { SubscriptionIds = Array.ConvertAll(wanted, w => w.Current?.Id ?? 0), SendInitialValues = false };
        var fault = await _client.SendAsync(request, response).ConfigureAwait(false);
        if (!fault.IsNone && !_client.IsConnected)
            return false;
        for (var i = 0; i < wanted.Length; i++)
        {
            wanted[i].Need = SubscriptionNeed.Create;
            if (!fault.IsNone || response.Results is not { } results || i >= results.Length || !results[i].StatusCode.IsGood || wanted[i].Current is not { IsAlive: true } current)
                continue;
            var caughtUp = await current.CatchUpAsync(results[i].AvailableSequenceNumbers ?? []).ConfigureAwait(false);
            if (!caughtUp.IsNone && !_client.IsConnected)
            {
                // It belongs to the new session already; on the next channel of that it only has to catch up.
                _client.Adopt(current);
                wanted[i].Need = SubscriptionNeed.CatchUp;
                continue;
            }

            Transfers++;
            wanted[i].Need = SubscriptionNeed.None;
            _client.Adopt(current);
        }

        return _client.IsConnected;
    }

    private async ValueTask<OpcUaFault> RestoreAsync(WatchedSubscription watched)
    {
        if (watched.Need == SubscriptionNeed.Create)
        {
            if (watched.Current is { } former)
                _client.Forget(former);
            var (created, refused) = await _client.CreateSubscriptionAsync(watched.Settings, watched, republishesGaps: true).ConfigureAwait(false);
            if (created is null)
            {
                watched.RetryAt = In(Math.Min(_settings.LongestDelayMs, _settings.ItemRetryMs * Math.Pow(2, Math.Min(watched.Refusals++, 20))));
                return refused;
            }

            foreach (var other in _watched)
            {
                // The server gave out an id that another one holds: that one is gone.
                if (other != watched && other.Need == SubscriptionNeed.None && other.Current?.Id == created.Id)
                    other.Need = SubscriptionNeed.Create;
            }

            watched.Begin(created);
        }

        var fault = await AddItemsAsync(watched).ConfigureAwait(false);
        if (fault.IsNone && watched.NeedsRefresh)
        {
            watched.NeedsRefresh = false;
            fault = await RefreshAsync(watched, _ => true).ConfigureAwait(false);
        }

        if (!fault.IsNone && _client.IsConnected)
            watched.RetryAt = In(_settings.ItemRetryMs);
        return fault;
    }

    private async ValueTask<OpcUaFault> AddItemsAsync(WatchedSubscription watched)
    {
        var now = _time.GetTimestamp();
        var items = watched.ItemArray;
        List<int> due = [];
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].ServerId == 0 && now >= items[i].RetryAt)
                due.Add(i);
        }

        // A node that is unknown may have moved to another namespace index meanwhile.
        if (due.Exists(i => items[i].Fault.Status == StatusCodes.BadNodeIdUnknown))
        {
            var (_, _, namespaces, fault) = await ReadServerAsync().ConfigureAwait(false);
            if (fault.IsNone && namespaces is not null)
                _namespaces.Set(namespaces);
        }

        var known = due.FindAll(i => IsResolved(watched, i));
        for (var start = 0; start < known.Count;)
        {
            var count = Math.Min(_monitors.Size, known.Count - start);
            var portion = known.GetRange(start, count);
            var (results, fault) = await watched.Current!.AddAsync([.. portion.ConvertAll(i => ToRequest(watched, i))]).ConfigureAwait(false);
            if (fault.IsNone)
            {
                for (var i = 0; i < count; i++)
                    OnAdded(watched, portion[i], results[i]);
                start += count;
            }
            else if (fault.Status == StatusCodes.BadSubscriptionIdInvalid)
            {
                watched.Need = SubscriptionNeed.Create;
                return fault;
            }
            else if (!_monitors.TryHalve(fault.Status, count))
            {
                return fault;
            }
        }

        return default;
    }

    private bool IsResolved(WatchedSubscription watched, int index)
    {
        var item = watched.ItemArray[index];
        if (item.Pinned.NodeId.IsNull || item.Pinned.NamespaceUri is null)
            item.Pinned = _namespaces.Pin(item.Node);
        if (_namespaces.TryResolve(item.Pinned, out _))
            return true;
        Refuse(watched, index, new OpcUaFault(StatusCodes.BadNodeIdUnknown, $"the server has no namespace '{item.Pinned.NamespaceUri}'", "compare with the server's NamespaceArray"));
        return false;
    }

    private MonitoredItemCreateRequest ToRequest(WatchedSubscription watched, int index)
    {
        var item = watched.ItemArray[index];
        return new MonitoredItemCreateRequest
        {
            ItemToMonitor = ToRead(item),
            MonitoringMode = MonitoringMode.Reporting,
            RequestedParameters = new MonitoringParameters
            {
                ClientHandle = (uint)index,
                SamplingInterval = item.SamplingMs,
                Filter = item.Filter,
                QueueSize = Queue(watched, item, item.SamplingMs),
                DiscardOldest = true,
            },
        };
    }

    private ReadValueId ToRead(WatchedItem item)
    {
        _namespaces.TryResolve(item.Pinned, out var node);
        return new ReadValueId { NodeId = node, AttributeId = item.Attribute };
    }

    /// <summary>What one publication can bring, and two more for those that come while it is made.</summary>
    private static uint Queue(WatchedSubscription watched, WatchedItem item, double samplingMs)
    {
        if (item.QueueSize != 0)
            return item.QueueSize;
        var publishing = watched.Current!.PublishingInterval.TotalMilliseconds;
        return samplingMs <= 0 ? 3 : (uint)Math.Clamp(Math.Ceiling(publishing / samplingMs) + 2, 3, 100_000);
    }

    private void OnAdded(WatchedSubscription watched, int index, in MonitoredItemCreateResult result)
    {
        var item = watched.ItemArray[index];
        if (result.StatusCode.IsBad || result.MonitoredItemId == 0)
        {
            Refuse(watched, index, OpcUaFault.From(result.StatusCode.IsBad ? result.StatusCode : StatusCodes.BadMonitoredItemIdInvalid));
            return;
        }

        item.ServerId = result.MonitoredItemId;
        item.RevisedSamplingMs = result.RevisedSamplingInterval;
        item.RevisedQueueSize = result.RevisedQueueSize;
        item.IsQueueShort = item.Attribute == ValueAttribute && result.RevisedQueueSize < Queue(watched, item, result.RevisedSamplingInterval);
        item.Refusals = 0;
        item.LastHeard = _time.GetTimestamp();
        if (!item.Fault.IsNone)
            watched.SetItem(index, default);
    }

    private void Refuse(WatchedSubscription watched, int index, OpcUaFault fault)
    {
        var item = watched.ItemArray[index];
        item.RetryAt = In(Math.Min(_settings.LongestDelayMs, _settings.ItemRetryMs * Math.Pow(2, Math.Min(item.Refusals++, 20))));
        watched.SetItem(index, fault);
    }

    /// <summary>Reads what the items should have said.</summary>
    private async ValueTask<OpcUaFault> RefreshAsync(WatchedSubscription watched, Func<WatchedItem, bool> isWanted)
    {
        List<int> wanted = [];
        for (var i = 0; i < watched.ItemArray.Length; i++)
        {
            var item = watched.ItemArray[i];
            if (item.Attribute == ValueAttribute && item.ServerId != 0 && isWanted(item))
                wanted.Add(i);
        }

        var (values, fault) = await ReadInPortionsAsync([.. wanted.ConvertAll(i => ToRead(watched.ItemArray[i]))]).ConfigureAwait(false);
        for (var i = 0; i < values.Length; i++)
            watched.TellRead(wanted[i], values[i]);
        return fault;
    }
}
