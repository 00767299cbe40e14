namespace Gateway.OpcUa.Types;

/// <summary>How the body of an extension object is written (Part 6 §5.2.2.15).</summary>
public enum ExtensionBody : byte
{
    /// <summary>There is no body.</summary>
    None = 0,

    /// <summary>Binary encoding.</summary>
    Binary = 1,

    /// <summary>An XML element.</summary>
    Xml = 2,
}

/// <summary>A structure with its type. A structure this package knows is decoded; any other is carried as its bytes.</summary>
public readonly struct ExtensionObject : IEquatable<ExtensionObject>
{
    private readonly object? _body;

    /// <summary>A structure that is encoded when it is written.</summary>
    public ExtensionObject(IStructure structure)
    {
        ArgumentNullException.ThrowIfNull(structure);
        _body = structure;
        TypeId = new NodeId(structure.EncodingId);
        Body = ExtensionBody.Binary;
    }

    /// <summary>A body this package does not know.</summary>
    /// <param name="typeId">Node id of the encoding.</param>
    /// <param name="bytes">The body; null is no body.</param>
    /// <param name="body">How the bytes are to be read.</param>
    public ExtensionObject(NodeId typeId, byte[]? bytes, ExtensionBody body = ExtensionBody.Binary)
    {
        TypeId = typeId;
        _body = body == ExtensionBody.None ? null : bytes;
        Body = _body is null ? ExtensionBody.None : body;
    }

    /// <summary>The node id of the encoding, not of the data type.</summary>
    public NodeId TypeId { get; }

    /// <summary>How the body is written.</summary>
    public ExtensionBody Body { get; }

    /// <summary>The decoded structure; null when it is unknown or absent.</summary>
    public IStructure? Structure => _body as IStructure;

    /// <summary>The undecoded body; null when there is none or it is decoded.</summary>
    public byte[]? Bytes => _body as byte[];

    /// <summary>True when neither type nor body is given.</summary>
    public bool IsNull => _body is null && TypeId.IsNull;

    /// <summary>Equal type and equal bytes, or the same decoded structure.</summary>
    public static bool operator ==(ExtensionObject left, ExtensionObject right) => left.Equals(right);

    /// <summary>Not equal.</summary>
    public static bool operator !=(ExtensionObject left, ExtensionObject right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(ExtensionObject other) => TypeId == other.TypeId && Body == other.Body &&
        (_body is byte[] bytes ? other._body is byte[] others && bytes.AsSpan().SequenceEqual(others) : ReferenceEquals(_body, other._body));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ExtensionObject other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => TypeId.GetHashCode();

    /// <summary>The structure's name or the type's id with the body's length.</summary>
    public override string ToString() => _body switch
    {
        IStructure structure => structure.GetType().Name,
        byte[] bytes => $"{TypeId} ({bytes.Length} bytes)",
        _ => TypeId.IsNull ? "" : TypeId.ToString(),
    };
}
