using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Encoding;

/// <summary>Whole service messages against golden bytes.</summary>
public sealed class MessageTests
{
    private const string Head = "0501000400000001020304507ce6b30b6bda010700000000000000ffffffff10270000000000";

    private static readonly DateTime Time = BuiltInVectors.Time;

    private static RequestHeader Header => new() { AuthenticationToken = new NodeId([1, 2, 3, 4], 1), Timestamp = Time, RequestHandle = 7, TimeoutHint = 10000 };

    private static readonly (string Hex, IStructure Message)[] Vectors =
    [
        ("01007702" + Head + "0000000000000000" + "02000000020000000302000200000064300d000000ffffffff0000ffffffff020200701101000d000000ffffffff0000ffffffff", new ReadRequest
        {
            RequestHeader = Header,
            TimestampsToReturn = TimestampsToReturn.Both,
            NodesToRead = [new ReadValueId { NodeId = new NodeId("d0", 2), AttributeId = 13 }, new ReadValueId { NodeId = new NodeId(70000, 2), AttributeId = 13 }],
        }),
        ("01007a02507ce6b30b6bda0107000000000000000000000000000000020000000d0b000000000000f83f507ce6b30b6bda01507ce6b30b6bda010a00003480507ce6b30b6bda0100000000", new ReadResponse
        {
            ResponseHeader = new ResponseHeader { Timestamp = Time, RequestHandle = 7, StringTable = [] },
            Results = [new DataValue(new Variant(1.5), default, Time) { ServerTime = Time }, new DataValue(default, StatusCodes.BadNodeIdUnknown) { ServerTime = Time }],
            DiagnosticInfos = [],
        }),
        ("0100a102" + Head + "010000000302000200000064300d000000ffffffff01062a000000", new WriteRequest
        {
            RequestHeader = Header,
            NodesToWrite = [new WriteValue { NodeId = new NodeId("d0", 2), AttributeId = 13, Value = new DataValue(new Variant(42)) }],
        }),
        ("01000f02" + Head + "0000000000000000000000000000" + "64000000" + "01000000" + "0055" + "00000000" + "0021" + "01" + "00000000" + "3f000000", new BrowseRequest
        {
            RequestHeader = Header,
            RequestedMaxReferencesPerNode = 100,
            NodesToBrowse = [new BrowseDescription { NodeId = NodeIds.Objects, ReferenceTypeId = NodeIds.HierarchicalReferences, IncludeSubtypes = true, ResultMask = 63 }],
        }),
        ("0100ef02" + Head + "0900000002000000010000000302000200000064300d000000ffffffff0000ffffffff020000000300000000000000000059400100d40201100000000100000001000000000000000000e03f0a00000001", new CreateMonitoredItemsRequest
        {
            RequestHeader = Header,
            SubscriptionId = 9,
            TimestampsToReturn = TimestampsToReturn.Both,
            ItemsToCreate =
            [
                new MonitoredItemCreateRequest
                {
                    ItemToMonitor = new ReadValueId { NodeId = new NodeId("d0", 2), AttributeId = 13 },
                    MonitoringMode = MonitoringMode.Reporting,
                    RequestedParameters = new MonitoringParameters
                    {
                        ClientHandle = 3,
                        SamplingInterval = 100,
                        QueueSize = 10,
                        DiscardOldest = true,
                        Filter = new ExtensionObject(new DataChangeFilter { Trigger = DataChangeTrigger.StatusValue, DeadbandType = 1, DeadbandValue = 0.5 }),
                    },
                },
            ],
        }),
        ("01003d03507ce6b30b6bda0108000000000000000000000000000000090000000200000004000000050000000005000000507ce6b30b6bda010100000001002b03011e0000000100000003000000050b000000000000f83f507ce6b30b6bda01000000000000000000000000", new PublishResponse
        {
            ResponseHeader = new ResponseHeader { Timestamp = Time, RequestHandle = 8, StringTable = [] },
            SubscriptionId = 9,
            AvailableSequenceNumbers = [4, 5],
            NotificationMessage = new NotificationMessage
            {
                SequenceNumber = 5,
                PublishTime = Time,
                NotificationData = [new ExtensionObject(new DataChangeNotification { MonitoredItems = [new MonitoredItemNotification { ClientHandle = 3, Value = new DataValue(new Variant(1.5), default, Time) }], DiagnosticInfos = [] })],
            },
            Results = [],
            DiagnosticInfos = [],
        }),
        ("0100c802" + Head + "0100000003020006000000416c61726d3101009723020000000f020000000102150302000000656e020000006f6b", new CallRequest
        {
            RequestHeader = Header,
            MethodsToCall = [new CallMethodRequest { ObjectId = new NodeId("Alarm1", 2), MethodId = NodeIds.Acknowledge, InputArguments = [Variant.FromBytes([1, 2]), new Variant(new LocalizedText("ok", "en"))] }],
        }),
        ("01009802" + Head + "01008902011600000000507ce6b30b6bda0100000000000000006400000001000000000001000000030200020000006430ffffffff0000ffffffffffffffff", new HistoryReadRequest
        {
            RequestHeader = Header,
            HistoryReadDetails = new ExtensionObject(new ReadRawModifiedDetails { StartTime = Time, NumValuesPerNode = 100, ReturnBounds = true }),
            NodesToRead = [new HistoryReadValueId { NodeId = new NodeId("d0", 2) }],
        }),
        ("01008d01507ce6b30b6bda010700000000000b800000000000000000", new ServiceFault
        {
            ResponseHeader = new ResponseHeader { Timestamp = Time, RequestHandle = 7, ServiceResult = StatusCodes.BadServiceUnsupported, StringTable = [] },
        }),
        ("0100c101507ce6b30b6bda0101000000000000000000000000000000000000000100000002000000507ce6b30b6bda0180ee3600ffffffff", new OpenSecureChannelResponse
        {
            ResponseHeader = new ResponseHeader { Timestamp = Time, RequestHandle = 1, StringTable = [] },
            SecurityToken = new ChannelSecurityToken { ChannelId = 1, TokenId = 2, CreatedAt = Time, RevisedLifetime = 3600000 },
        }),
        ("0100d301" + Head + "ffffffffffffffff000000000100000005000000656e2d555301004101010800000004000000616e6f6effffffffffffffff", new ActivateSessionRequest
        {
            RequestHeader = Header,
            ClientSoftwareCertificates = [],
            LocaleIds = ["en-US"],
            UserIdentityToken = new ExtensionObject(new AnonymousIdentityToken { PolicyId = "anon" }),
        }),
        ("0100ac010000507ce6b30b6bda010100000000000000ffffffff10270000000000180000006f70632e7463703a2f2f6c6f63616c686f73743a343834300000000000000000", new GetEndpointsRequest
        {
            RequestHeader = new RequestHeader { Timestamp = Time, RequestHandle = 1, TimeoutHint = 10000 },
            EndpointUrl = "opc.tcp://localhost:4840",
            LocaleIds = [],
            ProfileUris = [],
        }),
    ];

