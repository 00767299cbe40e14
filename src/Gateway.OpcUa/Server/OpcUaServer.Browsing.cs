using System.Buffers.Binary;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <summary>A browse that is not finished.</summary>
/// <param name="Number">What the client names it by.</param>
/// <param name="What">What was asked.</param>
/// <param name="Max">References per answer.</param>
/// <param name="Next">The node's reference to go on with.</param>
internal sealed record BrowseCursor(uint Number, BrowseDescription What, int Max, int Next);

/// <content>Finding nodes: browse, its continuation, paths.</content>
public sealed partial class OpcUaServer
{
    private IServiceResponse Browse(ServerSession session, BrowseRequest request, out StatusCode status)
    {
        status = CheckCount(request.NodesToBrowse?.Length);
        if (status.IsGood && !request.View.ViewId.IsNull)
            status = StatusCodes.BadViewIdUnknown;
        if (status.IsBad)
            return new ServiceFault();
        var max = (int)Math.Min((uint)Options.Limits.MaxReferences, request.RequestedMaxReferencesPerNode == 0 ? uint.MaxValue : request.RequestedMaxReferencesPerNode);
        var results = new BrowseResult[request.NodesToBrowse!.Length];
        for (var i = 0; i < results.Length; i++)
            results[i] = Browse(session, request.NodesToBrowse[i], max, 0);
        return new BrowseResponse { Results = results };
    }

    private IServiceResponse BrowseNext(ServerSession session, BrowseNextRequest request, out StatusCode status)
    {
        status = CheckCount(request.ContinuationPoints?.Length);
        if (status.IsBad)
            return new ServiceFault();
        var results = new BrowseResult[request.ContinuationPoints!.Length];
        for (var i = 0; i < results.Length; i++)
        {
            var point = request.ContinuationPoints[i];
            var number = point?.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(point) : 0;
            var cursor = session.Cursors.Find(c => c.Number == number);
            if (cursor is null)
            {
                results[i].StatusCode = StatusCodes.BadContinuationPointInvalid;
                continue;
            }

            session.Cursors.Remove(cursor);
            if (!request.ReleaseContinuationPoints)
                results[i] = Browse(session, cursor.What, cursor.Max, cursor.Next);
        }

        return new BrowseNextResponse { Results = results };
    }

    private BrowseResult Browse(ServerSession session, in BrowseDescription what, int max, int start)
    {
        if (Space.Find(what.NodeId) is not { } node)
            return new BrowseResult { StatusCode = StatusCodes.BadNodeIdUnknown };
        if (what.BrowseDirection is < BrowseDirection.Forward or > BrowseDirection.Both)
            return new BrowseResult { StatusCode = StatusCodes.BadBrowseDirectionInvalid };
        ServerNode? type = null;
        if (!what.ReferenceTypeId.IsNull && (type = Space.Find(what.ReferenceTypeId))?.Class != NodeClass.ReferenceType)
            return new BrowseResult { StatusCode = StatusCodes.BadReferenceTypeIdInvalid };
        var found = new List<ReferenceDescription>();
        for (var i = start; i < node.References.Count; i++)
        {
            var reference = node.References[i];
            if (!Matches(reference, what, type))
                continue;
            if (found.Count == max)
                return new BrowseResult { References = [.. found], ContinuationPoint = Continue(session, what, max, i) };
            found.Add(Describe(reference, (BrowseResultMask)what.ResultMask));
        }

        return new BrowseResult { References = [.. found] };
    }

    private byte[] Continue(ServerSession session, in BrowseDescription what, int max, int next)
    {
        // The oldest gives way: a client that forgets its points must not lose the right to browse.
        if (session.Cursors.Count >= Options.Limits.MaxContinuationPoints)
            session.Cursors.RemoveAt(0);
        session.Cursors.Add(new BrowseCursor(++session.LastCursor, what, max, next));
        return BitConverter.GetBytes(session.LastCursor);
    }

