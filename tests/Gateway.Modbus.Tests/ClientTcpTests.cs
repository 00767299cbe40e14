using Gateway.Modbus.Tests.Support;
using static Gateway.Modbus.Tests.Vectors.SpecificationVectors;

namespace Gateway.Modbus.Tests;

/// <summary>The client on TCP framing, in virtual time on one thread.</summary>
public class ClientTcpTests
{
    private const ModbusFraming Tcp = ModbusFraming.Tcp;

    [Theory]
    [MemberData(nameof(SpecificationNames))]
    public void The_specification_bytes_go_out_and_come_back_whole_and_byte_by_byte(string name)
    {
        foreach (var isSliced in new[] { false, true })
        {
            var vector = Find(name);
            var rig = new Rig();
            var pending = rig.Client.SendAsync(vector.RequestPdu, 17, rig.Room).AsTask();
            Assert.Equal(Convert.ToHexString(Rig.Frame(Tcp, 1, 17, vector.RequestPdu)), Convert.ToHexString(rig.LastRequest));
            var answer = Rig.Frame(Tcp, 1, 17, vector.ReplyPdu);
            if (isSliced)
            {
                foreach (var b in answer)
                {
                    Assert.False(pending.IsCompleted);
                    rig.Time.Advance(5);
                    rig.Line.Feed(b);
                }
            }
            else
            {
                rig.Line.Feed(answer);
            }

            Assert.True(pending.IsCompleted);
            Assert.Equal(ModbusReplyStatus.Ok, pending.Result.Status);
        }
    }

    public static TheoryData<string> SpecificationNames => Names;

    [Fact]
    public void F26_a_late_answer_is_skipped_and_the_next_request_gets_its_own()
    {
        var rig = new Rig();
        var first = rig.Read(address: 100);
        rig.Time.Advance(1000);
        Assert.Equal(ModbusReplyStatus.TimedOut, first.Result.Status);

        var second = rig.Read(address: 200);
        rig.Line.Feed(Rig.AnswerTo(rig.Requests[0], Tcp));
        Assert.False(second.IsCompleted);
        rig.Line.Feed(Rig.AnswerTo(rig.Requests[1], Tcp));
        Assert.True(second.Result.IsOk);
        Assert.Equal(200, rig.Room[1]);
        Assert.Equal(1, rig.Client.Statistics.StaleSkipped);
        Assert.Equal(1, rig.Client.Statistics.Timeouts);
        Assert.True(rig.Client.IsConnected);
    }

    [Fact]
    public void F26_answers_late_at_random_need_no_reconnect_and_give_no_wrong_value()
    {
        var random = new Random(26);
        var rig = new Rig(new ModbusClientOptions { TimeoutMs = 100 });
        rig.Requested = request => rig.Time.After(random.Next(100) < 20 ? 250 * random.NextDouble() : 10, () =>
            rig.Line.Feed(Rig.AnswerTo(request, Tcp)));
        var late = 0;
        for (var i = 0; i < 20_000; i++)
        {
            Array.Clear(rig.Room);
            var address = (ushort)random.Next(65536);
            var pending = rig.Read(address);
            while (!pending.IsCompleted)
                rig.Time.Advance(1);
            if (pending.Result.IsOk)
                Assert.Equal(address, (rig.Room[0] << 8) | rig.Room[1]);
            else
                late++;
        }

        Assert.InRange(late, 1000, 4000);
        Assert.True(rig.Client.IsConnected);
        Assert.InRange(rig.Client.Statistics.StaleSkipped, late - 3, late);
    }

    [Fact]
    public void F26_three_answers_to_nothing_asked_end_the_connection()
    {
        var rig = new Rig();
        var pending = rig.Read();
        for (var i = 0; i < 2; i++)
            rig.Line.Feed(Rig.AnswerTo(rig.LastRequest, Tcp, id: 9000 + i));
        Assert.False(pending.IsCompleted);
        Assert.True(rig.Client.IsConnected);
        rig.Line.Feed(Rig.AnswerTo(rig.LastRequest, Tcp, id: 9002));
        Assert.Equal(ModbusReplyStatus.Disconnected, pending.Result.Status);
        Assert.False(rig.Client.IsConnected);
        Assert.True(rig.Line.IsDisposed);
        Assert.Equal(ModbusReplyStatus.Disconnected, rig.Read().Result.Status);
    }

