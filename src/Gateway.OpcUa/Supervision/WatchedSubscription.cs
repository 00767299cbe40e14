using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Supervision;

/// <summary>What has to be done to a subscription before it brings data again.</summary>
internal enum SubscriptionNeed
{
    None,

    /// <summary>Same session, new channel: fetch what was sent in between.</summary>
    CatchUp,

    /// <summary>New session of a server that may still hold the subscription.</summary>
    Transfer,

    /// <summary>The server has none.</summary>
    Create,
}

/// <summary>
/// A subscription as it is wanted, over all connections, sessions and restarts. The server's own one behind it changes;
/// what a former one still brings is dropped.
/// </summary>
public sealed class WatchedSubscription : ISubscriptionHandler
{
    private readonly GuardedHandler _handler;
    private readonly WatchedItem[] _items;
    private readonly TimeProvider _time;
    private long _earlierOverflows;
    private long _earlierRepublished;
    private int _readsAhead;

    internal WatchedSubscription(SubscriptionSettings settings, WatchedItem[] items, IWatchHandler handler, TimeProvider time)
    {
        Settings = settings;
        _items = items;
        _handler = new GuardedHandler(handler);
        _time = time;
    }

    /// <summary>What was asked for.</summary>
    public SubscriptionSettings Settings { get; }

    /// <summary>The items; the index is the client handle.</summary>
    public IReadOnlyList<WatchedItem> Items => _items;

    /// <summary>The server's subscription with what it revised; null before the first.</summary>
    public Subscription? Current { get; private set; }

    /// <summary>True while it brings data or says that there is none.</summary>
    public bool IsLive { get; private set; }

    /// <summary>Messages the server sent that could not be had.</summary>
    public long LostMessages { get; private set; }

    /// <summary>Times it was created anew, each with a gap of unknown size.</summary>
    public long Recreations { get; private set; }

    /// <summary>Times nothing came from it although the connection was good.</summary>
    public long Silences { get; internal set; }

    /// <summary>Values that say that the server dropped others before them.</summary>
    public long Overflows => _earlierOverflows + (Current?.Overflows ?? 0);

    /// <summary>Messages that came only when they were asked for again.</summary>
    public long Republished => _earlierRepublished + (Current?.Republished ?? 0);

    /// <summary>Calls of the handler that threw; what they were told is lost to it.</summary>
    public long HandlerFaults => _handler.Faults;

    /// <summary>What the handler threw last; null while it did not.</summary>
    public Exception? LastHandlerFault => _handler.LastFault;

    /// <summary>Messages of former subscriptions, dropped.</summary>
    public long Strays { get; private set; }

    internal SubscriptionNeed Need { get; set; } = SubscriptionNeed.Create;

    internal long RetryAt { get; set; }

    internal int Refusals { get; set; }

    /// <summary>Silences in a row, without a word in between.</summary>
    internal int Unheard { get; set; }

    /// <summary>Messages were lost: the newest values may be among them and are read.</summary>
    internal bool NeedsRefresh { get; set; }

    /// <summary>Wakes the supervision.</summary>
    internal Action Wake { get; init; } = static () => { };

    internal WatchedItem[] ItemArray => _items;

    internal bool IsDue(long now)
    {
        if (now < RetryAt)
            return false;
        if (Need != SubscriptionNeed.None || NeedsRefresh)
            return true;
        foreach (var item in _items)
        {
            if (item.ServerId == 0 && now >= item.RetryAt)
                return true;
        }

        return false;
    }

    internal void Begin(Subscription subscription)
    {
        if (Current is { } former)
        {
            former.GiveUp();
            _earlierOverflows += former.Overflows;
            _earlierRepublished += former.Republished;
            Recreations++;
            _handler.OnLoss(this, LossCause.Recreated, 0);
        }

        Current = subscription;
        Need = SubscriptionNeed.None;
        NeedsRefresh = false;
        Refusals = 0;
        foreach (var item in _items)
        {
            item.ServerId = 0;
            item.RetryAt = 0;
            item.IsSuspect = false;
        }
    }

