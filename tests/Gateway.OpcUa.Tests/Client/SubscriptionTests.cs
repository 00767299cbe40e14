using Gateway.OpcUa.Security;
using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Client;

/// <summary>Publish requests and what they bring, against a server whose every answer the test decides.</summary>
public sealed class SubscriptionTests : ISubscriptionHandler
{
    private readonly ManualTime _time = new();
    private readonly ScriptedServer _server = new();
    private readonly List<string> _log = [];

    [Fact]
    public void Messages_are_delivered_acknowledged_and_asked_for_again()
    {
        OpcUaClient client = Connect();
        Subscribe(client);
        Assert.Equal(2, Publishes().Count);
        Publish(0, 1, 10);
        Publish(1, 2, 20, 21);
        Assert.Equal(["data 10", "data 20,21"], _log);
        List<PublishRequest> requests = Publishes();
        Assert.Equal(4, requests.Count);
        Assert.Equal([1u], requests[2].SubscriptionAcknowledgements!.Select(a => a.SequenceNumber));
        Assert.Equal([2u], requests[3].SubscriptionAcknowledgements!.Select(a => a.SequenceNumber));
    }

    [Fact]
    public void A_keep_alive_is_no_message_and_a_gap_is_counted()
    {
        OpcUaClient client = Connect();
        Subscription subscription = Subscribe(client);
        Publish(0, 1, 10);
        KeepAlive(1, 2);
        Publish(2, 2, 20);
        Publish(3, 2, 20);
        Publish(4, 5, 50);
        KeepAlive(5, 8);
        Publish(6, 8, 80);
        Assert.Equal(["data 10", "alive", "data 20", "missing 3+2", "data 50", "missing 6+2", "alive", "data 80"], _log);
        Assert.Equal(4, subscription.MissingMessages);
        Assert.Equal(8u, subscription.LastSequenceNumber);
    }

    [Fact]
    public void F08_fewer_requests_after_a_refusal_but_never_none()
    {
        OpcUaClient client = Connect(o => o with { PublishRequests = 5 });
        Subscribe(client);
        Assert.Equal(5, client.PublishRequests);
        for (int i = 0; i < 4; i++)
            Send(i, new ServiceFault { ResponseHeader = new ResponseHeader { ServiceResult = StatusCodes.BadTooManyPublishRequests } });
        Assert.Equal(1, client.PublishRequests);
        Publish(4, 1, 10);
        Assert.Equal(["data 10"], _log);
        Assert.Equal(1, client.PublishRequests);
        // Even the last one refused: asked again after a pause, not in a hot loop.
        int before = Publishes().Count;
        Send(before - 1, new ServiceFault { ResponseHeader = new ResponseHeader { ServiceResult = StatusCodes.BadTooManyPublishRequests } });
        Assert.Equal(before, Publishes().Count);
        _time.Advance(2);
        Assert.Equal(before + 1, Publishes().Count);
    }

    [Fact]
    public void The_end_of_a_subscription_is_told()
    {
        OpcUaClient client = Connect();
        Subscription subscription = Subscribe(client);
        Send(0, Response(1, new StatusChangeNotification { Status = StatusCodes.BadTimeout }));
        Assert.Equal(["status BadTimeout"], _log);
        Assert.False(subscription.IsAlive);
        Publish(1, 2, 5);
        Assert.Single(_log);
    }

    [Fact]
    public void Events_and_overflows_are_delivered()
    {
        OpcUaClient client = Connect();
        Subscription subscription = Subscribe(client);
        Send(0, Response(1, new EventNotificationList { Events = [new EventFieldList { ClientHandle = 3, EventFields = [new Variant("pump failed")] }] }));
        Assert.Equal(["event pump failed"], _log);
        Send(1, Response(2, new DataChangeNotification { MonitoredItems = [new MonitoredItemNotification { ClientHandle = 1, Value = new DataValue(new Variant(1.0), default(StatusCode).WithOverflow()) }] }));
        Assert.Equal(1, subscription.Overflows);
    }

