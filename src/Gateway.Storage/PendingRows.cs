using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;

namespace Gateway.Storage;

/// <summary>What the recorder took from the scan and has not stored yet. Bounded; recorder thread only.</summary>
/// <param name="capacity">Events and windows held at most, each.</param>
public sealed class PendingRows(int capacity)
{
    private readonly List<ScanEvent> _events = [];
    private readonly List<ClosedWindow> _windows = [];

    /// <summary>Events, oldest first.</summary>
    public IReadOnlyList<ScanEvent> Events => _events;
    /// <summary>Closed windows, oldest first.</summary>
    public IReadOnlyList<ClosedWindow> Windows => _windows;
    /// <summary>Events and windows that found no room since the last commit.</summary>
    public long Dropped { get; private set; }
    /// <summary>Nothing waits.</summary>
    public bool IsEmpty => _events.Count == 0 && _windows.Count == 0 && Dropped == 0;

    /// <summary>Takes an event, or counts it when there is no room.</summary>
    public void Add(in ScanEvent item)
    {
        if (_events.Count < capacity)
            _events.Add(item);
        else
            Dropped++;
    }

    /// <summary>Takes a verdict, or counts it when there is no room.</summary>
    public void Add(in ClosedWindow window)
    {
        if (_windows.Count < capacity)
            _windows.Add(window);
        else
            Dropped++;
    }

    /// <summary>Everything is stored.</summary>
    public void Clear()
    {
        _events.Clear();
        _windows.Clear();
        Dropped = 0;
        // A backlog of an hour must not stay as memory for ever.
        if (_events.Capacity > 4096)
            _events.Capacity = 256;
    }
}
