using Gateway.Drivers.OpcUa;

namespace Gateway.Drivers;

/// <summary>Counters and state of one line. Written by the line only; any thread may read, and sees each number whole.</summary>
public sealed class LineStatistics
{
    private int _state;
    private long _connects;
    private long _failedConnects;
    private long _restarts;
    private long _nextAttemptElapsed;
    private string _lastTrouble = "";

    /// <summary>Starts all counters at zero.</summary>
    public LineStatistics(LineDefinition definition)
    {
        Devices = new DeviceStatistics[definition.Devices.Length];
        for (int i = 0; i < Devices.Length; i++)
            Devices[i] = new DeviceStatistics(definition.Devices[i]);
    }

    /// <summary>A record for each device, in the order of the definition.</summary>
    public DeviceStatistics[] Devices { get; }

    /// <summary>Time from sending a request to its answer.</summary>
    public DurationHistogram RequestDuration { get; } = new();

    /// <summary>What an OPC UA line counts besides; null on other lines.</summary>
    public OpcUaStatistics? OpcUa { get; init; }

    /// <summary>Where the line is.</summary>
    public LineState State => (LineState)Volatile.Read(ref _state);

    /// <summary>Connections opened.</summary>
    public long Connects => Volatile.Read(ref _connects);

    /// <summary>Attempts to connect that failed.</summary>
    public long FailedConnects => Volatile.Read(ref _failedConnects);

    /// <summary>Restarts of the line's loop after a bug of ours or of a stream.</summary>
    public long Restarts => Volatile.Read(ref _restarts);

    /// <summary>When the next attempt to connect is made, as monotonic ticks since the epoch; meaningful while waiting.</summary>
    public long NextAttemptElapsed => Volatile.Read(ref _nextAttemptElapsed);

    /// <summary>Why the last connection or attempt failed, for people; empty when none did.</summary>
    public string LastTrouble => Volatile.Read(ref _lastTrouble);

    /// <summary>True when the last poll of at least one device gave a good answer, at most two polls ago.</summary>
    /// <param name="elapsed">Now, as monotonic ticks of 100 ns since the line's epoch.</param>
    public bool IsUp(long elapsed)
    {
        foreach (DeviceStatistics device in Devices)
        {
            if (device.IsUp(elapsed))
                return true;
        }

        return false;
    }

    internal void NoteState(LineState state) => Volatile.Write(ref _state, (int)state);

    internal void CountConnect() => Counter.Add(ref _connects, 1);

    internal void CountFailedConnect() => Counter.Add(ref _failedConnects, 1);

    internal void CountRestart() => Counter.Add(ref _restarts, 1);

    internal void NoteNextAttempt(long elapsed) => Volatile.Write(ref _nextAttemptElapsed, elapsed);

    internal void NoteTrouble(string reason) => Volatile.Write(ref _lastTrouble, reason);
}
