using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.PlcSimulator.Control;
using Gateway.Simulation.Time;

namespace Gateway.PlcSimulator.Tests;

/// <summary>Disturbances over HTTP and from a scenario file, in front of the example site whose clock stands still.</summary>
public sealed class DisturbanceApiTests : IAsyncLifetime
{
    private readonly PlantServer _plant = new(
        ExampleSite.Load(), new PlantServerOptions { FirstPort = 0, HostOverride = "127.0.0.1" }, new SimulatedTime(new DateTimeOffset(2026, 5, 4, 2, 0, 0, TimeSpan.Zero)));

    private readonly HttpClient _http = new();
    private ControlServer? _control;

    public async Task InitializeAsync()
    {
        await _plant.StartAsync();
        _control = await ControlServer.StartAsync(_plant, IPAddress.Loopback, 0);
        _http.BaseAddress = new Uri(_control.Url);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _control!.DisposeAsync();
        await _plant.DisposeAsync();
    }

    [Fact]
    public async Task A_disturbance_lives_from_post_to_delete()
    {
        var added = await PostAsync("""{"kind": "bias", "target": "EFF_TIT_608", "value": 5, "ramp": 60, "duration": 600}""", HttpStatusCode.Created);
        var id = added.GetProperty("id").GetInt64();
        var before = _plant.Station.Value("EFF_TIT_608");
        _plant.Station.Step(30);
        Assert.Equal(before + 2.5, _plant.Station.Value("EFF_TIT_608"), 1.0);
        var listed = (await _http.GetFromJsonAsync<JsonElement>("/disturbances")).GetProperty("disturbances")[0];
        Assert.Equal((id, "bias", false), (listed.GetProperty("id").GetInt64(), listed.GetProperty("kind").GetString(), listed.GetProperty("over").GetBoolean()));
        Assert.Equal(0.5, listed.GetProperty("level").GetDouble(), 6);
        Assert.Equal(HttpStatusCode.NoContent, (await _http.DeleteAsync($"/disturbances/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.DeleteAsync($"/disturbances/{id}")).StatusCode);
        _plant.Station.Step(30);
        Assert.Equal(before, _plant.Station.Value("EFF_TIT_608"), 1.0);
        Assert.Equal(HttpStatusCode.NoContent, (await _http.DeleteAsync("/disturbances")).StatusCode);
    }

    [Fact]
    public async Task A_restarted_plant_plc_gives_the_control_back_to_the_plant()
    {
        _plant.Station.Use(plant => plant.Set("SYS_GW_HB", 1));
        _plant.Station.Step(1);
        Assert.Equal(3, _plant.Station.Value("SYS_REMOTE_EN"));
        await PostAsync("""{"kind": "plcRestart", "target": "plc-plant", "duration": 2}""", HttpStatusCode.Created);
        Assert.True(_plant.Station.FindPlc("plc-plant")!.IsStopped);
        _plant.Station.Step(3);
        Assert.False(_plant.Station.FindPlc("plc-plant")!.IsStopped);
        Assert.Equal(1, _plant.Station.Value("SYS_REMOTE_EN"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"kind": "slowly"}""")]
    [InlineData("""{"kind": "bias", "target": "NOPE", "value": 1}""")]
    [InlineData("""{"kind": "bias", "target": "EFF_AIT_603", "value": 1, "id": 3}""")]
    [InlineData("""{"kind": "plcStop", "target": "plc-plant", "ramp": 3}""")]
    [InlineData("""{"kind": "plcStop", "target": "plc-plant", "duration": 0}""")]
    public async Task A_wrong_one_is_refused(string body)
    {
        await PostAsync(body, HttpStatusCode.BadRequest);
        Assert.Empty(_plant.Station.Disturbances.List());
    }

    [Fact]
    public async Task A_scenario_file_is_taken_whole_or_told_what_is_wrong()
    {
        var file = Path.Combine(Path.GetTempPath(), $"scenario-{Guid.NewGuid():N}.json");
        try
        {
            await File.WriteAllTextAsync(file, """
                {
                  "name": "drill",
                  "disturbances": [
                    { "kind": "storm", "start": 60, "duration": 7200 },
                    { "kind": "actuatorFailed", "target": "BL2_SP", "start": 30 }
                  ]
                }
                """);
            Assert.Empty(DisturbanceText.AddFile(_plant.Station, file));
            _plant.Station.Step(61);
            Assert.Equal(Simulation.Process.Weather.Storm, _plant.Station.Plant.Weather);
            Assert.Equal(1 << 2, (int)_plant.Station.Value("BL2_STAT") & (1 << 2));

            await File.WriteAllTextAsync(file, """{"disturbances": [ {"kind": "storm"}, {"kind": "thunder"} ]}""");
            Assert.StartsWith($"{file}: error: disturbance 2:", Assert.Single(DisturbanceText.AddFile(_plant.Station, file)), StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, "{\n  \"disturbance\": []\n}");
            Assert.StartsWith($"{file}(2,", Assert.Single(DisturbanceText.AddFile(_plant.Station, file)), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Contains("error:", Assert.Single(DisturbanceText.AddFile(_plant.Station, file)), StringComparison.Ordinal);
    }

    private async Task<JsonElement> PostAsync(string body, HttpStatusCode status)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync("/disturbances", content);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
