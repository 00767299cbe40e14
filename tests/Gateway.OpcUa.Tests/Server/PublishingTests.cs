using Gateway.OpcUa.Server;
using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Server;

/// <summary>Sampling, queues and publishing in virtual time.</summary>
public sealed class PublishingTests : ISubscriptionHandler
{
    private readonly LoopServer _loop = new();
    private readonly List<string> _log = [];

    [Fact]
    public void Values_are_sampled_queued_and_told_at_the_publishing_interval()
    {
        int tag = _loop.Add("NH4");
        _loop.Set(tag, 1);
        Subscribe(_loop.Connect(), Item("NH4", queue: 10));
        _loop.Time.Advance(1);
        Assert.Equal(["1:1"], _log);
        for (int i = 2; i <= 4; i++)
        {
            _loop.Set(tag, i);
            _loop.Time.Advance(0.1);
        }

        _loop.Time.Advance(1);
        Assert.Equal(["1:1", "1:2,1:3,1:4"], _log);
        Assert.Equal(1, _loop.Server.Counters.Subscriptions);
    }

    [Fact]
    public void A_full_queue_drops_the_oldest_or_replaces_the_newest_and_says_so()
    {
        int tag = _loop.Add("NH4");
        _loop.Set(tag, 0);
        MonitoredItemCreateRequest keep = Item("NH4", queue: 3, handle: 2);
        keep.RequestedParameters.DiscardOldest = false;
        Subscribe(_loop.Connect(), Item("NH4", queue: 3), keep, Item("NH4", queue: 1, handle: 3));
        _loop.Time.Advance(1);
        _log.Clear();
        for (int i = 1; i <= 5; i++)
        {
            _loop.Set(tag, i);
            _loop.Time.Advance(0.1);
        }

        _loop.Time.Advance(1);
        Assert.Equal(["1:3!,1:4,1:5,2:1,2:2,2:5!,3:5"], _log);
        Assert.Equal(4, _loop.Server.Counters.Overflows);
    }

    [Fact]
    public void Deadbands_compare_with_the_last_queued_value()
    {
        int tag = _loop.Add("NH4", new VariableShape { Range = (0, 50) });
        _loop.Set(tag, 10);
        MonitoredItemCreateRequest absolute = Item("NH4", 10), percent = Item("NH4", 10, 2), wrong = Item("NH4", 10, 3);
        absolute.RequestedParameters.Filter = new ExtensionObject(new DataChangeFilter { Trigger = DataChangeTrigger.StatusValue, DeadbandType = 1, DeadbandValue = 1 });
        percent.RequestedParameters.Filter = new ExtensionObject(new DataChangeFilter { Trigger = DataChangeTrigger.StatusValue, DeadbandType = 2, DeadbandValue = 4 });
        wrong.RequestedParameters.Filter = new ExtensionObject(new DataChangeFilter { DeadbandType = 2, DeadbandValue = 101 });
        MonitoredItemCreateResult[] results = Subscribe(_loop.Connect(), absolute, percent, wrong);
        Assert.Equal(StatusCodes.BadDeadbandFilterInvalid, results[2].StatusCode);
        foreach (double value in (double[])[10.6, 11.2, 12.1, 12.3, 14.2])
        {
            _loop.Time.Advance(0.1);
            _loop.Set(tag, value);
        }

        _loop.Time.Advance(1);
        Assert.Equal(["1:10,1:11.2,1:12.3,1:14.2,2:10,2:12.1,2:14.2"], _log.Select(l => string.Join(',', l.Split(',').Order(StringComparer.Ordinal))));
    }

    [Fact]
    public void Silence_is_told_by_keep_alives_and_a_lost_client_loses_its_subscription()
    {
        _loop.Set(_loop.Add("NH4"), 1);
        OpcUaClient client = _loop.Connect();
        Subscribe(client, Item("NH4"));
        _loop.Time.Advance(1);
        _log.Clear();
        _loop.Time.Advance(30);
        Assert.Equal(["alive", "alive", "alive"], _log);
        _loop.IsDeaf = true;
        _loop.ServerEnd.End();
        Assert.Equal((1, 0), (_loop.Server.Counters.Subscriptions, _loop.Server.Counters.Connections));
        _loop.Time.Advance(62);
        Assert.Equal((0, 0, 0), (_loop.Server.Counters.Subscriptions, _loop.Server.Counters.Items, _loop.Server.Counters.Sessions));
    }

