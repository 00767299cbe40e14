namespace Gateway.OpcUa.Types;

/// <summary>A value with its quality and times. A time of <see cref="DateTime.MinValue"/> is absent.</summary>
public struct DataValue : IEquatable<DataValue>
{
    /// <summary>The value; null when there is none.</summary>
    public Variant Value;

    /// <summary>Quality; Good when not given.</summary>
    public StatusCode Status;

    /// <summary>When the source had the value, UTC; minimum when not given.</summary>
    public DateTime SourceTime;

    /// <summary>When the server knew the value, UTC; minimum when not given.</summary>
    public DateTime ServerTime;

    /// <summary>Parts of 100 ns of the source time in 10 ps, 0 to 9999.</summary>
    public ushort SourcePicoseconds;

    /// <summary>Parts of 100 ns of the server time in 10 ps, 0 to 9999.</summary>
    public ushort ServerPicoseconds;

    /// <summary>A good value without times.</summary>
    public DataValue(Variant value)
        : this() => Value = value;

    /// <summary>A value with its quality and the time of its source.</summary>
    public DataValue(Variant value, StatusCode status, DateTime sourceTime = default)
        : this()
    {
        Value = value;
        Status = status;
        SourceTime = sourceTime;
    }

    /// <summary>All parts are equal.</summary>
    public static bool operator ==(DataValue left, DataValue right) => left.Equals(right);

    /// <summary>Not equal.</summary>
    public static bool operator !=(DataValue left, DataValue right) => !left.Equals(right);

    /// <inheritdoc/>
    public readonly bool Equals(DataValue other) => Value.Equals(other.Value) && Status == other.Status && SourceTime == other.SourceTime &&
        ServerTime == other.ServerTime && SourcePicoseconds == other.SourcePicoseconds && ServerPicoseconds == other.ServerPicoseconds;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is DataValue other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(Value, Status, SourceTime);

    /// <summary>Value, status and source time for people.</summary>
    public override readonly string ToString() => $"{Value} {Status} {SourceTime:O}";
}
