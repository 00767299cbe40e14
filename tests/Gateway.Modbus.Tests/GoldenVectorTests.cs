using Gateway.Modbus.Protocol;
using Gateway.Modbus.Server;
using Gateway.Modbus.Tests.Vectors;

namespace Gateway.Modbus.Tests;

/// <summary>The specification's examples through every layer, whole, cut and byte by byte.</summary>
public class GoldenVectorTests
{
    public static TheoryData<string> Names => SpecificationVectors.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void The_server_answers_the_specification_request_with_the_specification_reply(string name)
    {
        var vector = SpecificationVectors.Find(name);
        var bank = new RegisterBank(1000);
        vector.Arrange(bank);
        var room = new byte[ProtocolLimits.MaxPdu];

        var length = RequestProcessor.Process(vector.RequestPdu, room, 1, bank);

        var expected = vector.ReplyPdu;
        if (name.StartsWith("6.21", StringComparison.Ordinal))
            expected[3] = 0x81; // The bank also answers single objects, which the example's device does not.
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(room.AsSpan(0, length)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_length_rules_measure_request_and_reply_and_ask_for_more_while_cut(string name)
    {
        var vector = SpecificationVectors.Find(name);
        ref readonly var entry = ref FunctionTable.Find(vector.RequestPdu[0]);
        Assert.Equal(vector.RequestPdu.Length, entry.Request.Measure(vector.RequestPdu));
        Assert.Equal(vector.ReplyPdu.Length, entry.Reply.Measure(vector.ReplyPdu));
        for (var cut = 1; cut < vector.ReplyPdu.Length; cut++)
        {
            var measured = entry.Reply.Measure(vector.ReplyPdu.AsSpan(0, cut));
            Assert.True(measured == 0 || measured > cut);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_reply_check_accepts_the_whole_reply_and_refuses_every_cut_of_it(string name)
    {
        var vector = SpecificationVectors.Find(name);
        Assert.Equal(BadFrameReason.None, ReplyCheck.Check(vector.RequestPdu, vector.ReplyPdu).Reason);
        for (var cut = 0; cut < vector.ReplyPdu.Length; cut++)
            Assert.NotEqual(BadFrameReason.None, ReplyCheck.Check(vector.RequestPdu, vector.ReplyPdu.AsSpan(0, cut)).Reason);
        Assert.NotEqual(BadFrameReason.None, ReplyCheck.Check(vector.RequestPdu, [.. vector.ReplyPdu, 0]).Reason);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_server_refuses_every_cut_and_every_lengthened_request_and_changes_nothing(string name)
    {
        var vector = SpecificationVectors.Find(name);
        var model = new ForbiddenModel();
        var room = new byte[ProtocolLimits.MaxPdu];
        for (var cut = 1; cut < vector.RequestPdu.Length; cut++)
        {
            Assert.Equal(2, RequestProcessor.Process(vector.RequestPdu.AsSpan(0, cut), room, 1, model));
            Assert.Equal((byte)ModbusExceptionCode.IllegalDataValue, room[1]);
        }

        Assert.Equal(2, RequestProcessor.Process([.. vector.RequestPdu, 0], room, 1, model));
        Assert.Equal((byte)ModbusExceptionCode.IllegalDataValue, room[1]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_framing_carries_request_and_reply_with_guard_bytes_around(string name)
    {
        var vector = SpecificationVectors.Find(name);
        var framed = new byte[600];
        framed.AsSpan().Fill(0xA5);
        var length = MbapFrame.Write(framed.AsSpan(8), 0x1234, 9, vector.RequestPdu);
        Assert.True(framed.AsSpan(0, 8).IndexOfAnyExcept((byte)0xA5) < 0);
        Assert.True(framed.AsSpan(8 + length).IndexOfAnyExcept((byte)0xA5) < 0);
        var frame = framed.AsSpan(8, length);
        Assert.Equal(FrameScan.Frame(length), MbapFrame.Scan(frame, 2));
        Assert.Equal(0x1234, MbapFrame.Transaction(frame));
        Assert.Equal(9, MbapFrame.Unit(frame));
        Assert.True(MbapFrame.Pdu(frame).SequenceEqual(vector.RequestPdu));
        for (var cut = 0; cut < length; cut++)
            Assert.Equal(ScanStatus.NeedMore, MbapFrame.Scan(frame[..cut], 2).Status);

        framed.AsSpan().Fill(0xA5);
        length = RtuFrame.Write(framed.AsSpan(8), 9, vector.RequestPdu);
        Assert.True(framed.AsSpan(8 + length).IndexOfAnyExcept((byte)0xA5) < 0);
        frame = framed.AsSpan(8, length);
        Assert.Equal(FrameScan.Frame(length), RtuFrameScanner.ScanRequest(frame));
        for (var cut = 0; cut < length; cut++)
            Assert.Equal(ScanStatus.NeedMore, RtuFrameScanner.ScanRequest(frame[..cut]).Status);

        length = RtuFrame.Write(framed, 9, vector.ReplyPdu);
        frame = framed.AsSpan(0, length);
        Assert.Equal(FrameScan.Frame(length), RtuFrameScanner.ScanReply(frame, 9, vector.RequestPdu));
        for (var cut = 0; cut < length; cut++)
            Assert.Equal(ScanStatus.NeedMore, RtuFrameScanner.ScanReply(frame[..cut], 9, vector.RequestPdu).Status);

        length = AsciiFrame.Write(framed, 9, vector.RequestPdu);
        frame = framed.AsSpan(0, length);
        Assert.Equal(FrameScan.Frame(length), AsciiFrame.Scan(frame));
        for (var cut = 0; cut < length; cut++)
            Assert.Equal(ScanStatus.NeedMore, AsciiFrame.Scan(frame[..cut]).Status);
        var decoded = new byte[255];
        Assert.Equal(1 + vector.RequestPdu.Length, AsciiFrame.Decode(frame, decoded));
        Assert.Equal(9, decoded[0]);
        Assert.True(decoded.AsSpan(1, vector.RequestPdu.Length).SequenceEqual(vector.RequestPdu));
    }

    [Theory]
    [InlineData("313233343536373839", 0x4B37)] // "123456789", the published check value of CRC-16/MODBUS
    [InlineData("0103000A0001", 0x08A4)]
    [InlineData("0207", 0x1241)] // Serial Line 1.02 §6.2.2: the frame 02 07 ends with 41 12
    [InlineData("", 0xFFFF)]
    public void Crc_matches_published_values(string data, int crc) =>
        Assert.Equal(crc, Crc16.Compute(Convert.FromHexString(data)));

    [Fact]
    public void Lrc_and_text_frame_match_the_published_example()
    {
        // Serial Line 1.02 §2.5.2 form; values worked by hand: 0x01+0x03+0x00+0x00+0x00+0x0A = 0x0E, LRC = 0xF2.
        var frame = new byte[64];
        var length = AsciiFrame.Write(frame, 1, [3, 0, 0, 0, 10]);
        Assert.Equal(":01030000000AF2\r\n", System.Text.Encoding.ASCII.GetString(frame, 0, length));
    }

    [Fact]
    public void Write_vectors_change_the_memory_as_the_specification_says()
    {
        var bank = new RegisterBank(1000);
        var room = new byte[ProtocolLimits.MaxPdu];
        foreach (var vector in SpecificationVectors.All)
        {
            vector.Arrange(bank);
            RequestProcessor.Process(vector.RequestPdu, room, 1, bank);
            switch (vector.Name[..4].Trim())
            {
                case "6.5":
                    Assert.True(bank.GetCoil(0xAC));
                    break;
                case "6.6":
                    Assert.Equal(3, bank.GetHoldingRegister(1));
                    break;
                case "6.11":
                    Assert.Equal("1011001110", string.Concat(Enumerable.Range(0x13, 10).Select(i => bank.GetCoil((ushort)i) ? '1' : '0')));
                    break;
                case "6.12":
                    Assert.Equal((0x0A, 0x102), (bank.GetHoldingRegister(1), bank.GetHoldingRegister(2)));
                    break;
                case "6.16":
                    Assert.Equal(0x17, bank.GetHoldingRegister(4));
                    break;
                case "6.17":
                    Assert.Equal((0xFF, 0xFF, 0xFF), (bank.GetHoldingRegister(14), bank.GetHoldingRegister(15), bank.GetHoldingRegister(16)));
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>A model that must not be reached.</summary>
    private sealed class ForbiddenModel : IDataModel
    {
        public bool Serves(byte unit) => true;

        public ModbusExceptionCode Coils(byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read) =>
            throw new InvalidOperationException("reached");

        public ModbusExceptionCode DiscreteInputs(byte unit, ushort address, ushort count, Span<byte> read) =>
            throw new InvalidOperationException("reached");

        public ModbusExceptionCode HoldingRegisters(
            byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read) =>
            throw new InvalidOperationException("reached");

        public ModbusExceptionCode InputRegisters(byte unit, ushort address, ushort count, Span<byte> read) =>
            throw new InvalidOperationException("reached");

        public ReadOnlySpan<byte> Identification(byte unit, byte objectId) => throw new InvalidOperationException("reached");
    }
}