    [Theory]
    [InlineData("0001 0000 0005 02 03 02 002A", BadFrameReason.WrongUnit)]
    [InlineData("0001 0000 0005 01 04 02 002A", BadFrameReason.WrongFunction)]
    [InlineData("0001 0000 0005 01 03 01 002A", BadFrameReason.WrongLength)]
    [InlineData("0001 0000 0007 01 03 04 002A 002B", BadFrameReason.WrongByteCount)]
    [InlineData("0001 0000 0004 01 03 01 2A", BadFrameReason.WrongByteCount)]
    [InlineData("0001 0000 0003 01 83 00", BadFrameReason.WrongException)]
    [InlineData("0001 0000 0005 01 83 03 002A", BadFrameReason.WrongLength)]
    public void A_whole_frame_that_does_not_fit_is_refused_and_the_connection_lives(string answer, BadFrameReason reason)
    {
        var rig = new Rig();
        var pending = rig.Read();
        rig.Line.Feed(Hex(answer));
        Assert.Equal((ModbusReplyStatus.BadFrame, reason), (pending.Result.Status, pending.Result.Reason));
        Assert.Equal(0, rig.Room[1]);
        var next = rig.Read(address: 42);
        rig.Line.Feed(Rig.AnswerTo(rig.LastRequest, Tcp));
        Assert.True(next.Result.IsOk);
    }

    [Theory]
    [InlineData("0001 0000 0047", BadFrameReason.WrongLength)] // node-modbus-serial #599: length 71
    [InlineData("0001 0000 FFFF", BadFrameReason.WrongLength)] // #623: length 65,535
    [InlineData("0001 0000 00FF", BadFrameReason.WrongLength)]
    [InlineData("0001 0000 0000", BadFrameReason.WrongLength)]
    [InlineData("0001 0000 0002", BadFrameReason.WrongLength)]
    [InlineData("7777 0000 00FF", BadFrameReason.WrongLength)]
    [InlineData("0001 0001", BadFrameReason.WrongProtocol)]
    [InlineData("0001 4000 0005", BadFrameReason.WrongProtocol)]
    public void An_impossible_header_is_refused_at_once_and_ends_the_connection(string header, BadFrameReason reason)
    {
        var rig = new Rig();
        var pending = rig.Read();
        rig.Line.Feed(Hex(header));
        Assert.Equal((ModbusReplyStatus.BadFrame, reason), (pending.Result.Status, pending.Result.Reason));
        Assert.False(rig.Client.IsConnected);
    }

    [Fact]
    public void A_stale_frame_that_never_ends_costs_at_most_two_time_outs()
    {
        var rig = new Rig();
        var first = rig.Read();
        rig.Line.Feed(Hex("0000 0000 00FE 01 03"));
        rig.Time.Advance(1000);
        Assert.Equal(ModbusReplyStatus.TimedOut, first.Result.Status);
        Assert.False(rig.Client.IsConnected);
    }

    [Fact]
    public void Two_corrupted_bytes_do_not_make_an_answer_an_exception()
    {
        var rig = new Rig();
        var pending = rig.Read(count: 2);
        var answer = Rig.AnswerTo(rig.LastRequest, Tcp);
        answer[7] = 0x83;
        answer[8] = 0x03;
        rig.Line.Feed(answer);
        Assert.Equal(ModbusReplyStatus.BadFrame, pending.Result.Status);
    }

