using System.Globalization;

namespace Gateway.OpcUa.Types;

/// <summary>A name in a namespace, as browse names are (Part 3 §8.3).</summary>
/// <param name="Name">The name; null is no name.</param>
/// <param name="NamespaceIndex">Index into the server's namespace array.</param>
public readonly record struct QualifiedName(string? Name, ushort NamespaceIndex = 0)
{
    /// <summary>The text form <c>2:Tank</c>; without prefix in namespace 0.</summary>
    public override string ToString() =>
        NamespaceIndex == 0 ? Name ?? "" : string.Create(CultureInfo.InvariantCulture, $"{NamespaceIndex}:{Name}");
}
