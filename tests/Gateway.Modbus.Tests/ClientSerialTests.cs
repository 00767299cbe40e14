using Gateway.Modbus.Protocol;
using Gateway.Modbus.Tests.Support;
using static Gateway.Modbus.Tests.Vectors.SpecificationVectors;

namespace Gateway.Modbus.Tests;

/// <summary>The client on serial framings, in virtual time on one thread.</summary>
public class ClientSerialTests
{
    public static TheoryData<string> SpecificationNames => Names;

    [Theory]
    [MemberData(nameof(SpecificationNames))]
    public void The_specification_bytes_travel_in_rtu_and_ascii_frames_byte_by_byte(string name)
    {
        foreach (var framing in new[] { ModbusFraming.Rtu, ModbusFraming.RtuOverTcp, ModbusFraming.Ascii })
        {
            var vector = Find(name);
            var rig = new Rig(new ModbusClientOptions { Framing = framing });
            var pending = rig.Client.SendAsync(vector.RequestPdu, 17, rig.Room).AsTask();
            Assert.Equal(Rig.Frame(framing, 0, 17, vector.RequestPdu), rig.LastRequest);
            foreach (var b in Rig.Frame(framing, 0, 17, vector.ReplyPdu))
            {
                Assert.False(pending.IsCompleted);
                rig.Line.Feed(b);
            }

            Assert.True(pending.Result.IsOk);
        }
    }

    [Theory]
    [InlineData("FF")]
    [InlineData("01")]
    [InlineData("01 03")]
    [InlineData("01 03 FA 00 00")]
    [InlineData("01 03 02 FF FF FF FF")]
    [InlineData("02 03 02 00 63 3C 6D")] // another unit's answer
    [InlineData("01 04 02 00 63 F8 D9")] // another function's answer
    [InlineData("00 06 00 01 00 17 98 15")] // somebody's broadcast
    public void F25_noise_before_the_answer_is_dropped(string noise)
    {
        var rig = new Rig(new ModbusClientOptions { Framing = ModbusFraming.Rtu });
        var pending = rig.Read(address: 42);
        rig.Line.Feed([.. Hex(noise), .. Rig.AnswerTo(rig.LastRequest, ModbusFraming.Rtu)]);
        if (!pending.IsCompleted)
            rig.Time.Advance(50);
        Assert.True(pending.Result.IsOk);
        Assert.Equal(42, rig.Room[1]);
        Assert.True(rig.Client.Statistics.DroppedBytes > 0);
    }

    [Fact]
    public void F25_the_own_echo_is_not_taken_for_the_answer_of_a_read()
    {
        var rig = new Rig(new ModbusClientOptions { Framing = ModbusFraming.Rtu });
        var pending = rig.Read(address: 42);
        rig.Line.Feed(rig.LastRequest);
        Assert.False(pending.IsCompleted);
        rig.Line.Feed(Rig.AnswerTo(rig.LastRequest, ModbusFraming.Rtu));
        Assert.True(pending.Result.IsOk);
    }

    [Fact]
    public void F25_with_local_echo_a_write_is_confirmed_by_the_device_and_not_by_the_echo()
    {
        var rig = new Rig(new ModbusClientOptions { Framing = ModbusFraming.Rtu, LocalEcho = true });
        var pending = rig.Client.WriteAsync(1, ModbusFunction.WriteSingleRegister, 7, 1, new byte[] { 0, 9 }).AsTask();
        rig.Line.Feed(rig.LastRequest);
        Assert.False(pending.IsCompleted);
        rig.Line.Feed(rig.LastRequest);
        Assert.True(pending.Result.IsOk);
    }