    private static bool Matches(NodeReference reference, in BrowseDescription what, ServerNode? type)
    {
        if (what.BrowseDirection != BrowseDirection.Both && reference.IsForward != (what.BrowseDirection == BrowseDirection.Forward))
            return false;
        if (what.NodeClassMask != 0 && (what.NodeClassMask & (uint)reference.Target.Class) == 0)
            return false;
        return type is null || reference.Type == type || (what.IncludeSubtypes && reference.Type.IsSubtypeOf(type));
    }

    private static ReferenceDescription Describe(NodeReference reference, BrowseResultMask mask)
    {
        var target = reference.Target;
        var description = new ReferenceDescription { NodeId = target.Id };
        if (mask.HasFlag(BrowseResultMask.ReferenceTypeId))
            description.ReferenceTypeId = reference.Type.Id;
        if (mask.HasFlag(BrowseResultMask.IsForward))
            description.IsForward = reference.IsForward;
        if (mask.HasFlag(BrowseResultMask.NodeClass))
            description.NodeClass = target.Class;
        if (mask.HasFlag(BrowseResultMask.BrowseName))
            description.BrowseName = target.BrowseName;
        if (mask.HasFlag(BrowseResultMask.DisplayName))
            description.DisplayName = target.ShownName;
        if (mask.HasFlag(BrowseResultMask.TypeDefinition) && target.TypeDefinition is { } type)
            description.TypeDefinition = type.Id;
        return description;
    }

    private IServiceResponse Translate(TranslateBrowsePathsToNodeIdsRequest request, out StatusCode status)
    {
        status = CheckCount(request.BrowsePaths?.Length);
        if (status.IsBad)
            return new ServiceFault();
        var results = new BrowsePathResult[request.BrowsePaths!.Length];
        for (var i = 0; i < results.Length; i++)
            results[i] = Translate(request.BrowsePaths[i]);
        return new TranslateBrowsePathsToNodeIdsResponse { Results = results };
    }

    private BrowsePathResult Translate(BrowsePath path)
    {
        if (Space.Find(path.StartingNode) is not { } start)
            return new BrowsePathResult { StatusCode = StatusCodes.BadNodeIdUnknown };
        if (path.RelativePath?.Elements is not { Length: > 0 } elements)
            return new BrowsePathResult { StatusCode = StatusCodes.BadNothingToDo };
        if (elements.Length > Options.Limits.MaxPathElements)
            return new BrowsePathResult { StatusCode = StatusCodes.BadQueryTooComplex };
        var nodes = new HashSet<ServerNode> { start };
        foreach (ref var element in elements.AsSpan())
        {
            if (string.IsNullOrEmpty(element.TargetName.Name))
                return new BrowsePathResult { StatusCode = StatusCodes.BadBrowseNameInvalid };
            var next = new HashSet<ServerNode>();
            var what = new BrowseDescription
            {
                BrowseDirection = element.IsInverse ? BrowseDirection.Inverse : BrowseDirection.Forward,
                IncludeSubtypes = element.IncludeSubtypes,
            };
            var type = element.ReferenceTypeId.IsNull ? null : Space.Find(element.ReferenceTypeId);
            if (!element.ReferenceTypeId.IsNull && type is null)
                return new BrowsePathResult { StatusCode = StatusCodes.BadNoMatch };
            foreach (var reference in nodes.SelectMany(n => n.References))
            {
                if (next.Count < Options.Limits.MaxReferences && Matches(reference, what, type) && reference.Target.BrowseName == element.TargetName)
                    next.Add(reference.Target);
            }

            nodes = next;
        }

        return nodes.Count == 0
            ? new BrowsePathResult { StatusCode = StatusCodes.BadNoMatch }
            : new BrowsePathResult { Targets = [.. nodes.Select(n => new BrowsePathTarget { TargetId = n.Id, RemainingPathIndex = uint.MaxValue })] };
    }

    private IServiceResponse Register(RegisterNodesRequest request, out StatusCode status)
    {
        status = CheckCount(request.NodesToRegister?.Length);
        // Every node is found in one step already, so that the id itself is the best handle there is.
        return status.IsBad ? new ServiceFault() : new RegisterNodesResponse { RegisteredNodeIds = request.NodesToRegister };
    }
}
