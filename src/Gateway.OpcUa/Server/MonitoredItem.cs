using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <summary>One item of a subscription: what is sampled, which changes count, and the queue. Guarded by the server's gate.</summary>
internal sealed class MonitoredItem
{
    private DataValue[] _queue = [];
    private int _head;

    public required uint Id { get; init; }

    public required ServerNode Node { get; init; }

    public required uint Attribute { get; init; }

    public uint ClientHandle { get; set; }

    public MonitoringMode Mode { get; set; }

    public TimestampsToReturn Timestamps { get; set; }

    public DataChangeTrigger Trigger { get; set; } = DataChangeTrigger.StatusValue;

    /// <summary>A number must change by more than this; 0 when any change counts.</summary>
    public double Deadband { get; set; }

    public bool DiscardOldest { get; set; }

    public double IntervalMs { get; set; }

    /// <summary>Where the item is in its sampling group.</summary>
    public int Place { get; set; }

    public int Count { get; private set; }

    public int Capacity => _queue.Length;

    /// <summary>True while the item stands in its subscription's list of what to tell.</summary>
    public bool IsListed { get; set; }

    /// <summary>True when a triggering item asked for the queue of this one.</summary>
    public bool IsTriggered { get; set; }

    public List<MonitoredItem>? Links { get; set; }

    public bool IsDeleted { get; set; }

    /// <summary>The node's count of values at the last sample; 0 before the first.</summary>
    public uint Seen { get; set; }

    private DataValue _last;
    private bool _hasLast;

    /// <summary>True when the queue may be told.</summary>
    public bool MayTell => !IsDeleted && (Mode == MonitoringMode.Reporting || IsTriggered);

    /// <summary>Makes the next sample count, whatever it is.</summary>
    public void Renew() => (Seen, _hasLast) = (0, false);

    /// <summary>Keeps what fits; the newest stay.</summary>
    public void Resize(int capacity)
    {
        var queue = new DataValue[capacity];
        var kept = Math.Min(Count, capacity);
        for (var i = 0; i < kept; i++)
            queue[i] = _queue[(_head + Count - kept + i) % _queue.Length];
        (_queue, _head, Count) = (queue, 0, kept);
    }

    public void Clear() => Count = 0;

    /// <summary>Whether a sample differs from the last queued one as the filter wants it (Part 4 §7.22.2).</summary>
    public bool IsChange(in DataValue value)
    {
        if (!_hasLast || value.Status != _last.Status)
            return true;
        if (Trigger == DataChangeTrigger.Status)
            return false;
        if (Trigger == DataChangeTrigger.StatusValueTimestamp && value.SourceTime != _last.SourceTime)
            return true;
        if (Deadband > 0 && value.Value.TryGetNumber(out var number) && _last.Value.TryGetNumber(out var last))
            return Math.Abs(number - last) > Deadband || double.IsNaN(number) != double.IsNaN(last);
        return !value.Value.Equals(_last.Value);
    }

    /// <summary>Queues a sample.</summary>
    /// <returns>False when another one was lost for it.</returns>
    public bool Enqueue(in DataValue value)
    {
        (_last, _hasLast) = (value, true);
        if (Count < _queue.Length)
        {
            _queue[(_head + Count++) % _queue.Length] = value;
            return true;
        }

        // Part 4 §7.21: a queue of one shows the newest and is not flagged.
        if (_queue.Length == 1)
        {
            _queue[0] = value;
            return true;
        }

        int flagged;
        if (DiscardOldest)
        {
            _queue[_head] = value;
            _head = (_head + 1) % _queue.Length;
            flagged = _head;
        }
        else
        {
            flagged = (_head + Count - 1) % _queue.Length;
            _queue[flagged] = value;
        }

        _queue[flagged].Status = _queue[flagged].Status.WithOverflow();
        return false;
    }

    public ref readonly DataValue Dequeue()
    {
        ref var value = ref _queue[_head];
        _head = (_head + 1) % _queue.Length;
        Count--;
        return ref value;
    }
}
