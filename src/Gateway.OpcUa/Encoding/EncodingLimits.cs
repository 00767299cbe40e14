namespace Gateway.OpcUa.Encoding;

/// <summary>What a decoder accepts and an encoder writes at most. Each is checked before memory is taken.</summary>
public sealed record EncodingLimits
{
    /// <summary>The limits used where none are given.</summary>
    public static EncodingLimits Default { get; } = new();

    /// <summary>Levels of values inside values (Part 6 §5.1.9 asks for at least 100).</summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>Bytes of one text.</summary>
    public int MaxStringBytes { get; init; } = 1 << 20;

    /// <summary>Bytes of one byte string and of one undecoded structure.</summary>
    public int MaxByteStringBytes { get; init; } = 1 << 20;

    /// <summary>Elements of one array.</summary>
    public int MaxArrayLength { get; init; } = 1 << 16;

    /// <summary>Elements of all arrays of one message together: small elements on the wire are larger in memory.</summary>
    public int MaxElements { get; init; } = 1 << 20;
}
