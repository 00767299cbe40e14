using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <summary>One reference of a node, seen from the node.</summary>
/// <param name="Type">The reference type's node.</param>
/// <param name="IsForward">False when the reference points from the target to the node.</param>
/// <param name="Target">The node at the other end.</param>
internal readonly record struct NodeReference(ServerNode Type, bool IsForward, ServerNode Target);

/// <summary>One node with its attributes and references. Guarded by the address space's gate.</summary>
internal sealed class ServerNode(NodeId id, NodeClass nodeClass, QualifiedName browseName)
{
    private const string Locale = "en";

    public NodeId Id { get; } = id;

    public NodeClass Class { get; } = nodeClass;

    public QualifiedName BrowseName { get; } = browseName;

    public string? DisplayName { get; init; }

    public string? Description { get; init; }

    public NodeId DataType { get; init; }

    public int ValueRank { get; init; } = -1;

    public AccessLevelType Access { get; set; }

    public bool IsAbstract { get; init; }

    public bool IsSymmetric { get; init; }

    public string? InverseName { get; init; }

    public byte EventNotifier { get; init; }

    /// <summary>What the node is an instance of; null for types.</summary>
    public ServerNode? TypeDefinition { get; set; }

    /// <summary>The type this type specializes; null for the roots and for instances.</summary>
    public ServerNode? SuperType { get; set; }

    public List<NodeReference> References { get; } = [];

    /// <summary>The newest value, for nodes without <see cref="Source"/>.</summary>
    public DataValue Value;

    /// <summary>Counts the values, so that a sampler sees a change without comparing.</summary>
    public uint Version { get; set; } = 1;

    /// <summary>Makes the value when it is asked for; null for values that are set.</summary>
    public Func<DataValue>? Source { get; set; }

    /// <summary>Span of the engineering range for percent deadbands; 0 when there is none.</summary>
    public double RangeSpan { get; set; }

    /// <summary>Takes a written value; null when nothing may be written.</summary>
    public Func<ServerUser, DataValue, StatusCode>? Write { get; set; }

    /// <summary>Who may write, among those who may write at all; null for all of them.</summary>
    public Func<ServerUser, bool>? MayWrite { get; set; }

    public bool IsSubtypeOf(ServerNode other)
    {
        for (var type = this; type is not null; type = type.SuperType)
        {
            if (type == other)
                return true;
        }

        return false;
    }

    public LocalizedText ShownName => new(DisplayName ?? BrowseName.Name, Locale);

    /// <summary>The value with both times as far as they are known.</summary>
    public void ReadValue(DateTime now, out DataValue value)
    {
        value = Source is null ? Value : Source();
        value.ServerTime = now;
        if (value.SourceTime == DateTime.MinValue)
            value.SourceTime = now;
    }

    /// <summary>Any attribute but the value (Part 3 §5.9).</summary>
    /// <returns>BadAttributeIdInvalid when nodes of this class have none of that number.</returns>
    public StatusCode ReadAttribute(uint attribute, ServerUser user, out Variant value)
    {
        var isVariable = Class == NodeClass.Variable;
        var hasType = isVariable || Class == NodeClass.VariableType;
        value = attribute switch
        {
            1 => new Variant(Id),
            2 => new Variant((int)Class),
            3 => new Variant(BrowseName),
            4 => new Variant(ShownName),
            5 => new Variant(new LocalizedText(Description ?? "", Locale)),
            6 or 7 => new Variant(0u),
            8 when Class is NodeClass.ObjectType or NodeClass.VariableType or NodeClass.DataType or NodeClass.ReferenceType => new Variant(IsAbstract),
            9 when Class == NodeClass.ReferenceType => new Variant(IsSymmetric),
            10 when Class == NodeClass.ReferenceType && InverseName is not null => new Variant(new LocalizedText(InverseName, Locale)),
            12 when Class == NodeClass.Object => new Variant(EventNotifier),
            14 when hasType => new Variant(DataType),
            15 when hasType => new Variant(ValueRank),
            16 when hasType && ValueRank > 0 => new Variant(new uint[ValueRank]),
            17 when isVariable => new Variant((byte)Access),
            18 when isVariable => new Variant((byte)UserAccess(user)),
            19 when isVariable => new Variant(0.0),
            20 when isVariable => new Variant(false),
            27 when isVariable => new Variant((uint)Access),
            _ => Variant.Null,
        };
        return value.IsNull ? StatusCodes.BadAttributeIdInvalid : StatusCodes.Good;
    }

    private AccessLevelType UserAccess(ServerUser user) => user.MayWrite && MayWrite?.Invoke(user) != false ? Access : Access & ~AccessLevelType.CurrentWrite;
}
