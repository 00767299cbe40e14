using Gateway.Modbus.Protocol;
using Gateway.Modbus.Server;
using Gateway.Modbus.Tests.Support;
using static Gateway.Modbus.Tests.Vectors.SpecificationVectors;

namespace Gateway.Modbus.Tests;

/// <summary>The server's frames and limits, in virtual time on one thread.</summary>
public class ServerTests
{
    private readonly VirtualTime _time = new();
    private readonly RegisterBank _bank = new(100);
    private readonly List<byte> _answers = [];

    public static TheoryData<string> SpecificationNames => Names;

    [Theory]
    [MemberData(nameof(SpecificationNames))]
    public void The_specification_examples_are_answered_in_every_framing_byte_by_byte(string name)
    {
        var vector = Find(name);
        foreach (var framing in Enum.GetValues<ModbusFraming>())
        {
            var bank = new RegisterBank(1000);
            vector.Arrange(bank);
            var line = Serve(framing, bank);
            var expected = vector.ReplyPdu;
            if (vector.ReplyPdu[0] == 0x2B)
                expected[3] = 0x81;
            foreach (var b in Rig.Frame(framing, 77, 5, vector.RequestPdu))
            {
                Assert.Empty(_answers);
                line.Feed(b);
            }

            Assert.Equal(Convert.ToHexString(Rig.Frame(framing, 77, 5, expected)), Convert.ToHexString([.. _answers]));
            _answers.Clear();
        }
    }

    [Theory]
    [InlineData("0001 0000 0001 01")] // no function
    [InlineData("0001 0000 0000")] // libmodbus #810: length 0
    [InlineData("0001 0000 1000 01 03 0000 0001")] // libmodbus #810: length 0x1000
    [InlineData("0001 0000 00FF 01 03 0000 0001")]
    [InlineData("0001 0001 0006 01 03 0000 0001")]
    [InlineData("FFFF FFFF FFFF FFFF FFFF FFFF FFFF")]
    public void A_broken_header_closes_the_connection_at_once_without_an_answer(string bytes)
    {
        var server = new ModbusServer(_bank, time: _time);
        var line = Serve(ModbusFraming.Tcp, _bank, server);
        line.Feed(Hex(bytes));
        Assert.True(line.IsDisposed);
        Assert.Empty(_answers);
        Assert.Equal(1, server.Statistics.BadFrames);
        Assert.Equal(0, server.Statistics.Open);
    }

