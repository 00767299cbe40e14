using Gateway.OpcUa.Tests.Client;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Supervision;

/// <summary>
/// A small server model behind the scripted peer: sessions with time-outs, subscriptions with queues, publishing in
/// virtual time, retransmission and transfer, and the faults that field devices show.
/// </summary>
internal sealed class PlantServer
{
    private readonly ManualTime _time;
    private readonly ITimer _ticker;
    private readonly Dictionary<uint, SessionModel> _sessions = [];
    private readonly Queue<(uint RequestId, SessionModel Session)> _publishes = [];
    private uint _lastToken;
    private uint _lastSubscription;
    private uint _lastItem;

    public PlantServer(ManualTime time)
    {
        _time = time;
        Peer = new ScriptedServer { Answer = Answer };
        _ticker = time.CreateTimer(_ => Tick(), null, TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);
    }

    public ScriptedServer Peer { get; }

    public Dictionary<string, DataValue> Values { get; } = [];

    public string[] Namespaces { get; set; } = ["http://opcfoundation.org/UA/", "urn:plant", "urn:a", "urn:b"];

    public Dictionary<uint, SubscriptionModel> Subscriptions { get; } = [];

    public DateTime StartTime { get; private set; } = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    public bool IsRefusing { get; set; }

    /// <summary>Answers nothing and publishes nothing: a pulled cable.</summary>
    public bool IsBlackHole { get => Peer.IsSilent; set => Peer.IsSilent = value; }

    public int MaxSessions { get; set; } = 100;

    public int MaxOperations { get; set; } = int.MaxValue;

    public uint StatedOperations { get; set; }

    public int MaxRetransmitted { get; set; } = 1000;

    /// <summary>The longest queue of an item it grants.</summary>
    public int MaxQueue { get; set; } = int.MaxValue;

    /// <summary>Publishes no faster than so many milliseconds.</summary>
    public double ShortestPublishingMs { get; set; }

    /// <summary>Values of each message with content, in the order of publication, whether or not the wire carried it.</summary>
    public List<double[]> Published { get; } = [];

    public int State { get; set; }

    public uint SecondsTillShutdown { get; set; }

    public Func<IServiceRequest, StatusCode> Refuse { get; set; } = _ => default;

    public int MostSessions { get; private set; }

    public int Attempts { get; private set; }

    public int Created { get; private set; }

