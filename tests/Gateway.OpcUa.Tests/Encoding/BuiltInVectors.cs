using System.Globalization;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Encoding;

internal delegate void Writing(ref UaWriter writer);

internal delegate object? Reading(ref UaReader reader);

/// <summary>One value and the bytes it has in the specification's examples and in two independent implementations.</summary>
internal sealed record BuiltInVector(string Name, string Hex, object? Value, Writing Write, Reading Read);

/// <summary>Values of every built-in type with their bytes.</summary>
internal static class BuiltInVectors
{
    public static readonly DateTime Time = DateTime.Parse("2024-02-29T12:34:56.789Z", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    private static readonly Guid Guid = new("72962B91-FA75-4AE6-8D28-B404DC7DAF63");

    public static readonly BuiltInVector[] All =
    [
        new("true", "01", true, (ref w) => w.WriteBoolean(true), (ref r) => r.ReadBoolean()),
        new("SByte -128", "80", (sbyte)-128, (ref w) => w.WriteSByte(-128), (ref r) => r.ReadSByte()),
        new("Int16 -2", "feff", (short)-2, (ref w) => w.WriteInt16(-2), (ref r) => r.ReadInt16()),
        new("UInt16", "feff", (ushort)65534, (ref w) => w.WriteUInt16(65534), (ref r) => r.ReadUInt16()),
        new("Int32 1e9", "00ca9a3b", 1_000_000_000, (ref w) => w.WriteInt32(1_000_000_000), (ref r) => r.ReadInt32()),
        new("UInt64 max", "ffffffffffffffff", ulong.MaxValue, (ref w) => w.WriteUInt64(ulong.MaxValue), (ref r) => r.ReadUInt64()),
        new("Float -6.5", "0000d0c0", -6.5f, (ref w) => w.WriteFloat(-6.5f), (ref r) => r.ReadFloat()),
        new("Double pi", "182d4454fb210940", Math.PI, (ref w) => w.WriteDouble(Math.PI), (ref r) => r.ReadDouble()),
        new("Double NaN", "000000000000f8ff", double.NaN, (ref w) => w.WriteDouble(double.NaN), (ref r) => r.ReadDouble()),
        new("String null", "ffffffff", null, (ref w) => w.WriteString(null), (ref r) => r.ReadString()),
        new("String empty", "00000000", "", (ref w) => w.WriteString(""), (ref r) => r.ReadString()),
        new("String 水Boy", "06000000e6b0b4426f79", "水Boy", (ref w) => w.WriteString("水Boy"), (ref r) => r.ReadString()),
        new("ByteString null", "ffffffff", null, (ref w) => w.WriteByteString(null), (ref r) => r.ReadByteString()),
        new("ByteString", "0300000000ff10", new byte[] { 0, 255, 16 }, (ref w) => w.WriteByteString([0, 255, 16]), (ref r) => r.ReadByteString()),
        new("DateTime min", "0000000000000000", DateTime.MinValue, (ref w) => w.WriteDateTime(new DateTime(1600, 1, 1)), (ref r) => r.ReadDateTime()),
        new("DateTime max", "ffffffffffffff7f", DateTime.MaxValue, (ref w) => w.WriteDateTime(DateTime.MaxValue), (ref r) => r.ReadDateTime()),
        new("DateTime", "507ce6b30b6bda01", Time, (ref w) => w.WriteDateTime(Time), (ref r) => r.ReadDateTime()),
        new("Guid", "912b967275fae64a8d28b404dc7daf63", Guid, (ref w) => w.WriteGuid(Guid), (ref r) => r.ReadGuid()),
        Node("0000", NodeId.Null),
        Node("0048", new NodeId(72)),
        Node("00ff", new NodeId(255)),
        Node("01050104", new NodeId(1025, 5)),
        Node("01000001", new NodeId(256)),
        Node("02050000000100", new NodeId(65536, 5)),
        Node("02000101000000", new NodeId(1, 256)),
        Node("03010006000000486f74e6b0b4", new NodeId("Hot水", 1)),
        Node("040200912b967275fae64a8d28b404dc7daf63", new NodeId(Guid, 2)),
        Node("05030003000000010203", new NodeId([1, 2, 3], 3)),
        Expanded("0048", new NodeId(72)),
        Expanded("80480500000075726e3a78", new ExpandedNodeId(new NodeId(72), "urn:x")),
        Expanded("c3000001000000610500000075726e3a7804000000", new ExpandedNodeId(new NodeId("a", 0), "urn:x", 4)),
        new("QualifiedName", "02000400000054616e6b", new QualifiedName("Tank", 2), (ref w) => w.WriteQualifiedName(new QualifiedName("Tank", 2)), (ref r) => r.ReadQualifiedName()),
        Text("00", default),
        Text("020400000048696768", new LocalizedText("High")),
        Text("0305000000656e2d55530400000048696768", new LocalizedText("High", "en-US")),
        new("StatusCode", "00003480", StatusCodes.BadNodeIdUnknown, (ref w) => w.WriteStatusCode(StatusCodes.BadNodeIdUnknown), (ref r) => r.ReadStatusCode()),
        Typed("00", default),
        Typed("0101", new Variant(true)),
        Typed("06ffffffff", new Variant(-1)),
        Typed("0b000000000000f83f", new Variant(1.5)),
        Typed("0c03000000616263", new Variant("abc")),
        Typed("0d507ce6b30b6bda01", new Variant(Time)),
        Typed("8603000000010000000200000003000000", new Variant([1, 2, 3])),
        Typed("8b00000000", new Variant(Array.Empty<double>())),
        Typed("8bffffffff", new Variant((double[]?)null)),
        Typed("c406000000010002000300040005000600020000000200000003000000", Variant.FromMatrix(new Variant(new short[] { 1, 2, 3, 4, 5, 6 }), 2, 3)),
        Typed("980200000001010607000000", new Variant([new Variant(true), new Variant(7)])),
        Typed("150302000000656e0100000041", new Variant(new LocalizedText("A", "en"))),
        Typed("1602090000000100010100000001", new Variant(new ExtensionObject(new NodeId(0x00010000u, 9), [1]))),
        Valued("010b000000000000f83f", new DataValue(new Variant(1.5))),
        Valued("3f060500000000009240507ce6b30b6bda010a00507ce6b30b6bda011400", new DataValue(new Variant(5), StatusCodes.UncertainInitialValue, Time) { ServerTime = Time, SourcePicoseconds = 10, ServerPicoseconds = 20 }),
        Valued("0200003180", new DataValue(default, StatusCodes.BadNoCommunication)),
        Valued("050100507ce6b30b6bda01", new DataValue(new Variant(false), default, Time)),
        new("ExtensionObject null", "000000", default(ExtensionObject), (ref w) => w.WriteExtensionObject(default), (ref r) => r.ReadExtensionObject()),
        new(
            "DiagnosticInfo",
            "3d010000000200000003000000010000004100000080",
            new DiagnosticInfo { SymbolicId = 1, Locale = 2, LocalizedText = 3, AdditionalInfo = "A", InnerStatusCode = StatusCodes.Bad },
            (ref w) => w.WriteDiagnosticInfo(new DiagnosticInfo { SymbolicId = 1, Locale = 2, LocalizedText = 3, AdditionalInfo = "A", InnerStatusCode = StatusCodes.Bad }),
            (ref r) => r.ReadDiagnosticInfo()),
    ];

    private static BuiltInVector Node(string hex, NodeId value) => new("NodeId " + value, hex, value, (ref w) => w.WriteNodeId(value), (ref r) => r.ReadNodeId());

    private static BuiltInVector Expanded(string hex, ExpandedNodeId value) => new("ExpandedNodeId " + value, hex, value, (ref w) => w.WriteExpandedNodeId(value), (ref r) => r.ReadExpandedNodeId());

    private static BuiltInVector Text(string hex, LocalizedText value) => new("LocalizedText " + hex, hex, value, (ref w) => w.WriteLocalizedText(value), (ref r) => r.ReadLocalizedText());

    private static BuiltInVector Typed(string hex, Variant value) => new("Variant " + value, hex, value, (ref w) => w.WriteVariant(value), (ref r) => r.ReadVariant());

    private static BuiltInVector Valued(string hex, DataValue value) => new("DataValue " + hex, hex, value, (ref w) => w.WriteDataValue(value), (ref r) => r.ReadDataValue());
}
