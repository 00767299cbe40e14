namespace Gateway.Drivers.Polling;

/// <summary>
/// Decides which item is polled next. Deadlines lie on a fixed grid (phase + n × period since the epoch), so they do
/// not drift; a slot that passed while the line was busy is counted and not made up for. Line only; all times are
/// monotonic ticks of 100 ns since the epoch.
/// </summary>
public sealed class PollSchedule
{
    private readonly Item[] _items;

    /// <summary>Makes a schedule; every item is due at its first slot.</summary>
    /// <param name="pace">Period (at least 1 tick) and phase of each item in ticks, and the gate it passes.</param>
    public PollSchedule(ReadOnlySpan<(long Period, long Phase, int Gate)> pace)
    {
        _items = new Item[pace.Length];
        for (int i = 0; i < pace.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(pace[i].Period, 1, nameof(pace));
            long phase = pace[i].Phase % pace[i].Period;
            _items[i] = new Item { Period = pace[i].Period, Phase = phase, Due = phase, Gate = pace[i].Gate };
        }
    }

    /// <summary>Number of items.</summary>
    public int Count => _items.Length;

    /// <summary>The slot that is served next, as a time.</summary>
    public long DueOf(int item) => _items[item].Due;

    /// <summary>
    /// The item that has waited longest for its slot. Equal slots go by index, so that a device's blocks follow each
    /// other; who waits longest goes first, so nobody starves.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="gates">For each gate the time from which its items may be picked.</param>
    /// <returns>The item, or −1 when nothing is due.</returns>
    public int PickDue(long now, ReadOnlySpan<long> gates)
    {
        int best = -1;
        long earliest = long.MaxValue;
        for (int i = 0; i < _items.Length; i++)
        {
            ref readonly Item item = ref _items[i];
            if (!item.IsHeld && item.Due <= now && gates[item.Gate] <= now && item.Due < earliest)
            {
                best = i;
                earliest = item.Due;
            }
        }

        return best;
    }

    /// <summary>When the next item can be served; <see cref="long.MaxValue"/> when all are held or gated.</summary>
    public long NextDue(ReadOnlySpan<long> gates)
    {
        long earliest = long.MaxValue;
        foreach (ref readonly Item item in _items.AsSpan())
        {
            if (!item.IsHeld)
                earliest = Math.Min(earliest, Math.Max(item.Due, gates[item.Gate]));
        }

        return earliest;
    }

    /// <summary>Serves the slot that <paramref name="now"/> lies in and moves on to the following one.</summary>
    /// <returns>Slots that had passed without a poll.</returns>
    public long Begin(int index, long now)
    {
        ref Item item = ref _items[index];
        long missed = (now - item.Due) / item.Period;
        item.Due += (missed + 1) * item.Period;
        return missed;
    }

    /// <summary>Lets slots pass uncounted up to <paramref name="now"/>: nobody wanted them (no connection, probing).</summary>
    public void Skip(int index, long now)
    {
        ref Item item = ref _items[index];
        if (item.Due <= now)
            item.Due += ((now - item.Due) / item.Period + 1) * item.Period;
    }

    /// <summary>Makes the slot that <paramref name="now"/> lies in due: a device came back and is not kept waiting.</summary>
    public void ServeNow(int index, long now)
    {
        ref Item item = ref _items[index];
        item.Due = now - PositiveRemainder(now - item.Phase, item.Period);
    }

    /// <summary>Keeps an item from being picked while it is under way, or lets it go.</summary>
    public void Hold(int index, bool isHeld) => _items[index].IsHeld = isHeld;

    private static long PositiveRemainder(long value, long period)
    {
        long rest = value % period;
        return rest < 0 ? rest + period : rest;
    }

    private struct Item
    {
        public long Period;
        public long Phase;
        public long Due;
        public int Gate;
        public bool IsHeld;
    }
}
