using System.Buffers.Binary;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.SecureConversation;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.SecureConversation;

/// <summary>Chunks of a channel: golden bytes, parts, limits, order, tokens.</summary>
public sealed class ConversationTests
{
    private const string ReadRequest = "010077020501000400000001020304507ce6b30b6bda010700000000000000ffffffff10270000000000000000000000000002000000020000000302000200000064300d000000ffffffff0000ffffffff020200701101000d000000ffffffff0000ffffffff";

    private static readonly byte[] ClientNonce = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] ServerNonce = [.. Enumerable.Range(128, 32).Select(i => (byte)i)];

    public static TheoryData<string, int> Securities()
    {
        var data = new TheoryData<string, int> { { "None", (int)MessageSecurityMode.None } };
        foreach (SecurityPolicy policy in SecurityPolicy.All.Where(p => !p.IsNone))
        {
            data.Add(policy.Name, (int)MessageSecurityMode.Sign);
            data.Add(policy.Name, (int)MessageSecurityMode.SignAndEncrypt);
        }

        return data;
    }

    [Fact]
    public void Keys_are_derived_as_others_derive_them()
    {
        Assert.Equal(
            "2af527aa718110faf5eb0d676e2a0985495125fd62e6ad63b129793f8f6f43161b4b5e8d4e842728e1f9a047e998615c9bd646d620ab90a6cf46eea29d6c9842c3c4f8750b47e94eac19e52a5439dd1e",
            Convert.ToHexStringLower(KeyDerivation.Derive(ServerNonce, ClientNonce, 80)));
        Assert.Equal(
            "a32cfbeae0a5afe142dadbecb94195a2685c99541cf5b71e9efd592a4b3648ffe7689712d1babf38c6352b86e5c0881a52af7b418d551caa289df8cf84278e708081af129e631f1a8c56f073c2d50ce8",
            Convert.ToHexStringLower(KeyDerivation.Derive(ClientNonce, ServerNonce, 80)));
    }

    [Theory]
    [InlineData("Basic256Sha256", MessageSecurityMode.SignAndEncrypt, 102, "4d534746a00000000500000009000000a234a85eb7d3bfc42295d1e78de5b3e97aab4e1ba4fedd5eab51235b5b85432b449a8108c77a7b1917065b0ff05c5a1c7c63f014106e798a1488a198b5050bddda46f88ce0a22d78f7654c7c10de6bca5444470becdc8a0c59369b62cca7b69c4991dd42c0d3d849761df615c8e31e433abc3d0d14ac514bffce277777db39fb9e4cd54046c378ac420a8f428cd3bc2e")]
    [InlineData("Basic256Sha256", MessageSecurityMode.Sign, 102, "4d5347469e00000005000000090000003300000002000000" + ReadRequest + "4c7f4d27bd2a8ab656109f14cf4f3a72e14cbf6bec9e39d8be1f2ea32ef1ee18")]
    [InlineData("Basic256Sha256", MessageSecurityMode.SignAndEncrypt, 23, "4d53474650000000050000000900000060a9a29edfa2a6486149e6747d7add6f6b0ea80ea410ffdc6da0e1b7c4cade0ec3ab1e0e6a87c8d9c7cdf618bacfa571e4a5aebb7fd85d22fc863a0e41ffe36e")]
    [InlineData("Aes128_Sha256_RsaOaep", MessageSecurityMode.SignAndEncrypt, 102, "4d534746a000000005000000090000004054d1f13aebfe732d72962f35e9f32badf56d3a358e00ae5f588bc4190d4ddf8395baf6d5040643b1598cc22538f683cb080659b6f3de49dc8119a0231a195401dd9bc09489992b2b870b05464aac45bc74dd41e7dc0cbfb9096475d3f1af4a533277d3e9fcdb4f69171e51f4bfa360797898e801fe68fbfcc103aa9a2cbd33bbfc35f4486389ed0dc7fea81d18645c")]
    [InlineData("Aes256_Sha256_RsaPss", MessageSecurityMode.SignAndEncrypt, 23, "4d53474650000000050000000900000060a9a29edfa2a6486149e6747d7add6f6b0ea80ea410ffdc6da0e1b7c4cade0ec3ab1e0e6a87c8d9c7cdf618bacfa571e4a5aebb7fd85d22fc863a0e41ffe36e")]
    public void Secured_chunks_have_the_bytes_others_write(string policy, MessageSecurityMode mode, int length, string hex)
    {
        byte[] body = Convert.FromHexString(ReadRequest)[..length];
        using var pair = new Pair(policy, mode);
        // The short vector is the second message of its channel.
        uint step = length == 102 ? 0u : 1u;
        pair.Client.StartAt(50 + step, 0);
        pair.Server.StartAt(0, 50 + step);
        byte[] frame = pair.Send(body, 2 + step);
        Assert.Equal(hex, Convert.ToHexStringLower(frame));
        Assert.Equal(body, pair.Deliver(frame, out _));
    }

    [Theory]
    [MemberData(nameof(Securities))]
    public void Messages_of_any_length_arrive_both_ways(string policy, int mode)
    {
        using var pair = new Pair(policy, (MessageSecurityMode)mode);
        var random = new Random(7);
        for (int round = 0; round < 120; round++)
        {
            byte[] body = new byte[round < 60 ? round : random.Next(60_000)];
            random.NextBytes(body);
            Assert.Equal(body, pair.Deliver(pair.Send(body, (uint)round), out uint request));
            Assert.Equal((uint)round, request);
            Assert.Equal(body, pair.DeliverBack(pair.SendBack(body, (uint)round)));
        }
    }

    [Theory]
    [MemberData(nameof(Securities))]
    public void A_flipped_bit_breaks_a_secured_channel(string policy, int mode)
    {
        for (int bit = 0; bit < 8 * 96; bit += 5)
        {
            using var pair = new Pair(policy, (MessageSecurityMode)mode);
            byte[] frame = pair.Send(new byte[23], 9);
            if (bit >= frame.Length * 8)
                continue;
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            FrameScan scan = FrameScan.Scan(frame, 8192);
            if (scan.Status != FrameScanStatus.Frame)
                continue;
            ChunkOutcome outcome = pair.Server.Accept(frame, 0, scan with { Size = Math.Min(scan.Size, frame.Length) }, 0);
            if (policy != "None")
                Assert.Equal(ChunkOutcomeKind.Broken, outcome.Kind);
            if (outcome.Kind == ChunkOutcomeKind.Broken)
                Assert.True(outcome.Fault.Status.IsBad && outcome.Fault.Cause.Length > 10);
        }
    }

    [Fact]
    public void A_lost_or_repeated_chunk_breaks_the_channel()
    {
        using (var pair = new Pair("None", MessageSecurityMode.None))
        {
            pair.Deliver(pair.Send([1], 1), out _);
            pair.Send([2], 2);
            Assert.Equal(StatusCodes.BadSequenceNumberInvalid, pair.Break(pair.Send([3], 3)).Status);
        }

        using (var pair = new Pair("Basic256Sha256", MessageSecurityMode.Sign))
        {
            byte[] frame = pair.Send([1], 1);
            pair.Deliver([.. frame], out _);
            OpcUaFault fault = pair.Break(frame);
            Assert.Equal(StatusCodes.BadSequenceNumberInvalid, fault.Status);
            Assert.Contains("repeated", fault.Cause, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sequence_numbers_wrap_where_the_specification_says()
    {
        using var pair = new Pair("None", MessageSecurityMode.None);
        pair.Client.StartAt(4_294_966_269, 0);
        pair.Server.StartAt(0, 4_294_966_269);
        List<uint> numbers = [];
        for (uint i = 0; i < 4; i++)
        {
            byte[] frame = pair.Send([1], i);
            numbers.Add(BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(16)));
            pair.Deliver(frame, out _);
        }

        Assert.Equal([4_294_966_270, 4_294_966_271, 1, 2], numbers);
        pair.Server.StartAt(0, 500);
        pair.Client.StartAt(0, 0);
        Assert.Equal(StatusCodes.BadSequenceNumberInvalid, pair.Break(pair.Send([1], 9)).Status);
    }

    [Fact]
    public void A_given_up_message_leaves_the_channel_usable()
    {
        using var pair = new Pair("Basic256Sha256", MessageSecurityMode.SignAndEncrypt);
        byte[] parts = pair.SendBack(new byte[20_000], 5);
        // The first part, then an abort instead of the rest.
        FrameScan first = FrameScan.Scan(parts, 8192);
        Assert.Equal(ChunkKind.Intermediate, first.Chunk);
        Assert.Equal(ChunkOutcomeKind.Pending, pair.Client.Accept(parts, 0, first, 0).Kind);
        pair.Server.StartAt(1, 0);
        var output = new MessageBuffer(8192);
        pair.Server.WriteAbort(output, 5, StatusCodes.BadResponseTooLarge, "too much");
        byte[] abort = output.Written.ToArray();
        ChunkOutcome outcome = pair.Client.Accept(abort, 0, FrameScan.Scan(abort, 8192), 0);
        Assert.Equal((ChunkOutcomeKind.Aborted, 5u), (outcome.Kind, outcome.RequestId));
        Assert.Equal(StatusCodes.BadResponseTooLarge, outcome.Fault.Status);
        Assert.Contains("too much", outcome.Fault.Cause, StringComparison.Ordinal);
        Assert.Equal<byte>([1, 2], pair.DeliverBack(pair.SendBack([1, 2], 6))!);
    }

    [Fact]
    public void An_abort_has_the_bytes_of_the_specification()
    {
        using var pair = new Pair("None", MessageSecurityMode.None, channel: 1, token: 2);
        pair.Server.StartAt(2, 0);
        var output = new MessageBuffer(8192);
        pair.Server.WriteAbort(output, 3, StatusCodes.BadTcpInternalError, "aborted");
        Assert.Equal("4d5347412700000001000000020000000300000003000000000082800700000061626f72746564", Convert.ToHexStringLower(output.Written));
    }

    [Fact]
    public void Limits_hold_on_both_ways()
    {
        using var pair = new Pair("None", MessageSecurityMode.None, sendMax: (30_000, 3));
        var output = new MessageBuffer(1 << 20);
        Assert.Equal(StatusCodes.BadRequestTooLarge, pair.Client.WriteMessage(output, FrameKind.Message, 1, new byte[30_001]));
        Assert.Equal(StatusCodes.BadRequestTooLarge, pair.Client.WriteMessage(output, FrameKind.Message, 1, new byte[3 * 8168 + 1]));
        Assert.Equal(0, output.Length);
        Assert.True(pair.Client.WriteMessage(output, FrameKind.Message, 1, new byte[3 * 8168]).IsGood);

        // Chunks without end: a server closes, a client drops the message and fails the request alone.
        using var endless = new Pair("None", MessageSecurityMode.None, receiveMax: (20_000, 0));
        OpcUaFault fault = endless.Break(endless.Send(new byte[50_000], 1));
        Assert.Equal(StatusCodes.BadTcpMessageTooLarge, fault.Status);
        byte[] large = endless.SendBack(new byte[50_000], 8);
        Assert.Null(endless.DeliverBack(large));
        Assert.Equal(StatusCodes.BadResponseTooLarge, endless.LastFault.Status);
        Assert.Equal<byte>([7], endless.DeliverBack(endless.SendBack([7], 9))!);
    }

    [Fact]
    public void Parts_of_two_messages_do_not_mix()
    {
        using var pair = new Pair("None", MessageSecurityMode.None);
        byte[] first = pair.Send(new byte[10_000], 1);
        Assert.Equal(ChunkOutcomeKind.Pending, pair.Server.Accept(first, 0, FrameScan.Scan(first, 8192), 0).Kind);
        pair.Client.StartAt(1, 0);
        Assert.Equal(StatusCodes.BadTcpMessageTypeInvalid, pair.Break(pair.Send([1], 2)).Status);
    }

    [Fact]
    public void A_renewed_token_overlaps_with_the_old_one()
    {
        using var pair = new Pair("Basic256Sha256", MessageSecurityMode.SignAndEncrypt);
        byte[] late = pair.Send([1], 1);
        byte[] oldAnswer = pair.SendBack([2], 1);
        pair.Renew(token: 10, oldRefusedAt: 100);
        // What was on its way with the old token is taken on both sides; the server still sends with the old one.
        Assert.Equal<byte>([1], pair.Deliver(late, out _));
        Assert.Equal<byte>([2], pair.DeliverBack(oldAnswer)!);
        byte[] stillOld = pair.SendBack([3], 2);
        Assert.Equal(9u, BinaryPrimitives.ReadUInt32LittleEndian(stillOld.AsSpan(12)));
        Assert.Equal<byte>([3], pair.DeliverBack(stillOld)!);
        // The client's first message with the new token turns the server.
        byte[] withNew = pair.Send([4], 3);
        Assert.Equal(10u, BinaryPrimitives.ReadUInt32LittleEndian(withNew.AsSpan(12)));
        Assert.Equal<byte>([4], pair.Deliver(withNew, out _));
        byte[] answer = pair.SendBack([5], 3);
        Assert.Equal(10u, BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(12)));
        Assert.Equal<byte>([5], pair.DeliverBack(answer)!);
    }

    [Fact]
    public void An_old_token_is_refused_when_its_time_is_over()
    {
        using var pair = new Pair("Basic256Sha256", MessageSecurityMode.Sign);
        byte[] late = pair.Send([1], 1);
        pair.Renew(token: 10, oldRefusedAt: 100);
        pair.Now = 100;
        OpcUaFault fault = pair.Break(late);
        Assert.Equal(StatusCodes.BadSecureChannelTokenUnknown, fault.Status);
        Assert.Contains("token 9", fault.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_chunks_break_the_channel_or_wait()
    {
        var random = new Random(99);
        byte[] buffer = new byte[600];
        int broken = 0;
        for (int round = 0; round < 100_000; round++)
        {
            int size = random.Next(8, buffer.Length);
            random.NextBytes(buffer.AsSpan(0, size));
            BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(4), (uint)size);
            "MSGF"u8.CopyTo(buffer);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(8), 5);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(12), 9);
            Pair pair = s_hostile[round % s_hostile.Length];
            if (pair.Server.Accept(buffer, 0, FrameScan.Scan(buffer.AsSpan(0, size), 8192), 0).Kind == ChunkOutcomeKind.Broken)
                broken++;
        }

        Assert.Equal(100_000, broken);
    }

    private static readonly Pair[] s_hostile = [new("Basic256Sha256", MessageSecurityMode.Sign), new("Aes128_Sha256_RsaOaep", MessageSecurityMode.SignAndEncrypt)];

    [Fact]
    public void Securing_and_opening_chunks_allocates_next_to_nothing()
    {
        using var pair = new Pair("Basic256Sha256", MessageSecurityMode.SignAndEncrypt);
        var output = new MessageBuffer(1 << 16, 1 << 16);
        byte[] body = new byte[4000];
        long before = 0;
        int messages = 0;
        for (int round = 0; round < 200; round++)
        {
            if (round == 100)
                before = GC.GetAllocatedBytesForCurrentThread();
            output.Length = 0;
            pair.Client.WriteMessage(output, FrameKind.Message, 1, body);
            if (pair.Server.Accept(output.Bytes, 0, FrameScan.Scan(output.Written, 8192), 0).Kind == ChunkOutcomeKind.Message)
                messages++;
        }

        // .NET's transforms give an empty array for each end of a chunk, 24 bytes however large the chunk is.
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(200, messages);
        Assert.True(allocated <= 100 * 2 * 24, $"{allocated} bytes");
    }

    /// <summary>Two ends of one channel.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly uint _channel;

        public Pair(string policy, MessageSecurityMode mode, uint channel = 5, uint token = 9, (int, int) sendMax = default, (int Message, int Chunks) receiveMax = default)
        {
            _channel = channel;
            SecurityPolicy found = SecurityPolicy.Find(SecurityPolicy.UriPrefix + policy)!;
            var limits = new ConnectionLimits(8192, 8192, receiveMax.Message, receiveMax.Chunks);
            Client = new Conversation(found, mode, true, limits, sendMax);
            Server = new Conversation(found, mode, false, limits, default);
            Renew(token, long.MaxValue);
        }

        public Conversation Client { get; }

        public Conversation Server { get; }

        public OpcUaFault LastFault { get; private set; }

        public long Now { get; set; }

        public void Renew(uint token, long oldRefusedAt)
        {
            Server.Activate(Server.CreateToken(_channel, token, ServerNonce, ClientNonce), oldRefusedAt);
            Client.Activate(Client.CreateToken(_channel, token, ClientNonce, ServerNonce), oldRefusedAt);
        }

        public byte[] Send(byte[] body, uint request) => Write(Client, body, request);

        public byte[] SendBack(byte[] body, uint request) => Write(Server, body, request);

        public byte[] Deliver(byte[] frames, out uint request) => Feed(Server, frames, out request) ?? throw new InvalidOperationException(LastFault.ToString());

        public byte[]? DeliverBack(byte[] frames) => Feed(Client, frames, out _);

        public OpcUaFault Break(byte[] frames)
        {
            Assert.Null(Feed(Server, frames, out _));
            return LastFault;
        }

        public void Dispose()
        {
            Client.Dispose();
            Server.Dispose();
        }

        private static byte[] Write(Conversation side, byte[] body, uint request)
        {
            var output = new MessageBuffer(1 << 20);
            Assert.True(side.WriteMessage(output, FrameKind.Message, request, body).IsGood);
            return output.Written.ToArray();
        }

        private byte[]? Feed(Conversation side, byte[] frames, out uint request)
        {
            for (int start = 0; start < frames.Length;)
            {
                FrameScan scan = FrameScan.Scan(frames.AsSpan(start), 8192);
                ChunkOutcome outcome = side.Accept(frames, start, scan, Now);
                start += scan.Size;
                request = outcome.RequestId;
                if (outcome.Kind == ChunkOutcomeKind.Message)
                    return outcome.Body.ToArray();
                LastFault = outcome.Fault;
                if (outcome.Kind != ChunkOutcomeKind.Pending)
                    return null;
            }

            throw new InvalidOperationException("The message did not end.");
        }
    }
}
