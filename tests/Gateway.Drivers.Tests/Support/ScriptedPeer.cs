using System.Buffers.Binary;
using Gateway.Modbus.Server;
using Gateway.Simulation.Time;

namespace Gateway.Drivers.Tests.Support;

/// <summary>One request as it came.</summary>
internal sealed record PeerRequest(long At, ushort Id, byte Unit, byte[] Pdu);

/// <summary>What to answer; the defaults are those of an honest device.</summary>
internal sealed record PeerAnswer
{
    public static PeerAnswer Honest { get; } = new();

    public static PeerAnswer Silence { get; } = new() { IsSilent = true };

    public bool IsSilent { get; init; }
    public TimeSpan Delay { get; init; }
    public ushort? Id { get; init; }
    public byte? Unit { get; init; }
    public byte[]? Pdu { get; init; }
    public bool ClosesAfter { get; init; }
}

/// <summary>A Modbus TCP device whose manners a test decides request by request.</summary>
internal sealed class ScriptedPeer(SimulatedTime time, IDataModel model)
{
    public Func<PeerRequest, PeerAnswer> Script { get; set; } = static _ => PeerAnswer.Honest;

    public List<PeerRequest> Requests { get; } = [];

    public bool KeepsRequests { get; set; } = true;

    public long RequestCount { get; private set; }

    public async Task ServeAsync(Stream stream)
    {
        byte[] header = new byte[7];
        while (await ReadAllAsync(stream, header))
        {
            byte[] pdu = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(4)) - 1];
            if (!await ReadAllAsync(stream, pdu))
                return;
            var request = new PeerRequest(time.GetTimestamp(), BinaryPrimitives.ReadUInt16BigEndian(header), header[6], pdu);
            RequestCount++;
            if (KeepsRequests)
                Requests.Add(request);
            PeerAnswer answer = Script(request);
            if (answer.IsSilent)
                continue;
            byte[] frame = Frame(request, answer);
            if (answer.Delay > TimeSpan.Zero)
                time.Schedule(answer.Delay, _ => WriteLate(stream, frame), null);
            else
                await stream.WriteAsync(frame);
            if (answer.ClosesAfter)
                return;
        }
    }

    private static void WriteLate(Stream stream, byte[] frame)
    {
        try
        {
            _ = stream.WriteAsync(frame).AsTask();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The gateway hung up before the late answer.
        }
    }

    private byte[] Frame(PeerRequest request, PeerAnswer answer)
    {
        byte[] pdu = answer.Pdu ?? Respond(request);
        byte[] frame = new byte[7 + pdu.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, answer.Id ?? request.Id);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(4), (ushort)(pdu.Length + 1));
        frame[6] = answer.Unit ?? request.Unit;
        pdu.CopyTo(frame, 7);
        return frame;
    }

    public byte[] Respond(PeerRequest request)
    {
        byte[] response = new byte[253];
        int length = RequestProcessor.Process(request.Pdu, response, request.Unit, model);
        return response[..length];
    }

    private static async Task<bool> ReadAllAsync(Stream stream, byte[] buffer)
    {
        for (int at = 0; at < buffer.Length;)
        {
            int count = await stream.ReadAsync(buffer.AsMemory(at));
            if (count == 0)
                return false;
            at += count;
        }

        return true;
    }
}
