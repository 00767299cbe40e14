using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Subscriptions;

/// <content>What comes: in order, once, gaps filled or counted.</content>
public sealed partial class Subscription
{
    // Of a longer gap only the newest messages are asked for again: no server keeps more of them.
    private const uint MostRepublished = 200;

    // Later messages are not even acknowledged: they are asked for again when their turn comes.
    private const int MostHeld = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<HeldMessage> _held = [];
    private bool _isRecovering;

    /// <summary>True asks for missing messages again and holds later ones back meanwhile.</summary>
    internal bool RepublishesGaps { get; init; }

    /// <summary>Messages that came only when they were asked for again.</summary>
    public long Republished { get; private set; }

    /// <summary>Takes a message.</summary>
    /// <returns>True when the message has content and is to be acknowledged.</returns>
    internal bool Deliver(PublishSlot slot, long now)
    {
        LastHeard = now;
        if (RepublishesGaps)
        {
            bool isStarting;
            lock (_gate)
            {
                isStarting = !_isRecovering && IsGap(slot.SequenceNumber);
                _isRecovering |= isStarting;
                if (_isRecovering && _held.Count >= MostHeld)
                    return false;
                if (_isRecovering)
                    _held.Enqueue(new HeldMessage(slot.SequenceNumber, slot.IsKeepAlive, slot.Items.ToArray(), slot.Events.ToArray(), slot.StatusChange));
                if (_isRecovering && !isStarting)
                    return !slot.IsKeepAlive;
            }

            if (isStarting)
            {
                _ = DrainAsync();
                return !slot.IsKeepAlive;
            }
        }

        Take(slot.SequenceNumber, slot.IsKeepAlive, slot.Items, slot.Events, slot.StatusChange);
        return !slot.IsKeepAlive;
    }

    /// <summary>Fetches what the server sent while nobody listened. Publish requests must not be waiting meanwhile.</summary>
    /// <param name="available">The messages the server holds; null when it did not say.</param>
    /// <returns>A fault when the connection broke again: to be repeated on the next one.</returns>
    internal async ValueTask<OpcUaFault> CatchUpAsync(uint[]? available)
    {
        lock (_gate)
            _isRecovering = true;
        if (available is null)
        {
            OpcUaFault fault;
            do
                fault = await RepublishOneAsync(After(LastSequenceNumber)).ConfigureAwait(false);
            while (fault.IsNone);
            if (!_client.IsConnected)
                return fault;
        }

        foreach (var sequence in available ?? [])
        {
            if (IsOld(sequence))
            {
                // Its acknowledgement went down with the former session.
                _client.Acknowledge(this, sequence);
                continue;
            }

            var fault = await RepublishOneAsync(sequence).ConfigureAwait(false);
            if (!fault.IsNone && !_client.IsConnected)
                return fault;
        }

        return await DrainAsync().ConfigureAwait(false);
    }

    /// <summary>Hands over what was held back: messages before it will not come any more.</summary>
    internal void GiveUp()
    {
        while (true)
        {
            HeldMessage held;
            lock (_gate)
            {
                _isRecovering = false;
                if (!_held.TryDequeue(out held))
                    return;
            }

            Take(held.SequenceNumber, held.IsKeepAlive, held.Items, held.Events, held.StatusChange);
        }
    }

    private async Task<OpcUaFault> DrainAsync()
    {
        while (true)
        {
            HeldMessage next;
            lock (_gate)
            {
                if (!_held.TryPeek(out next))
                {
                    _isRecovering = false;
                    return default;
                }
            }

            var last = Before(next.SequenceNumber);
            var first = After(LastSequenceNumber);
            if (IsGap(next.SequenceNumber) && last - first >= MostRepublished)
                first = last - MostRepublished + 1;
            for (var sequence = first; IsGap(next.SequenceNumber) && sequence != next.SequenceNumber; sequence = After(sequence))
            {
                var fault = await RepublishOneAsync(sequence).ConfigureAwait(false);
                // Without a connection nobody knows whether the message is lost: the session may come back.
                if (!fault.IsNone && !_client.IsConnected)
                    return fault;
            }

            lock (_gate)
            {
                if (!_held.TryDequeue(out next))
                    continue;
            }

            Take(next.SequenceNumber, next.IsKeepAlive, next.Items, next.Events, next.StatusChange);
        }
    }