    public int AliveSessions => _sessions.Values.Count(s => _time.GetTimestamp() < s.Ends);

    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        Attempts++;
        return IsRefusing ? throw new IOException("connection refused") : await Peer.ConnectAsync(cancellation);
    }

    /// <summary>Ends the connection; what was waiting is lost.</summary>
    public void Cut()
    {
        _publishes.Clear();
        Peer.Stream?.End();
    }

    /// <summary>All memory is lost and numbering begins again.</summary>
    public void Restart()
    {
        Cut();
        _sessions.Clear();
        Subscriptions.Clear();
        _lastSubscription = 0;
        _lastItem = 0;
        StartTime = _time.GetUtcNow().UtcDateTime;
    }

    public void ForgetSessions()
    {
        _sessions.Clear();
        _publishes.Clear();
    }

    /// <summary>All subscriptions are gone; waiting publish requests are told so, as Part 4 §5.14.5 wants it.</summary>
    public void DropSubscriptions()
    {
        Subscriptions.Clear();
        List<(uint RequestId, SessionModel Session)> waiting = [.. _publishes];
        _publishes.Clear();
        foreach ((uint requestId, _) in waiting)
            Peer.Send(Fault(StatusCodes.BadNoSubscription), requestId);
    }

    /// <summary>Lets so many bundles of answers through and ends the connection in the middle of the next one.</summary>
    public void CutInsideAnswer(int after)
    {
        Peer.Tamper = bytes =>
        {
            if (after-- > 0)
                return bytes;
            Peer.Tamper = null;
            _publishes.Clear();
            ScriptedStream stream = Peer.Stream;
            stream.Feed(bytes.AsSpan(0, bytes.Length / 2));
            stream.End();
            return [];
        };
    }

    /// <summary>The cable is back; what was on the old connection is gone.</summary>
    public void EndBlackHole()
    {
        IsBlackHole = false;
        Cut();
    }

    public void Set(string key, double value, StatusCode status = default)
    {
        var data = new DataValue(new Variant(value), status, _time.GetUtcNow().UtcDateTime);
        Values[key] = data;
        foreach (SubscriptionModel subscription in Subscriptions.Values)
        {
            foreach (ItemModel item in subscription.Items.Values.Where(i => i.Key == key && !i.IsDead))
                item.Enqueue(data);
        }
    }

    public string Key(NodeId node) => node.NamespaceIndex < Namespaces.Length ? $"{Namespaces[node.NamespaceIndex]}|{node.Text ?? node.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)}" : "";

    private IStructure? Answer(IServiceRequest request)
    {
        StatusCode refusal = Refuse(request);
        if (refusal.IsBad)
            return Fault(refusal);
        if (request is GetEndpointsRequest)
            return Peer.Default(request);
        if (request is CreateSessionRequest create)
            return CreateSession(create);
        if (!_sessions.TryGetValue(request.Header.AuthenticationToken.Number, out SessionModel? session) || _time.GetTimestamp() >= session.Ends)
            return Fault(StatusCodes.BadSessionIdInvalid);
        session.Touch(_time);
        if (request is ActivateSessionRequest)
        {
            session.Stream = Peer.Stream;
            return Peer.Default(request);
        }

        return session.Stream == Peer.Stream ? Serve(request, session) : Fault(StatusCodes.BadSecureChannelIdInvalid);
    }

    private IStructure? CreateSession(CreateSessionRequest create)
    {
        if (AliveSessions >= MaxSessions)
            return Fault(StatusCodes.BadTooManySessions);
        Created++;
        var response = (CreateSessionResponse)Peer.Default(create)!;
        uint token = ++_lastToken;
        response.AuthenticationToken = new NodeId(token, 1);
        var session = new SessionModel { Timeout = TimeSpan.FromMilliseconds(create.RequestedSessionTimeout) };
        session.Touch(_time);
        _sessions[token] = session;
        MostSessions = Math.Max(MostSessions, AliveSessions);
        return response;
    }

    private IStructure? Serve(IServiceRequest request, SessionModel session)
    {
        switch (request)
        {
            case CloseSessionRequest close:
                foreach ((uint id, _) in Subscriptions.Where(s => close.DeleteSubscriptions && s.Value.Session == session).ToList())
                    Subscriptions.Remove(id);
                _sessions.Remove(request.Header.AuthenticationToken.Number);
                return new CloseSessionResponse();
            case ReadRequest read:
                return read.NodesToRead!.Length > MaxOperations ? Fault(StatusCodes.BadTooManyOperations) : new ReadResponse { Results = [.. read.NodesToRead.Select(n => Read(n.NodeId))] };
            case CreateSubscriptionRequest create:
                return Create(create, session);
            case CreateMonitoredItemsRequest items:
                return items.ItemsToCreate!.Length > MaxOperations ? Fault(StatusCodes.BadTooManyOperations) : CreateItems(items);
            case DeleteMonitoredItemsRequest delete:
                return new DeleteMonitoredItemsResponse { Results = [.. delete.MonitoredItemIds!.Select(i => Subscriptions[delete.SubscriptionId].Items.Remove(i) ? default : StatusCodes.BadMonitoredItemIdInvalid)] };
            case DeleteSubscriptionsRequest delete:
                return new DeleteSubscriptionsResponse { Results = [.. delete.SubscriptionIds!.Select(i => Subscriptions.Remove(i) ? default : StatusCodes.BadSubscriptionIdInvalid)] };
            case TransferSubscriptionsRequest transfer:
                return new TransferSubscriptionsResponse { Results = [.. transfer.SubscriptionIds!.Select(i => Transfer(i, session))] };
            case RepublishRequest republish:
                return Republish(republish);
            case PublishRequest publish:
                foreach (SubscriptionAcknowledgement acknowledgement in publish.SubscriptionAcknowledgements ?? [])
                {
                    if (Subscriptions.TryGetValue(acknowledgement.SubscriptionId, out SubscriptionModel? acknowledged))
                        acknowledged.Sent.Remove(acknowledgement.SequenceNumber);
                }

                _publishes.Enqueue((Peer.RequestIds[^1], session));
                return null;
            default:
                return Fault(StatusCodes.BadServiceUnsupported);
        }
    }

    private DataValue Read(NodeId node)
    {
        if (node.NamespaceIndex != 0)
            return Values.TryGetValue(Key(node), out DataValue value) ? value : new DataValue(default, StatusCodes.BadNodeIdUnknown);
        return node.Number switch
        {
            2255 => new DataValue(new Variant(Namespaces)),
            2257 => new DataValue(new Variant(StartTime)),
            2259 => new DataValue(new Variant(State)),
            2992 => new DataValue(new Variant(SecondsTillShutdown)),
            11705 or 11714 => new DataValue(new Variant(StatedOperations)),
            _ => new DataValue(default, StatusCodes.BadNodeIdUnknown),
        };
    }

    private CreateSubscriptionResponse Create(CreateSubscriptionRequest create, SessionModel session)
    {
        uint id = ++_lastSubscription;
        double interval = Math.Max(ShortestPublishingMs, create.RequestedPublishingInterval);
        Subscriptions[id] = new SubscriptionModel
        {
            Id = id,
            Session = session,
            IntervalTicks = (long)(interval * TimeSpan.TicksPerMillisecond),
            KeepAliveCount = (int)create.RequestedMaxKeepAliveCount,
            NextPublish = _time.GetTimestamp() + (long)(interval * TimeSpan.TicksPerMillisecond),
        };
        return new CreateSubscriptionResponse { SubscriptionId = id, RevisedPublishingInterval = interval, RevisedMaxKeepAliveCount = create.RequestedMaxKeepAliveCount, RevisedLifetimeCount = create.RequestedLifetimeCount };
    }

    private IStructure CreateItems(CreateMonitoredItemsRequest request)
    {
        if (!Subscriptions.TryGetValue(request.SubscriptionId, out SubscriptionModel? subscription))
            return Fault(StatusCodes.BadSubscriptionIdInvalid);
        return new CreateMonitoredItemsResponse
        {
            Results = [.. request.ItemsToCreate!.Select(create =>
            {
                string key = Key(create.ItemToMonitor.NodeId);
                if (!Values.TryGetValue(key, out DataValue value))
                    return new MonitoredItemCreateResult { StatusCode = StatusCodes.BadNodeIdUnknown };
                var item = new ItemModel { Key = key, Handle = create.RequestedParameters.ClientHandle, Size = Math.Clamp((int)create.RequestedParameters.QueueSize, 1, MaxQueue) };
                item.Enqueue(value);
                subscription.Items[++_lastItem] = item;
                return new MonitoredItemCreateResult { MonitoredItemId = _lastItem, RevisedSamplingInterval = create.RequestedParameters.SamplingInterval, RevisedQueueSize = (uint)item.Size };
            })],
        };
    }

    private TransferResult Transfer(uint id, SessionModel session)
    {
        if (!Subscriptions.TryGetValue(id, out SubscriptionModel? subscription))
            return new TransferResult { StatusCode = StatusCodes.BadSubscriptionIdInvalid };
        subscription.Session = session;
        return new TransferResult { AvailableSequenceNumbers = [.. subscription.Sent.Keys] };
    }

    private IStructure Republish(RepublishRequest request)
    {
        if (!Subscriptions.TryGetValue(request.SubscriptionId, out SubscriptionModel? subscription))
            return Fault(StatusCodes.BadSubscriptionIdInvalid);
        return subscription.Sent.TryGetValue(request.RetransmitSequenceNumber, out NotificationMessage? message)
            ? new RepublishResponse { NotificationMessage = message }
            : Fault(StatusCodes.BadMessageNotAvailable);
    }

    private void Tick()
    {
        _ticker.Change(TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);
        long now = _time.GetTimestamp();
        foreach (SubscriptionModel subscription in Subscriptions.Values.ToList())
        {
            if (now < subscription.NextPublish || subscription.IsSilent)
                continue;
            bool hasData = subscription.Items.Values.Any(i => i.Queue.Count > 0);
            subscription.Idle++;
            if (hasData || !subscription.HasSpoken || subscription.Idle >= subscription.KeepAliveCount)
                Publish(subscription, hasData);
            subscription.NextPublish = now + subscription.IntervalTicks;
        }
    }

    private void Publish(SubscriptionModel subscription, bool hasData)
    {
        while (_publishes.TryPeek(out var head) && head.Session.Stream != Peer.Stream)
            _publishes.Dequeue();
        if (_publishes.Count == 0 || _publishes.Peek().Session != subscription.Session)
            return;
        uint requestId = _publishes.Dequeue().RequestId;
        subscription.Idle = 0;
        subscription.HasSpoken = true;
        var message = new NotificationMessage { SequenceNumber = subscription.Sequence + 1, NotificationData = [] };
        if (hasData)
        {
            subscription.Sequence++;
            message.NotificationData = [new ExtensionObject(new DataChangeNotification { MonitoredItems = [.. subscription.Items.Values.SelectMany(i => i.Drain())] })];
            subscription.Sent[message.SequenceNumber] = message;
            Published.Add([.. ((DataChangeNotification)message.NotificationData[0].Structure!).MonitoredItems!.Select(i => i.Value.Value.TryGet(out double number) ? number : double.NaN)]);
            while (subscription.Sent.Count > MaxRetransmitted)
                subscription.Sent.Remove(subscription.Sent.Keys.First());
        }

        // The server believes that it sent it, whether or not the wire carries it.
        if (!IsBlackHole)
            Peer.Send(new PublishResponse { SubscriptionId = subscription.Id, AvailableSequenceNumbers = [.. subscription.Sent.Keys], NotificationMessage = message }, requestId);
    }

    private static ServiceFault Fault(StatusCode status) => new() { ResponseHeader = new ResponseHeader { ServiceResult = status } };

    internal sealed class SessionModel
    {
        public ScriptedStream? Stream { get; set; }

        public TimeSpan Timeout { get; init; }

        public long Ends { get; private set; }

        public void Touch(ManualTime time) => Ends = time.GetTimestamp() + Timeout.Ticks;
    }

    internal sealed class SubscriptionModel
    {
        public uint Id { get; init; }

        public required SessionModel Session { get; set; }

        public Dictionary<uint, ItemModel> Items { get; } = [];

        public SortedDictionary<uint, NotificationMessage> Sent { get; } = [];

        public uint Sequence { get; set; }

        public long IntervalTicks { get; init; }

        public long NextPublish { get; set; }

        public int KeepAliveCount { get; init; }

        public int Idle { get; set; }

        public bool HasSpoken { get; set; }

        public bool IsSilent { get; set; }
    }

    internal sealed class ItemModel
    {
        public required string Key { get; init; }

        public uint Handle { get; init; }

        public int Size { get; init; }

        public bool IsDead { get; set; }

        public Queue<DataValue> Queue { get; private set; } = [];

        public void Enqueue(DataValue value)
        {
            Queue.Enqueue(value);
            if (Queue.Count <= Size)
                return;
            Queue.Dequeue();
            List<DataValue> rest = [.. Queue];
            if (Size > 1)
                rest[0] = rest[0] with { Status = rest[0].Status.WithOverflow() };
            Queue = new Queue<DataValue>(rest);
        }

        public IEnumerable<MonitoredItemNotification> Drain()
        {
            while (Queue.TryDequeue(out DataValue value))
                yield return new MonitoredItemNotification { ClientHandle = Handle, Value = value };
        }
    }
}
