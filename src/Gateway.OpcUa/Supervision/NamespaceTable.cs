using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Supervision;

/// <summary>A server's namespaces in one session; an index means nothing in another one. One thread at a time.</summary>
public sealed class NamespaceTable
{
    /// <summary>The URIs in the order of their indexes.</summary>
    public IReadOnlyList<string> Uris => _uris;

    private string[] _uris = [];

    /// <summary>Takes the value of the server's NamespaceArray.</summary>
    public void Set(string[] uris) => _uris = uris;

    /// <summary>Puts the URI to an id that has only an index. Done in the first session that knows the index.</summary>
    public ExpandedNodeId Pin(ExpandedNodeId node)
    {
        var index = node.NodeId.NamespaceIndex;
        return node.NamespaceUri is null && index != 0 && index < _uris.Length ? node with { NamespaceUri = _uris[index] } : node;
    }

    /// <summary>The id as this session knows it.</summary>
    public bool TryResolve(ExpandedNodeId node, out NodeId resolved)
    {
        resolved = node.NodeId;
        if (node.NamespaceUri is null)
            return true;
        var index = Array.IndexOf(_uris, node.NamespaceUri);
        if (index < 0)
            return false;
        resolved = node.NodeId.InNamespace((ushort)index);
        return true;
    }
}