    private async ValueTask<OpcUaFault> RepublishOneAsync(uint sequenceNumber)
    {
        var (message, fault) = await RepublishAsync(sequenceNumber).ConfigureAwait(false);
        if (message is null)
            return fault;
        Republished++;
        List<MonitoredItemNotification> items = [];
        List<EventFieldList> events = [];
        StatusCode? status = null;
        foreach (var part in message.NotificationData ?? [])
        {
            if (part.Structure is DataChangeNotification data)
                items.AddRange(data.MonitoredItems ?? []);
            else if (part.Structure is EventNotificationList list)
                events.AddRange(list.Events ?? []);
            else if (part.Structure is StatusChangeNotification change)
                status = change.Status;
        }

        Take(sequenceNumber, false, items.ToArray(), events.ToArray(), status);
        _client.Acknowledge(this, sequenceNumber);
        return default;
    }

    private void Take(uint sequenceNumber, bool isKeepAlive, ReadOnlySpan<MonitoredItemNotification> items, ReadOnlySpan<EventFieldList> events, StatusCode? statusChange)
    {
        if (isKeepAlive)
        {
            // It carries the number of the next message: a higher one says that messages are missing.
            NoteMissing(sequenceNumber);
            if (sequenceNumber != 0 && (LastSequenceNumber != 0 || IsGap(sequenceNumber)) && !IsOld(Before(sequenceNumber)))
                LastSequenceNumber = Before(sequenceNumber);
            _handler.OnKeepAlive(this);
            return;
        }

        if (IsOld(sequenceNumber))
            return; // Repeated: it was delivered already.
        NoteMissing(sequenceNumber);
        LastSequenceNumber = sequenceNumber;
        Values += items.Length;
        foreach (ref readonly var item in items)
        {
            if (item.Value.Status.HasOverflow)
                Overflows++;
        }

        if (!items.IsEmpty)
            _handler.OnData(this, items);
        if (!events.IsEmpty)
            _handler.OnEvents(this, events);
        if (statusChange is { } status)
        {
            IsAlive = false;
            _handler.OnStatusChanged(this, status);
        }
    }

    private void NoteMissing(uint sequenceNumber)
    {
        if (!IsGap(sequenceNumber))
            return;
        var expected = After(LastSequenceNumber);
        var count = sequenceNumber - expected;
        MissingMessages += count;
        _handler.OnMissing(this, expected, count);
    }

    // Who asks for missing messages again has seen the subscription from its first message on, which has the number 1.
    private bool IsGap(uint sequenceNumber) =>
        sequenceNumber != 0 && sequenceNumber != After(LastSequenceNumber) && !IsOld(sequenceNumber) && (LastSequenceNumber != 0 || RepublishesGaps);

    private bool IsOld(uint sequenceNumber) => LastSequenceNumber != 0 && (int)(sequenceNumber - LastSequenceNumber) <= 0;

    // Numbers wrap from the largest to 1; 0 is never used (Part 4 §5.14.1.1).
    private static uint Before(uint sequenceNumber) => sequenceNumber == 1 ? uint.MaxValue : sequenceNumber - 1;

    private static uint After(uint sequenceNumber) => sequenceNumber == uint.MaxValue ? 1 : sequenceNumber + 1;

    private readonly record struct HeldMessage(uint SequenceNumber, bool IsKeepAlive, MonitoredItemNotification[] Items, EventFieldList[] Events, StatusCode? StatusChange);
}