    public static TheoryData<int, string> Messages()
    {
        var data = new TheoryData<int, string>();
        for (int i = 0; i < Vectors.Length; i++)
            data.Add(i, Vectors[i].Message.GetType().Name);
        return data;
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Messages_have_the_bytes_other_stacks_write(int index, string name)
    {
        var (hex, message) = Vectors[index];
        var buffer = new MessageBuffer(1 << 16, 256);
        var writer = new UaWriter(buffer);
        writer.WriteMessage(message);
        Assert.True(writer.Finish().IsGood, name);
        Assert.Equal(hex, Convert.ToHexStringLower(buffer.Written));

        IStructure decoded = Decode(buffer.Written.ToArray(), out StatusCode status)!;
        Assert.True(status.IsGood);
        var again = new UaWriter(new byte[buffer.Length]);
        again.WriteMessage(decoded);
        Assert.Equal(hex, Convert.ToHexStringLower(again.Written));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_cut_message_is_bad_and_a_flipped_bit_does_no_harm(int index, string name)
    {
        byte[] bytes = Convert.FromHexString(Vectors[index].Hex);
        for (int length = 4; length < bytes.Length; length++)
        {
            Decode(bytes.AsSpan(0, length), out StatusCode status);
            Assert.True(status.IsBad, $"{name} cut to {length}");
        }

        for (int bit = 32; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Decode(bytes, out StatusCode status);
            Assert.True(status.IsGood || status == StatusCodes.BadDecodingError || status == StatusCodes.BadEncodingLimitsExceeded);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Bytes_behind_a_message_are_tolerated()
    {
        byte[] bytes = Convert.FromHexString(Vectors[0].Hex + "0102030405");
        Assert.IsType<ReadRequest>(Decode(bytes, out StatusCode status));
        Assert.True(status.IsGood);
    }

    internal static IStructure? Decode(ReadOnlySpan<byte> bytes, out StatusCode status)
    {
        var reader = new UaReader(bytes);
        IStructure? message = StructureTable.CreateMessage(reader.ReadMessageType());
        message?.Decode(ref reader);
        status = reader.Status;
        return message;
    }
}
