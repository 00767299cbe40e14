using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Scan;

/// <summary>One change of a tag on its way to the history: 24 bytes.</summary>
public struct HistorySample
{
    /// <summary>A quality that says: changes of this tag were lost from here on (OPC 10000-4 §7.39, Bad_DataLost).</summary>
    public const uint DataLost = 0x809D_0000;

    /// <summary>Index of the tag.</summary>
    public int Tag;
    /// <summary>Quality as a status code.</summary>
    public uint Quality;
    /// <summary>Time of the value, UTC ticks; of a change of quality alone, time of the scan.</summary>
    public long Utc;
    /// <summary>Value in engineering units.</summary>
    public double Value;
}

/// <summary>
/// Changes of all tags for the history: written by the scan, read by one history thread. When it is full a change is
/// refused and counted, and the tag is tried again by the next scan with its value of then; a mark of data lost goes
/// in front, so that the gap is known.
/// </summary>
public sealed class HistoryRing
{
    private readonly HistorySample[] _slots;
    private readonly int _mask;
    private readonly bool[] _kept;
    private readonly uint[] _seen;      // version of the value that was passed on
    private readonly long[] _sourceTime;
    private readonly long[] _lostSince; // 0 while nothing is lost
    private long _head;                 // next to write; scan only
    private long _tail;                 // next to read; reader only
    private long _refused;
    private long _scanUtc;

    /// <summary>Makes a ring for about a minute of changes.</summary>
    /// <param name="plant">Its tags say what is kept, their rate groups how much comes.</param>
    public HistoryRing(PlantModel plant)
    {
        double perMinute = 0;
        foreach (TagDefinition tag in plant.Tags)
            perMinute += tag.History == HistoryMode.Off ? 0 : 60_000.0 / (plant.RateGroups[tag.RateGroup].Divider * plant.BasePeriodMs);
        // 65,536 hold a burst of a small site; 4 M are 96 MiB.
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(perMinute, 65_536, 1 << 22));
        _slots = new HistorySample[size];
        _mask = size - 1;
        _kept = [.. plant.Tags.Select(t => t.History != HistoryMode.Off)];
        _seen = new uint[plant.Tags.Length];
        _sourceTime = new long[plant.Tags.Length];
        _lostSince = new long[plant.Tags.Length];
    }

    /// <summary>Places in the ring.</summary>
    public int Capacity => _slots.Length;

    /// <summary>Changes refused because the ring was full, since start. Any thread.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Changes that wait. Any thread.</summary>
    public long Waiting => Volatile.Read(ref _head) - Volatile.Read(ref _tail);

    /// <summary>Time of the newest scan that has passed its changes on, UTC ticks; 0 before the first. Any thread.</summary>
    public long ScanUtc => Volatile.Read(ref _scanUtc);

    /// <summary>Takes over what changed since the last call. Scan thread only; allocates nothing.</summary>
    internal void Collect(ReadOnlySpan<TagValue> values, in ScanTime now)
    {
        for (int i = 0; i < values.Length; i++)
            if (values[i].Version != _seen[i] && _kept[i])
                Collect(i, in values[i], now.Utc);
        Volatile.Write(ref _scanUtc, now.Utc);
    }

    /// <summary>Takes the oldest changes. Reader thread only.</summary>
    /// <returns>How many were taken.</returns>
    public int Take(Span<HistorySample> into)
    {
        long tail = _tail;
        int count = (int)Math.Min(into.Length, Volatile.Read(ref _head) - tail);
        int first = Math.Min(count, _slots.Length - (int)(tail & _mask));
        _slots.AsSpan((int)(tail & _mask), first).CopyTo(into);
        _slots.AsSpan(0, count - first).CopyTo(into[first..]);
        Volatile.Write(ref _tail, tail + count);
        return count;
    }

    private void Collect(int tag, in TagValue value, long scanUtc)
    {
        // A change of quality leaves the time of the source as it was.
        long utc = value.SourceTime > _sourceTime[tag] ? value.SourceTime : scanUtc;
        if (_lostSince[tag] != 0)
        {
            if (!TryAdd(tag, HistorySample.DataLost, _lostSince[tag], value.Value))
                return;
            _lostSince[tag] = 0;
        }
        if (!TryAdd(tag, value.Quality.Code, utc, value.Value))
        {
            _lostSince[tag] = utc;
            return;
        }
        _seen[tag] = value.Version;
        _sourceTime[tag] = value.SourceTime;
    }

    private bool TryAdd(int tag, uint quality, long utc, double value)
    {
        long head = _head;
        if (head - Volatile.Read(ref _tail) == _slots.Length)
        {
            Volatile.Write(ref _refused, _refused + 1);
            return false;
        }
        _slots[(int)(head & _mask)] = new HistorySample { Tag = tag, Quality = quality, Utc = utc, Value = value };
        Volatile.Write(ref _head, head + 1);
        return true;
    }
}