    [Fact]
    public void What_the_server_revises_is_what_it_does()
    {
        _loop.Add("NH4");
        OpcUaClient client = _loop.Connect();
        var (subscription, fault) = client.CreateSubscriptionAsync(new SubscriptionSettings { PublishingIntervalMs = 1, KeepAliveCount = 20, LifetimeCount = 1 }, this).AsTask().Result;
        Assert.True(fault.IsNone, fault.ToString());
        Assert.Equal((50.0, 20u, 60u), (subscription!.PublishingInterval.TotalMilliseconds, subscription.KeepAliveCount, subscription.LifetimeCount));
        MonitoredItemCreateRequest fast = Item("NH4", queue: 5000);
        fast.RequestedParameters.SamplingInterval = 0;
        MonitoredItemCreateResult result = subscription.AddAsync([fast]).AsTask().Result.Results[0];
        Assert.Equal((50.0, 1000u), (result.RevisedSamplingInterval, result.RevisedQueueSize));
    }

    [Fact]
    public void A_trigger_tells_what_its_links_have_sampled()
    {
        int trigger = _loop.Add("Door"), linked = _loop.Add("NH4");
        _loop.Set(trigger, 0);
        _loop.Set(linked, 5);
        OpcUaClient client = _loop.Connect();
        MonitoredItemCreateRequest sampled = Item("NH4", 10, 2);
        sampled.MonitoringMode = MonitoringMode.Sampling;
        var (subscription, _) = client.CreateSubscriptionAsync(new SubscriptionSettings(), this).AsTask().Result;
        MonitoredItemCreateResult[] items = subscription!.AddAsync([Item("Door"), sampled]).AsTask().Result.Results;
        Assert.True(subscription.AddTriggersAsync(items[0].MonitoredItemId, items[1].MonitoredItemId).AsTask().Result.Fault.IsNone);
        _loop.Time.Advance(2);
        Assert.Equal(["1:0"], _log);
        _loop.Set(trigger, 1);
        _loop.Time.Advance(2);
        Assert.Equal(["1:0", "1:1,2:5"], _log);
    }

    [Fact]
    public void A_message_is_kept_until_it_is_acknowledged_and_a_subscription_changes_hands()
    {
        int tag = _loop.Add("NH4");
        _loop.Set(tag, 1);
        OpcUaClient first = _loop.Connect();
        var (subscription, _) = first.CreateSubscriptionAsync(new SubscriptionSettings(), this).AsTask().Result;
        _ = subscription!.AddAsync([Item("NH4", 10)]).AsTask().Result;
        _loop.IsDeaf = true;
        _loop.Time.Advance(1);
        _loop.IsDeaf = false;
        OpcUaClient second = _loop.Connect();
        TransferSubscriptionsResponse moved = Send(second, new TransferSubscriptionsRequest { SubscriptionIds = [subscription.Id, 12345], SendInitialValues = true }, new TransferSubscriptionsResponse());
        Assert.Equal([1u], moved.Results![0].AvailableSequenceNumbers!);
        Assert.Equal(StatusCodes.BadSubscriptionIdInvalid, moved.Results[1].StatusCode);
        RepublishResponse again = Send(second, new RepublishRequest { SubscriptionId = subscription.Id, RetransmitSequenceNumber = 1 }, new RepublishResponse());
        var data = (DataChangeNotification)again.NotificationMessage.NotificationData![0].Structure!;
        Assert.Equal(new Variant(1.0), data.MonitoredItems![0].Value.Value);
        OpcUaFault missing = second.SendAsync(new RepublishRequest { SubscriptionId = subscription.Id, RetransmitSequenceNumber = 9 }, new RepublishResponse()).AsTask().Result;
        Assert.Equal(StatusCodes.BadMessageNotAvailable, missing.Status);
    }

    [Fact]
    public void F04_A_server_told_to_keep_data_back_goes_on_with_keep_alives_and_tells_the_data_later()
    {
        int tag = _loop.Add("NH4");
        _loop.Set(tag, 1);
        Subscribe(_loop.Connect(), Item("NH4", queue: 10));
        _loop.Time.Advance(1);
        _loop.Server.Silence = PublishSilence.Data;
        _loop.Set(tag, 2);
        _loop.Time.Advance(15);
        Assert.Equal("1:1", _log[0]);
        Assert.NotEmpty(_log[1..]);
        Assert.All(_log[1..], line => Assert.Equal("alive", line));
        _loop.Server.Silence = PublishSilence.None;
        _loop.Time.Advance(1);
        Assert.Equal("1:2", _log[^1]);
    }

    [Fact]
    public void F04_A_server_told_to_say_nothing_answers_no_publish_request_until_it_may()
    {
        int tag = _loop.Add("NH4");
        _loop.Set(tag, 1);
        Subscribe(_loop.Connect(), Item("NH4", queue: 10));
        _loop.Time.Advance(1);
        _loop.Server.Silence = PublishSilence.Everything;
        _loop.Set(tag, 2);
        _loop.Time.Advance(15);
        Assert.Equal(["1:1"], _log);
        _loop.Server.Silence = PublishSilence.None;
        _loop.Time.Advance(1);
        Assert.Equal(["1:1", "1:2"], _log);
    }