    [Theory]
    [InlineData("0001 0000 0008 01 03 0000 0001 0002", "0001 0000 0003 01 83 03")] // libmodbus #848: longer than the PDU
    [InlineData("0001 0000 0005 01 03 0000 00", "0001 0000 0003 01 83 03")]
    [InlineData("0001 0000 0002 01 03", "0001 0000 0003 01 83 03")] // modbus-esp8266 #387: bare function code
    [InlineData("0001 0000 0002 01 00", "0001 0000 0003 01 80 01")]
    [InlineData("0001 0000 0006 01 07 0000 0001", "0001 0000 0003 01 87 01")] // unknown function
    [InlineData("0001 0000 0006 01 FF 0000 0001", "0001 0000 0003 01 FF 01")]
    [InlineData("0001 0000 0006 01 03 0000 0000", "0001 0000 0003 01 83 03")]
    [InlineData("0001 0000 0006 01 03 0000 007E", "0001 0000 0003 01 83 03")]
    [InlineData("0001 0000 0006 01 01 0000 07D1", "0001 0000 0003 01 81 03")]
    [InlineData("0001 0000 0006 01 03 0063 0002", "0001 0000 0003 01 83 02")]
    [InlineData("0001 0000 0006 01 04 FFFF 0002", "0001 0000 0003 01 84 02")]
    [InlineData("0001 0000 0006 01 05 0000 0001", "0001 0000 0003 01 85 03")] // coil value neither 0000 nor FF00
    [InlineData("0001 0000 0006 01 05 0000 FF01", "0001 0000 0003 01 85 03")]
    [InlineData("0001 0000 0006 01 06 0064 0001", "0001 0000 0003 01 86 02")]
    [InlineData("0001 0000 0009 01 10 0000 0001 03 000100", "0001 0000 0003 01 90 03")] // implied length
    [InlineData("0001 0000 0009 01 10 0000 0002 02 0001", "0001 0000 0003 01 90 03")]
    [InlineData("0001 0000 0008 01 0F 0000 0009 01 FF", "0001 0000 0003 01 8F 03")]
    [InlineData("0001 0000 0009 01 0F 0000 0008 02 FFFF", "0001 0000 0003 01 8F 03")]
    [InlineData("0001 0000 000D 01 17 0000 007E 0000 0001 02 0001", "0001 0000 0003 01 97 03")]
    [InlineData("0001 0000 0005 01 2B 0E 05 00", "0001 0000 0003 01 AB 03")]
    [InlineData("0001 0000 0005 01 2B 0D 01 00", "0001 0000 0003 01 AB 01")]
    [InlineData("0001 0000 0005 01 2B 0D 01 00 00 00", "0001 0000 0003 01 AB 01")]
    [InlineData("0001 0000 0005 01 2B 0E 04 00", "0001 0000 0003 01 AB 02")]
    public void A_wrong_request_in_a_whole_frame_gets_the_exception_and_the_next_one_its_answer(string request, string answer)
    {
        var line = Serve(ModbusFraming.Tcp, _bank);
        byte[] good = Hex("0002 0000 0006 01 03 0000 0001");
        // The length field of some rows is shorter than the bytes written here for reading: it is set right.
        var bytes = Hex(request);
        bytes[5] = (byte)(bytes.Length - 6);
        line.Feed([.. bytes, .. good]);
        Assert.Equal(
            Convert.ToHexString([.. Hex(answer), .. Hex("0002 0000 0005 01 03 02 0000")]), Convert.ToHexString([.. _answers]));
    }

    [Fact]
    public void A_refused_read_write_changes_nothing()
    {
        var room = new byte[253];
        byte[] request = Hex("17 0063 0002 0000 0001 02 1234");
        Assert.Equal(2, RequestProcessor.Process(request, room, 1, _bank));
        Assert.Equal((byte)ModbusExceptionCode.IllegalDataAddress, room[1]);
        Assert.Equal(0, _bank.GetHoldingRegister(0));
    }

    [Fact]
    public void The_largest_frames_of_every_function_fit()
    {
        var bank = new RegisterBank();
        var room = new byte[ProtocolLimits.MaxPdu];
        Assert.Equal(252, RequestProcessor.Process(Hex("01 0000 07D0"), room, 1, bank));
        Assert.Equal(252, RequestProcessor.Process(Hex("03 0000 007D"), room, 1, bank));
        Assert.Equal(5, RequestProcessor.Process([.. Hex("10 FF85 007B F6"), .. new byte[246]], room, 1, bank));
        Assert.Equal(5, RequestProcessor.Process([.. Hex("0F 0000 07B0 F6"), .. new byte[246]], room, 1, bank));
        Assert.Equal(252, RequestProcessor.Process([.. Hex("17 0000 007D 0000 0079 F2"), .. new byte[242]], room, 1, bank));
    }

    [Fact]
    public void A_long_identification_is_given_in_parts()
    {
        for (byte id = 0; id < 3; id++)
            _bank.SetIdentification(id, new string((char)('a' + id), 100));
        var room = new byte[ProtocolLimits.MaxPdu];
        var length = RequestProcessor.Process(Hex("2B 0E 01 00"), room, 1, _bank);
        var first = new DeviceIdentification(room.AsSpan(1, length - 1));
        Assert.Equal((true, 2), (first.IsMore, first.NextObjectId));
        length = RequestProcessor.Process(Hex("2B 0E 01 02"), room, 1, _bank);
        var second = new DeviceIdentification(room.AsSpan(1, length - 1));
        Assert.True(second.MoveNext());
        Assert.Equal((2, 100, false), (second.ObjectId, second.Value.Length, second.IsMore));
        length = RequestProcessor.Process(Hex("2B 0E 04 01"), room, 1, _bank);
        Assert.Equal(7 + 2 + 100, length);
    }

