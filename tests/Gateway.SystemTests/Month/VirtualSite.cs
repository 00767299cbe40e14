using Gateway.Configuration;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Runtime.Scan;
using Gateway.Simulation;
using Gateway.Simulation.Network;
using Gateway.Simulation.Plc;
using Gateway.Simulation.Process;
using Gateway.Simulation.Time;
using Gateway.SystemTests.Support;

namespace Gateway.SystemTests.Month;

/// <summary>
/// The example site on one thread in simulated time: the production field lines, client and scan, over a simulated
/// network to the real server in front of the simulated plant.
/// </summary>
internal sealed class VirtualSite
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 0, 0, 0, TimeSpan.FromHours(8));

    private readonly List<HeaderGarbler> _garblers = [];
    private readonly double[] _garbleRate;
    private readonly SeededRandom _garble;
    private long _scans;
    private long _garbled;

    public VirtualSite(ulong seed)
    {
        Site = ExampleSite.Load();
        Time = new SimulatedTime(s_start);
        Network = new SimulatedNetwork(Time, seed);
        var plant = new SimulatedPlant(new PlantOptions { Seed = seed, Start = s_start.ToUniversalTime(), Weather = Weather.Rain });
        Station = new SimulatedPlcStation(Site, plant, new FaultRules(seed, Time), Time);
        foreach (SimulatedPlcLine line in Station.Lines)
            line.Listen(Network);
        _garble = new SeededRandom(seed, "garble");
        _garbleRate = new double[Site.Lines.Length];
        Outputs = new OutputMailbox(Site.Plant.Outputs.Length);
        Lines = [.. Site.Lines.Select(line => new ModbusLine((ModbusLineDefinition)line, new ModbusLineOptions
        {
            Time = Time,
            Epoch = 0,
            Connect = ConnectAsync,
            Outputs = Outputs,
            Jitter = new Random(line.Index + (int)seed),
        }))];
        Scan = new ScanCycle(Site.Plant, [.. Lines.SelectMany(line => line.Bindings)], Outputs, 16_384);
        PeriodTicks = Site.Plant.BasePeriodMs * ScanTime.TicksPerMillisecond;
    }

    public SiteConfiguration Site { get; }
    public SimulatedTime Time { get; }
    public SimulatedNetwork Network { get; }
    public SimulatedPlcStation Station { get; }
    public OutputMailbox Outputs { get; }
    public ModbusLine[] Lines { get; }
    public ScanCycle Scan { get; }
    public long PeriodTicks { get; }

    /// <summary>Header bytes changed so far on all connections.</summary>
    public long Garbled => _garbled + _garblers.Sum(stream => stream.Garbled);

    public SimulatedLink LinkOf(int line) => Network.Link(Site.Lines[line].Endpoint);

    /// <summary>Probability that a frame to the gateway has a wrong header.</summary>
    public void SetGarbleRate(int line, double rate) => _garbleRate[line] = rate;

    /// <summary>Starts the field lines; they poll whenever time moves.</summary>
    public void Start()
    {
        foreach (ModbusLine line in Lines)
            Time.Start(line.RunAsync);
    }

    /// <summary>Does something inside the simulation, where continuations stay on its thread.</summary>
    public void Do(Action act) => Time.Start(() =>
    {
        act();
        return Task.CompletedTask;
    });

    /// <summary>Moves time by one scan period and runs the scan.</summary>
    public ScanTime RunScan()
    {
        Time.AdvanceBy(TimeSpan.FromTicks(PeriodTicks));
        var now = new ScanTime(++_scans, Time.GetUtcNow().UtcTicks, Time.GetTimestamp());
        Scan.Execute(now);
        return now;
    }

    /// <summary>Stops the lines and waits until they have closed.</summary>
    public void Stop()
    {
        foreach (ModbusLine line in Lines)
            Do(line.Stop);
        Time.AdvanceBy(TimeSpan.FromSeconds(10));
    }

    private async ValueTask<Stream> ConnectAsync(ModbusLineDefinition line, CancellationToken cancellation)
    {
        Stream stream = await Network.ConnectAsync(line.Host, line.Port, cancellation);
        foreach (HeaderGarbler gone in _garblers.Where(open => !open.CanRead))
            _garbled += gone.Garbled;
        _garblers.RemoveAll(open => !open.CanRead);
        var garbler = new HeaderGarbler(stream, _garble, () => _garbleRate[line.Index]);
        _garblers.Add(garbler);
        return garbler;
    }
}
