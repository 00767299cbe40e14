using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <summary>What a variable is, besides its name.</summary>
public sealed record VariableShape
{
    /// <summary>Type of the value.</summary>
    public BuiltInType Type { get; init; } = BuiltInType.Double;

    /// <summary>Names of the states of a truth value, false first; null for anything else.</summary>
    public (string False, string True)? States { get; init; }

    /// <summary>Ends of the usual range in engineering units; null when unknown.</summary>
    public (double Low, double High)? Range { get; init; }

    /// <summary>The unit; null when there is none.</summary>
    public EUInformation? Unit { get; init; }

    /// <summary>A sentence for people.</summary>
    public string? Description { get; init; }

    /// <summary>Who may write, as the attribute UserAccessLevel tells it; null for every user who may write. <see cref="Write"/> decides for itself.</summary>
    public Func<ServerUser, bool>? MayWrite { get; init; }

    /// <summary>Takes written values; null when the variable is read only. Runs under the address space's gate: it must not wait.</summary>
    public Func<ServerUser, DataValue, StatusCode>? Write { get; init; }
}

/// <summary>
/// The nodes a server shows. Nodes are added before or while the server runs; values are set from any thread. Nodes are
/// never removed.
/// </summary>
public sealed partial class AddressSpace
{
    private readonly Dictionary<NodeId, ServerNode> _byId = [];
    private readonly List<ServerNode> _variables = [];
    private readonly List<string> _namespaces = ["http://opcfoundation.org/UA/"];

    /// <summary>A space with the standard nodes; the application's URI becomes namespace 1.</summary>
    public AddressSpace(string applicationUri)
    {
        ArgumentException.ThrowIfNullOrEmpty(applicationUri);
        _namespaces.Add(applicationUri);
        LoadStandard();
    }

    /// <summary>Guards every node; a server serves requests under it.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>The namespaces' URIs in the order of their indexes.</summary>
    public IReadOnlyList<string> Namespaces => _namespaces;

    /// <summary>Nodes in all.</summary>
    public int Count => _byId.Count;

    /// <summary>Adds a namespace, or finds it.</summary>
    /// <returns>Its index.</returns>
    public ushort AddNamespace(string uri)
    {
        lock (Gate)
        {
            var index = _namespaces.IndexOf(uri);
            if (index < 0)
            {
                index = _namespaces.Count;
                _namespaces.Add(uri);
            }

            return (ushort)index;
        }
    }

    /// <summary>Adds a folder below a node.</summary>
    /// <exception cref="ArgumentException">The parent is unknown or the id is taken.</exception>
    public void AddFolder(NodeId parent, NodeId id, string name, string? displayName = null)
    {
        lock (Gate)
        {
            var node = new ServerNode(id, NodeClass.Object, new QualifiedName(name, id.NamespaceIndex)) { DisplayName = displayName, TypeDefinition = Known(NodeIds.FolderType) };
            Add(node);
            Link(Known(parent), NodeIds.Organizes, node);
        }
    }

    /// <summary>Adds a variable below a node, with properties for range, unit and states.</summary>
    /// <returns>The variable's number, for <see cref="Set"/>.</returns>
    /// <exception cref="ArgumentException">The parent is unknown or the id is taken.</exception>
    public int AddVariable(NodeId parent, NodeId id, string name, VariableShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        lock (Gate)
        {
            var node = new ServerNode(id, NodeClass.Variable, new QualifiedName(name, id.NamespaceIndex))
            {
                Description = shape.Description,
                DataType = new NodeId((uint)shape.Type),
                Access = AccessLevelType.CurrentRead | (shape.Write is null ? 0 : AccessLevelType.CurrentWrite),
                TypeDefinition = Known(TypeOf(shape)),
                Write = shape.Write,
                MayWrite = shape.MayWrite,
                Value = new DataValue(Variant.Null, StatusCodes.BadWaitingForInitialData),
            };
            Add(node);
            Link(Known(parent), NodeIds.HasComponent, node);
            AddProperties(node, shape);
            _variables.Add(node);
            return _variables.Count - 1;
        }
    }

