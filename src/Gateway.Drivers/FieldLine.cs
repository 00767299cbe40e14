using Gateway.Runtime.Scan;

namespace Gateway.Drivers;

/// <summary>
/// One connection or serial bus with its devices: the seam behind which a field protocol lives. A line runs one
/// sequential loop, owns its connection and publishes through mailboxes only; other threads read
/// <see cref="Statistics"/>.
/// </summary>
public abstract class FieldLine
{
    /// <summary>Sets what every line has.</summary>
    protected FieldLine(LineDefinition definition, LineStatistics statistics)
    {
        Definition = definition;
        Statistics = statistics;
    }

    /// <summary>The line as configured.</summary>
    public LineDefinition Definition { get; }

    /// <summary>Counters and states, readable from any thread.</summary>
    public LineStatistics Statistics { get; }

    /// <summary>The read blocks and the tags they feed, for the scan. Fixed after construction.</summary>
    public abstract InputBinding[] Bindings { get; }

    /// <summary>Runs the line until <see cref="Stop"/>; the task ends when the connection is closed. Call once.</summary>
    public abstract Task RunAsync();

    /// <summary>Asks the line to close its connection and end. Any thread; returns at once.</summary>
    public abstract void Stop();
}