    [Fact]
    public void F32_a_lost_answer_leaves_the_destination_untouched()
    {
        var rig = new Rig();
        Array.Fill(rig.Room, (byte)0x5A);
        var pending = rig.Read(count: 10);
        rig.Time.Advance(999);
        Assert.False(pending.IsCompleted);
        rig.Time.Advance(1);
        Assert.Equal(ModbusReplyStatus.TimedOut, pending.Result.Status);
        Assert.Equal(0, pending.Result.Length);
        Assert.All(rig.Room, b => Assert.Equal(0x5A, b));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void F38_a_refused_write_says_so(byte code)
    {
        var rig = new Rig();
        var pending = rig.Client.WriteAsync(1, ModbusFunction.WriteSingleRegister, 7, 1, new byte[] { 0, 9 }).AsTask();
        rig.Line.Feed(Hex($"0001 0000 0003 01 86 {code:X2}"));
        Assert.Equal((ModbusReplyStatus.DeviceException, (ModbusExceptionCode)code), (pending.Result.Status, pending.Result.ExceptionCode));
        Assert.Equal(1, rig.Client.Statistics.Exceptions);
    }

    [Theory]
    [InlineData("06 0000 0009")]
    [InlineData("06 0007 0008")]
    public void F40_a_wrong_echo_is_told_and_the_conversation_goes_on(string echo)
    {
        var rig = new Rig();
        for (var i = 1; i <= 5; i++)
        {
            var pending = rig.Client.WriteAsync(1, ModbusFunction.WriteSingleRegister, 7, 1, new byte[] { 0, 9 }).AsTask();
            rig.Line.Feed(Rig.Frame(Tcp, i, 1, Hex(echo)));
            Assert.Equal((ModbusReplyStatus.BadFrame, BadFrameReason.WrongEcho), (pending.Result.Status, pending.Result.Reason));
        }

        Assert.True(rig.Client.IsConnected);
    }

    [Fact]
    public void F41_a_request_after_the_connection_is_gone_is_refused_at_once()
    {
        var rig = new Rig();
        rig.Line.CloseByPeer();
        Assert.False(rig.Client.IsConnected);
        var pending = rig.Client.WriteAsync(1, ModbusFunction.WriteSingleRegister, 7, 1, new byte[] { 0, 9 }).AsTask();
        Assert.True(pending.IsCompleted);
        Assert.Equal(ModbusReplyStatus.Disconnected, pending.Result.Status);
        Assert.Empty(rig.Requests);
    }

    [Fact]
    public void F28_a_device_that_always_answers_id_2_works_one_request_at_a_time()
    {
        var rig = new Rig(new ModbusClientOptions { IdNotEchoed = true });
        rig.Requested = request => rig.Time.After(3, () => rig.Line.Feed(Rig.AnswerTo(request, Tcp, id: 2)));
        for (ushort address = 0; address < 50; address++)
        {
            var pending = rig.Read(address);
            rig.Time.Advance(3);
            Assert.True(pending.Result.IsOk);
            Assert.Equal(address, rig.Room[1]);
        }
    }

    [Fact]
    public void F27_without_ids_another_units_late_answer_does_not_end_the_request()
    {
        var rig = new Rig(new ModbusClientOptions { IdNotEchoed = true });
        var pending = rig.Read(address: 8, unit: 6);
        rig.Line.Feed(Rig.Frame(Tcp, 2, 5, Hex("03 02 00 63")));
        rig.Line.Feed(Rig.Frame(Tcp, 2, 6, Hex("84 02")));
        Assert.False(pending.IsCompleted);
        rig.Line.Feed(Rig.AnswerTo(rig.LastRequest, Tcp, id: 2));
        Assert.True(pending.Result.IsOk);
        Assert.Equal(8, rig.Room[1]);
    }

    [Theory]
    [InlineData(ModbusFraming.Tcp)]
    [InlineData(ModbusFraming.Rtu)]
    [InlineData(ModbusFraming.RtuOverTcp)]
    public void F27_without_ids_late_answers_are_waited_out_and_never_taken_for_the_next(ModbusFraming framing)
    {
        var random = new Random(27);
        var options = new ModbusClientOptions { Framing = framing, IdNotEchoed = true, TimeoutMs = 100, BaudRate = 9600 };
        var rig = new Rig(options);
        rig.Requested = request =>
        {
            // A tenth is lost, a tenth late by up to the drain time.
            var kind = random.Next(10);
            if (kind != 0)
                rig.Time.After(kind == 1 ? 100 + (95 * random.NextDouble()) : 10, () => rig.Line.Feed(Rig.AnswerTo(request, framing, id: 2)));
        };
        var ok = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var address = (ushort)random.Next(65536);
            var pending = rig.Read(address);
            while (!pending.IsCompleted)
                rig.Time.Advance(1);
            if (pending.Result.IsOk)
            {
                Assert.Equal(address, (rig.Room[0] << 8) | rig.Room[1]);
                ok++;
            }
            else
            {
                Assert.Equal(ModbusReplyStatus.TimedOut, pending.Result.Status);
            }
        }

        Assert.InRange(ok, 3700, 4300);
        Assert.True(rig.Client.IsConnected);
    }

    [Fact]
    public void F29_two_answers_in_one_packet_reach_their_two_requests()
    {
        var rig = new Rig(new ModbusClientOptions { Window = 2 });
        var rooms = new[] { new byte[2], new byte[2] };
        var first = rig.Read(11, room: rooms[0]);
        var second = rig.Read(22, room: rooms[1]);
        rig.Line.Feed([.. Rig.AnswerTo(rig.Requests[1], Tcp), .. Rig.AnswerTo(rig.Requests[0], Tcp)]);
        Assert.True(first.Result.IsOk && second.Result.IsOk);
        Assert.Equal((11, 22), (rooms[0][1], rooms[1][1]));
    }

