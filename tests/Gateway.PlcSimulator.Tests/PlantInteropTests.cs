using Gateway.Drivers.Modbus;
using System.Globalization;
using Gateway.Simulation.Time;

namespace Gateway.PlcSimulator.Tests;

/// <summary>Foreign clients read and write the PLCs of the simulated works, as the example site maps them.</summary>
public sealed class PlantInteropTests : IAsyncLifetime
{
    private const string Mbpoll = "/usr/bin/mbpoll";
    private const string Python = "/usr/bin/python3";

    private readonly PlantServer _server;
    private readonly int _line;
    private readonly int _unit;
    private readonly int _heartbeat;
    private readonly int _dosing;

    public PlantInteropTests()
    {
        var site = ExampleSite.Load();
        _server = new PlantServer(site, new PlantServerOptions { FirstPort = 0, HostOverride = "127.0.0.1" }, new SimulatedTime(new(2026, 5, 4, 2, 0, 0, TimeSpan.Zero)));
        var line = site.Lines.Single(line => line.Devices[0].Name == "plc-plant");
        var points = line.Devices[0].Points.Cast<ModbusPoint>().ToArray();
        _line = line.Index;
        _unit = ((ModbusDevice)line.Devices[0]).Unit;
        _heartbeat = points.Single(point => site.Plant.Tags[point.Tag].Name == "SYS_GW_HB").Address;
        _dosing = points.Single(point => site.Plant.Tags[point.Tag].Name == "CHM_SP_502").Address;
    }

    private string Port => _server.Endpoints[_line].Port.ToString(CultureInfo.InvariantCulture);

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [PeerFact(Mbpoll)]
    public async Task Mbpoll_beats_the_heart_and_reads_it_back()
    {
        var common = $"-q -m tcp -o 10 -0 -1 -p {Port} -a {_unit} -t 4 -r {_heartbeat}";
        var written = await PeerProcess.RunAsync(Mbpoll, $"{common} 127.0.0.1 4321");
        Assert.True(written.Code == 0, written.Error);
        _server.Station.Step(1);
        Assert.Equal(4321, _server.Station.Value("SYS_GW_HB"));
        Assert.Equal(3, _server.Station.Value("SYS_REMOTE_EN"));

        var read = await PeerProcess.RunAsync(Mbpoll, $"{common} -c 1 127.0.0.1");
        Assert.True(read.Code == 0, read.Error);
        Assert.Contains("4321", read.Output, StringComparison.Ordinal);
    }

    [PeerFact(Python, "pymodbus")]
    public async Task Pymodbus_doses_coagulant_and_is_refused_too_much()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Peers", "dose.py");
        var (code, output, error) = await PeerProcess.RunAsync(Python, $"\"{script}\" {Port} {_unit} {_dosing}");
        Assert.True(code == 0, error);

        // 700 L/h is 442F 0000 as IEEE 754 single; 2001 is above the range of the signal: exception 3.
        Assert.Equal("written [17455, 0]\nexception 3", output.Trim().ReplaceLineEndings("\n"));
        Assert.Equal(700, _server.Station.Value("CHM_SP_502"));
    }
}
