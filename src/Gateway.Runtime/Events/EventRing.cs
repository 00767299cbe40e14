using Gateway.Runtime.Scan;

namespace Gateway.Runtime.Events;

/// <summary>
/// Single-producer single-consumer ring of events. Written by the scan only, read by the recorder only. When it is
/// full the newest event is refused and counted; the last place is kept for the event "events lost".
/// </summary>
public sealed class EventRing
{
    private readonly ScanEvent[] _slots;
    private readonly int _mask;
    private long _head; // next to write; scan only
    private long _tail; // next to read; reader only
    private long _sequence;
    private long _lost;
    private long _lostReported;

    /// <summary>Makes a ring for at least <paramref name="capacity"/> events (rounded up to a power of two).</summary>
    public EventRing(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity);
        _slots = new ScanEvent[size];
        _mask = size - 1;
    }

    /// <summary>Events refused because the reader was late, since start.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Sequence number of the newest event.</summary>
    public long LastSequence => Volatile.Read(ref _sequence);

    /// <summary>Goes on with the numbering of an earlier start. Only before the first event.</summary>
    /// <param name="sequence">Number of the last event there was, from 0.</param>
    public void StartAfter(long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        Invariant.Check(_head == 0);
        Volatile.Write(ref _sequence, sequence);
    }

    /// <summary>Adds one event with the time of the scan. Scan thread only.</summary>
    /// <returns>False when the ring was full and the event was refused and counted.</returns>
    public bool Add(in ScanTime now, ref ScanEvent item)
    {
        long head = _head;
        long free = _slots.Length - (head - Volatile.Read(ref _tail));
        if (_lost != _lostReported && free >= 2)
        {
            ScanEvent lost = ScanEvent.OfSystem(SystemEvent.EventsLost, _lost - _lostReported);
            _lostReported = _lost;
            Write(now, ref lost);
            free--;
        }
        if (free <= 1)
        {
            Volatile.Write(ref _lost, _lost + 1);
            return false;
        }
        Write(now, ref item);
        return true;
    }

    /// <summary>Takes the oldest event. Reader thread only.</summary>
    public bool TryTake(out ScanEvent item)
    {
        long tail = _tail;
        if (tail == Volatile.Read(ref _head))
        {
            item = default;
            return false;
        }
        item = _slots[(int)(tail & _mask)];
        Volatile.Write(ref _tail, tail + 1);
        return true;
    }

    private void Write(in ScanTime now, ref ScanEvent item)
    {
        item.Sequence = _sequence + 1;
        item.Utc = now.Utc;
        item.Scan = now.Number;
        _slots[(int)(_head & _mask)] = item;
        Volatile.Write(ref _sequence, item.Sequence);
        Volatile.Write(ref _head, _head + 1);
    }
}