    [Fact]
    public void The_window_limits_requests_in_flight_and_the_rest_waits_in_order()
    {
        var rig = new Rig(new ModbusClientOptions { Window = 4 });
        var pending = Enumerable.Range(0, 10).Select(i => rig.Read((ushort)i, room: new byte[2])).ToArray();
        Assert.Equal(4, rig.Requests.Count);
        rig.Line.Feed(Rig.AnswerTo(rig.Requests[2], Tcp));
        Assert.True(pending[2].IsCompletedSuccessfully);
        Assert.Equal(5, rig.Requests.Count);
        for (var i = 0; i < rig.Requests.Count; i++)
        {
            if (i != 2)
                rig.Line.Feed(Rig.AnswerTo(rig.Requests[i], Tcp));
        }

        Assert.All(pending, p => Assert.True(p.Result.IsOk));
        Assert.Equal(Enumerable.Range(0, 10), rig.Requests.Select(r => (int)r[9]));
    }

    [Fact]
    public void Requests_resumed_by_one_read_leave_in_one_write()
    {
        var rig = new Rig(new ModbusClientOptions { Window = 8 });
        for (var i = 0; i < 8; i++)
            _ = RepeatAsync(rig.Client, 3);
        var before = rig.Line.Writes;
        rig.Line.Feed([.. rig.Requests.SelectMany(r => Rig.AnswerTo(r, Tcp))]);
        Assert.Equal(16, rig.Requests.Count);
        Assert.Equal(before + 1, rig.Line.Writes);

        static async Task RepeatAsync(ModbusClient client, int times)
        {
            var room = new byte[2];
            for (var i = 0; i < times; i++)
                await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, 1, room).ConfigureAwait(false);
        }
    }

    [Fact]
    public void More_requests_than_the_queue_holds_are_the_callers_error()
    {
        var rig = new Rig(new ModbusClientOptions { QueueLimit = 3 });
        for (var i = 0; i < 3; i++)
            _ = rig.Read();
        Assert.Throws<InvalidOperationException>(() => { _ = rig.Read(); });
    }

    [Fact]
    public void A_peer_that_takes_no_bytes_ends_the_connection_after_the_time_out()
    {
        var rig = new Rig();
        rig.Line.HangsOnWrite = true;
        var pending = rig.Read();
        rig.Time.Advance(999);
        Assert.False(pending.IsCompleted);
        rig.Time.Advance(1);
        Assert.Equal(ModbusReplyStatus.TimedOut, pending.Result.Status);
        Assert.False(rig.Client.IsConnected);
        Assert.True(rig.Line.IsDisposed);
    }

    [Fact]
    public async Task Disposing_ends_pending_and_waiting_requests()
    {
        var rig = new Rig();
        var pending = rig.Read();
        var waiting = rig.Read();
        await rig.Client.DisposeAsync();
        Assert.Equal(ModbusReplyStatus.Disconnected, pending.Result.Status);
        Assert.Equal(ModbusReplyStatus.Disconnected, waiting.Result.Status);
    }

    [Fact]
    public void Misuse_is_an_argument_exception()
    {
        var client = new Rig().Client;
        Assert.Throws<ArgumentException>(() => { _ = client.ReadAsync(1, ModbusFunction.WriteSingleCoil, 0, 1, new byte[2]).AsTask(); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, 126, new byte[252]).AsTask(); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = client.ReadAsync(1, ModbusFunction.ReadCoils, 0, 0, new byte[252]).AsTask(); });
        Assert.Throws<ArgumentException>(() => { _ = client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, 2, new byte[3]).AsTask(); });
        Assert.Throws<ArgumentException>(() => { _ = client.WriteAsync(1, ModbusFunction.WriteMultipleCoils, 0, 9, new byte[1]).AsTask(); });
        Assert.Throws<ArgumentException>(() => { _ = client.SendAsync(new byte[] { 3, 0, 0 }, 1, new byte[252]).AsTask(); });
        Assert.Throws<ArgumentException>(() => new ModbusClient(new LineStream(), new ModbusClientOptions { Window = 2, Framing = ModbusFraming.Rtu }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ModbusClient(new LineStream(), new ModbusClientOptions { Window = 65 }));
    }

    [Fact]
    public void Objects_of_a_device_identification_are_read_one_by_one()
    {
        var rig = new Rig();
        var pending = rig.Client.ReadDeviceIdentificationAsync(1, 1, 0, rig.Room).AsTask();
        rig.Line.Feed(Rig.Frame(Tcp, 1, 1, All[^1].ReplyPdu));
        var objects = new DeviceIdentification(rig.Room.AsSpan(0, pending.Result.Length));
        Assert.Equal((1, false), (objects.Conformity, objects.IsMore));
        Assert.True(objects.MoveNext());
        Assert.Equal((0, "Company identification"), (objects.ObjectId, objects.Text));
        Assert.True(objects.MoveNext());
        Assert.True(objects.MoveNext());
        Assert.Equal((2, "V2.11"), (objects.ObjectId, objects.Text));
        Assert.False(objects.MoveNext());
    }
}
