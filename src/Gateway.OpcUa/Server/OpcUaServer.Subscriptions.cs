using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <content>Subscriptions: made, changed, transferred, ended.</content>
public sealed partial class OpcUaServer
{
    private const int MaxIntervalMs = 3_600_000;
    private const uint DefaultKeepAlive = 10;
    private const uint MaxKeepAlive = 10_000;

    private uint _lastSubscription;

    private static ServerSubscription? FindSubscription(ServerSession session, uint id)
    {
        foreach (var subscription in session.Subscriptions)
        {
            if (subscription.Id == id)
                return subscription;
        }

        return null;
    }

    private CreateSubscriptionResponse CreateSubscription(ServerSession session, CreateSubscriptionRequest request, out StatusCode status)
    {
        var response = new CreateSubscriptionResponse();
        status = session.Subscriptions.Count >= Options.Limits.MaxSubscriptionsPerSession || _subscriptions.Count >= Options.Limits.MaxSubscriptions
            ? StatusCodes.BadTooManySubscriptions
            : default;
        if (status.IsBad)
            return response;
        // Twice the requests a client may have waiting, as Part 4 §5.14.1.2 asks for.
        var subscription = new ServerSubscription(++_lastSubscription, 2 * Options.Limits.MaxPublishRequests) { Session = session, User = session.User };
        Revise(subscription, request.RequestedPublishingInterval, request.RequestedLifetimeCount, request.RequestedMaxKeepAliveCount, request.MaxNotificationsPerPublish, request.Priority);
        subscription.IsEnabled = request.PublishingEnabled;
        subscription.NextPublish = Now + subscription.IntervalTicks;
        _subscriptions.Add(subscription.Id, subscription);
        session.Subscriptions.Add(subscription);
        Place(subscription);
        Arm(subscription.NextPublish);
        response.SubscriptionId = subscription.Id;
        response.RevisedPublishingInterval = subscription.IntervalMs;
        response.RevisedLifetimeCount = subscription.LifetimeCount;
        response.RevisedMaxKeepAliveCount = subscription.KeepAliveCount;
        return response;
    }

    private void Revise(ServerSubscription subscription, double interval, uint lifetime, uint keepAlive, uint maxNotifications, byte priority)
    {
        subscription.IntervalMs = double.IsNaN(interval) ? Options.Limits.MinIntervalMs : Math.Clamp(interval, Options.Limits.MinIntervalMs, MaxIntervalMs);
        subscription.IntervalTicks = Ticks(subscription.IntervalMs);
        subscription.KeepAliveCount = keepAlive == 0 ? DefaultKeepAlive : Math.Min(keepAlive, MaxKeepAlive);
        // An hour without a request is long enough for any client, three keep-alives are the least (Part 4 §5.14.2).
        var longest = Math.Max(3 * subscription.KeepAliveCount, (uint)(MaxIntervalMs / subscription.IntervalMs));
        subscription.LifetimeCount = Math.Clamp(lifetime, 3 * subscription.KeepAliveCount, longest);
        subscription.MaxNotifications = (int)Math.Min(maxNotifications == 0 ? uint.MaxValue : maxNotifications, (uint)Options.Limits.MaxNotifications);
        subscription.Priority = priority;
    }

    /// <summary>Keeps the order of serving: highest priority first.</summary>
    private void Place(ServerSubscription subscription)
    {
        _order.Remove(subscription);
        var place = _order.FindIndex(s => s.Priority < subscription.Priority);
        _order.Insert(place < 0 ? _order.Count : place, subscription);
    }

    private ModifySubscriptionResponse ModifySubscription(ServerSession session, ModifySubscriptionRequest request, out StatusCode status)
    {
        var response = new ModifySubscriptionResponse();
        status = default;
        if (FindSubscription(session, request.SubscriptionId) is not { } subscription)
        {
            status = StatusCodes.BadSubscriptionIdInvalid;
            return response;
        }

        Revise(subscription, request.RequestedPublishingInterval, request.RequestedLifetimeCount, request.RequestedMaxKeepAliveCount, request.MaxNotificationsPerPublish, request.Priority);
        subscription.NextPublish = Now + subscription.IntervalTicks;
        subscription.LateCycles = 0;
        Place(subscription);
        Arm(subscription.NextPublish);
        response.RevisedPublishingInterval = subscription.IntervalMs;
        response.RevisedLifetimeCount = subscription.LifetimeCount;
        response.RevisedMaxKeepAliveCount = subscription.KeepAliveCount;
        return response;
    }

