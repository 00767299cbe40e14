using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <content>From a request's bytes to its answer.</content>
public sealed partial class OpcUaServer
{
    /// <summary>Serves one request. Called by the connection's loop.</summary>
    internal void Serve(ServerConnection connection, uint requestId, ReadOnlySpan<byte> body)
    {
        var reader = new UaReader(body, Options.Encoding);
        var message = StructureTable.CreateMessage(reader.ReadMessageType()) as IServiceRequest;
        message?.Decode(ref reader);
        if (message is ActivateSessionRequest activate && reader.IsGood)
        {
            Activate(connection, requestId, activate);
            return;
        }

        lock (Gate)
        {
            _requests++;
            if (message is null || !reader.IsGood)
            {
                var cause = message is null ? StatusCodes.BadServiceUnsupported : reader.Status;
                Answer(connection, requestId, new ServiceFault(), message?.Header.RequestHandle ?? 0, cause);
                return;
            }

            var handle = message.Header.RequestHandle;
            switch (message)
            {
                case GetEndpointsRequest endpoints:
                    Answer(connection, requestId, GetEndpoints(endpoints), handle, default);
                    return;
                case FindServersRequest find:
                    Answer(connection, requestId, FindServers(find), handle, default);
                    return;
                case CreateSessionRequest create:
                    var created = CreateSession(connection, create, out var refused);
                    Answer(connection, requestId, created, handle, refused);
                    return;
            }

            var status = FindSession(connection, message, out var session);
            if (status.IsBad)
                Answer(connection, requestId, new ServiceFault(), handle, status);
            else if (message is ReadRequest read)
                Read(connection, requestId, session!, read);
            else if (message is PublishRequest publish)
                Publish(requestId, session!, publish);
            else
                Answer(connection, requestId, Serve(session!, message, out status), handle, status);
        }
    }

    private IServiceResponse Serve(ServerSession session, IServiceRequest message, out StatusCode status)
    {
        status = default;
        return message switch
        {
            CloseSessionRequest close => Close(session, close),
            BrowseRequest browse => Browse(session, browse, out status),
            BrowseNextRequest next => BrowseNext(session, next, out status),
            TranslateBrowsePathsToNodeIdsRequest translate => Translate(translate, out status),
            RegisterNodesRequest register => Register(register, out status),
            UnregisterNodesRequest => new UnregisterNodesResponse(),
            WriteRequest write => Write(session, write, out status),
            CreateSubscriptionRequest create => CreateSubscription(session, create, out status),
            ModifySubscriptionRequest modify => ModifySubscription(session, modify, out status),
            SetPublishingModeRequest mode => SetPublishingMode(session, mode, out status),
            DeleteSubscriptionsRequest delete => DeleteSubscriptions(session, delete, out status),
            TransferSubscriptionsRequest transfer => TransferSubscriptions(session, transfer, out status),
            RepublishRequest republish => Republish(session, republish, out status),
            CreateMonitoredItemsRequest create => CreateItems(session, create, out status),
            ModifyMonitoredItemsRequest modify => ModifyItems(session, modify, out status),
            SetMonitoringModeRequest mode => SetMonitoringMode(session, mode, out status),
            SetTriggeringRequest trigger => SetTriggering(session, trigger, out status),
            DeleteMonitoredItemsRequest delete => DeleteItems(session, delete, out status),
            CancelRequest => new CancelResponse(),
            _ => Refused(out status),
        };
    }

    private static ServiceFault Refused(out StatusCode status)
    {
        status = StatusCodes.BadServiceUnsupported;
        return new ServiceFault();
    }

    /// <summary>A bad status turns any answer into a fault. Under the gate.</summary>
    private void Answer(ServerConnection connection, uint requestId, IServiceResponse response, uint handle, StatusCode status)
    {
        if (status.IsBad)
            response = new ServiceFault();
        FillHeader(response, handle, status);
        var body = Encode(response);
        var sent = body.Length == 0 ? StatusCodes.BadResponseTooLarge : connection.Send(requestId, body.Written);
        if (sent == StatusCodes.BadResponseTooLarge && response is not ServiceFault)
            Answer(connection, requestId, new ServiceFault(), handle, sent);
    }

    private StatusCode CheckCount(int? count) =>
        count is null or 0 ? StatusCodes.BadNothingToDo : count > Options.Limits.MaxOperations ? StatusCodes.BadTooManyOperations : StatusCodes.Good;