    /// <summary>The server has no subscription for it any more.</summary>
    internal void Vanish(OpcUaFault fault)
    {
        if (Need != SubscriptionNeed.None)
            return;
        CreateSoon(fault);
    }

    // After a pause: a server that ends each new one at once must not be asked in a hot loop.
    private void CreateSoon(OpcUaFault fault)
    {
        RetryAt = _time.GetTimestamp() + _time.TimestampFrequency;
        Need = SubscriptionNeed.Create;
        SetLive(false, fault);
    }

    internal void SetLive(bool isLive, OpcUaFault fault)
    {
        if (IsLive == isLive)
            return;
        IsLive = isLive;
        _handler.OnLive(this, isLive, fault);
    }

    internal void SetItem(int index, OpcUaFault fault)
    {
        var item = _items[index];
        var isNews = item.Fault.Status != fault.Status || item.ServerId == 0;
        item.Fault = fault;
        if (isNews)
            _handler.OnItem(this, index, fault);
    }

    /// <summary>A value that was read because the subscription did not bring it; told only when it is news.</summary>
    internal void TellRead(int index, in DataValue value)
    {
        var item = _items[index];
        if (item.Last.Value == value.Value && item.Last.Status == value.Status)
            return;
        item.Last = value;
        item.IsReadAhead = true;
        _readsAhead++;
        _handler.OnData(this, [new MonitoredItemNotification { ClientHandle = (uint)index, Value = value }]);
    }

    void ISubscriptionHandler.OnData(Subscription subscription, ReadOnlySpan<MonitoredItemNotification> items)
    {
        if (!IsCurrent(subscription))
            return;
        if (_readsAhead > 0)
            items = WithoutTold(items);
        var now = _time.GetTimestamp();
        foreach (ref readonly var notification in items)
        {
            if (notification.ClientHandle >= (uint)_items.Length)
                continue;
            var item = _items[notification.ClientHandle];
            item.Last = notification.Value;
            item.IsSuspect = false;
            item.LastHeard = now;
        }

        if (!items.IsEmpty)
            _handler.OnData(this, items);
    }

    /// <summary>
    /// Leaves out what a read has told already. Only the first word of an item after its read is compared: older values
    /// that still come keep their place, and the newest then follows them once more.
    /// </summary>
    private ReadOnlySpan<MonitoredItemNotification> WithoutTold(ReadOnlySpan<MonitoredItemNotification> items)
    {
        List<MonitoredItemNotification> rest = new(items.Length);
        foreach (ref readonly var notification in items)
        {
            if (notification.ClientHandle < (uint)_items.Length && _items[notification.ClientHandle] is { IsReadAhead: true } item)
            {
                item.IsReadAhead = false;
                _readsAhead--;
                item.LastHeard = _time.GetTimestamp();
                var value = notification.Value;
                if (value.Value == item.Last.Value && value.Status == item.Last.Status && value.SourceTime == item.Last.SourceTime)
                    continue;
            }

            rest.Add(notification);
        }

        return rest.ToArray();
    }

    void ISubscriptionHandler.OnEvents(Subscription subscription, ReadOnlySpan<EventFieldList> events)
    {
        if (IsCurrent(subscription))
            _handler.OnEvents(this, events);
    }

    void ISubscriptionHandler.OnKeepAlive(Subscription subscription) => IsCurrent(subscription);

    void ISubscriptionHandler.OnStatusChanged(Subscription subscription, StatusCode status)
    {
        if (!IsCurrent(subscription))
            return;
        CreateSoon(OpcUaFault.From(status));
        Wake();
    }

    void ISubscriptionHandler.OnMissing(Subscription subscription, uint firstMissing, uint count)
    {
        if (!IsCurrent(subscription))
            return;
        LostMessages += count;
        NeedsRefresh = true;
        _handler.OnLoss(this, LossCause.Messages, count);
        Wake();
    }

    private bool IsCurrent(Subscription subscription)
    {
        if (subscription != Current)
        {
            Strays++;
            return false;
        }

        // Live is who speaks, not who is connected. What is fetched while catching up proves nothing yet.
        if (Need == SubscriptionNeed.None)
        {
            Unheard = 0;
            SetLive(true, default);
        }

        return true;
    }
}