    private IServiceResponse SetPublishingMode(ServerSession session, SetPublishingModeRequest request, out StatusCode status)
    {
        status = CheckCount(request.SubscriptionIds?.Length);
        if (status.IsBad)
            return new ServiceFault();
        return new SetPublishingModeResponse
        {
            Results = [.. request.SubscriptionIds!.Select(id =>
            {
                if (FindSubscription(session, id) is not { } subscription)
                    return StatusCodes.BadSubscriptionIdInvalid;
                subscription.IsEnabled = request.PublishingEnabled;
                return StatusCodes.Good;
            })],
        };
    }

    private IServiceResponse DeleteSubscriptions(ServerSession session, DeleteSubscriptionsRequest request, out StatusCode status)
    {
        status = CheckCount(request.SubscriptionIds?.Length);
        if (status.IsBad)
            return new ServiceFault();
        var results = new StatusCode[request.SubscriptionIds!.Length];
        for (var i = 0; i < results.Length; i++)
        {
            if (FindSubscription(session, request.SubscriptionIds[i]) is { } subscription)
                Delete(subscription);
            else
                results[i] = StatusCodes.BadSubscriptionIdInvalid;
        }

        // Requests that wait for nothing any more are told so (Part 4 §5.14.8).
        while (session.Subscriptions.Count == 0 && session.Farewells.Count == 0 && session.Publishes.TryDequeue(out var ticket))
            Answer(session.Connection!, ticket.RequestId, new ServiceFault(), ticket.Handle, StatusCodes.BadNoSubscription);
        return new DeleteSubscriptionsResponse { Results = results };
    }

    private void Delete(ServerSubscription subscription)
    {
        foreach (var item in subscription.Items.Values)
            Release(item);
        subscription.Items.Clear();
        subscription.Session?.Subscriptions.Remove(subscription);
        subscription.Session = null;
        _subscriptions.Remove(subscription.Id);
        _order.Remove(subscription);
    }

    private IServiceResponse TransferSubscriptions(ServerSession session, TransferSubscriptionsRequest request, out StatusCode status)
    {
        status = CheckCount(request.SubscriptionIds?.Length);
        if (status.IsBad)
            return new ServiceFault();
        var results = new TransferResult[request.SubscriptionIds!.Length];
        for (var i = 0; i < results.Length; i++)
            results[i] = Transfer(session, request.SubscriptionIds[i], request.SendInitialValues);
        return new TransferSubscriptionsResponse { Results = results };
    }

    private TransferResult Transfer(ServerSession session, uint id, bool sendInitialValues)
    {
        if (!_subscriptions.TryGetValue(id, out var subscription))
            return new TransferResult { StatusCode = StatusCodes.BadSubscriptionIdInvalid };
        if (subscription.User.Name != session.User.Name)
            return new TransferResult { StatusCode = StatusCodes.BadUserAccessDenied };
        if (subscription.Session != session)
        {
            if (session.Subscriptions.Count >= Options.Limits.MaxSubscriptionsPerSession)
                return new TransferResult { StatusCode = StatusCodes.BadTooManySubscriptions };
            if (subscription.Session is { } old)
            {
                old.Subscriptions.Remove(subscription);
                old.Farewells.Enqueue((subscription, StatusCodes.GoodSubscriptionTransferred));
                if (old.Connection is not null)
                    SayFarewell(old);
            }

            subscription.Session = session;
            session.Subscriptions.Add(subscription);
        }

        subscription.LateCycles = 0;
        foreach (var item in sendInitialValues ? subscription.Items.Values : Enumerable.Empty<MonitoredItem>())
        {
            item.Renew();
            Sample(subscription, item);
        }

        return new TransferResult { AvailableSequenceNumbers = [.. Enumerable.Range(0, subscription.SentCount).Select(subscription.SequenceAt)] };
    }

    private IServiceResponse Republish(ServerSession session, RepublishRequest request, out StatusCode status)
    {
        status = default;
        if (FindSubscription(session, request.SubscriptionId) is not { } subscription)
        {
            status = StatusCodes.BadSubscriptionIdInvalid;
            return new ServiceFault();
        }

        subscription.LateCycles = 0;
        var kept = subscription.Find(request.RetransmitSequenceNumber);
        if (kept.IsEmpty)
        {
            status = StatusCodes.BadMessageNotAvailable;
            return new ServiceFault();
        }

        var response = new RepublishResponse();
        var reader = new UaReader(kept, Options.Encoding with { MaxArrayLength = int.MaxValue, MaxElements = int.MaxValue });
        response.NotificationMessage.Decode(ref reader);
        return response;
    }
}