    [Fact]
    public void A_broadcast_write_is_executed_and_not_answered_and_foreign_units_are_left_alone()
    {
        foreach (var framing in new[] { ModbusFraming.Rtu, ModbusFraming.RtuOverTcp, ModbusFraming.Ascii })
        {
            var bank = new OneUnitBank(9);
            var line = Serve(framing, bank);
            line.Feed(Rig.Frame(framing, 0, 0, Hex("06 0001 0017")));
            line.Feed(Rig.Frame(framing, 0, 0, Hex("03 0000 0001")));
            line.Feed(Rig.Frame(framing, 0, 8, Hex("06 0001 0099")));
            Assert.Empty(_answers);
            Assert.Equal(0x17, bank.Inner.GetHoldingRegister(1));
            line.Feed(Rig.Frame(framing, 0, 9, Hex("03 0001 0001")));
            Assert.Equal(Rig.Frame(framing, 0, 9, Hex("03 02 0017")), _answers);
            _answers.Clear();
        }
    }

    [Fact]
    public void Over_tcp_a_unit_that_is_not_served_gets_a_gateways_answer()
    {
        var line = Serve(ModbusFraming.Tcp, new OneUnitBank(9));
        line.Feed(Hex("0001 0000 0006 08 03 0000 0001"));
        Assert.Equal(Hex("0001 0000 0003 08 83 0B"), _answers);
    }

    [Fact]
    public void On_a_shared_line_noise_and_the_answers_of_neighbors_do_not_hide_the_request()
    {
        var bank = new OneUnitBank(9);
        var line = Serve(ModbusFraming.Rtu, bank);
        byte[] request = Rig.Frame(ModbusFraming.Rtu, 0, 9, Hex("03 0000 0001"));
        byte[] answer = Rig.Frame(ModbusFraming.Rtu, 0, 9, Hex("03 02 0000"));
        line.Feed([.. Rig.Frame(ModbusFraming.Rtu, 0, 8, Hex("03 04 0010 1234")), .. request]);
        Assert.Equal(answer, _answers);
        line.Feed([.. Rig.Frame(ModbusFraming.Rtu, 0, 8, Hex("83 02")), .. request]);
        line.Feed([0xFF, 0xFF, 0x33, .. request]);
        Assert.Equal([.. answer, .. answer, .. answer], _answers);
    }

    [Fact]
    public void A_partial_frame_is_forgotten_after_the_gap()
    {
        var line = Serve(ModbusFraming.Rtu, _bank);
        byte[] request = Rig.Frame(ModbusFraming.Rtu, 0, 9, Hex("03 0000 0001"));
        line.Feed([9, 16, 0, 0, 0, 100]);
        _time.Advance(201);
        line.Feed(request);
        Assert.Equal(Rig.Frame(ModbusFraming.Rtu, 0, 9, Hex("03 02 0000")), _answers);
    }

    [Fact]
    public void An_idle_connection_is_closed_and_a_trickle_of_bytes_is_no_activity()
    {
        var server = new ModbusServer(_bank, new ModbusServerOptions { IdleTimeout = TimeSpan.FromSeconds(60) }, _time);
        var busy = Serve(ModbusFraming.Tcp, _bank, server);
        var trickle = Serve(ModbusFraming.Tcp, _bank, server);
        var serial = Serve(ModbusFraming.Rtu, _bank, server);
        byte[] request = Hex("0002 0000 0006 01 03 0000 0001");
        for (var second = 0; second < 59; second += 20)
        {
            _time.Advance(19_000);
            busy.Feed(request);
            trickle.Feed(request[second / 20]);
        }

        _time.Advance(4_000);
        Assert.True(trickle.IsDisposed);
        Assert.False(busy.IsDisposed);
        _time.Advance(55_999);
        Assert.False(busy.IsDisposed);
        _time.Advance(1);
        Assert.True(busy.IsDisposed);
        Assert.False(serial.IsDisposed);
        Assert.Equal(2, server.Statistics.IdleClosed);
    }

