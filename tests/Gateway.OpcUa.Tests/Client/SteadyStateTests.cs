using System.Buffers.Binary;
using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Client;

/// <summary>The client's steady state, a server that connects by itself, and hostile bytes.</summary>
public sealed class SteadyStateTests
{
    private const int Nodes = 1000;

    private readonly ManualTime _time = new();

    [Fact]
    public void Ten_thousand_reads_allocate_nothing()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        using var loop = new PrebuiltServer(Nodes);
        OpcUaClient client = OpcUaClient.ConnectAsync(new OpcUaClientOptions { EndpointUrl = "opc.tcp://plc-03:4840", Connect = loop.ConnectAsync, Policy = SecurityPolicy.None }, _time).AsTask().Result.Client!;
        NodeId[] nodes = [.. Enumerable.Range(0, Nodes).Select(i => new NodeId((uint)i + 1000, 2))];
        var read = new PreparedRead(nodes);
        var values = new DataValue[Nodes];
        loop.Prebuild();
        long before = 0;
        for (int round = 0; round < 200; round++)
        {
            if (round == 100)
                before = GC.GetAllocatedBytesForCurrentThread();
            ValueTask<OpcUaFault> reading = client.ReadAsync(read, values);
            if (!reading.IsCompleted || !reading.GetAwaiter().GetResult().IsNone)
                throw new InvalidOperationException("The read failed.");
        }

        // 100 reads of 1,000 values each: 100,000 values.
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(new Variant(499.5), values[999].Value);
    }

    [Fact]
    public void A_server_may_open_the_connection()
    {
        var server = new ScriptedServer();
        async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
        {
            var stream = (ScriptedStream)await server.ConnectAsync(cancellation);
            var output = new MessageBuffer(4096);
            new ReverseHelloMessage("urn:plc:server", "opc.tcp://plc-03:4840").Write(output);
            stream.Feed(output.Written);
            return stream;
        }

        OpcUaConnectResult result = OpcUaClient.ConnectAsync(
            new OpcUaClientOptions { EndpointUrl = "opc.tcp://plc-03:4840", Connect = ConnectAsync, Policy = SecurityPolicy.None, IsReverse = true }, _time).AsTask().Result;
        Assert.True(result.Fault.IsNone, result.Fault.ToString());
        Assert.True(result.Client!.ReadAsync(new NodeId(1)).AsTask().Result.Fault.IsNone);
    }

    [Fact]
    public void A_reverse_hello_that_nobody_waits_for_is_refused()
    {
        var server = new ScriptedServer { Tamper = _ => Convert.FromHexString("52484546270000000600000075726e3a6777110000006f70632e7463703a2f2f67773a34383430") };
        OpcUaFault fault = OpcUaClient.ConnectAsync(new OpcUaClientOptions { EndpointUrl = "opc.tcp://plc-03:4840", Connect = server.ConnectAsync, Policy = SecurityPolicy.None }, _time).AsTask().Result.Fault;
        Assert.Equal(StatusCodes.BadTcpMessageTypeInvalid, fault.Status);
    }

    [Fact]
    public void A_hundred_thousand_hostile_chunks_do_no_harm()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var random = new Random(1808);
        var kinds = new[] { "MSGF", "MSGC", "MSGA", "OPNF", "CLOF", "ERRF", "ACKF", "RHEF", "HELF", "GETF" };
        ScriptedServer server = null!;
        OpcUaClient? client = null;
        byte[] frame = new byte[300];
        int reconnects = 0, broken = 0;
        uint sequence = 0;
        for (int round = 0; round < 100_000; round++)
        {
            if (client is not { IsConnected: true })
            {
                server = new ScriptedServer();
                client = OpcUaClient.ConnectAsync(new OpcUaClientOptions { EndpointUrl = "opc.tcp://plc-03:4840", Connect = server.ConnectAsync, Policy = SecurityPolicy.None }, _time).AsTask().Result.Client!;
                server.Answer = _ => null;
                _ = client.ReadAsync(new NodeId(1)).AsTask();
                sequence = 3; // OPN, CreateSession, ActivateSession
                reconnects++;
            }

            int size = random.Next(8, frame.Length);
            random.NextBytes(frame.AsSpan(0, size));
            System.Text.Encoding.ASCII.GetBytes(kinds[random.Next(100) < 90 ? random.Next(3) : random.Next(kinds.Length)], frame);
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), size);
            if (size >= 24)
            {
                // Headers that are right let the body be looked at.
                BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), 5);
                BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(12), 1);
                BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(16), ++sequence);
                BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(20), server.RequestIds[^1]);
                if (size > 60 && random.Next(2) == 0)
                    Convert.FromHexString("01007a02").CopyTo(frame, 24);
            }

            server.Stream.Feed(frame.AsSpan(0, size));
            if (!client.IsConnected)
            {
                broken++;
                Assert.True(client.Fault.Status.IsBad && client.Fault.Cause.Length > 5);
            }
        }

        Assert.True(broken > 5_000 && reconnects - broken is 0 or 1, $"{broken} of {reconnects}");
    }

    /// <summary>A server whose answer to a read is bytes made beforehand, so that only the client can allocate.</summary>
    private sealed class PrebuiltServer(int nodes) : IDisposable
    {
        private readonly ScriptedServer _server = new();
        private ScriptedStream _stream = null!;
        private byte[]? _answer;
        private uint _sequence;

        public async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
        {
            Stream inner = await _server.ConnectAsync(cancellation);
            var scripted = (ScriptedStream)inner;
            _stream = new ScriptedStream(bytes => OnWritten(scripted, bytes));
            _server.Redirect(_stream);
            return _stream;
        }

        public void Prebuild()
        {
            var values = new DataValue[nodes];
            for (int i = 0; i < nodes; i++)
                values[i] = new DataValue(new Variant(i * 0.5), default, new DateTime(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc));
            var buffer = new MessageBuffer(1 << 20);
            var writer = new UaWriter(buffer);
            writer.WriteBytes(new byte[24]);
            writer.WriteMessage(new ReadResponse { Results = values });
            writer.Finish();
            _answer = buffer.Written.ToArray();
            "MSGF"u8.CopyTo(_answer);
            BinaryPrimitives.WriteInt32LittleEndian(_answer.AsSpan(4), _answer.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(_answer.AsSpan(8), 5);
            BinaryPrimitives.WriteUInt32LittleEndian(_answer.AsSpan(12), 1);
            _sequence = 3; // OPN, CreateSession, ActivateSession
        }

        public void Dispose() => _stream.Dispose();

        private void OnWritten(ScriptedStream scripted, ReadOnlyMemory<byte> bytes)
        {
            if (_answer is null)
            {
                scripted.WriteAsync(bytes).AsTask().Wait();
                return;
            }

            BinaryPrimitives.WriteUInt32LittleEndian(_answer.AsSpan(16), ++_sequence);
            bytes.Span.Slice(20, 4).CopyTo(_answer.AsSpan(20));
            _stream.Feed(_answer);
        }
    }
}
