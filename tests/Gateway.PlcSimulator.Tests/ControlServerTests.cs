using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Modbus;
using Gateway.PlcSimulator.Control;
using Gateway.Simulation.Time;

namespace Gateway.PlcSimulator.Tests;

/// <summary>The control API over HTTP, in front of the example site whose clock stands still.</summary>
public sealed class ControlServerTests : IAsyncLifetime
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
    public async Task Signals_are_listed_by_prefix()
    {
        var all = await GetAsync("/signals");
        Assert.Equal(155, all.GetProperty("signals").GetArrayLength());
        Assert.Equal(_plant.Station.Plant.Now, all.GetProperty("time").GetDateTimeOffset());
        var some = (await GetAsync("/signals?prefix=CHM_SP")).GetProperty("signals");
        Assert.Equal(["CHM_SP_501", "CHM_SP_502"], some.EnumerateArray().Select(signal => signal.GetProperty("name").GetString()));
        Assert.Equal(_plant.Station.Value("CHM_SP_501"), some[0].GetProperty("value").GetDouble());
        Assert.True(some[0].GetProperty("writable").GetBoolean());
        Assert.Empty((await GetAsync("/signals?prefix=nothing")).GetProperty("signals").EnumerateArray());
    }

    [Fact]
    public async Task A_set_point_is_written()
    {
        var answer = await PostAsync("/signals/CHM_SP_501", """{"value": 1234.5}""", HttpStatusCode.OK);
        Assert.Equal(1234.5, answer.GetProperty("value").GetDouble());
        Assert.Equal(1234.5, _plant.Station.Value("CHM_SP_501"));
    }

    [Theory]
    [InlineData("/signals/NOPE", """{"value": 1}""", 404)]
    [InlineData("/signals/EFF_AIT_603", """{"value": 1}""", 409)]
    [InlineData("/signals/CHM_SP_501", """{"value": -1}""", 400)]
    [InlineData("/signals/CHM_SP_501", """{"value": 1e999}""", 400)]
    [InlineData("/signals/CHM_SP_501", """{"value": "1"}""", 400)]
    [InlineData("/signals/CHM_SP_501", """{"vale": 1}""", 400)]
    [InlineData("/signals/CHM_SP_501", "{}", 400)]
    [InlineData("/signals/CHM_SP_501", "null", 400)]
    [InlineData("/signals/CHM_SP_501", "{", 400)]
    [InlineData("/signals/CHM_SP_501", "", 400)]
    [InlineData("/instruments/CHM_SP_501", """{"bias": 1}""", 409)]
    [InlineData("/instruments/NOPE", """{"bias": 1}""", 404)]
    [InlineData("/plant", """{"weather": "snow"}""", 400)]
    [InlineData("/plant", """{"weather": "2"}""", 400)]
    [InlineData("/plcs/nope/stop", "{}", 404)]
    [InlineData("/plcs/plc-plant/explode", "{}", 404)]
    [InlineData("/faults", "{}", 400)]
    [InlineData("/faults", """{"kind": "slow"}""", 400)]
    [InlineData("/faults", """{"kind": "silence", "device": "nope"}""", 400)]
    [InlineData("/faults", """{"kind": "silence", "space": "holdings"}""", 400)]
    [InlineData("/faults", """{"kind": "silence", "unit": 256}""", 400)]
    [InlineData("/faults", """{"kind": "silence", "from": 2, "to": 1}""", 400)]
    [InlineData("/faults", """{"kind": "silence", "id": 1}""", 400)]
    [InlineData("/faults", """{"kind": "exception", "argument": 0}""", 400)]
    [InlineData("/faults", """{"kind": "silence", "probability": 1.5}""", 400)]
    [InlineData("/faults", """{"kind": "silence", "count": 0}""", 400)]
    [InlineData("/nothing", "{}", 404)]
    public async Task A_wrong_request_is_refused_with_a_problem(string path, string body, int status)
    {
        var problem = await PostAsync(path, body, (HttpStatusCode)status, "application/problem+json");
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        Assert.Empty(_plant.Station.Faults.List());
    }

    [Fact]
    public async Task A_body_of_another_type_or_too_large_or_for_another_host_is_refused()
    {
        using var text = new StringContent("""{"value": 1}""", Encoding.UTF8, "text/plain");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await _http.PostAsync("/signals/CHM_SP_501", text)).StatusCode);
        using var large = new StringContent(new string(' ', 70_000), Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _http.PostAsync("/faults", large)).StatusCode);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/plant") { Headers = { Host = "plc.example" } };
        Assert.Equal(HttpStatusCode.Forbidden, (await _http.SendAsync(foreign)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _http.PutAsync("/faults", null)).StatusCode);
    }

    [Fact]
    public async Task A_rule_lives_from_post_to_delete()
    {
        var rule = await PostAsync("/faults", """{"device": "plc-plant", "kind": "exception", "argument": 6, "space": "holding", "from": 0, "to": 3}""", HttpStatusCode.Created);
        var id = rule.GetProperty("id").GetInt64();
        Assert.Equal((ModbusReplyStatus.DeviceException, ModbusExceptionCode.ServerDeviceBusy), await ReadAsync("plant", 0));
        Assert.Equal((ModbusReplyStatus.Ok, ModbusExceptionCode.None), await ReadAsync("plant", 10));

        var listed = (await GetAsync("/faults")).GetProperty("faults")[0];
        Assert.Equal(id, listed.GetProperty("id").GetInt64());
        Assert.Equal(("plc-plant", "exception", "holding"), (listed.GetProperty("device").GetString(), listed.GetProperty("kind").GetString(), listed.GetProperty("space").GetString()));
        Assert.Equal((1, true), (listed.GetProperty("strikes").GetInt32(), listed.GetProperty("active").GetBoolean()));

        Assert.Equal(HttpStatusCode.NoContent, (await _http.DeleteAsync($"/faults/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.DeleteAsync($"/faults/{id}")).StatusCode);
        Assert.Equal((ModbusReplyStatus.Ok, ModbusExceptionCode.None), await ReadAsync("plant", 0));
        await PostAsync("/faults", """{"kind": "silence"}""", HttpStatusCode.Created);
        Assert.Equal(HttpStatusCode.NoContent, (await _http.DeleteAsync("/faults")).StatusCode);
        Assert.Empty((await GetAsync("/faults")).GetProperty("faults").EnumerateArray());
    }

    [Fact]
    public async Task Plcs_are_stopped_frozen_and_started()
    {
        var states = new List<string?>();
        foreach (var action in new[] { "freeze", "stop", "start" })
            states.Add((await PostAsync($"/plcs/plc-lane1/{action}", "", HttpStatusCode.OK)).GetProperty("state").GetString());
        Assert.Equal(["frozen", "stopped", "running"], states);
        var listed = (await GetAsync("/plcs")).GetProperty("plcs");
        Assert.Equal(_plant.Station.Plcs.Count, listed.GetArrayLength());
        Assert.Equal(_plant.Endpoints[0].ToString(), listed[0].GetProperty("endpoint").GetString());
    }

    [Fact]
    public async Task Instruments_are_made_wrong_and_right_again()
    {
        var before = _plant.Station.Value("EFF_TIT_608");
        await PostAsync("/instruments/EFF_TIT_608", """{"bias": 5, "drift": 0}""", HttpStatusCode.OK);
        _plant.Station.Step(60);
        Assert.Equal(before + 5, _plant.Station.Value("EFF_TIT_608"), 1.0);

        var shown = await PostAsync("/instruments/EFF_TIT_608", """{"nan": true}""", HttpStatusCode.OK);
        Assert.Equal((5, true), (shown.GetProperty("bias").GetDouble(), shown.GetProperty("nan").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, (await GetAsync("/signals/EFF_TIT_608")).GetProperty("value").ValueKind);

        await PostAsync("/instruments/EFF_TIT_608", """{"nan": false, "bias": 0, "stuck": true}""", HttpStatusCode.OK);
        var stuck = _plant.Station.Value("EFF_TIT_608");
        _plant.Station.Step(60);
        Assert.Equal(stuck, _plant.Station.Value("EFF_TIT_608"));
        Assert.True((await GetAsync("/instruments/EFF_TIT_608")).GetProperty("stuck").GetBoolean());
    }

    [Fact]
    public async Task The_weather_and_the_key_switch_are_set()
    {
        var plant = await PostAsync("/plant", """{"weather": "storm", "remoteEnabled": false}""", HttpStatusCode.OK);
        Assert.Equal(("storm", false), (plant.GetProperty("weather").GetString(), plant.GetProperty("remoteEnabled").GetBoolean()));
        plant = await PostAsync("/plant", """{"remoteEnabled": true}""", HttpStatusCode.OK);
        Assert.Equal(("storm", true), (plant.GetProperty("weather").GetString(), plant.GetProperty("remoteEnabled").GetBoolean()));
        Assert.Equal(Simulation.Process.Weather.Storm, _plant.Station.Plant.Weather);
    }

    [Fact]
    public async Task The_network_is_not_served() =>
        await Assert.ThrowsAsync<ArgumentException>(() => ControlServer.StartAsync(_plant, IPAddress.Any, 0));

    private async Task<JsonElement> GetAsync(string path) => await _http.GetFromJsonAsync<JsonElement>(path);

    private async Task<JsonElement> PostAsync(string path, string body, HttpStatusCode status, string type = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(path, content);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode} {text}");
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private async Task<(ModbusReplyStatus, ModbusExceptionCode)> ReadAsync(string line, ushort address)
    {
        var served = _plant.Station.Lines.Single(candidate => candidate.Definition.Name == line);
        var endpoint = _plant.Endpoints[served.Definition.Index];
        var stream = await ModbusTransport.ConnectTcpAsync(endpoint.Address.ToString(), endpoint.Port, TimeSpan.FromSeconds(5));
        await using var client = new ModbusClient(stream, new ModbusClientOptions { TimeoutMs = 5000 });
        var reply = await client.ReadAsync(served.Plcs[0].Unit, ModbusFunction.ReadHoldingRegisters, address, 1, new byte[2]);
        return (reply.Status, reply.ExceptionCode);
    }
}
