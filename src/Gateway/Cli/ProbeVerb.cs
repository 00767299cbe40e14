using System.CommandLine;
using System.Globalization;
using Gateway.Modbus;

namespace Gateway.Cli;

/// <summary><c>probe modbus</c>: talk to a device by hand. Exit code 0 answer, 1 arguments wrong, 6 no answer.</summary>
internal static class ProbeVerb
{
    private const int NoAnswer = 6;

    private static readonly Argument<string> Target = new("target") { Description = "host[:port] for Modbus TCP, or a serial port such as /dev/ttyS0" };
    private static readonly Option<int> Unit = new("--unit") { Description = "Unit id", DefaultValueFactory = _ => 1 };
    private static readonly Option<string> Space = new("--space") { Description = "coils, discrete, holding or input", DefaultValueFactory = _ => "holding" };
    private static readonly Option<int> Address = new("--address") { Description = "First address, from 0", DefaultValueFactory = _ => 0 };
    private static readonly Option<int> Count = new("--count") { Description = "Number of registers or bits", DefaultValueFactory = _ => 2 };
    private static readonly Option<int> Timeout = new("--timeout") { Description = "Milliseconds to wait for an answer", DefaultValueFactory = _ => 1000 };
    private static readonly Option<int> Baud = new("--baud") { Description = "Baud rate of a serial port", DefaultValueFactory = _ => 9600 };
    private static readonly Option<string> Framing = new("--framing") { Description = "tcp, rtu or ascii; rtu on a host means RTU over TCP" };
    private static readonly Option<string?> Write = new("--write") { Description = "Register or coil values to write, separated by commas; needs --confirm" };
    private static readonly Option<bool> Confirm = new("--confirm") { Description = "Really write to the device" };
    private static readonly Option<bool> Scan = new("--scan") { Description = "Ask every unit id from 1 to 247 for one value" };
    private static readonly Option<bool> Identify = new("--identify") { Description = "Read the device identification (function 43/14)" };

    public static Command Create()
    {
        var modbus = new Command("modbus", "Reads, writes, scans or identifies a Modbus device.") { Target, Unit, Space, Address, Count, Timeout, Baud, Framing, Write, Confirm, Scan, Identify };
        modbus.SetAction((parsed, cancel) => RunAsync(parsed, cancel));
        return new Command("probe", "Talks to a device by hand.") { modbus, ProbeOpcUaVerb.Create() };
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        ModbusFunction function = FunctionOf(parsed.GetValue(Space)!);
        int unit = parsed.GetValue(Unit), address = parsed.GetValue(Address), count = parsed.GetValue(Count);
        bool bits = function is ModbusFunction.ReadCoils or ModbusFunction.ReadDiscreteInputs;
        if (function == ModbusFunction.None)
            return Wrong("--space must be coils, discrete, holding or input");
        if (unit is < 0 or > 255 || address is < 0 or > 65535 || count < 1 || count > (bits ? 2000 : 125) || address + count > 65536)
            return Wrong("--unit is 0 to 255, --address 0 to 65535, --count 1 to 125 registers or 2000 bits within the address range");
        if (parsed.GetValue(Write) is not null && !parsed.GetValue(Confirm))
            return Wrong("writing changes the device; add --confirm when that is meant");
        try
        {
            await using ModbusClient client = await ConnectAsync(parsed, cancel);
            if (parsed.GetValue(Scan))
                return await ScanAsync(client, function, (ushort)address, cancel);
            if (parsed.GetValue(Identify))
                return await IdentifyAsync(client, (byte)unit);
            if (parsed.GetValue(Write) is { } values)
                return await WriteAsync(client, (byte)unit, function, (ushort)address, values);
            return await ReadAsync(client, (byte)unit, function, (ushort)address, (ushort)count);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException or TimeoutException or OperationCanceledException)
        {
            Console.Error.WriteLine($"no connection: {e.Message}");
            return NoAnswer;
        }
    }