    /// <summary>Sets a variable's value, quality and source time. Allocates nothing for numbers.</summary>
    /// <param name="variable">The number <see cref="AddVariable"/> gave.</param>
    /// <param name="value">The value; without a source time the time of reading is shown.</param>
    public void Set(int variable, in DataValue value)
    {
        lock (Gate)
        {
            var node = _variables[variable];
            node.Value = value;
            node.Version++;
        }
    }

    /// <summary>Runs changes that clients see all at once: no request and no sample falls between them. They must not wait.</summary>
    /// <param name="state">Given to <paramref name="change"/>, so that it needs no closure.</param>
    /// <param name="change">Calls <see cref="Set"/>. Locks it takes must never be held while this space is used.</param>
    public void Change<T>(T state, Action<T> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (Gate)
            change(state);
    }

    internal ServerNode? Find(NodeId id) => _byId.GetValueOrDefault(id);

    internal ServerNode Known(NodeId id) => Find(id) ?? throw new ArgumentException($"There is no node {id}.", nameof(id));

    internal void SetStandard(uint id, Variant value)
    {
        var node = Known(new NodeId(id));
        node.Value = new DataValue(value);
        node.Version++;
    }

    internal void SetSource(uint id, Func<DataValue> source) => Known(new NodeId(id)).Source = source;

    private static NodeId TypeOf(VariableShape shape)
    {
        if (shape.States is not null)
            return NodeIds.TwoStateDiscreteType;
        // AnalogItemType needs a range; a unit alone makes an AnalogUnitType (Part 8 §5.3.2).
        return shape.Range is not null ? NodeIds.AnalogItemType : shape.Unit is not null ? new NodeId(AnalogUnitType) : NodeIds.BaseDataVariableType;
    }

    private const uint AnalogUnitType = 17497;

    private void AddProperties(ServerNode node, VariableShape shape)
    {
        if (shape.Range is { } range)
        {
            node.RangeSpan = range.High - range.Low;
            AddProperty(node, "EURange", NodeIds.Range, new Variant(new ExtensionObject(new Types.Range { Low = range.Low, High = range.High })));
        }

        if (shape.Unit is { } unit)
            AddProperty(node, "EngineeringUnits", NodeIds.EUInformation, new Variant(new ExtensionObject(unit)));
        if (shape.States is not { } states)
            return;
        var text = new NodeId((uint)BuiltInType.LocalizedText);
        AddProperty(node, "FalseState", text, new Variant(new LocalizedText(states.False, "en")));
        AddProperty(node, "TrueState", text, new Variant(new LocalizedText(states.True, "en")));
    }

    private void AddProperty(ServerNode owner, string name, NodeId dataType, Variant value)
    {
        var node = new ServerNode(new NodeId($"{owner.Id.Text}/{name}", owner.Id.NamespaceIndex), NodeClass.Variable, new QualifiedName(name))
        {
            DataType = dataType,
            Access = AccessLevelType.CurrentRead,
            TypeDefinition = Known(NodeIds.PropertyType),
            Value = new DataValue(value),
        };
        Add(node);
        Link(owner, NodeIds.HasProperty, node);
    }

    private void Add(ServerNode node)
    {
        if (!_byId.TryAdd(node.Id, node))
            throw new ArgumentException($"There is a node {node.Id} already.", nameof(node));
        if (node.TypeDefinition is { } type)
            Link(node, NodeIds.HasTypeDefinition, type);
    }

    private void Link(ServerNode source, NodeId type, ServerNode target)
    {
        var reference = Known(type);
        source.References.Add(new NodeReference(reference, true, target));
        target.References.Add(new NodeReference(reference, false, source));
    }
}