    /// <summary>Values go from the nodes into the answer without a detour. Under the gate.</summary>
    private void Read(ServerConnection connection, uint requestId, ServerSession session, ReadRequest request)
    {
        var status = CheckCount(request.NodesToRead?.Length);
        if (status.IsGood && request.MaxAge < 0)
            status = StatusCodes.BadMaxAgeInvalid;
        if (status.IsGood && request.TimestampsToReturn is < TimestampsToReturn.Source or > TimestampsToReturn.Neither)
            status = StatusCodes.BadTimestampsToReturnInvalid;
        if (status.IsBad)
        {
            Answer(connection, requestId, new ServiceFault(), request.RequestHeader.RequestHandle, status);
            return;
        }

        var response = new ReadResponse();
        FillHeader(response, request.RequestHeader.RequestHandle, default);
        _body.Length = 0;
        var writer = new UaWriter(_body);
        writer.WriteNodeId(new NodeId(response.EncodingId));
        response.ResponseHeader.Encode(ref writer);
        writer.WriteInt32(request.NodesToRead!.Length);
        var now = UtcNow;
        foreach (ref var node in request.NodesToRead.AsSpan())
        {
            ReadAttribute(node, session.User, now, out var value);
            Strip(ref value, request.TimestampsToReturn);
            writer.WriteDataValue(value);
        }

        writer.WriteInt32(-1);
        if (!writer.Finish().IsGood || connection.Send(requestId, _body.Written) == StatusCodes.BadResponseTooLarge)
            Answer(connection, requestId, new ServiceFault(), request.RequestHeader.RequestHandle, StatusCodes.BadResponseTooLarge);
    }

    private void ReadAttribute(in ReadValueId what, ServerUser user, DateTime now, out DataValue value)
    {
        var status = Check(what, out var node);
        if (status.IsGood && what.AttributeId == ValueAttribute)
        {
            node!.ReadValue(now, out value);
            if (what.IndexRange is { Length: > 0 } range)
                (value.Value, value.Status) = IndexRange.Apply(value.Value, value.Status, range);
            return;
        }

        value = default;
        if (status.IsGood)
            status = what.IndexRange is { Length: > 0 } ? StatusCodes.BadIndexRangeNoData : node!.ReadAttribute(what.AttributeId, user, out value.Value);
        value.Status = status;
        value.ServerTime = now;
    }

    private const uint ValueAttribute = 13;
    private const uint LastAttribute = 27;

    private StatusCode Check(in ReadValueId what, out ServerNode? node)
    {
        node = Space.Find(what.NodeId);
        if (node is null)
            return StatusCodes.BadNodeIdUnknown;
        if (what.AttributeId is 0 or > LastAttribute || (what.AttributeId == ValueAttribute && node.Class != NodeClass.Variable))
            return StatusCodes.BadAttributeIdInvalid;
        if (what.DataEncoding.Name is not { Length: > 0 } encoding)
            return default;
        // Part 4 §5.10.2: only structures have another encoding than their one and only.
        return encoding == "Default Binary" && what.AttributeId == ValueAttribute ? default : what.AttributeId == ValueAttribute ? StatusCodes.BadDataEncodingUnsupported : StatusCodes.BadDataEncodingInvalid;
    }

    private static void Strip(ref DataValue value, TimestampsToReturn wanted)
    {
        if (wanted is TimestampsToReturn.Server or TimestampsToReturn.Neither)
            value.SourceTime = DateTime.MinValue;
        if (wanted is TimestampsToReturn.Source or TimestampsToReturn.Neither)
            value.ServerTime = DateTime.MinValue;
    }

    private IServiceResponse Write(ServerSession session, WriteRequest request, out StatusCode status)
    {
        status = CheckCount(request.NodesToWrite?.Length);
        if (status.IsBad)
            return new ServiceFault();
        var results = new StatusCode[request.NodesToWrite!.Length];
        for (var i = 0; i < results.Length; i++)
            results[i] = Write(session.User, request.NodesToWrite[i]);
        return new WriteResponse { Results = results };
    }

    private StatusCode Write(ServerUser user, in WriteValue write)
    {
        var status = Check(new ReadValueId { NodeId = write.NodeId, AttributeId = write.AttributeId }, out var node);
        if (status.IsBad)
            return status;
        if (write.AttributeId != ValueAttribute || node!.Write is null)
            return StatusCodes.BadNotWritable;
        if (!user.MayWrite)
            return StatusCodes.BadUserAccessDenied;
        if (write.IndexRange is { Length: > 0 })
            return StatusCodes.BadIndexRangeNoData;
        if (write.Value.Status.Value != 0 || write.Value.SourceTime != DateTime.MinValue || write.Value.ServerTime != DateTime.MinValue)
            return StatusCodes.BadWriteNotSupported;
        var isSame = write.Value.Value.IsScalar && node.DataType == new NodeId((uint)write.Value.Value.Type);
        return isSame ? node.Write(user, write.Value) : StatusCodes.BadTypeMismatch;
    }
}
