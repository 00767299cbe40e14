using Gateway.Drivers.Modbus;
using Gateway.Modbus;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;
using Gateway.Modbus.Server;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Simulation.Network;
using Gateway.Simulation.Time;

namespace Gateway.Drivers.Tests.Support;

/// <summary>Lines, devices and their network in virtual time, with the newest image of every tag.</summary>
internal sealed class LineRig
{
    private readonly List<ModbusLine> _lines = [];
    private readonly Dictionary<int, (double Value, Quality Quality, long Time)> _tags = [];
    private readonly ulong _seed;

    public LineRig(ulong seed = 1)
    {
        _seed = seed;
        Network = new SimulatedNetwork(Time, seed);
        Epoch = Time.GetTimestamp();
    }

    public SimulatedTime Time { get; } = new();

    public SimulatedNetwork Network { get; }

    public TestLog Log { get; } = new();

    public OutputMailbox Outputs { get; } = new(64);

    public long Epoch { get; }

    /// <summary>Called with every value that a line publishes.</summary>
    public Action<int, double, Quality>? OnValue { get; set; }

    public double Value(int tag) => _tags[tag].Value;

    public Quality QualityOf(int tag) => _tags.TryGetValue(tag, out var t) ? t.Quality : Quality.BadWaitingForInitialData;

    public long TimeOf(int tag) => _tags[tag].Time;

    public bool IsGood(int tag) => QualityOf(tag).IsGood;

    /// <summary>A device on TCP that speaks by the real server.</summary>
    public SimulatedListener Serve(string endpoint, IDataModel model, ModbusFraming framing = ModbusFraming.Tcp, double idleSeconds = 0)
    {
        var server = new ModbusServer(model, new ModbusServerOptions { IdleTimeout = TimeSpan.FromSeconds(idleSeconds) }, Time);
        return Network.Listen(endpoint, s => server.ServeAsync(s, framing));
    }

    public ModbusLine Start(ModbusLineDefinition definition, Func<ModbusLineDefinition, CancellationToken, ValueTask<Stream>>? connect = null)
    {
        var line = new ModbusLine(definition, new ModbusLineOptions
        {
            Time = Time,
            Epoch = Epoch,
            Connect = connect ?? ((l, c) => Network.ConnectAsync(l.Host, l.Port, c)),
            Outputs = Outputs,
            Jitter = new Random((int)_seed + definition.Index),
            Logger = Log,
            OutputCheckMs = 20,
        });
        _lines.Add(line);
        Runs.Add(Time.Start(line.RunAsync));
        return line;
    }

    /// <summary>Stops a line from inside the simulation, so that its end runs there too.</summary>
    public void Stop(ModbusLine line)
    {
        Time.Schedule(TimeSpan.Zero, static l => ((ModbusLine)l!).Stop(), line);
        Run(0.1);
    }

    public List<Task> Runs { get; } = [];

    public void Run(double seconds) => RunUntil(static () => false, seconds);

    /// <summary>Runs until the condition holds; false when it did not within so many seconds.</summary>
    public bool RunUntil(Func<bool> condition, double seconds) => Time.RunUntil(
        () =>
        {
            Latch();
            return condition();
        },
        TimeSpan.FromSeconds(seconds));

    /// <summary>Runs without looking at each event: nobody reads the mailboxes meanwhile.</summary>
    public void RunUnread(double seconds) => Time.AdvanceBy(TimeSpan.FromSeconds(seconds));

    /// <summary>Polls often enough for the mailboxes' images, cheaper than after every event.</summary>
    public void RunInSteps(double seconds, double step)
    {
        for (double at = 0; at < seconds; at += step)
        {
            Time.AdvanceBy(TimeSpan.FromSeconds(step));
            Latch();
        }
    }

    public void Latch()
    {
        foreach (ModbusLine line in _lines)
        {
            foreach (InputBinding binding in line.Bindings)
            {
                if (!binding.Mailbox.TryLatch(out InputFrame? frame))
                    continue;
                for (int i = 0; i < binding.Tags.Length; i++)
                {
                    _tags[binding.Tags[i]] = (frame.Values[i], frame.Qualities[i], frame.SourceTime);
                    OnValue?.Invoke(binding.Tags[i], frame.Values[i], frame.Qualities[i]);
                }
            }
        }
    }

    public static ModbusLineDefinition Line(string host, params ModbusDevice[] devices) => new()
    {
        Name = host, Index = 0, Host = host, Port = 502, Devices = devices,
    };

    public static ModbusDevice Device(byte unit, params ModbusPoint[] points) => new()
    {
        Name = $"unit{unit}", Index = unit, Unit = unit, Points = points,
    };

    /// <summary>Consecutive unsigned registers; the tag of each is base + address.</summary>
    public static ModbusPoint[] Registers(int address, int count, int periodMs = 1000, int tagBase = 0, int phaseMs = 0) =>
    [
        .. Enumerable.Range(address, count).Select(a => new ModbusPoint
        {
            Tag = tagBase + a, Space = DataSpace.HoldingRegisters, Address = (ushort)a, Type = RegisterType.UInt16,
            PollPeriodMs = periodMs, PhaseMs = phaseMs,
        }),
    ];
}
