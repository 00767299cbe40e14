using Gateway.Modbus.Server;
using Gateway.Modbus.Tests.Support;

namespace Gateway.Modbus.Tests;

/// <summary>100,000 malformed frames per side, from printed seeds: no crash, no hang beyond a time-out, no wrong value.</summary>
public class StormTests
{
    private const int Frames = 100_000;

    /// <summary>How a good frame is spoiled.</summary>
    private enum Damage
    {
        FlipBits,
        Overwrite,
        CutEnd,
        CutStart,
        Insert,
        Append,
        Length,
        Protocol,
        Noise,
        Repeat,
    }

    [Theory]
    [InlineData(1)]
    public void Tcp_client(int seed)
    {
        var random = new Random(seed);
        var rig = new Rig(new ModbusClientOptions { TimeoutMs = 100 });
        var accepted = 0;
        for (var i = 0; i < Frames; i++)
        {
            if (!rig.Client.IsConnected)
                rig = new Rig(rig.Options);
            var count = (ushort)random.Next(1, 126);
            var address = (ushort)random.Next(65536 - count);
            var pending = rig.Read(address, count);
            var good = Rig.AnswerTo(rig.LastRequest, ModbusFraming.Tcp);
            var bad = Spoil(good, random, protect: 9);
            rig.Line.Feed(bad);
            if (!pending.IsCompleted)
                rig.Time.Advance(100);
            Assert.True(pending.IsCompleted, $"seed {seed}, frame {i}: still pending");
            if (!pending.Result.IsOk)
                continue;

            // Accepted only with the whole true header; TCP has no check sum over the data itself.
            accepted++;
            Assert.True(bad.AsSpan().IndexOf(good.AsSpan(0, 9)) >= 0, $"seed {seed}, frame {i}: wrong frame accepted");
            Assert.Equal(2 * count, pending.Result.Length);
        }

        Assert.InRange(accepted, 1, Frames / 3);
        rig = new Rig();
        var last = rig.Read(address: 77);
        rig.Line.Feed(Rig.AnswerTo(rig.LastRequest, ModbusFraming.Tcp));
        Assert.True(last.Result.IsOk);
    }

    [Theory]
    [InlineData(ModbusFraming.Rtu, 2)]
    [InlineData(ModbusFraming.Ascii, 3)]
    public void Serial_client(ModbusFraming framing, int seed)
    {
        var random = new Random(seed);
        var rig = new Rig(new ModbusClientOptions { Framing = framing, TimeoutMs = 100, DrainAfterTimeoutMs = 10 });
        var accepted = 0;
        var collisions = 0;
        for (var i = 0; i < Frames; i++)
        {
            var count = (ushort)random.Next(1, 126);
            var address = (ushort)random.Next(65536 - count);
            byte[] pdu = [3, (byte)(address >> 8), (byte)address, 0, (byte)count];
            var pending = rig.Client.SendAsync(pdu, 1, rig.Room).AsTask();
            rig.Time.Advance(10);
            var good = Rig.Frame(framing, 0, 1, Answer(address, count));
            var bad = Spoil(good, random, protect: 0);
            rig.Line.Feed(bad);
            if (!pending.IsCompleted)
                rig.Time.Advance(100);
            Assert.True(pending.IsCompleted, $"seed {seed}, frame {i}: still pending");
            rig.Time.Advance(10);
            if (!pending.Result.IsOk)
                continue;
            accepted++;
            if (Answer(address, count).AsSpan(2).SequenceEqual(rig.Room.AsSpan(0, pending.Result.Length)))
                continue;

            // A damaged frame whose check sum fits by chance cannot be told from a good one by anybody. It must
            // really have been on the line, which the test's own arithmetic decides.
            collisions++;
            byte[] taken = [1, 3, (byte)(2 * count), .. rig.Room.AsSpan(0, 2 * count)];
            var line = framing == ModbusFraming.Ascii ? Upper(bad) : bad;
            Assert.True(line.AsSpan().IndexOf(Sealed(framing, taken)) >= 0, $"seed {seed}, frame {i}: wrong value accepted");
        }

        // About two in ten frames are overwritten at random: one in 65,536 of them fits by CRC, one in 256 by LRC.
        Assert.InRange(collisions, 0, framing == ModbusFraming.Rtu ? 3 : Frames / 500);

        // Inserted noise, repetitions and appended bytes leave a whole frame, which must be found.
        Assert.InRange(accepted, Frames / 10, Frames / 2);
        Assert.True(rig.Client.IsConnected);
    }

    [Theory]
    [InlineData(ModbusFraming.Tcp, 4)]
    [InlineData(ModbusFraming.Rtu, 5)]
    [InlineData(ModbusFraming.Ascii, 6)]
    public void Server_side(ModbusFraming framing, int seed)
    {
        var random = new Random(seed);
        var model = new SuspiciousModel();
        var time = new VirtualTime();
        var server = new ModbusServer(model, time: time);
        var answers = new List<byte>();
        var line = Open();
        for (var i = 0; i < Frames; i++)
        {
            if (line.IsDisposed)
            {
                Assert.Equal(ModbusFraming.Tcp, framing);
                line = Open();
            }

            answers.Clear();
            var good = Rig.Frame(framing, i, 1, Request(random));
            line.Feed(Spoil(good, random, protect: 0));
            Assert.True(answers.Count <= 6 * 600, $"seed {seed}, frame {i}: {answers.Count} bytes answered");
            if (i % 100 != 0)
                continue;
            time.Advance(201);
            var probe = line.IsDisposed || framing == ModbusFraming.Tcp ? Open() : line;
            answers.Clear();
            probe.Feed(Rig.Frame(framing, 1, 1, [3, 0, 0, 0, 1]));
            Assert.Equal(Rig.Frame(framing, 1, 1, [3, 2, 0x12, 0x34]), answers);
            if (framing == ModbusFraming.Tcp)
                probe.CloseByPeer();
        }

        Assert.InRange(server.Statistics.Open, 0, 1);
        Assert.True(server.Statistics.BadFrames > Frames / 10);

        LineStream Open()
        {
            var opened = new LineStream { Written = bytes => answers.AddRange(bytes) };
            _ = server.ServeAsync(opened, framing);
            return opened;
        }
    }

