using Gateway.OpcUa.Types;

namespace Gateway.OpcUa;

/// <content>Reading, writing and browsing.</content>
public sealed partial class OpcUaClient
{
    private const uint ValueAttribute = 13;
    private const uint AllBrowseResults = 63;

    /// <summary>Reads values; for the same nodes again and again use a <see cref="PreparedRead"/>.</summary>
    /// <returns>A result per node, or the fault of the whole request.</returns>
    public async ValueTask<(DataValue[] Values, OpcUaFault Fault)> ReadAsync(params NodeId[] nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        var values = new DataValue[nodes.Length];
        var fault = await ReadAsync(new PreparedRead(nodes), values).ConfigureAwait(false);
        return (fault.IsNone ? values : [], fault);
    }

    /// <summary>Reads what was prepared. In steady state this allocates nothing for numbers, times and status codes.</summary>
    /// <param name="read">What to read; in use until the task is done.</param>
    /// <param name="values">Room for one result per node.</param>
    public ValueTask<OpcUaFault> ReadAsync(PreparedRead read, Memory<DataValue> values)
    {
        ArgumentNullException.ThrowIfNull(read);
        read.Begin(values);
        return SendAsync(read, read.Response);
    }

    /// <summary>Writes the values of nodes.</summary>
    /// <returns>A status per node, or the fault of the whole request.</returns>
    public ValueTask<(StatusCode[] Results, OpcUaFault Fault)> WriteAsync(params (NodeId Node, Variant Value)[] writes)
    {
        ArgumentNullException.ThrowIfNull(writes);
        return WriteAsync(Array.ConvertAll(writes, w => new WriteValue { NodeId = w.Node, AttributeId = ValueAttribute, Value = new DataValue(w.Value) }));
    }

    /// <summary>Writes attributes of nodes.</summary>
    /// <returns>A status per node, or the fault of the whole request.</returns>
    public async ValueTask<(StatusCode[] Results, OpcUaFault Fault)> WriteAsync(WriteValue[] writes)
    {
        ArgumentNullException.ThrowIfNull(writes);
        var response = new WriteResponse();
        var fault = await SendAsync(new WriteRequest { NodesToWrite = writes }, response).ConfigureAwait(false);
        return Checked(response.Results, writes.Length, fault);
    }

    /// <summary>Browses one node: everything behind continuation points included.</summary>
    /// <param name="node">Where to look.</param>
    /// <param name="referenceType">Which references, subtypes included; hierarchical ones when null.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="classMask">Kinds of nodes as bits; 0 for all.</param>
    /// <param name="maxPerAnswer">References of one answer; 0 leaves it to the server.</param>
    public async ValueTask<(List<ReferenceDescription> References, OpcUaFault Fault)> BrowseAsync(
        NodeId node, NodeId? referenceType = null, BrowseDirection direction = BrowseDirection.Forward, uint classMask = 0, uint maxPerAnswer = 0)
    {
        var references = new List<ReferenceDescription>();
        var request = new BrowseRequest
        {
            RequestedMaxReferencesPerNode = maxPerAnswer,
            NodesToBrowse =
            [
                new BrowseDescription
                {
                    NodeId = node,
                    BrowseDirection = direction,
                    ReferenceTypeId = referenceType ?? NodeIds.HierarchicalReferences,
                    IncludeSubtypes = true,
                    NodeClassMask = classMask,
                    ResultMask = AllBrowseResults,
                },
            ],
        };
        var first = new BrowseResponse();
        var fault = await SendAsync(request, first).ConfigureAwait(false);
        var results = first.Results;
        while (fault.IsNone)
        {
            if (results is not { Length: 1 })
                return (references, Miscounted(1, results?.Length ?? 0));
            if (results[0].StatusCode.IsBad)
                return (references, OpcUaFault.From(results[0].StatusCode));
            references.AddRange(results[0].References ?? []);
            if (results[0].ContinuationPoint is not { Length: > 0 } point)
                break;
            var next = new BrowseNextResponse();
            fault = await SendAsync(new BrowseNextRequest { ContinuationPoints = [point] }, next).ConfigureAwait(false);
            results = next.Results;
        }

        return (references, fault);
    }

    /// <summary>Finds the node behind browse names, starting at a node, along hierarchical references.</summary>
    /// <returns>The first match; BadNoMatch as the fault when there is none.</returns>
    public async ValueTask<(ExpandedNodeId Node, OpcUaFault Fault)> TranslateAsync(NodeId start, params QualifiedName[] path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var request = new TranslateBrowsePathsToNodeIdsRequest
        {
            BrowsePaths =
            [
                new BrowsePath
                {
                    StartingNode = start,
                    RelativePath = new RelativePath
                    {
                        Elements = Array.ConvertAll(path, name => new RelativePathElement { ReferenceTypeId = NodeIds.HierarchicalReferences, IncludeSubtypes = true, TargetName = name }),
                    },
                },
            ],
        };
        var response = new TranslateBrowsePathsToNodeIdsResponse();
        var fault = await SendAsync(request, response).ConfigureAwait(false);
        if (!fault.IsNone)
            return (default, fault);
        if (response.Results is not { Length: 1 } results)
            return (default, Miscounted(1, response.Results?.Length ?? 0));
        // A target whose path goes on leaves this server.
        var target = Array.Find(results[0].Targets ?? [], t => t.RemainingPathIndex == uint.MaxValue);
        return results[0].StatusCode.IsBad || target.TargetId.NodeId.IsNull
            ? (default, OpcUaFault.From(results[0].StatusCode.IsBad ? results[0].StatusCode : StatusCodes.BadNoMatch))
            : (target.TargetId, default);
    }

    /// <summary>Calls a method.</summary>
    /// <returns>The result with its output arguments, or the fault of the whole request.</returns>
    public async ValueTask<(CallMethodResult Result, OpcUaFault Fault)> CallAsync(NodeId target, NodeId method, params Variant[] arguments)
    {
        var response = new CallResponse();
        var request = new CallRequest { MethodsToCall = [new CallMethodRequest { ObjectId = target, MethodId = method, InputArguments = arguments }] };
        var fault = await SendAsync(request, response).ConfigureAwait(false);
        if (!fault.IsNone)
            return (default, fault);
        return response.Results is { Length: 1 } results ? (results[0], default) : (default, Miscounted(1, response.Results?.Length ?? 0));
    }

    internal static OpcUaFault Miscounted(int asked, int got) =>
        new(StatusCodes.BadUnknownResponse, $"the server answered {got} results for {asked} operations");

    private static (T[] Results, OpcUaFault Fault) Checked<T>(T[]? results, int count, OpcUaFault fault)
    {
        if (!fault.IsNone)
            return ([], fault);
        return results?.Length == count ? (results, default) : ([], Miscounted(count, results?.Length ?? 0));
    }
}