    [Fact]
    public void F03_A_server_may_be_told_the_number_of_its_first_subscription()
    {
        var loop = new LoopServer(options => options with { FirstId = 1 });
        OpcUaClient client = loop.Connect();
        Assert.Equal(1u, client.CreateSubscriptionAsync(new SubscriptionSettings(), this).AsTask().Result.Subscription!.Id);
        Assert.Equal(2u, client.CreateSubscriptionAsync(new SubscriptionSettings(), this).AsTask().Result.Subscription!.Id);
    }

    [Fact]
    public void Changes_of_several_values_are_seen_together()
    {
        int a = _loop.Add("A"), b = _loop.Add("B");
        _loop.Set(a, 1);
        _loop.Set(b, 1);
        var values = new DataValue[2];
        OpcUaClient client = _loop.Connect();
        var reading = new Thread(() => _ = client.ReadAsync(new PreparedRead(_loop.Node("A"), _loop.Node("B")), values).AsTask().Result);

        _loop.Space.Change(_loop, loop =>
        {
            loop.Set(a, 2);
            reading.Start();
            Assert.True(SpinWait.SpinUntil(() => reading.ThreadState is ThreadState.WaitSleepJoin or ThreadState.Stopped, 20_000));
            loop.Set(b, 2);
        });

        reading.Join();
        Assert.Equal([new Variant(2.0), new Variant(2.0)], values.Select(value => value.Value));
    }

    [Fact]
    public void Sampling_and_publishing_allocate_the_same_for_ten_and_for_a_thousand_values()
    {
        long few = AllocatedPerCycle(10), many = AllocatedPerCycle(1000);
        // What is left is the Publish request's own: its token and its acknowledgement.
        Assert.True(many <= few + 64, $"{few} bytes with 10 values, {many} with 1,000");
    }

    void ISubscriptionHandler.OnData(Subscription subscription, ReadOnlySpan<MonitoredItemNotification> items)
    {
        if (_isMeasuring)
            return;
        var texts = new List<string>();
        foreach (ref readonly MonitoredItemNotification item in items)
            texts.Add($"{item.ClientHandle}:{item.Value.Value}{(item.Value.Status.HasOverflow ? "!" : "")}");
        _log.Add(string.Join(',', texts));
    }

    void ISubscriptionHandler.OnKeepAlive(Subscription subscription) => _log.Add("alive");

    void ISubscriptionHandler.OnEvents(Subscription subscription, ReadOnlySpan<EventFieldList> events) => _log.Add("events");

    void ISubscriptionHandler.OnStatusChanged(Subscription subscription, StatusCode status) => _log.Add(status.Name);

    void ISubscriptionHandler.OnMissing(Subscription subscription, uint firstMissing, uint count) => _log.Add("missing");

    private bool _isMeasuring;

    private long AllocatedPerCycle(int count)
    {
        _isMeasuring = true;
        var loop = new LoopServer();
        int[] tags = [.. Enumerable.Range(0, count).Select(i => loop.Add("T" + i))];
        OpcUaClient client = loop.Connect();
        var (subscription, _) = client.CreateSubscriptionAsync(new SubscriptionSettings { PublishingIntervalMs = 100 }, this).AsTask().Result;
        _ = subscription!.AddAsync([.. tags.Select(i => Item("T" + i, 10, (uint)i, loop))]).AsTask().Result;
        long before = 0;
        const int cycles = 50;
        for (int cycle = 0; cycle < 2 * cycles; cycle++)
        {
            if (cycle == cycles)
                before = GC.GetAllocatedBytesForCurrentThread();
            foreach (int tag in tags)
                loop.Set(tag, cycle);
            loop.Time.Advance(0.1);
        }

        Assert.True(loop.Server.Counters.Notifications >= cycles * count);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / cycles;
    }

    private MonitoredItemCreateRequest Item(string name, uint queue = 1, uint handle = 1, LoopServer? loop = null) => new()
    {
        ItemToMonitor = new ReadValueId { NodeId = (loop ?? _loop).Node(name), AttributeId = 13 },
        MonitoringMode = MonitoringMode.Reporting,
        RequestedParameters = new MonitoringParameters { ClientHandle = handle, SamplingInterval = 100, QueueSize = queue, DiscardOldest = true },
    };

    private MonitoredItemCreateResult[] Subscribe(OpcUaClient client, params MonitoredItemCreateRequest[] items)
    {
        var (subscription, fault) = client.CreateSubscriptionAsync(new SubscriptionSettings { KeepAliveCount = 10 }, this).AsTask().Result;
        Assert.True(fault.IsNone, fault.ToString());
        var (results, added) = subscription!.AddAsync(items).AsTask().Result;
        Assert.True(added.IsNone, added.ToString());
        return results;
    }

    private static T Send<T>(OpcUaClient client, IServiceRequest request, T response)
        where T : IServiceResponse
    {
        OpcUaFault fault = client.SendAsync(request, response).AsTask().Result;
        Assert.True(fault.IsNone, fault.ToString());
        return response;
    }
}
