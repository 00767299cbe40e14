using Gateway.Modbus.Registers;

namespace Gateway.Modbus.Tests;

/// <summary>F-30: every type in every order; bytes from Python's struct.pack or worked by hand from the definition.</summary>
public class RegisterCodecTests
{
    /// <summary>Type, value, and the bytes highest first.</summary>
    public static TheoryData<RegisterType, double, string> Values => new()
    {
        { RegisterType.Bool, 1, "0001" },
        { RegisterType.Int8, -2, "00FE" },
        { RegisterType.UInt8, 254, "00FE" },
        { RegisterType.Int8High, -2, "FE00" },
        { RegisterType.UInt8High, 254, "FE00" },
        { RegisterType.Int16, -2, "FFFE" },
        { RegisterType.Int16, -32768, "8000" },
        { RegisterType.UInt16, 65534, "FFFE" },
        { RegisterType.Int32, -123456789, "F8A432EB" },
        { RegisterType.UInt32, 3735928559, "DEADBEEF" },
        { RegisterType.Int64, -1234567890123456, "FFFB9D2AC3754540" },
        { RegisterType.UInt64, 9223372036854775808, "8000000000000000" },
        { RegisterType.Float16, 1.5, "3E00" },
        { RegisterType.Float16, -65504, "FBFF" },
        { RegisterType.Float32, 229.00999450683594, "4365028F" },
        { RegisterType.Float32, -0.15625, "BE200000" },
        { RegisterType.Float64, 3.141592653589793, "400921FB54442D18" },
        { RegisterType.Bcd16, 1234, "1234" },
        { RegisterType.Bcd32, 12345678, "12345678" },
        { RegisterType.Mod10K16, 9999, "270F" },
        { RegisterType.Mod10K32, 12345678, "04D2162E" },
        { RegisterType.Mod10K48, 123456789012, "04D2162E2334" },
        { RegisterType.Mod10K64, 1234567890123456, "04D2162E23340D80" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Every_type_reads_and_writes_in_every_order_of_its_width(RegisterType type, double value, string canonical)
    {
        var high = Convert.FromHexString(canonical);
        foreach (var letters in Orders(high.Length))
        {
            Assert.True(ByteOrder.TryParse(letters, out var order));
            Assert.Equal(letters, order.ToString(high.Length));
            var wire = letters.Select(c => high[c - 'A']).ToArray();
            var codec = RegisterCodec.ForRegisters(type, order, 1);
            byte[] image = [0xEE, 0xEE, .. wire, 0xEE];

            Assert.Equal(RegisterStatus.Ok, codec.TryDecode(image, out var read));
            Assert.Equal(value, read);

            byte[] written = [0xEE, 0xEE, .. new byte[wire.Length], 0xEE];
            Assert.Equal(RegisterStatus.Ok, codec.TryEncode(value, written));
            Assert.Equal(Convert.ToHexString(image), Convert.ToHexString(written));
            for (var cut = 0; cut < 2 + wire.Length; cut++)
            {
                Assert.Equal(RegisterStatus.TooShort, codec.TryDecode(image.AsSpan(0, cut), out _));
                Assert.Equal(RegisterStatus.TooShort, codec.TryEncode(value, written.AsSpan(0, cut)));
            }
        }
    }

    [Theory]
    [InlineData("ABCD", "ABCDEFGH")]
    [InlineData("CDAB", "GHEFCDAB")]
    [InlineData("BADC", "BADCFEHG")]
    [InlineData("DCBA", "HGFEDCBA")]
    [InlineData("AB", "ABCDEFGH")]
    [InlineData("BA", "BADCFEHG")]
    public void A_short_order_serves_wider_types(string shortOrder, string wide)
    {
        Assert.True(ByteOrder.TryParse(shortOrder, out var order));
        Assert.Equal(wide, order.ToString(8));
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("ABC")]
    [InlineData("AACD")]
    [InlineData("ABCE")]
    [InlineData("A1CD")]
    [InlineData("ABCDEFGHIJ")]
    public void A_sequence_that_is_no_order_is_refused(string text) => Assert.False(ByteOrder.TryParse(text, out _));

    [Fact]
    public void A_free_order_is_bound_to_its_width()
    {
        Assert.True(ByteOrder.TryParse("ACBD", out var order));
        Assert.Throws<ArgumentException>(() => RegisterCodec.ForRegisters(RegisterType.Float64, order, 0));
    }

    [Fact]
    public void Every_bit_of_a_register_is_read_and_written_alone()
    {
        for (var bit = 0; bit < 16; bit++)
        {
            var codec = RegisterCodec.ForRegisters(RegisterType.Bit, ByteOrder.Abcd, 0, bit);
            byte[] image = [0xA5, 0x3C];
            var word = 0xA53C;
            codec.TryDecode(image, out var value);
            Assert.Equal((word >> bit) & 1, value);
            Assert.Equal(RegisterStatus.Ok, codec.TryEncode(1 - value, image));
            Assert.Equal(word ^ (1 << bit), (image[0] << 8) | image[1]);
        }
    }

    [Fact]
    public void Packed_bits_follow_the_specification_example()
    {
        byte[] image = [0xCD, 0x6B, 0x05];
        var states = string.Concat(Enumerable.Range(0, 19).Select(i =>
        {
            RegisterCodec.ForPackedBit(i).TryDecode(image, out var value);
            return value;
        }));
        Assert.Equal("1011001111010110101", states); // §6.1: coils 20 to 38
    }

    [Theory]
    [InlineData(RegisterType.Int8, -128, 127)]
    [InlineData(RegisterType.UInt8, 0, 255)]
    [InlineData(RegisterType.Int16, -32768, 32767)]
    [InlineData(RegisterType.UInt16, 0, 65535)]
    [InlineData(RegisterType.Int32, -2147483648, 2147483647)]
    [InlineData(RegisterType.UInt32, 0, 4294967295)]
    [InlineData(RegisterType.Bcd16, 0, 9999)]
    [InlineData(RegisterType.Bcd32, 0, 99999999)]
    [InlineData(RegisterType.Mod10K16, 0, 9999)]
    [InlineData(RegisterType.Mod10K32, 0, 99999999)]
    [InlineData(RegisterType.Mod10K48, 0, 999999999999)]
    [InlineData(RegisterType.Mod10K64, 0, 9999999999999998)]
    public void Values_outside_the_range_are_refused_and_the_image_stays(RegisterType type, double lowest, double highest)
    {
        var codec = RegisterCodec.ForRegisters(type, ByteOrder.Cdab, 0);
        var image = new byte[8];
        Assert.Equal(RegisterStatus.Ok, codec.TryEncode(lowest, image));
        Assert.Equal(RegisterStatus.Ok, codec.TryEncode(highest, image));
        var before = Convert.ToHexString(image);
        Assert.Equal(RegisterStatus.OutOfRange, codec.TryEncode(lowest - 1, image));
        Assert.Equal(RegisterStatus.OutOfRange, codec.TryEncode(highest + Math.Max(1, Math.BitIncrement(highest) - highest), image));
        Assert.Equal(RegisterStatus.OutOfRange, codec.TryEncode(double.PositiveInfinity, image));
        Assert.Equal(RegisterStatus.OutOfRange, codec.TryEncode(double.NegativeInfinity, image));
        Assert.Equal(RegisterStatus.NotANumber, codec.TryEncode(double.NaN, image));
        Assert.Equal(before, Convert.ToHexString(image));
    }

    [Theory]
    [InlineData(RegisterType.Float16, 65520)]
    [InlineData(RegisterType.Float32, 3.5e38)]
    [InlineData(RegisterType.Float64, double.PositiveInfinity)]
    [InlineData(RegisterType.UInt64, 18446744073709551616.0)]
    [InlineData(RegisterType.UInt64, -1.0)]
    [InlineData(RegisterType.Int64, 9223372036854775808.0)]
    public void Wide_types_refuse_what_they_cannot_hold(RegisterType type, double value) =>
        Assert.Equal(RegisterStatus.OutOfRange, RegisterCodec.ForRegisters(type, default, 0).TryEncode(value, new byte[8]));

    [Theory]
    [InlineData(RegisterType.Float32, "7FC00000", RegisterStatus.NotANumber)]
    [InlineData(RegisterType.Float32, "7FC00001", RegisterStatus.NotANumber)]
    [InlineData(RegisterType.Float32, "7F800001", RegisterStatus.NotANumber)]
    [InlineData(RegisterType.Float32, "FFFFFFFF", RegisterStatus.NotANumber)]
    [InlineData(RegisterType.Float32, "7F800000", RegisterStatus.Infinite)]
    [InlineData(RegisterType.Float32, "FF800000", RegisterStatus.Infinite)]
    [InlineData(RegisterType.Float16, "7E00", RegisterStatus.NotANumber)]
    [InlineData(RegisterType.Float16, "FC00", RegisterStatus.Infinite)]
    [InlineData(RegisterType.Float64, "7FF8000000000000", RegisterStatus.NotANumber)]
    [InlineData(RegisterType.Float64, "FFF0000000000000", RegisterStatus.Infinite)]
    [InlineData(RegisterType.Bcd16, "12A4", RegisterStatus.InvalidDigits)]
    [InlineData(RegisterType.Bcd32, "F2345678", RegisterStatus.InvalidDigits)]
    [InlineData(RegisterType.Mod10K16, "2710", RegisterStatus.InvalidDigits)]
    [InlineData(RegisterType.Mod10K48, "00000000FFFF", RegisterStatus.InvalidDigits)]
    public void F31_what_is_no_number_is_named(RegisterType type, string wire, RegisterStatus expected) =>
        Assert.Equal(expected, RegisterCodec.ForRegisters(type, default, 0).TryDecode(Convert.FromHexString(wire), out _));

    [Fact]
    public void Wide_integers_are_exact()
    {
        var signed = RegisterCodec.ForRegisters(RegisterType.Int64, ByteOrder.Dcba, 0);
        var unsigned = RegisterCodec.ForRegisters(RegisterType.UInt64, ByteOrder.Badc, 0);
        var image = new byte[8];
        foreach (var value in new[] { long.MinValue, -1, 0, 9007199254740993, long.MaxValue })
        {
            Assert.Equal(RegisterStatus.Ok, signed.TryEncodeInt64(value, image));
            Assert.Equal(RegisterStatus.Ok, signed.TryDecodeInt64(image, out var back));
            Assert.Equal(value, back);
        }

        Assert.Equal(RegisterStatus.Ok, unsigned.TryEncodeUInt64(ulong.MaxValue, image));
        Assert.Equal(RegisterStatus.OutOfRange, unsigned.TryDecodeInt64(image, out _));
        Assert.Equal(RegisterStatus.Ok, unsigned.TryDecodeUInt64(image, out var largest));
        Assert.Equal(ulong.MaxValue, largest);
    }

    [Theory]
    [InlineData("AB", "50756D70203100000000", "Pump 1")]
    [InlineData("BA", "7550706D31200000", "Pump 1")]
    [InlineData("AB", "41422020", "AB")]
    public void Text_is_read_in_both_orders_without_its_padding(string letters, string wire, string expected)
    {
        Assert.True(ByteOrder.TryParse(letters, out var order));
        var image = Convert.FromHexString(wire);
        var codec = RegisterCodec.ForRegisters(RegisterType.Text, order, 0, characters: image.Length);
        var room = new char[250];
        Assert.Equal(expected, new string(room, 0, codec.DecodeText(image, room)));
        var written = new byte[image.Length];
        Assert.Equal(RegisterStatus.Ok, codec.TryEncodeText(expected, written));
        Assert.Equal(expected, new string(room, 0, codec.DecodeText(written, room)));
        Assert.Equal(RegisterStatus.OutOfRange, codec.TryEncodeText("Ω", written));
        Assert.Equal(RegisterStatus.NotNumeric, codec.TryDecode(image, out _));
    }

    [Fact]
    public void Decoding_a_table_allocates_nothing()
    {
        var types = Enum.GetValues<RegisterType>().Where(t => t != RegisterType.Text).ToArray();
        var codecs = Enumerable.Range(0, 100).Select(i => RegisterCodec.ForRegisters(types[i % types.Length], ByteOrder.Cdab, i)).ToArray();
        var image = new byte[250];
        var values = new double[codecs.Length];
        var statuses = new RegisterStatus[codecs.Length];
        RegisterCodec.DecodeAll(codecs, image, values, statuses);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            RegisterCodec.DecodeAll(codecs, image, values, statuses);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.All(statuses, s => Assert.Equal(RegisterStatus.Ok, s));
    }

    /// <summary>All permutations up to four bytes; for six and eight every tenth or so, the common ones among them.</summary>
    private static IEnumerable<string> Orders(int bytes)
    {
        var letters = "ABCDEFGH"[..bytes];
        var all = Permutations(letters);
        if (bytes <= 4)
            return all;
        string[] common = bytes == 6
            ? ["ABCDEF", "EFCDAB", "BADCFE", "FEDCBA"]
            : ["ABCDEFGH", "GHEFCDAB", "BADCFEHG", "HGFEDCBA", "CDABGHEF", "EFGHABCD", "DCBAHGFE", "FEHGBADC"];
        return common.Concat(all.Where((_, i) => i % 97 == 0));
    }

    private static IEnumerable<string> Permutations(string letters)
    {
        if (letters.Length <= 1)
            return [letters];
        return letters.SelectMany((c, i) => Permutations(letters.Remove(i, 1)).Select(rest => c + rest));
    }
}
