using Gateway.Fuzz.Engine;
using Gateway.Modbus;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Server;
using Gateway.Simulation.Time;

namespace Gateway.Fuzz.Targets;

/// <summary>
/// The path of answers of a TCP client: any bytes come back for a read of two registers. Data is accepted only when the
/// bytes hold a frame that answers exactly this request.
/// </summary>
internal sealed class TcpClientTarget : FuzzTarget
{
    private const byte Unit = 1;
    private readonly byte[] _destination = new byte[4];

    public override int Feed(byte[] input)
    {
        // The first byte says how the bytes are cut.
        if (input.Length == 0)
            return 0;
        var time = new SimulatedTime();
        var stream = new FedStream(input.AsMemory(1), input[0]);
        ModbusReply reply = time.Run(() => AskAsync(stream, time), TimeSpan.FromSeconds(10));
        if (reply.IsOk)
            Require(IsAnswered(input.AsSpan(1), stream.Written), "data was accepted although no frame answers the request");
        Require(reply.Length is 0 or 4, $"{reply.Length} bytes were accepted for two registers");
        return HashCode.Combine(reply.Status, reply.Reason, reply.ExceptionCode);
    }

    private async Task<ModbusReply> AskAsync(FedStream stream, SimulatedTime time)
    {
        await using var client = new ModbusClient(stream, new ModbusClientOptions(), time);
        return await client.ReadAsync(Unit, ModbusFunction.ReadHoldingRegisters, 10, 2, _destination);
    }

    /// <summary>Looks for the one right frame, wherever it stands: transaction, protocol 0, length 7, unit, function 3, four bytes.</summary>
    private bool IsAnswered(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> request)
    {
        Span<byte> head = [request[0], request[1], 0, 0, 0, 7, Unit, 3, 4];
        int at = bytes.IndexOf(head);
        return at >= 0 && bytes.Length >= at + head.Length + 4 && bytes.Slice(at + head.Length, 4).SequenceEqual(_destination);
    }
}

/// <summary>The path of requests of a TCP server: any bytes come in; what goes out must be whole frames.</summary>
internal sealed class TcpServerTarget : FuzzTarget
{
    private readonly RegisterBank _bank = new(256);

    public override int Feed(byte[] input)
    {
        if (input.Length == 0)
            return 0;
        var time = new SimulatedTime();
        var server = new ModbusServer(_bank, time: time);
        var stream = new FedStream(input.AsMemory(1), input[0]);
        time.Run(() => server.ServeAsync(stream, ModbusFraming.Tcp), TimeSpan.FromMinutes(10));
        Require(stream.IsDone, "the server left before the end without closing");
        return HashCode.Combine(server.Statistics.BadFrames, Check(stream.Written));
    }

    private static int Check(ReadOnlySpan<byte> answers)
    {
        var mark = new HashCode();
        while (!answers.IsEmpty)
        {
            Require(answers.Length > ProtocolLimits.MbapHeader && answers[2] == 0 && answers[3] == 0, "an answer has no header");
            int length = 6 + ((answers[4] << 8) | answers[5]);
            Require(length <= ProtocolLimits.MaxTcpFrame && length >= ProtocolLimits.MbapHeader + 2 && answers.Length >= length, $"an answer of {length} bytes is not whole");
            mark.Add(answers[7]);
            answers = answers[length..];
        }
        return mark.ToHashCode();
    }
}
