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

    /// <summary>The text form: <c>svr=1;nsu=urn:x;s=a</c>.</summary>
    public override string ToString()
    {
        var id = NamespaceUri is null ? NodeId.ToString() : $"nsu={NamespaceUri};{NodeId.InNamespace(0)}";
        return ServerIndex == 0 ? id : string.Create(CultureInfo.InvariantCulture, $"svr={ServerIndex};{id}");
    }
}
