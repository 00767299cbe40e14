using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Configuration;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.PlcSimulator;
using Gateway.Storage;
using Gateway.SystemTests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.SystemTests.EndToEnd;

/// <summary>The example site whole: a simulated plant behind real Modbus ports, the gateway that polls it, and a client of its API.</summary>
internal sealed class RunningSite : IAsyncDisposable
{
    private readonly GatewayHost _gateway;
    private bool _isStopped;

    private RunningSite(PlantServer plant, GatewayHost gateway)
    {
        Plant = plant;
        _gateway = gateway;
        Http = new HttpClient { BaseAddress = new Uri(gateway.Urls.First()) };
    }

    public PlantServer Plant { get; }

    public HttpClient Http { get; }

    public GatewayContext Context => _gateway.Context;

    /// <summary>The URL of the gateway's OPC UA server.</summary>
    public string OpcUaUrl => $"opc.tcp://{_gateway.OpcUaAddress}";

    /// <summary>Time since the gateway was asked to start.</summary>
    public Stopwatch SinceStart { get; private init; } = new();

    /// <summary>Starts plant and gateway.</summary>
    /// <param name="data">Data folder of the gateway; null keeps nothing.</param>
    /// <param name="opcUa">The gateway's OPC UA server, which may write all armed outputs; null for none.</param>
    public static async Task<RunningSite> StartAsync(string? data = null, OpcUaServerSettings? opcUa = null)
    {
        SiteConfiguration site = ExampleSite.Load();
        if (opcUa is not null)
            site = site with { Plant = site.Plant with { Outputs = [.. site.Plant.Outputs.Select(o => o with { OpcUaWrite = true })] } };
        var plant = new PlantServer(site, new PlantServerOptions { HostOverride = "127.0.0.1", FirstPort = 0 });
        await plant.StartAsync();
        LineDefinition[] lines = [.. site.Lines.Select((line, i) => (ModbusLineDefinition)line with { Host = "127.0.0.1", Port = plant.Endpoints[i].Port })];
        Journal? journal = data is null ? null : GatewayHost.OpenJournal(data, site, NullLoggerFactory.Instance);
        var gateway = new GatewayHost(site with { Lines = lines, OpcUaServer = opcUa }, "http://127.0.0.1:0", NullLoggerFactory.Instance, journal: journal);
        var clock = Stopwatch.StartNew();
        await gateway.StartAsync(CancellationToken.None);
        return new RunningSite(plant, gateway) { SinceStart = clock };
    }

    /// <summary>Sends a command and gives status and document.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Document)> PostAsync(string path, object body)
    {
        using HttpResponseMessage answer = await Http.PostAsJsonAsync(path, body);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Stops the gateway and leaves the plant running.</summary>
    public async Task StopGatewayAsync()
    {
        if (_isStopped)
            return;
        _isStopped = true;
        await _gateway.StopAsync(CancellationToken.None);
        _gateway.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await StopGatewayAsync();
        await Plant.DisposeAsync();
    }
}
