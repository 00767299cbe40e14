using Gateway.Modbus.Protocol;
using Gateway.Modbus.Server;
using Gateway.Simulation;
using Gateway.Simulation.Time;

namespace Gateway.Drivers.Tests.Support;

/// <summary>An RTU bus with bad manners: noise, the master's own echo, foreign answers and broadcasts, late answers.</summary>
internal sealed class NoisyBus(SimulatedTime time, IDataModel model, SeededRandom random)
{
    public double Trouble { get; set; }

    public double LateRate { get; set; }

    public TimeSpan LateBy { get; set; }

    public int Injected { get; private set; }

    public int Late { get; private set; }

    public async Task ServeAsync(Stream stream)
    {
        byte[] input = new byte[512];
        int end = 0;
        while (true)
        {
            int count = await stream.ReadAsync(input.AsMemory(end));
            if (count == 0)
                return;
            end += count;
            FrameScan scan = RtuFrameScanner.ScanRequest(input.AsSpan(0, end));
            if (scan.Status != ScanStatus.Frame)
                continue;
            byte[] request = input[..scan.Count];
            end = 0;
            byte[] reply = Reply(request);
            if (random.Chance(LateRate))
            {
                Late++;
                time.Schedule(LateBy * random.NextDouble(), _ => Send(stream, reply), null);
                continue;
            }

            if (random.Chance(Trouble))
            {
                Injected++;
                reply = Spoil(request, reply);
            }

            await stream.WriteAsync(reply);
        }
    }

    private byte[] Reply(byte[] request)
    {
        byte[] pdu = new byte[253];
        int length = RequestProcessor.Process(RtuFrame.Pdu(request), pdu, request[0], model);
        byte[] frame = new byte[length + 3];
        RtuFrame.Write(frame, request[0], pdu.AsSpan(0, length));
        return frame;
    }

    private byte[] Spoil(byte[] request, byte[] reply)
    {
        switch (random.Next(0, 5))
        {
            case 0:
                byte[] noise = new byte[random.Next(1, 40)];
                for (int i = 0; i < noise.Length; i++)
                    noise[i] = (byte)random.Next(0, 256);
                return [.. noise, .. reply];
            case 1:
                return [.. request, .. reply];
            case 2:
                byte[] foreign = new byte[9];
                RtuFrame.Write(foreign, (byte)(request[0] + 1), [3, 4, 0xDE, 0xAD, 0xBE, 0xEF]);
                return [.. foreign, .. reply];
            case 3:
                byte[] broadcast = new byte[8];
                RtuFrame.Write(broadcast, 0, [6, 0, 1, 0, 2]);
                return [.. broadcast, .. reply];
            default:
                byte[] garbled = [.. reply];
                garbled[random.Next(0, garbled.Length)] ^= (byte)random.Next(1, 256);
                return garbled;
        }
    }

    private static void Send(Stream stream, byte[] frame)
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
}
