using System.Buffers.Binary;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <content>Sampling and publishing (Part 4 §5.14.1). Allocates nothing per sample.</content>
public sealed partial class OpcUaServer
{
    // Bytes after which a message is sent and the rest goes into the next one.
    private const int MessageBytes = 1 << 20;
    private const uint DataChangeId = 811;

    private readonly Dictionary<uint, ServerSubscription> _subscriptions = [];
    private readonly List<ServerSubscription> _order = [];
    private readonly MessageBuffer _notification = new(4 << 20);
    private long _samples;
    private long _notifications;
    private long _overflows;
    private PublishSilence _silence;

    private bool HasData(ServerSubscription subscription) => _silence == PublishSilence.None && subscription.IsEnabled && subscription.Listed.Count > 0;

    /// <summary>Samples and publishes what is due. Under the gate.</summary>
    /// <returns>When to look again.</returns>
    private long RunSubscriptions(long now)
    {
        var due = long.MaxValue;
        for (var i = 0; i < _order.Count; i++)
        {
            var subscription = _order[i];
            foreach (var group in subscription.Groups)
            {
                if (now >= group.Next)
                {
                    foreach (var item in group.Items)
                        Sample(subscription, item);
                    group.Next = NextOnGrid(group.Next, group.IntervalTicks, now);
                }

                due = Math.Min(due, group.Next);
            }

            if (now >= subscription.NextPublish)
            {
                subscription.NextPublish = NextOnGrid(subscription.NextPublish, subscription.IntervalTicks, now);
                if (!Cycle(subscription, now))
                {
                    i--;
                    continue;
                }
            }

            due = Math.Min(due, subscription.NextPublish);
        }

        return due;
    }

    private static long NextOnGrid(long planned, long interval, long now) => planned + ((now - planned) / interval + 1) * interval;

    private void Sample(ServerSubscription subscription, MonitoredItem item)
    {
        var node = item.Node;
        if (item.Mode == MonitoringMode.Disabled)
            return;
        _samples++;
        if (item.Seen == node.Version && (node.Source is null || item.Attribute != ValueAttribute))
            return;
        item.Seen = node.Version;
        ReadAttribute(new ReadValueId { NodeId = node.Id, AttributeId = item.Attribute }, node, subscription.User, out var value);
        if (!item.IsChange(value))
            return;
        if (!item.Enqueue(value))
            _overflows++;
        List(subscription, item);
        if (item.Links is null || item.Mode != MonitoringMode.Reporting)
            return;
        foreach (var linked in item.Links)
        {
            linked.IsTriggered = linked.Count > 0;
            List(subscription, linked);
        }
    }

    private void ReadAttribute(in ReadValueId what, ServerNode node, ServerUser user, out DataValue value)
    {
        if (what.AttributeId == ValueAttribute)
        {
            node.ReadValue(UtcNow, out value);
            return;
        }

        value = default;
        value.Status = node.ReadAttribute(what.AttributeId, user, out value.Value);
    }

    private static void List(ServerSubscription subscription, MonitoredItem item)
    {
        if (item.IsListed || item.Count == 0 || !item.MayTell)
            return;
        item.IsListed = true;
        subscription.Listed.Enqueue(item);
    }

    /// <summary>One publishing interval has passed.</summary>
    /// <returns>False when the subscription has ended.</returns>
    private bool Cycle(ServerSubscription subscription, long now)
    {
        var session = subscription.Session;
        if (session is not null)
            DropLateRequests(session, now);
        var hasData = HasData(subscription);
        var isDue = hasData || !subscription.HasSpoken || ++subscription.IdleCycles >= subscription.KeepAliveCount;
        if (isDue && !TryPublish(subscription))
        {
            if (!subscription.IsLate)
                (subscription.IsLate, subscription.LateSince) = (true, now);
        }

        if (session?.Publishes.Count > 0 && !subscription.IsLate)
            subscription.LateCycles = 0;
        else if (++subscription.LateCycles >= subscription.LifetimeCount)
        {
            session?.Farewells.Enqueue((subscription, StatusCodes.BadTimeout));
            Delete(subscription);
            return false;
        }

        return true;
    }

    private void DropLateRequests(ServerSession session, long now)
    {
        while (session.Publishes.TryPeek(out var ticket) && now >= ticket.Deadline)
        {
            session.Publishes.Dequeue();
            if (session.Connection is { } connection)
                Answer(connection, ticket.RequestId, new ServiceFault(), ticket.Handle, StatusCodes.BadTimeout);
        }
    }

    /// <summary>Answers Publish requests as long as there is something to tell and a client that takes it.</summary>
    /// <returns>False when something is left to tell.</returns>
    private bool TryPublish(ServerSubscription subscription)
    {
        var session = subscription.Session;
        do
        {
            if (_silence == PublishSilence.Everything || session?.Connection is not { IsFlowing: true } connection || !session.Publishes.TryDequeue(out var ticket))
                return false;
            var hasData = HasData(subscription);
            var sequence = subscription.NextSequence;
            WriteNotification(subscription, connection, hasData);
            if (hasData)
            {
                subscription.Keep(sequence, _notification.Written);
                subscription.Advance();
            }

            SendNotification(connection, ticket, subscription, HasData(subscription));
            subscription.HasSpoken = true;
            subscription.IsLate = false;
            subscription.IdleCycles = 0;
        }
        while (HasData(subscription));

        return true;
    }