    private static async ValueTask<ModbusClient> ConnectAsync(ParseResult parsed, CancellationToken cancel)
    {
        string target = parsed.GetValue(Target)!;
        int timeout = parsed.GetValue(Timeout);
        bool serial = target.StartsWith('/') || target.StartsWith("COM", StringComparison.OrdinalIgnoreCase);
        string framing = parsed.GetValue(Framing) ?? (serial ? "rtu" : "tcp");
        var options = new ModbusClientOptions
        {
            TimeoutMs = timeout,
            BaudRate = serial ? parsed.GetValue(Baud) : 0,
            Framing = framing switch { "tcp" => ModbusFraming.Tcp, "ascii" => ModbusFraming.Ascii, _ => serial ? ModbusFraming.Rtu : ModbusFraming.RtuOverTcp },
        };
        if (serial)
            return new ModbusClient(ModbusTransport.OpenSerial(target, new ModbusSerialSettings { BaudRate = parsed.GetValue(Baud) }), options);
        int colon = target.LastIndexOf(':');
        bool hasPort = colon > 0 && int.TryParse(target.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        string host = hasPort ? target[..colon] : target;
        int port = hasPort ? int.Parse(target.AsSpan(colon + 1), CultureInfo.InvariantCulture) : ModbusTransport.DefaultPort;
        Stream stream = await ModbusTransport.ConnectTcpAsync(host, port, TimeSpan.FromMilliseconds(timeout), cancellation: cancel);
        return new ModbusClient(stream, options);
    }

    private static async Task<int> ReadAsync(ModbusClient client, byte unit, ModbusFunction function, ushort address, ushort count)
    {
        byte[] data = new byte[256];
        ModbusReply reply = await client.ReadAsync(unit, function, address, count, data);
        if (reply.Status != ModbusReplyStatus.Ok)
            return Report(reply);
        if (function is ModbusFunction.ReadCoils or ModbusFunction.ReadDiscreteInputs)
            ProbeTable.WriteBits(data, address, count);
        else
            ProbeTable.WriteRegisters(data.AsSpan(0, reply.Length), address);
        return 0;
    }

    private static async Task<int> ScanAsync(ModbusClient client, ModbusFunction function, ushort address, CancellationToken cancel)
    {
        int found = 0;
        byte[] data = new byte[256];
        for (int unit = 1; unit <= 247 && client.IsConnected && !cancel.IsCancellationRequested; unit++)
        {
            ModbusReply reply = await client.ReadAsync((byte)unit, function, address, 1, data);
            if (reply.Status is not (ModbusReplyStatus.Ok or ModbusReplyStatus.DeviceException))
                continue;
            found++;
            Console.WriteLine(reply.Status == ModbusReplyStatus.Ok ? $"unit {unit}: answers" : $"unit {unit}: answers with exception {(int)reply.ExceptionCode}");
        }
        Console.Error.WriteLine($"{found} units answered");
        return found > 0 ? 0 : NoAnswer;
    }

    private static async Task<int> IdentifyAsync(ModbusClient client, byte unit)
    {
        byte[] data = new byte[256];
        ModbusReply reply = await client.ReadDeviceIdentificationAsync(unit, category: 1, objectId: 0, data);
        if (reply.Status != ModbusReplyStatus.Ok)
            return Report(reply);
        ProbeTable.WriteIdentification(data.AsSpan(0, reply.Length));
        return 0;
    }

    private static async Task<int> WriteAsync(ModbusClient client, byte unit, ModbusFunction space, ushort address, string values)
    {
        string[] parts = values.Split(',');
        var words = new ushort[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            if (!ushort.TryParse(parts[i].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out words[i]))
                return Wrong($"'{parts[i]}' is not a register value from 0 to 65535");
        if (space is not (ModbusFunction.ReadHoldingRegisters or ModbusFunction.ReadCoils) || words.Length > 120)
            return Wrong("only holding registers and coils can be written, at most 120 at a time");
        bool coils = space == ModbusFunction.ReadCoils;
        byte[] data = coils ? PackBits(words) : PackWords(words);
        ModbusReply reply = await client.WriteAsync(unit, coils ? ModbusFunction.WriteMultipleCoils : ModbusFunction.WriteMultipleRegisters, address, (ushort)words.Length, data);
        if (reply.Status != ModbusReplyStatus.Ok)
            return Report(reply);
        Console.WriteLine($"wrote {words.Length} {(coils ? "coils" : "registers")} at {address}");
        return 0;
    }

    private static byte[] PackWords(ushort[] words)
    {
        byte[] data = new byte[words.Length * 2];
        for (int i = 0; i < words.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(i * 2), words[i]);
        return data;
    }

    private static byte[] PackBits(ushort[] words)
    {
        byte[] data = new byte[(words.Length + 7) / 8];
        for (int i = 0; i < words.Length; i++)
            if (words[i] != 0)
                data[i / 8] |= (byte)(1 << (i % 8));
        return data;
    }

    private static ModbusFunction FunctionOf(string space) => space switch
    {
        "coils" => ModbusFunction.ReadCoils,
        "discrete" => ModbusFunction.ReadDiscreteInputs,
        "holding" => ModbusFunction.ReadHoldingRegisters,
        "input" => ModbusFunction.ReadInputRegisters,
        _ => ModbusFunction.None,
    };

    private static int Report(ModbusReply reply)
    {
        if (reply.Status == ModbusReplyStatus.DeviceException)
        {
            // An exception is an answer: the device is there and says what it thinks of the request.
            Console.WriteLine($"exception {(int)reply.ExceptionCode}: {reply.ExceptionCode}");
            return 0;
        }
        Console.Error.WriteLine(reply.Status == ModbusReplyStatus.BadFrame ? $"no usable answer: {reply.Reason}" : $"no answer: {reply.Status}");
        return NoAnswer;
    }

    private static int Wrong(string text)
    {
        Console.Error.WriteLine($"probe modbus: error GW6201: {text}");
        return 1;
    }
}