    [Fact]
    public void The_connection_limit_refuses_the_next_one_and_frees_with_a_close()
    {
        var server = new ModbusServer(_bank, new ModbusServerOptions { MaxConnections = 2 }, _time);
        var first = Serve(ModbusFraming.Tcp, _bank, server);
        _ = Serve(ModbusFraming.Tcp, _bank, server);
        Assert.True(Serve(ModbusFraming.Tcp, _bank, server).IsDisposed);
        Assert.Equal(1, server.Statistics.Refused);
        first.CloseByPeer();
        Assert.Equal(1, server.Statistics.Open);
        Assert.False(Serve(ModbusFraming.Tcp, _bank, server).IsDisposed);
    }

    [Fact]
    public void Many_requests_in_one_packet_are_answered_in_one_write()
    {
        var line = Serve(ModbusFraming.Tcp, _bank);
        line.Feed([.. Enumerable.Range(0, 64).SelectMany(i => Rig.Frame(ModbusFraming.Tcp, i, 1, Hex("03 0000 0064")))]);
        Assert.Equal(1, line.Writes);
        Assert.Equal(64 * 209, _answers.Count);
    }

    [Fact]
    public void More_answers_than_the_buffer_holds_are_all_sent()
    {
        var line = Serve(ModbusFraming.Tcp, _bank);
        for (var round = 0; round < 3; round++)
            line.Feed([.. Enumerable.Range(0, 1000).SelectMany(i => Rig.Frame(ModbusFraming.Tcp, i, 1, Hex("03 0000 0064")))]);
        Assert.Equal(3 * 1000 * 209, _answers.Count);
    }

    [Fact]
    public void A_role_may_be_refused_a_function()
    {
        var options = new ModbusServerOptions { Authorization = (role, unit, function) => function != ModbusFunction.WriteSingleRegister };
        var line = Serve(ModbusFraming.Tcp, _bank, new ModbusServer(_bank, options, _time));
        line.Feed(Hex("0001 0000 0006 01 06 0001 0001"));
        Assert.Equal(Hex("0001 0000 0003 01 86 01"), _answers);
        Assert.Equal(0, _bank.GetHoldingRegister(1));
    }

    private LineStream Serve(ModbusFraming framing, IDataModel model, ModbusServer? server = null)
    {
        var line = new LineStream { Written = bytes => _answers.AddRange(bytes) };
        _ = (server ?? new ModbusServer(model, time: _time)).ServeAsync(line, framing);
        return line;
    }

    /// <summary>A bank behind one unit id.</summary>
    private sealed class OneUnitBank(byte unit) : IDataModel
    {
        public RegisterBank Inner { get; } = new(100);

        public bool Serves(byte asked) => asked == unit;

        public ModbusExceptionCode Coils(byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read) =>
            Inner.Coils(unit, address, count, write, read);

        public ModbusExceptionCode DiscreteInputs(byte unit, ushort address, ushort count, Span<byte> read) =>
            Inner.DiscreteInputs(unit, address, count, read);

        public ModbusExceptionCode HoldingRegisters(
            byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read) =>
            Inner.HoldingRegisters(unit, address, count, write, read);

        public ModbusExceptionCode InputRegisters(byte unit, ushort address, ushort count, Span<byte> read) =>
            Inner.InputRegisters(unit, address, count, read);

        public ReadOnlySpan<byte> Identification(byte unit, byte objectId) => Inner.Identification(unit, objectId);
    }
}
