using System.Net;
using System.Text.Json;
using Gateway.Runtime.Tags;

namespace Gateway.SystemTests.EndToEnd;

/// <summary>The whole product over real sockets: plant server, field lines, scan, recorder, web.</summary>
public sealed class RealSocketTests
{
    private const double FirstValuesSeconds = 3;

    [Fact]
    public async Task Every_measured_value_is_usable_within_three_seconds()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using LiveStream stream = await LiveStream.OpenAsync(site.Http);
        HashSet<string> waiting = [.. site.Context.Scan.Plant.Tags.Where(tag => tag.Kind == TagKind.Measured).Select(tag => tag.Name)];
        int measured = waiting.Count, good = 0;

        await stream.UntilAsync("tags", data =>
        {
            foreach (JsonElement tag in data.GetProperty("tags").EnumerateArray())
            {
                // Noise at the end of a range may make a value uncertain; it is still a value from the device.
                string quality = tag.GetProperty("quality").GetString()!;
                if (!quality.StartsWith("Bad", StringComparison.Ordinal) && waiting.Remove(tag.GetProperty("name").GetString()!))
                    good += quality == "Good" ? 1 : 0;
            }
            return waiting.Count == 0;
        });

        Assert.InRange(site.SinceStart.Elapsed.TotalSeconds, 0, FirstValuesSeconds);
        Assert.InRange(good, 0.9 * measured, measured);
    }

    [Fact]
    public async Task A_change_of_a_register_appears_on_the_stream()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using LiveStream stream = await LiveStream.OpenAsync(site.Http, "?prefix=SYS_GW_HB");
        Assert.True(site.Plant.Station.Use(plant => plant.Set(plant.Resolve("SYS_GW_HB"), 4711)));

        JsonElement data = await stream.UntilAsync("tags", data => data.GetProperty("tags").EnumerateArray().Any(IsNewValue));

        Assert.Equal("Good", data.GetProperty("tags")[0].GetProperty("quality").GetString());

        static bool IsNewValue(JsonElement tag) => tag.GetProperty("value") is { ValueKind: JsonValueKind.Number } value && value.GetDouble() == 4711;
    }

    [Fact]
    public async Task A_tripped_blower_raises_its_alarm_which_is_acknowledged_over_the_api()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using LiveStream stream = await LiveStream.OpenAsync(site.Http);
        // A trip before the first poll would leave untested that the alarm comes with a change.
        await stream.UntilAsync("heartbeat", data => data.GetProperty("runState").GetString() == "Run");
        site.Plant.Station.Use(plant =>
        {
            plant.Process.Air.Blowers[1].Trip();
            return true;
        });

        JsonElement raised = await stream.UntilAsync("event", data => Is(data, "ON"));
        var (status, answer) = await site.PostAsync("/api/v1/alarms/BL2_FAULT/ack", new { user = "olga", occurrence = raised.GetProperty("occurrence").GetInt32() });

        Assert.Equal("A", raised.GetProperty("from").GetString());
        Assert.Equal("B", raised.GetProperty("to").GetString());
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("C", answer.GetProperty("event").GetProperty("to").GetString());
        Assert.Equal("olga", answer.GetProperty("event").GetProperty("user").GetString());

        static bool Is(JsonElement data, string act) =>
            data.GetProperty("kind").GetString() == "alarm" && data.GetProperty("id").GetString() == "BL2_FAULT" && data.GetProperty("event").GetString() == act;
    }

    [Fact]
    public async Task An_output_that_is_not_armed_is_refused_and_the_register_stays()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using LiveStream stream = await LiveStream.OpenAsync(site.Http);
        await stream.UntilAsync("heartbeat", data => data.GetProperty("runState").GetString() == "Run");

        var (status, problem) = await site.PostAsync("/api/v1/outputs/SYS_GW_HB", new { user = "olga", value = 77 });

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("armed", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.NotEqual(77, site.Plant.Station.Value("SYS_GW_HB"));
    }

    [Fact]
    public async Task An_armed_output_reaches_the_register_of_the_device()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using LiveStream stream = await LiveStream.OpenAsync(site.Http);
        await stream.UntilAsync("heartbeat", data => data.GetProperty("runState").GetString() == "Run");

        var (status, answer) = await site.PostAsync("/api/v1/outputs/SYS_RAIN_MODE", new { user = "olga", value = 2, reason = "storm warning" });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("done", answer.GetProperty("outcome").GetString());
        Assert.Equal(2, site.Plant.Station.Value("SYS_RAIN_MODE"));
    }

    [Fact]
    public async Task A_stop_drives_the_fail_safe_values_into_the_devices_before_it_ends()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using LiveStream stream = await LiveStream.OpenAsync(site.Http);
        await stream.UntilAsync("heartbeat", data => data.GetProperty("runState").GetString() == "Run");
        var (status, _) = await site.PostAsync("/api/v1/outputs/CHM_SP_501", new { user = "olga", value = 500 });
        Assert.Equal((HttpStatusCode.OK, 500), (status, site.Plant.Station.Value("CHM_SP_501")));

        await site.StopGatewayAsync();

        Assert.Equal(0, site.Plant.Station.Value("CHM_SP_501"));
        Assert.NotEqual(0, site.Plant.Station.Value("BL_PSP_300"));
    }
}
