namespace Gateway.Runtime.Compliance;

/// <summary>
/// A verdict to keep: of a window that closed, or of an open one whose verdict changed. Units, source clause and rule
/// follow from the limit's index.
/// </summary>
public struct ClosedWindow
{
    /// <summary>Position of the limit in the engine's array.</summary>
    public int LimitIndex;
    /// <summary>True when the window is over; false when an open window changed its verdict.</summary>
    public bool IsClosed;
    /// <summary>The window with its verdict. <see cref="ComplianceWindow.Due"/> counts the whole window when it is closed.</summary>
    public ComplianceWindow Window;
    /// <summary>Verdict recorded before this one.</summary>
    public ComplianceState FormerState;
    /// <summary>Time of the scan that recorded it, UTC ticks.</summary>
    public long Utc;
    /// <summary>Number of that scan.</summary>
    public long Scan;
}

/// <summary>
/// Single-producer single-consumer ring of verdicts. Written by the scan only, read by the recorder only. When it is
/// full the newest verdict is refused and counted.
/// </summary>
public sealed class ClosedWindowRing
{
    private readonly ClosedWindow[] _slots;
    private readonly int _mask;
    private long _head; // next to write; scan only
    private long _tail; // next to read; reader only
    private long _lost;

    /// <summary>Makes a ring for at least <paramref name="capacity"/> verdicts (rounded up to a power of two).</summary>
    public ClosedWindowRing(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _slots = new ClosedWindow[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = _slots.Length - 1;
    }

    /// <summary>Places in the ring.</summary>
    public int Capacity => _slots.Length;

    /// <summary>Verdicts refused because the reader was late, since start.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Adds one verdict. Scan thread only.</summary>
    /// <returns>False when the ring was full and the verdict was refused and counted.</returns>
    public bool Add(in ClosedWindow item)
    {
        long head = _head;
        if (head - Volatile.Read(ref _tail) >= _slots.Length)
        {
            Volatile.Write(ref _lost, _lost + 1);
            return false;
        }
        _slots[(int)(head & _mask)] = item;
        Volatile.Write(ref _head, head + 1);
        return true;
    }

    /// <summary>Takes the oldest verdict. Reader thread only.</summary>
    public bool TryTake(out ClosedWindow item)
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
}