    [Fact]
    public void F25_one_frame_in_ten_disturbed_never_gives_a_wrong_value_and_never_closes_the_port()
    {
        var random = new Random(25);
        var rig = new Rig(new ModbusClientOptions { Framing = ModbusFraming.Rtu, BaudRate = 19200, TimeoutMs = 100 });
        rig.Requested = request =>
        {
            var answer = Rig.AnswerTo(request, ModbusFraming.Rtu);
            byte[] noise = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => (byte)random.Next(256))];
            byte[] bytes = random.Next(50) switch
            {
                0 => [.. noise, .. answer],
                1 => [.. request, .. answer],
                2 => Flip(answer, random),
                3 => [.. Rig.Frame(ModbusFraming.Rtu, 0, 2, [3, 2, 0x12, 0x34]), .. answer],
                4 => answer[..random.Next(answer.Length)],
                _ => answer,
            };
            rig.Time.After(5, () => rig.Line.Feed(bytes));
        };
        var ok = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var address = (ushort)random.Next(65536);
            var pending = rig.Read(address);
            while (!pending.IsCompleted)
                rig.Time.Advance(1);
            if (!pending.Result.IsOk)
                continue;
            ok++;
            Assert.Equal(address, (rig.Room[0] << 8) | rig.Room[1]);
        }

        Assert.InRange(ok, 9300, 9900);
        Assert.True(rig.Client.IsConnected);
    }

    [Fact]
    public void A_wrong_check_sum_fails_early_and_leaves_the_line_usable()
    {
        foreach (var framing in new[] { ModbusFraming.Rtu, ModbusFraming.Ascii })
        {
            var rig = new Rig(new ModbusClientOptions { Framing = framing });
            var pending = rig.Client.SendAsync(new byte[] { 3, 0, 0, 0, 1 }, 1, rig.Room).AsTask();
            var answer = Rig.Frame(framing, 0, 1, [3, 2, 0, 5]);
            answer[framing == ModbusFraming.Rtu ? ^1 : ^3] ^= 1;
            rig.Line.Feed(answer);
            rig.Time.Advance(60);
            Assert.Equal((ModbusReplyStatus.BadFrame, BadFrameReason.WrongChecksum), (pending.Result.Status, pending.Result.Reason));
            var next = rig.Client.SendAsync(new byte[] { 3, 0, 0, 0, 1 }, 1, rig.Room).AsTask();
            rig.Line.Feed(Rig.Frame(framing, 0, 1, [3, 2, 0, 5]));
            Assert.True(next.Result.IsOk);
        }
    }

    [Fact]
    public void After_a_time_out_the_next_request_waits_for_the_late_answer()
    {
        var rig = new Rig(new ModbusClientOptions { Framing = ModbusFraming.Rtu, TimeoutMs = 100, DrainAfterTimeoutMs = 300 });
        var first = rig.Read(address: 7);
        rig.Time.Advance(100);
        Assert.Equal(ModbusReplyStatus.TimedOut, first.Result.Status);
        var second = rig.Read(address: 8);
        rig.Time.Advance(150);
        Assert.Single(rig.Requests);
        rig.Line.Feed(Rig.AnswerTo(rig.Requests[0], ModbusFraming.Rtu));
        Assert.Equal(2, rig.Requests.Count);
        rig.Line.Feed(Rig.AnswerTo(rig.Requests[1], ModbusFraming.Rtu));
        Assert.Equal(8, rig.Room[1]);
        Assert.True(second.Result.IsOk);

        var third = rig.Read(address: 9);
        rig.Time.Advance(100);
        Assert.True(third.IsCompleted);
        _ = rig.Read(address: 10);
        rig.Time.Advance(299);
        Assert.Equal(3, rig.Requests.Count);
        rig.Time.Advance(1);
        Assert.Equal(4, rig.Requests.Count);
    }

    [Theory]
    [InlineData(9600, 5)] // 3.5 characters of 11 bits are 4.01 ms
    [InlineData(115200, 2)] // fixed 1.75 ms
    public void Requests_keep_the_silence_of_the_line(int baudRate, int ms)
    {
        var rig = new Rig(new ModbusClientOptions { Framing = ModbusFraming.Rtu, BaudRate = baudRate });
        _ = rig.Read();
        _ = rig.Read();
        rig.Line.Feed(Rig.AnswerTo(rig.LastRequest, ModbusFraming.Rtu));
        rig.Time.Advance(ms - 1);
        Assert.Single(rig.Requests);
        rig.Time.Advance(1);
        Assert.Equal(2, rig.Requests.Count);
    }

    [Fact]
    public void A_broadcast_is_done_after_the_turnaround_and_a_broadcast_read_is_misuse()
    {
        var rig = new Rig(new ModbusClientOptions { Framing = ModbusFraming.Rtu, BroadcastDelayMs = 100 });
        var pending = rig.Client.WriteAsync(0, ModbusFunction.WriteSingleRegister, 7, 1, new byte[] { 0, 9 }).AsTask();
        rig.Time.Advance(99);
        Assert.False(pending.IsCompleted);
        rig.Time.Advance(1);
        Assert.True(pending.Result.IsOk);
        Assert.Throws<ArgumentException>(() => { _ = rig.Read(unit: 0); });
    }

    [Fact]
    public void The_scanner_takes_an_exception_answer_and_the_frame_after_it_apart()
    {
        byte[] request = [3, 0, 0, 0, 1];
        byte[] bytes = [.. Rig.Frame(ModbusFraming.Rtu, 0, 1, [0x83, 2]), .. Rig.Frame(ModbusFraming.Rtu, 0, 1, [3, 2, 0, 1])];
        Assert.Equal(FrameScan.Frame(5), RtuFrameScanner.ScanReply(bytes, 1, request));
        Assert.Equal(FrameScan.Frame(7), RtuFrameScanner.ScanReply(bytes.AsSpan(5), 1, request));
    }

    [Fact]
    public void An_answer_that_carries_a_whole_frame_as_data_is_not_cut_short()
    {
        // The data of the answer is itself a valid exception answer of the same unit and function.
        byte[] inner = Rig.Frame(ModbusFraming.Rtu, 0, 1, [0x83, 2]);
        byte[] data = [.. inner, 0];
        var rig = new Rig(new ModbusClientOptions { Framing = ModbusFraming.Rtu });
        var pending = rig.Read(count: 3);
        foreach (var b in Rig.Frame(ModbusFraming.Rtu, 0, 1, [3, 6, .. data]))
            rig.Line.Feed(b);
        Assert.True(pending.Result.IsOk);
        Assert.Equal(data, rig.Room[..6]);
    }

    private static byte[] Flip(byte[] frame, Random random)
    {
        var copy = frame.ToArray();
        copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
        return copy;
    }
}
