namespace Gateway.Simulation.Time;

/// <summary>
/// A binary heap ordered by due time, then by the order of insertion. Each event knows its place, so moving and
/// removing need no search. Grows to the largest number of waiting events and allocates nothing afterwards.
/// </summary>
internal sealed class EventQueue
{
    private Slot[] _slots = new Slot[64];
    private int _count;
    private long _sequence;

    public int Count => _count;

    public long FirstDue => _slots[0].Due;

    public void Put(SimulatedEvent entry, long due)
    {
        var slot = new Slot { Due = due, Sequence = _sequence++, Entry = entry };
        var index = entry.QueueIndex;
        if (index == SimulatedEvent.NotQueued)
        {
            if (_count == _slots.Length)
                Array.Resize(ref _slots, _count * 2);
            Rise(_count++, slot);
            return;
        }

        Settle(index, slot);
    }

    public SimulatedEvent TakeFirst()
    {
        var entry = _slots[0].Entry;
        Remove(entry);
        return entry;
    }

    public void Remove(SimulatedEvent entry)
    {
        var index = entry.QueueIndex;
        if (index == SimulatedEvent.NotQueued)
            return;

        entry.QueueIndex = SimulatedEvent.NotQueued;
        var last = _slots[--_count];
        _slots[_count] = default;
        if (index < _count)
            Settle(index, last);
    }

    private void Settle(int index, in Slot slot)
    {
        if (index > 0 && slot.IsBefore(_slots[(index - 1) / 2]))
            Rise(index, slot);
        else
            Sink(index, slot);
    }

    private void Rise(int index, in Slot slot)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (!slot.IsBefore(_slots[parent]))
                break;
            Place(index, _slots[parent]);
            index = parent;
        }

        Place(index, slot);
    }

    private void Sink(int index, in Slot slot)
    {
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= _count)
                break;
            if (child + 1 < _count && _slots[child + 1].IsBefore(_slots[child]))
                child++;
            if (!_slots[child].IsBefore(slot))
                break;
            Place(index, _slots[child]);
            index = child;
        }

        Place(index, slot);
    }

    private void Place(int index, in Slot slot)
    {
        _slots[index] = slot;
        slot.Entry.QueueIndex = index;
    }

    private struct Slot
    {
        public long Due;
        public long Sequence;
        public SimulatedEvent Entry;

        public readonly bool IsBefore(in Slot other) =>
            Due < other.Due || (Due == other.Due && Sequence < other.Sequence);
    }
}
