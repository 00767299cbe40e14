using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Encoding;

/// <summary>Built-in types against golden bytes, cut at every position, and with values that lie about their size.</summary>
public sealed class BuiltInTypeTests
{
    public static TheoryData<int, string> Vectors()
    {
        var data = new TheoryData<int, string>();
        for (int i = 0; i < BuiltInVectors.All.Length; i++)
            data.Add(i, BuiltInVectors.All[i].Name);
        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Bytes_are_those_of_the_specification(int index, string name)
    {
        BuiltInVector vector = BuiltInVectors.All[index];
        byte[] expected = Convert.FromHexString(vector.Hex);

        var writer = new UaWriter(new byte[expected.Length]);
        vector.Write(ref writer);
        Assert.True(writer.IsGood, name);
        Assert.Equal(vector.Hex, Convert.ToHexStringLower(writer.Written));

        var reader = new UaReader(expected);
        Assert.Equal(vector.Value, vector.Read(ref reader));
        Assert.True(reader.IsGood);
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_cut_value_is_bad_and_a_small_buffer_is_too(int index, string name)
    {
        BuiltInVector vector = BuiltInVectors.All[index];
        byte[] bytes = Convert.FromHexString(vector.Hex);
        for (int length = 0; length < bytes.Length; length++)
        {
            var reader = new UaReader(bytes.AsSpan(0, length));
            vector.Read(ref reader);
            Assert.True(reader.Status == StatusCodes.BadDecodingError, $"{name} cut to {length}");
            var writer = new UaWriter(new byte[length]);
            vector.Write(ref writer);
            Assert.Equal(StatusCodes.BadEncodingLimitsExceeded, writer.Status);
            Assert.True(writer.Position <= length);
        }
    }

    [Theory]
    [InlineData("8601000080", "BadDecodingError")] // a negative length is null
    [InlineData("86ffffff7f", "BadEncodingLimitsExceeded")] // two billion elements
    [InlineData("86ff000000", "BadDecodingError")] // more elements than bytes
    [InlineData("0cffffff7f", "BadDecodingError")] // a text longer than the message
    [InlineData("18", "BadDecodingError")] // a variant inside a variant
    [InlineData("4601000000", "BadDecodingError")] // dimensions without an array
    [InlineData("c602000000010000000200000002000000020000000200000003000000", "BadDecodingError")] // product 4, length 2
    [InlineData("c601000000010000000200000000000100000001000000", "BadDecodingError")]
    [InlineData("20", "BadDecodingError")] // type 32 does not exist
    public void A_variant_that_lies_is_refused(string hex, string status)
    {
        var reader = new UaReader(Convert.FromHexString(hex));
        Variant value = reader.ReadVariant();
        if (hex == "8601000080")
            Assert.True(reader.IsGood && value.IsArray && value.Elements is null);
        else
            Assert.Equal(status, reader.Status.Name);
    }

    [Fact]
    public void Other_spellings_of_a_value_are_read()
    {
        var explicitGood = new UaReader(Convert.FromHexString("030b000000000000f83f00000000"));
        Assert.Equal(new DataValue(new Variant(1.5)), explicitGood.ReadDataValue());
        var longNodeId = new UaReader(Convert.FromHexString("02000048000000"));
        Assert.Equal(new NodeId(72), longNodeId.ReadNodeId());
        var nullArray = new UaReader(Convert.FromHexString("80ffffffff"));
        Assert.True(nullArray.ReadVariant().IsNull && nullArray.IsGood);
        var reserved = new UaReader(Convert.FromHexString("1e0100000007"));
        Assert.Equal(BuiltInType.ByteString, reserved.ReadVariant().Type);
        var late = new UaReader(Convert.FromHexString("11" + "0101" + "ffff"));
        Assert.Equal(9999, late.ReadDataValue().SourcePicoseconds);
    }

    [Fact]
    public void Nesting_stops_at_the_limit()
    {
        // Variant arrays of one element, each inside the other.
        byte[] bytes = [.. Enumerable.Repeat<byte[]>([0x98, 1, 0, 0, 0], 150).SelectMany(b => b), 0];
        var reader = new UaReader(bytes);
        reader.ReadVariant();
        Assert.Equal(StatusCodes.BadEncodingLimitsExceeded, reader.Status);

        var diagnostics = new UaReader([.. Enumerable.Repeat((byte)0x40, 150), 0]);
        diagnostics.ReadDiagnosticInfo();
        Assert.Equal(StatusCodes.BadEncodingLimitsExceeded, diagnostics.Status);
        var shallow = new UaReader([.. Enumerable.Repeat((byte)0x40, 99), 0]);
        shallow.ReadDiagnosticInfo();
        Assert.True(shallow.IsGood);
    }

    [Fact]
    public void An_unknown_structure_is_carried_through()
    {
        byte[] bytes = Convert.FromHexString("01090f27" + "01" + "03000000" + "0a0b0c");
        var reader = new UaReader(bytes);
        ExtensionObject value = reader.ReadExtensionObject();
        Assert.Equal(new NodeId(9999, 9), value.TypeId);
        Assert.Equal<byte>([10, 11, 12], value.Bytes!);
        var writer = new UaWriter(new byte[bytes.Length]);
        writer.WriteExtensionObject(value);
        Assert.Equal(bytes, writer.Written.ToArray());
    }

    [Fact]
    public void A_known_structure_is_decoded_and_what_follows_its_fields_is_skipped()
    {
        byte[] bytes = Convert.FromHexString("010076030112000000" + "00000000000000000000000000002440" + "ffff" + "01");
        var reader = new UaReader(bytes);
        var range = Assert.IsType<Gateway.OpcUa.Types.Range>(reader.ReadExtensionObject().Structure);
        Assert.Equal((0, 10), (range.Low, range.High));
        Assert.True(reader.ReadBoolean() && reader.IsGood);
    }

    [Fact]
    public void Reading_numbers_allocates_nothing()
    {
        byte[] bytes = new byte[64 * 1000];
        var writer = new UaWriter(bytes);
        for (int i = 0; i < 1000; i++)
            writer.WriteDataValue(new DataValue(new Variant(i * 0.5), default, BuiltInVectors.Time) { ServerTime = BuiltInVectors.Time });
        int written = writer.Position;
        double sum = 0;
        long before = 0;
        for (int round = 0; round < 3; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            var reader = new UaReader(bytes.AsSpan(0, written));
            for (int i = 0; i < 1000; i++)
            {
                reader.ReadDataValue(out DataValue value);
                value.Value.TryGet(out double number);
                sum += number;
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(3 * 249750.0, sum);
    }

    [Theory]
    [InlineData("i=85")]
    [InlineData("ns=2;s=Tank;with=signs")]
    [InlineData("ns=1;g=72962b91-fa75-4ae6-8d28-b404dc7daf63")]
    [InlineData("ns=3;b=AQID")]
    public void Node_ids_have_a_text_form(string text) => Assert.Equal(text, NodeId.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("85")]
    [InlineData("ns=65536;i=1")]
    [InlineData("ns=1")]
    [InlineData("i=4294967296")]
    [InlineData("b=%")]
    public void Other_texts_are_no_node_ids(string text) => Assert.False(NodeId.TryParse(text, out _));

    [Fact]
    public void Status_codes_have_names_and_words()
    {
        Assert.Equal("BadNodeIdUnknown", new StatusCode(0x80340000).Name);
        Assert.Equal("the node does not exist", new StatusCode(0x80340000).Text);
        Assert.Equal("Good (0x00000480)", new StatusCode(0x480).ToString());
        Assert.True(new StatusCode(0x480).HasOverflow && new StatusCode(0x480).IsGood);
        Assert.Equal("0x8FFF0000", new StatusCode(0x8FFF0000).Name);
        Assert.True(new StatusCode(0x40900000).IsUncertain);
    }
}
