using System.Globalization;

namespace Gateway.OpcUa.Types;

/// <summary>A node id that may name its namespace by URI and may point to another server (Part 6 §5.2.2.10).</summary>
/// <param name="NodeId">The id; its namespace index is ignored when <paramref name="NamespaceUri"/> is given.</param>
/// <param name="NamespaceUri">The namespace, or null when the index says it.</param>
/// <param name="ServerIndex">Index into the server array; 0 is the server itself.</param>
public readonly record struct ExpandedNodeId(NodeId NodeId, string? NamespaceUri = null, uint ServerIndex = 0)
{
    /// <summary>True when the node lives in the server that named it.</summary>
    public bool IsLocal => ServerIndex == 0;

    /// <summary>An id without URI and server index.</summary>
    public static implicit operator ExpandedNodeId(NodeId nodeId) => new(nodeId);

    /// <summary>An id without URI and server index.</summary>
    public static ExpandedNodeId FromNodeId(NodeId nodeId) => new(nodeId);

    /// <summary>Reads the text form of a node of this server: <c>nsu=urn:x;s=a</c> with the URI's semicolons as %3B, or that of a <see cref="Types.NodeId"/>.</summary>
    /// <returns>False when the text is none of these forms.</returns>
    public static bool TryParse(string? text, out ExpandedNodeId node)
    {
        node = default;
        string? uri = null;
        if (text is not null && text.StartsWith("nsu=", StringComparison.Ordinal))
        {
            var end = text.IndexOf(';', StringComparison.Ordinal);
            if (end <= 4 || text.AsSpan(end + 1).StartsWith("ns=", StringComparison.Ordinal))
                return false;
            // Part 6 §5.3.1.11: what would end the URI is escaped.
            uri = text[4..end].Replace("%3B", ";", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal);
            text = text[(end + 1)..];
        }

        if (!NodeId.TryParse(text, out var id))
            return false;
        node = new ExpandedNodeId(id, uri);
        return true;
    }

    /// <summary>The text form: <c>svr=1;nsu=urn:x;s=a</c>.</summary>
    public override string ToString()
    {
        var id = NamespaceUri is null ? NodeId.ToString() : $"nsu={NamespaceUri.Replace("%", "%25", StringComparison.Ordinal).Replace(";", "%3B", StringComparison.Ordinal)};{NodeId.InNamespace(0)}";
        return ServerIndex == 0 ? id : string.Create(CultureInfo.InvariantCulture, $"svr={ServerIndex};{id}");
    }
}
