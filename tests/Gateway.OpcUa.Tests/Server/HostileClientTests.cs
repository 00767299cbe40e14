using System.Buffers.Binary;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.SecureConversation;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Server;

/// <summary>Clients that mean harm.</summary>
public sealed class HostileClientTests
{
    [Fact]
    public void A_hundred_thousand_hostile_chunks_do_no_harm()
    {
        var loop = new LoopServer();
        loop.Set(loop.Add("NH4"), 1);
        OpcUaClient witness = loop.Connect();
        var random = new Random(4840);
        var kinds = new[] { "MSGF", "MSGC", "MSGA", "OPNF", "CLOF", "ERRF", "ACKF", "RHEF", "HELF", "GETF" };
        uint[] types = [422, 428, 461, 467, 473, 527, 533, 554, 560, 631, 673, 751, 763, 769, 775, 781, 787, 793, 799, 826, 832, 841, 847];
        byte[] frame = new byte[400];
        Peer? peer = null;
        int peers = 0;
        for (int round = 0; round < 100_000; round++)
        {
            if (peer is null || peer.IsClosed)
            {
                peer = new Peer(loop);
                peers++;
            }

            int size = random.Next(8, frame.Length);
            random.NextBytes(frame.AsSpan(0, size));
            System.Text.Encoding.ASCII.GetBytes(kinds[random.Next(100) < 95 ? random.Next(2) : random.Next(kinds.Length)], frame);
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), size);
            if (size >= 40)
                peer.Sign(frame, types[random.Next(types.Length)], random);
            peer.Stream.WriteAsync(frame.AsMemory(0, size)).AsTask().Wait();
            if (round % 1000 == 0)
            {
                loop.Time.Advance(1);
                Assert.True(witness.ReadAsync(loop.Node("NH4")).AsTask().Result.Fault.IsNone);
            }
        }

        Assert.True(peers > 100, $"{peers} peers");
        Assert.True(loop.Server.Counters.Connections <= 100);
    }

    [Fact]
    public void A_message_without_end_is_cut_off_before_it_fills_the_memory()
    {
        var loop = new LoopServer();
        var peer = new Peer(loop);
        byte[] frame = new byte[8192];
        "MSGC"u8.CopyTo(frame);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), frame.Length);
        int sent = 0;
        while (!peer.IsClosed && sent < 1000)
        {
            peer.Sign(frame, 631, null);
            peer.Stream.WriteAsync(frame).AsTask().Wait();
            sent++;
        }

        // 64 KiB before anybody has logged in.
        Assert.InRange(sent, 8, 9);
    }

    /// <summary>A client that gets as far as an open channel without security.</summary>
    private sealed class Peer
    {
        private readonly byte[] _received = new byte[8192];
        private uint _channel;
        private uint _sequence;

        public Peer(LoopServer loop)
        {
            Stream = loop.Open("10.6.6.6");
            var output = new MessageBuffer(65536);
            new HelloMessage(0, ConnectionLimits.Default, "opc.tcp://plant:4840").Write(output, FrameKind.Hello);
            AsymmetricChunk.Write(output, AsymmetricKeys.None, 0, ++_sequence, 1, Body(new OpenSecureChannelRequest { SecurityMode = MessageSecurityMode.None, RequestedLifetime = 3_600_000 }));
            Stream.WriteAsync(output.Written.ToArray()).AsTask().Wait();
            int count = Stream.ReadAsync(_received).AsTask().Result;
            if (count > 40)
                _channel = BinaryPrimitives.ReadUInt32LittleEndian(_received.AsSpan(28 + 8));
        }

        public Client.ScriptedStream Stream { get; }

        public bool IsClosed
        {
            get
            {
                ValueTask<int> read = _pending is { } open ? open : Stream.ReadAsync(_received);
                while (read.IsCompleted && read.Result > 0)
                    read = Stream.ReadAsync(_received);
                _pending = read.IsCompleted ? null : read;
                return read.IsCompleted;
            }
        }

        private ValueTask<int>? _pending;

        public void Sign(byte[] frame, uint type, Random? random)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), _channel);
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(12), 1);
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(16), ++_sequence);
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(20), 7);
            if (random?.Next(4) == 0)
                return;
            frame[24] = 1;
            frame[25] = 0;
            BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(26), (ushort)type);
        }

        private static byte[] Body(IStructure message)
        {
            var buffer = new MessageBuffer(65536);
            var writer = new UaWriter(buffer);
            writer.WriteMessage(message);
            writer.Finish();
            return buffer.Written.ToArray();
        }
    }
}
