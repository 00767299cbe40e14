using System.Globalization;

namespace Gateway.OpcUa.Types;

/// <summary>The form of a node's identifier (Part 3 §8.2.3).</summary>
public enum NodeIdType : byte
{
    /// <summary>A number.</summary>
    Numeric = 0,

    /// <summary>A text.</summary>
    String = 1,

    /// <summary>A GUID.</summary>
    Guid = 2,

    /// <summary>Bytes that only the server understands.</summary>
    Opaque = 3,
}

/// <summary>The name of a node within one server. The namespace index is valid within one session only.</summary>
public readonly struct NodeId : IEquatable<NodeId>
{
    /// <summary>The longest text or opaque identifier (Part 3 §8.2.4).</summary>
    public const int MaxIdentifierLength = 4096;

    private readonly object? _identifier;
    private readonly uint _number;

    /// <summary>A numeric id in namespace 0.</summary>
    public NodeId(uint number)
        : this(number, 0)
    {
    }

    /// <summary>A numeric id.</summary>
    public NodeId(uint number, ushort namespaceIndex)
    {
        _number = number;
        NamespaceIndex = namespaceIndex;
    }

    /// <summary>A text id.</summary>
    public NodeId(string text, ushort namespaceIndex)
    {
        ArgumentNullException.ThrowIfNull(text);
        _identifier = text;
        IdType = NodeIdType.String;
        NamespaceIndex = namespaceIndex;
    }

    /// <summary>A GUID id.</summary>
    public NodeId(Guid guid, ushort namespaceIndex)
    {
        _identifier = guid;
        IdType = NodeIdType.Guid;
        NamespaceIndex = namespaceIndex;
    }

    /// <summary>An opaque id; the bytes are kept, not copied.</summary>
    public NodeId(byte[] opaque, ushort namespaceIndex)
    {
        ArgumentNullException.ThrowIfNull(opaque);
        _identifier = opaque;
        IdType = NodeIdType.Opaque;
        NamespaceIndex = namespaceIndex;
    }

    /// <summary>No node: number 0 in namespace 0.</summary>
    public static NodeId Null => default;

    /// <summary>Index into the server's namespace array.</summary>
    public ushort NamespaceIndex { get; }

    /// <summary>Which of the identifiers is meant.</summary>
    public NodeIdType IdType { get; }

    /// <summary>The number of a numeric id; else 0.</summary>
    public uint Number => _number;

    /// <summary>The text of a text id; else null.</summary>
    public string? Text => _identifier as string;

    /// <summary>The GUID of a GUID id; else all zeros.</summary>
    public Guid Guid => _identifier is Guid guid ? guid : Guid.Empty;

    /// <summary>The bytes of an opaque id; else null.</summary>
    public byte[]? Opaque => _identifier as byte[];

    /// <summary>True for the null id of any form (Part 3 §8.2.4).</summary>
    public bool IsNull => NamespaceIndex == 0 && IdType switch
    {
        NodeIdType.Numeric => _number == 0,
        NodeIdType.String => ((string)_identifier!).Length == 0,
        NodeIdType.Guid => (Guid)_identifier! == Guid.Empty,
        _ => ((byte[])_identifier!).Length == 0,
    };

    /// <summary>Equal form, namespace and identifier.</summary>
    public static bool operator ==(NodeId left, NodeId right) => left.Equals(right);

    /// <summary>Not equal.</summary>
    public static bool operator !=(NodeId left, NodeId right) => !left.Equals(right);

    /// <summary>Reads the text form: <c>i=85</c>, <c>ns=2;s=Tank/Level</c>, <c>ns=1;g=…</c>, <c>ns=1;b=base64</c>.</summary>
    /// <returns>False when the text is none of these forms.</returns>
    public static bool TryParse(string? text, out NodeId nodeId)
    {
        nodeId = default;
        if (string.IsNullOrEmpty(text))
            return false;
        ushort index = 0;
        var rest = text.AsSpan();
        if (rest.StartsWith("ns=", StringComparison.Ordinal))
        {
            var end = rest.IndexOf(';');
            if (end < 0 || !ushort.TryParse(rest[3..end], NumberStyles.None, CultureInfo.InvariantCulture, out index))
                return false;
            rest = rest[(end + 1)..];
        }

        return rest.Length >= 2 && rest[1] == '=' && TryParseIdentifier(rest[0], rest[2..], index, out nodeId);
    }

    /// <summary>Reads the text form and refuses anything else.</summary>
    /// <exception cref="FormatException">The text is no node id.</exception>
    public static NodeId Parse(string text) =>
        TryParse(text, out var nodeId) ? nodeId : throw new FormatException($"'{text}' is no node id; write for example ns=2;s=Tank/Level or i=2258.");

    /// <summary>The same identifier in another namespace.</summary>
    public NodeId InNamespace(ushort namespaceIndex) => IdType switch
    {
        NodeIdType.Numeric => new NodeId(_number, namespaceIndex),
        NodeIdType.String => new NodeId((string)_identifier!, namespaceIndex),
        NodeIdType.Guid => new NodeId((Guid)_identifier!, namespaceIndex),
        _ => new NodeId((byte[])_identifier!, namespaceIndex),
    };

    /// <inheritdoc/>
    public bool Equals(NodeId other)
    {
        if (_number != other._number || NamespaceIndex != other.NamespaceIndex || IdType != other.IdType)
            return false;
        return IdType switch
        {
            NodeIdType.Numeric => true,
            NodeIdType.Opaque => ((byte[])_identifier!).AsSpan().SequenceEqual((byte[])other._identifier!),
            _ => _identifier!.Equals(other._identifier),
        };
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NodeId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (IdType == NodeIdType.Numeric)
            return HashCode.Combine(_number, NamespaceIndex);
        if (IdType != NodeIdType.Opaque)
            return HashCode.Combine(_identifier!.GetHashCode(), NamespaceIndex);
        var hash = new HashCode();
        hash.Add(NamespaceIndex);
        hash.AddBytes((byte[])_identifier!);
        return hash.ToHashCode();
    }

    /// <summary>The text form; null is <c>i=0</c>.</summary>
    public override string ToString()
    {
        var identifier = IdType switch
        {
            NodeIdType.Numeric => "i=" + _number.ToString(CultureInfo.InvariantCulture),
            NodeIdType.String => "s=" + (string)_identifier!,
            NodeIdType.Guid => "g=" + (Guid)_identifier!,
            _ => "b=" + Convert.ToBase64String((byte[])_identifier!),
        };
        return NamespaceIndex == 0 ? identifier : string.Create(CultureInfo.InvariantCulture, $"ns={NamespaceIndex};{identifier}");
    }

    private static bool TryParseIdentifier(char form, ReadOnlySpan<char> text, ushort index, out NodeId nodeId)
    {
        nodeId = default;
        switch (form)
        {
            case 'i' when uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                nodeId = new NodeId(number, index);
                return true;
            case 's' when text.Length <= MaxIdentifierLength:
                nodeId = new NodeId(text.ToString(), index);
                return true;
            case 'g' when Guid.TryParseExact(text, "D", out var guid):
                nodeId = new NodeId(guid, index);
                return true;
            case 'b':
                var bytes = new byte[text.Length];
                if (!Convert.TryFromBase64Chars(text, bytes, out var count) || count > MaxIdentifierLength)
                    return false;
                nodeId = new NodeId(bytes[..count], index);
                return true;
            default:
                return false;
        }
    }
}
