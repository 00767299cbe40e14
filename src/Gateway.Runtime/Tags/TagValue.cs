namespace Gateway.Runtime.Tags;

/// <summary>One value with its quality and the time of its source: 24 bytes, written by the scan only.</summary>
public struct TagValue
{
    /// <summary>Value in engineering units. With a bad quality it is the last usable value, never zero by default.</summary>
    public double Value;
    /// <summary>Source time, UTC, in ticks of 100 ns.</summary>
    public long SourceTime;
    /// <summary>Quality in the layout of an OPC UA status code.</summary>
    public Quality Quality;
    /// <summary>Counts the changes of value or quality; wraps.</summary>
    public uint Version;
}
