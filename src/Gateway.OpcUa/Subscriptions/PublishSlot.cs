using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Subscriptions;

/// <summary>
/// One publish request with its answer, used again and again: values are decoded into memory that is kept. Used by one
/// loop of the pump.
/// </summary>
internal sealed class PublishSlot : IServiceRequest
{
    private const uint DataChangeId = 811;
    private const uint StatusChangeId = 820;
    private const uint EventListId = 916;
    private const int SmallestNotification = 5;

    private RequestHeader _header;
    private MonitoredItemNotification[] _items = new MonitoredItemNotification[64];
    private int _itemCount;
    private EventFieldList[] _events = [];

    public PublishSlot() => Answer = new PublishAnswer(this);

    /// <summary>Takes the answer.</summary>
    public IServiceResponse Answer { get; }

    /// <summary>Which start of the pump it belongs to; what comes for an earlier one is dropped.</summary>
    public int Generation { get; init; }

    /// <summary>Messages to acknowledge with the next request; the pump fills it.</summary>
    public List<SubscriptionAcknowledgement> Acknowledgements { get; } = [];

    public uint SubscriptionId { get; private set; }

    public uint SequenceNumber { get; private set; }

    public DateTime PublishTime { get; private set; }

    public bool HasMore { get; private set; }

    public bool IsKeepAlive { get; private set; }

    public StatusCode? StatusChange { get; private set; }

    public ReadOnlySpan<MonitoredItemNotification> Items => _items.AsSpan(0, _itemCount);

    public ReadOnlySpan<EventFieldList> Events => _events;

    uint IStructure.EncodingId => 826;

    ref RequestHeader IServiceRequest.Header => ref _header;

    void IStructure.Encode(ref UaWriter writer)
    {
        _header.Encode(ref writer);
        writer.WriteInt32(Acknowledgements.Count);
        foreach (var acknowledgement in Acknowledgements)
            acknowledgement.Encode(ref writer);
    }

    void IStructure.Decode(ref UaReader reader) => throw new NotSupportedException("A publish request is only sent.");

    private void ReadBody(ref UaReader reader)
    {
        _itemCount = 0;
        _events = [];
        StatusChange = null;
        SubscriptionId = reader.ReadUInt32();
        SkipArray(ref reader, 4);
        HasMore = reader.ReadBoolean();
        SequenceNumber = reader.ReadUInt32();
        PublishTime = reader.ReadDateTime();
        var count = reader.ReadArrayLength(3);
        IsKeepAlive = count <= 0;
        for (var i = 0; i < count && reader.IsGood; i++)
            ReadNotification(ref reader);
        // The results of the acknowledgements and their details follow; nobody can do anything about them.
    }

    private void ReadNotification(ref UaReader reader)
    {
        var type = reader.ReadMessageType();
        var body = (ExtensionBody)reader.ReadByte();
        if (body != ExtensionBody.Binary)
        {
            if (body != ExtensionBody.None)
                reader.Fail(StatusCodes.BadDecodingError);
            return;
        }

        var length = reader.ReadInt32();
        if (length < 0 || length > reader.Remaining)
        {
            reader.Fail(StatusCodes.BadDecodingError);
            return;
        }

        var end = reader.Position + length;
        switch (type)
        {
            case DataChangeId:
                ReadItems(ref reader);
                break;
            case EventListId:
                var list = new EventNotificationList();
                list.Decode(ref reader);
                _events = [.. _events, .. list.Events ?? []];
                break;
            case StatusChangeId:
                StatusChange = reader.ReadStatusCode();
                break;
        }

        if (!reader.IsGood)
            return;
        if (reader.Position > end)
            reader.Fail(StatusCodes.BadDecodingError);
        else
            reader.Skip(end - reader.Position);
    }

    private void ReadItems(ref UaReader reader)
    {
        var count = reader.ReadArrayLength(SmallestNotification);
        if (count > _items.Length - _itemCount)
            Array.Resize(ref _items, Math.Max(2 * _items.Length, _itemCount + count));
        for (var i = 0; i < count && reader.IsGood; i++)
        {
            ref var item = ref _items[_itemCount];
            item.ClientHandle = reader.ReadUInt32();
            reader.ReadDataValue(out item.Value);
            if (reader.IsGood)
                _itemCount++;
        }
    }

    private static void SkipArray(ref UaReader reader, int size)
    {
        var length = reader.ReadArrayLength(size);
        if (length > 0)
            reader.Skip(length * size);
    }

    /// <summary>The answer, decoded into the slot.</summary>
    private sealed class PublishAnswer(PublishSlot slot) : IServiceResponse
    {
        private ResponseHeader _header;

        uint IStructure.EncodingId => 829;

        ref ResponseHeader IServiceResponse.Header => ref _header;

        void IStructure.Encode(ref UaWriter writer) => throw new NotSupportedException("The answer is only received.");

        void IStructure.Decode(ref UaReader reader)
        {
            _header.Decode(ref reader);
            if (!_header.ServiceResult.IsBad)
                slot.ReadBody(ref reader);
        }
    }
}