    [Fact]
    public void Notifications_allocate_nothing_in_steady_state()
    {
        OpcUaClient client = Connect(o => o with { PublishRequests = 1 });
        Subscription subscription = Subscribe(client);
        _log.Capacity = 100;
        var slot = new PublishSlot();
        var buffer = new Gateway.OpcUa.Encoding.MessageBuffer(1 << 22);
        var writer = new Gateway.OpcUa.Encoding.UaWriter(buffer);
        PublishResponse response = Response(1, new DataChangeNotification { MonitoredItems = [.. Enumerable.Range(0, 5000).Select(i => new MonitoredItemNotification { ClientHandle = (uint)i, Value = new DataValue(new Variant(i * 0.5), default, DateTime.UtcNow) })] });
        response.Encode(ref writer);
        writer.Finish();
        long before = 0;
        for (int round = 0; round < 20; round++)
        {
            if (round == 10)
                before = GC.GetAllocatedBytesForCurrentThread();
            var reader = new Gateway.OpcUa.Encoding.UaReader(buffer.Written);
            slot.Answer.Decode(ref reader);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(5000, slot.Items.Length);
        Assert.Equal(new Variant(2499.5), slot.Items[^1].Value.Value);
        Assert.True(subscription.IsAlive);
    }

    void ISubscriptionHandler.OnData(Subscription subscription, ReadOnlySpan<MonitoredItemNotification> items)
    {
        List<double> numbers = [];
        foreach (MonitoredItemNotification item in items)
            numbers.Add(item.Value.Value.TryGet(out double number) ? number : double.NaN);
        _log.Add("data " + string.Join(',', numbers));
    }

    void ISubscriptionHandler.OnEvents(Subscription subscription, ReadOnlySpan<EventFieldList> events) => _log.Add("event " + events[0].EventFields![0]);

    void ISubscriptionHandler.OnKeepAlive(Subscription subscription) => _log.Add("alive");

    void ISubscriptionHandler.OnStatusChanged(Subscription subscription, StatusCode status) => _log.Add("status " + status);

    void ISubscriptionHandler.OnMissing(Subscription subscription, uint firstMissing, uint count) => _log.Add($"missing {firstMissing}+{count}");

    private List<PublishRequest> Publishes() => [.. _server.Requests.OfType<PublishRequest>()];

    private void Send(int index, IStructure message)
    {
        List<uint> ids = [.. _server.Requests.Zip(_server.RequestIds).Where(p => p.First is PublishRequest).Select(p => p.Second)];
        _server.Send(message, ids[index]);
    }

    private void Publish(int index, uint sequence, params double[] values) =>
        Send(index, Response(sequence, new DataChangeNotification { MonitoredItems = [.. values.Select(v => new MonitoredItemNotification { ClientHandle = 1, Value = new DataValue(new Variant(v)) })] }));

    private void KeepAlive(int index, uint next) => Send(index, Response(next));

    private static PublishResponse Response(uint sequence, params IStructure[] notifications) => new()
    {
        SubscriptionId = 7,
        AvailableSequenceNumbers = [sequence],
        NotificationMessage = new NotificationMessage { SequenceNumber = sequence, NotificationData = [.. notifications.Select(n => new ExtensionObject(n))] },
    };

    private OpcUaClient Connect(Func<OpcUaClientOptions, OpcUaClientOptions>? change = null)
    {
        var options = new OpcUaClientOptions { EndpointUrl = "opc.tcp://plc-03:4840", Connect = _server.ConnectAsync, Policy = SecurityPolicy.None };
        SynchronizationContext.SetSynchronizationContext(null);
        return OpcUaClient.ConnectAsync((change ?? (o => o))(options), _time).AsTask().Result.Client!;
    }

    private Subscription Subscribe(OpcUaClient client)
    {
        var (subscription, fault) = client.CreateSubscriptionAsync(new SubscriptionSettings(), this).AsTask().Result;
        Assert.True(fault.IsNone, fault.ToString());
        return subscription!;
    }
}
