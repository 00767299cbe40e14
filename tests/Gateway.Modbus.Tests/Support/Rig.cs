using Gateway.Modbus.Protocol;

namespace Gateway.Modbus.Tests.Support;

/// <summary>A client on a line in memory, with the requests that came out of it.</summary>
public sealed class Rig
{
    private readonly List<byte> _pending = [];

    public Rig(ModbusClientOptions? options = null)
    {
        options ??= new ModbusClientOptions();
        Options = options;
        Line.Written = Collect;
        Client = new ModbusClient(Line, options, Time);
    }

    public VirtualTime Time { get; } = new();

    public LineStream Line { get; } = new();

    public ModbusClientOptions Options { get; }

    public ModbusClient Client { get; }

    /// <summary>Whole request frames, oldest first.</summary>
    public List<byte[]> Requests { get; } = [];

    /// <summary>Called with each request frame after it was added to <see cref="Requests"/>.</summary>
    public Action<byte[]> Requested { get; set; } = static _ => { };

    public byte[] Room { get; } = new byte[252];

    public byte[] LastRequest => Requests[^1];

    public Task<ModbusReply> Read(ushort address = 0, ushort count = 1, byte unit = 1, byte[]? room = null) =>
        Client.ReadAsync(unit, ModbusFunction.ReadHoldingRegisters, address, count, room ?? Room).AsTask();

    /// <summary>The answer to a read request frame in which each register holds its own address.</summary>
    public static byte[] AnswerTo(byte[] request, ModbusFraming framing, int? id = null)
    {
        var isTcp = framing == ModbusFraming.Tcp;
        var pdu = isTcp ? MbapFrame.Pdu(request) : RtuFrame.Pdu(request);
        var unit = isTcp ? MbapFrame.Unit(request) : request[0];
        var address = (pdu[1] << 8) | pdu[2];
        var count = (pdu[3] << 8) | pdu[4];
        var answer = new List<byte> { pdu[0], (byte)(2 * count) };
        for (var i = 0; i < count; i++)
        {
            answer.Add((byte)((address + i) >> 8));
            answer.Add((byte)(address + i));
        }

        return Frame(framing, id ?? (isTcp ? MbapFrame.Transaction(request) : 0), unit, [.. answer]);
    }

    public static byte[] Frame(ModbusFraming framing, int id, byte unit, byte[] pdu)
    {
        var room = new byte[600];
        var length = framing switch
        {
            ModbusFraming.Tcp => MbapFrame.Write(room, (ushort)id, unit, pdu),
            ModbusFraming.Ascii => AsciiFrame.Write(room, unit, pdu),
            _ => RtuFrame.Write(room, unit, pdu),
        };
        return room[..length];
    }

    private void Collect(byte[] bytes)
    {
        _pending.AddRange(bytes);
        while (_pending.Count > 0)
        {
            var data = _pending.ToArray();
            var scan = Options.Framing switch
            {
                ModbusFraming.Tcp => MbapFrame.Scan(data, 2),
                ModbusFraming.Ascii => AsciiFrame.Scan(data),
                _ => RtuFrameScanner.ScanRequest(data),
            };
            if (scan.Status != ScanStatus.Frame)
                return;
            _pending.RemoveRange(0, scan.Count);
            Requests.Add(data[..scan.Count]);
            Requested(data[..scan.Count]);
        }
    }
}