    /// <summary>Writes a NotificationMessage into its own buffer: data, or nothing as a sign of life.</summary>
    private void WriteNotification(ServerSubscription subscription, ServerConnection connection, bool hasData)
    {
        _notification.Length = 0;
        var writer = new UaWriter(_notification);
        writer.WriteUInt32(subscription.NextSequence);
        writer.WriteDateTime(UtcNow);
        writer.WriteInt32(hasData ? 1 : 0);
        if (!hasData)
        {
            writer.Finish();
            return;
        }

        writer.WriteNodeId(new NodeId(DataChangeId));
        writer.WriteByte((byte)ExtensionBody.Binary);
        var lengthAt = writer.Position;
        writer.WriteInt32(0);
        var countAt = writer.Position;
        writer.WriteInt32(0);
        var count = WriteValues(ref writer, subscription, connection.MessageRoom(MessageBytes));
        writer.WriteInt32(-1);
        writer.Finish();
        BinaryPrimitives.WriteInt32LittleEndian(_notification.Bytes.AsSpan(lengthAt), _notification.Length - countAt);
        BinaryPrimitives.WriteInt32LittleEndian(_notification.Bytes.AsSpan(countAt), count);
        _notifications += count;
    }

    private static int WriteValues(ref UaWriter writer, ServerSubscription subscription, int maxBytes)
    {
        var count = 0;
        while (count < subscription.MaxNotifications && writer.Position < maxBytes && subscription.Listed.TryPeek(out var item))
        {
            while (item.Count > 0 && item.MayTell && count < subscription.MaxNotifications && writer.Position < maxBytes)
            {
                var value = item.Dequeue();
                Strip(ref value, item.Timestamps);
                writer.WriteUInt32(item.ClientHandle);
                writer.WriteDataValue(value);
                count++;
            }

            if (item.Count > 0 && item.MayTell)
                break;
            item.IsListed = item.IsTriggered = false;
            subscription.Listed.Dequeue();
        }

        return count;
    }

    private void SendNotification(ServerConnection connection, in PublishTicket ticket, ServerSubscription subscription, bool hasMore)
    {
        _publishResponse.ResponseHeader = new ResponseHeader { Timestamp = UtcNow, RequestHandle = ticket.Handle };
        _body.Length = 0;
        var writer = new UaWriter(_body);
        writer.WriteNodeId(new NodeId(_publishResponse.EncodingId));
        _publishResponse.ResponseHeader.Encode(ref writer);
        writer.WriteUInt32(subscription.Id);
        writer.WriteInt32(subscription.SentCount);
        for (var i = 0; i < subscription.SentCount; i++)
            writer.WriteUInt32(subscription.SequenceAt(i));
        writer.WriteBoolean(hasMore);
        writer.WriteBytes(_notification.Written);
        writer.WriteStatusCodeArray(ticket.Results);
        writer.WriteInt32(-1);
        if (!writer.Finish().IsGood || connection.Send(ticket.RequestId, _body.Written) == StatusCodes.BadResponseTooLarge)
            Answer(connection, ticket.RequestId, new ServiceFault(), ticket.Handle, StatusCodes.BadResponseTooLarge);
    }

    private readonly PublishResponse _publishResponse = new();

    private void Publish(uint requestId, ServerSession session, PublishRequest request)
    {
        var handle = request.RequestHeader.RequestHandle;
        var results = Acknowledge(session, request.SubscriptionAcknowledgements ?? []);
        if (session.Subscriptions.Count == 0 && session.Farewells.Count == 0)
        {
            Answer(session.Connection!, requestId, new ServiceFault(), handle, StatusCodes.BadNoSubscription);
            return;
        }

        if (session.Publishes.Count >= Options.Limits.MaxPublishRequests)
        {
            var oldest = session.Publishes.Dequeue();
            Answer(session.Connection!, oldest.RequestId, new ServiceFault(), oldest.Handle, StatusCodes.BadTooManyPublishRequests);
        }

        var deadline = request.RequestHeader.TimeoutHint == 0 ? long.MaxValue : After(request.RequestHeader.TimeoutHint);
        session.Publishes.Enqueue(new PublishTicket(requestId, handle, deadline, results));
        SayFarewell(session);
        ServerSubscription? first = null;
        foreach (var subscription in session.Subscriptions)
        {
            subscription.LateCycles = 0;
            if (subscription.IsLate && (first is null || subscription.Priority > first.Priority || (subscription.Priority == first.Priority && subscription.LateSince < first.LateSince)))
                first = subscription;
        }

        if (first is not null)
            TryPublish(first);
    }

    private StatusCode[] Acknowledge(ServerSession session, SubscriptionAcknowledgement[] acknowledgements)
    {
        var results = acknowledgements.Length == 0 ? [] : new StatusCode[acknowledgements.Length];
        for (var i = 0; i < results.Length; i++)
        {
            if (FindSubscription(session, acknowledgements[i].SubscriptionId) is not { } subscription)
                results[i] = StatusCodes.BadSubscriptionIdInvalid;
            else if (!subscription.Acknowledge(acknowledgements[i].SequenceNumber))
                results[i] = StatusCodes.BadSequenceNumberUnknown;
        }

        return results;
    }

    /// <summary>Tells what became of subscriptions that are gone.</summary>
    private void SayFarewell(ServerSession session)
    {
        while (session.Farewells.TryPeek(out var farewell) && session.Publishes.TryDequeue(out var ticket))
        {
            session.Farewells.Dequeue();
            var response = new PublishResponse
            {
                SubscriptionId = farewell.Subscription.Id,
                Results = ticket.Results,
                NotificationMessage = new NotificationMessage
                {
                    SequenceNumber = farewell.Subscription.NextSequence,
                    PublishTime = UtcNow,
                    NotificationData = [new ExtensionObject(new StatusChangeNotification { Status = farewell.Status })],
                },
            };
            Answer(session.Connection!, ticket.RequestId, response, ticket.Handle, default);
        }
    }
}