    /// <summary>A flipped bit may turn a hexadecimal digit into its small letter, which means the same.</summary>
    private static byte[] Upper(byte[] text) => [.. text.Select(b => b is >= (byte)'a' and <= (byte)'f' ? (byte)(b - 32) : b)];

    /// <summary>A frame with a check sum computed bit by bit, as the standard's text defines it.</summary>
    private static byte[] Sealed(ModbusFraming framing, byte[] content)
    {
        if (framing == ModbusFraming.Ascii)
        {
            var lrc = (byte)-content.Sum(b => b);
            return System.Text.Encoding.ASCII.GetBytes(":" + Convert.ToHexString(content) + lrc.ToString("X2") + "\r\n");
        }

        var crc = 0xFFFF;
        foreach (var b in content)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xA001 : crc >> 1;
        }

        return [.. content, (byte)crc, (byte)(crc >> 8)];
    }

    private static byte[] Answer(int address, int count)
    {
        var pdu = new byte[2 + (2 * count)];
        pdu[0] = 3;
        pdu[1] = (byte)(2 * count);
        for (var i = 0; i < count; i++)
        {
            pdu[2 + (2 * i)] = (byte)((address + i) >> 8);
            pdu[3 + (2 * i)] = (byte)(address + i);
        }

        return pdu;
    }

    private static byte[] Request(Random random)
    {
        byte function = new byte[] { 1, 2, 3, 4, 5, 6, 15, 16, 22, 23, 43, 8, 0, 127, 131 }[random.Next(15)];
        var rest = new byte[random.Next(4) == 0 ? random.Next(252) : 4];
        random.NextBytes(rest);
        return [function, .. rest];
    }

    private static byte[] Spoil(byte[] frame, Random random, int protect)
    {
        var bytes = frame.ToList();
        var noise = new byte[random.Next(1, 20)];
        random.NextBytes(noise);
        var reach = protect > 0 ? protect : bytes.Count;
        switch ((Damage)random.Next(10))
        {
            case Damage.FlipBits:
                for (var n = random.Next(1, 4); n > 0; n--)
                    bytes[random.Next(reach)] ^= (byte)(1 << random.Next(8));
                break;
            case Damage.Overwrite:
                for (var n = random.Next(1, 5); n > 0; n--)
                    bytes[random.Next(reach)] = (byte)random.Next(256);
                break;
            case Damage.CutEnd:
                return frame[..random.Next(frame.Length)];
            case Damage.CutStart:
                return frame[random.Next(1, frame.Length)..];
            case Damage.Insert:
                bytes.InsertRange(random.Next(reach), noise);
                break;
            case Damage.Append:
                bytes.AddRange(noise);
                break;
            case Damage.Length when bytes.Count > 6:
                bytes[4] = (byte)(random.Next(4) == 0 ? random.Next(256) : 0);
                bytes[5] = (byte)random.Next(256);
                break;
            case Damage.Protocol when bytes.Count > 4:
                bytes[2 + random.Next(2)] = (byte)random.Next(1, 256);
                break;
            case Damage.Noise:
                return noise;
            case Damage.Repeat:
                bytes.InsertRange(0, frame[..random.Next(frame.Length)]);
                break;
            default:
                bytes.Clear();
                break;
        }

        return [.. bytes];
    }

    /// <summary>A model that fails the test when the processor breaks a promise of <see cref="IDataModel"/>.</summary>
    private sealed class SuspiciousModel : IDataModel
    {
        public bool Serves(byte unit) => true;

        public ModbusExceptionCode Coils(byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read)
        {
            Check(address, count, write.IsEmpty ? 2000 : 1968, (count + 7) / 8, write, read);
            return ModbusExceptionCode.None;
        }

        public ModbusExceptionCode DiscreteInputs(byte unit, ushort address, ushort count, Span<byte> read)
        {
            Check(address, count, 2000, (count + 7) / 8, default, read);
            return ModbusExceptionCode.None;
        }

        public ModbusExceptionCode HoldingRegisters(
            byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read)
        {
            Check(address, count, write.IsEmpty ? 125 : 123, 2 * count, write, read);
            if (read.Length >= 2)
                (read[0], read[1]) = (0x12, 0x34);
            return ModbusExceptionCode.None;
        }

        public ModbusExceptionCode InputRegisters(byte unit, ushort address, ushort count, Span<byte> read)
        {
            Check(address, count, 125, 2 * count, default, read);
            return ModbusExceptionCode.None;
        }

        public ReadOnlySpan<byte> Identification(byte unit, byte objectId) => default;

        private static void Check(int address, int count, int most, int bytes, ReadOnlySpan<byte> write, Span<byte> read)
        {
            Assert.InRange(count, 1, most);
            Assert.InRange(address + count, 1, 65536);
            Assert.Equal(bytes, write.IsEmpty ? read.Length : write.Length);
            Assert.True(write.IsEmpty || read.IsEmpty);
        }
    }
}
