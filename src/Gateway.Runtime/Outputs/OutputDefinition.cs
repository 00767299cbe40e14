namespace Gateway.Runtime.Outputs;

/// <summary>
/// A point that the gateway may write. Nothing is written to a device unless its output is declared, armed and within
/// these limits. Immutable.
/// </summary>
public sealed record OutputDefinition
{
    /// <summary>Place in the output table and slot in the output mailbox, from 0.</summary>
    public required int Index { get; init; }
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }
    /// <summary>Index of the tag that holds the value read back; its scaling is used backwards for the write.</summary>
    public required int Tag { get; init; }
    /// <summary>Lowest value that may be written, in engineering units.</summary>
    public required double Low { get; init; }
    /// <summary>Highest value that may be written, in engineering units.</summary>
    public required double High { get; init; }
    /// <summary>Value to drive when the gateway stops or fails; NaN leaves the device alone.</summary>
    public double FailSafe { get; init; } = double.NaN;
    /// <summary>False refuses every write.</summary>
    public bool Armed { get; init; }
    /// <summary>True when users of the OPC UA server may write it, as far as they have the right.</summary>
    public bool OpcUaWrite { get; init; }
    /// <summary>Age in milliseconds at which a request that was not sent is dropped and reported.</summary>
    public int ExpiryMs { get; init; } = 2000;
}
