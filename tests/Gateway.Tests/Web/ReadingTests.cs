using System.Net;
using System.Text.Json;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Tests.Web;

/// <summary>What the reading half of the API says.</summary>
public sealed class ReadingTests
{
    private static JsonElement Named(JsonElement list, string key, string name) => list.EnumerateArray().Single(e => e.GetProperty(key).GetString() == name);

    [Fact]
    public async Task The_site_tells_its_run_state_and_counts()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Scan(TinyPlant.Valve, 0, Quality.BadTimeout);

        JsonElement site = await rig.GetAsync("/api/v1/site");

        Assert.Equal("tiny", site.GetProperty("id").GetString());
        Assert.Equal("Run", site.GetProperty("runState").GetString());
        Assert.Equal(480, site.GetProperty("utcOffsetMinutes").GetInt32());
        Assert.Equal("2024-03-01T00:00:00.200Z", site.GetProperty("time").GetString());
        Assert.Equal(2, site.GetProperty("scan").GetProperty("number").GetInt64());
        Assert.Equal(5, site.GetProperty("counts").GetProperty("tags").GetInt32());
        Assert.Equal(1, site.GetProperty("counts").GetProperty("badTags").GetInt32());
        Assert.Equal(0, site.GetProperty("overflows").GetProperty("eventsLost").GetInt64());
    }

    [Fact]
    public async Task A_good_tag_has_value_unit_quality_age_raw_and_source()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Pass(TimeSpan.FromSeconds(1.5));

        JsonElement tag = await rig.GetAsync("/api/v1/tags/EFF_AIT_603");

        Assert.Equal(2, tag.GetProperty("value").GetDouble());
        Assert.Equal(200, tag.GetProperty("raw").GetDouble());
        Assert.Equal("mg/L", tag.GetProperty("unit").GetString());
        Assert.Equal("Good", tag.GetProperty("quality").GetString());
        Assert.Equal("", tag.GetProperty("why").GetString());
        Assert.Equal(1.5, tag.GetProperty("age").GetDouble(), 9);
        JsonElement source = tag.GetProperty("source");
        Assert.Equal("ring", source.GetProperty("line").GetString());
        Assert.Equal("plc-01", source.GetProperty("device").GetString());
        Assert.Equal(3, source.GetProperty("unit").GetInt32());
        Assert.Equal("holdingRegisters", source.GetProperty("space").GetString());
        Assert.Equal(10, source.GetProperty("address").GetInt32());
        Assert.Equal("40011", source.GetProperty("reference").GetString());
    }

    [Fact]
    public async Task Addresses_above_9999_have_six_digits_and_the_output_is_named()
    {
        await using WebRig rig = await WebRig.RunningAsync();

        JsonElement tag = await rig.GetAsync("/api/v1/tags/L1_VLV3");

        Assert.Equal("410501", tag.GetProperty("source").GetProperty("reference").GetString());
        Assert.Equal("L1_VLV3_SP", tag.GetProperty("output").GetString());
    }

    [Fact]
    public async Task A_bad_tag_shows_no_value_and_says_why()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Scan(TinyPlant.Ammonia, 0, Quality.BadTimeout);

        JsonElement tag = await rig.GetAsync("/api/v1/tags/EFF_AIT_603");

        Assert.Equal(JsonValueKind.Null, tag.GetProperty("value").ValueKind);
        Assert.Equal("BadTimeout", tag.GetProperty("quality").GetString());
        Assert.Equal("bad", tag.GetProperty("level").GetString());
        Assert.Equal("the device did not answer in time", tag.GetProperty("why").GetString());
        Assert.Equal(2, tag.GetProperty("lastUsable").GetDouble());
        Assert.Equal(0.1, tag.GetProperty("age").GetDouble(), 9);
    }

    [Fact]
    public async Task A_tag_that_never_had_a_value_is_null_throughout()
    {
        await using WebRig rig = await WebRig.ColdAsync();
        rig.ScanSilent();

        JsonElement tag = await rig.GetAsync("/api/v1/tags/EFF_FIT_601");

        foreach (string property in new[] { "value", "raw", "lastUsable", "age", "time" })
            Assert.Equal(JsonValueKind.Null, tag.GetProperty(property).ValueKind);
        Assert.Equal("no value has come since the gateway started", tag.GetProperty("why").GetString());
    }

    [Fact]
    public async Task A_calculated_tag_names_its_inputs()
    {
        await using WebRig rig = await WebRig.RunningAsync();

        JsonElement tag = await rig.GetAsync("/api/v1/tags/EFF_NH3_LOAD");

        Assert.Equal("calculated", tag.GetProperty("kind").GetString());
        Assert.Equal(0.2, tag.GetProperty("value").GetDouble(), 12); // 2 g/m³ × 100 m³/h
        Assert.Equal(["EFF_AIT_603", "EFF_FIT_601"], tag.GetProperty("inputs").EnumerateArray().Select(i => i.GetString()));
        Assert.Equal(JsonValueKind.Null, tag.GetProperty("source").ValueKind);
    }

    [Theory]
    [InlineData("", 5)]
    [InlineData("?prefix=EFF_", 3)]
    [InlineData("?prefix=eff_", 0)]
    [InlineData("?prefix=L1_VLV3", 1)]
    public async Task Tags_are_listed_by_prefix(string query, int count)
    {
        await using WebRig rig = await WebRig.RunningAsync();

        JsonElement list = await rig.GetAsync("/api/v1/tags" + query);

        Assert.Equal(count, list.GetProperty("tags").GetArrayLength());
    }

    [Fact]
    public async Task Lines_tell_state_and_counters_of_their_devices()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Line.Answer(0, rig.Now.Utc, rig.Now.Elapsed, 0.004);
        rig.Line.Fail(1, Drivers.RequestResult.Timeout);
        rig.Line.Waiting(rig.Now.Elapsed + TimeSpan.TicksPerSecond, "connection refused");

        JsonElement line = (await rig.GetAsync("/api/v1/lines")).GetProperty("lines")[0];

        Assert.True(line.GetProperty("up").GetBoolean());
        Assert.Equal("Waiting", line.GetProperty("state").GetString());
        Assert.Equal("192.0.2.1:1502", line.GetProperty("endpoint").GetString());
        Assert.Equal("connection refused", line.GetProperty("lastTrouble").GetString());
        Assert.Equal("2024-03-01T00:00:01.100Z", line.GetProperty("nextAttempt").GetString());
        Assert.Equal(0.004, line.GetProperty("meanSeconds").GetDouble(), 9);
        JsonElement first = Named(line.GetProperty("devices"), "name", "plc-01"), second = Named(line.GetProperty("devices"), "name", "plc-02");
        Assert.True(first.GetProperty("up").GetBoolean());
        Assert.Equal(1, first.GetProperty("requests").GetProperty("ok").GetInt64());
        Assert.False(second.GetProperty("up").GetBoolean());
        Assert.Equal(1, second.GetProperty("requests").GetProperty("timeout").GetInt64());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("lastGood").ValueKind);
    }

    [Fact]
    public async Task Alarms_tell_state_settings_and_rationalization()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Ammonia(6);

        JsonElement alarms = (await rig.GetAsync("/api/v1/alarms")).GetProperty("alarms");
        JsonElement alarm = Named(alarms, "id", "AAH-603"), other = Named(alarms, "id", "ABD-601");

        Assert.Equal("B", alarm.GetProperty("state").GetString());
        Assert.Equal(1, alarm.GetProperty("occurrence").GetInt32());
        Assert.Equal(6, alarm.GetProperty("value").GetDouble());
        Assert.Equal(5, alarm.GetProperty("limit").GetDouble());
        Assert.Equal("H", alarm.GetProperty("type").GetString());
        Assert.Equal("high", alarm.GetProperty("priorityName").GetString());
        Assert.Equal("Effluent ammonia high", alarm.GetProperty("message").GetString());
        Assert.Equal("Raise the oxygen set-point", alarm.GetProperty("action").GetString());
        Assert.Equal(30, alarm.GetProperty("timeToRespondMinutes").GetInt32());
        Assert.Equal("2024-03-01T00:00:00.200Z", alarm.GetProperty("raised").GetString());
        Assert.Equal("A", other.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, other.GetProperty("limit").ValueKind);
        Assert.Equal("badMeasurement", other.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Compliance_tells_windows_with_limit_and_reason()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Ammonia(9);

        JsonElement windows = (await rig.GetAsync("/api/v1/compliance")).GetProperty("windows");
        JsonElement day = Named(windows, "statistic", "dailyMean"), single = Named(windows, "statistic", "oneOff");

        Assert.Equal("exceeds", single.GetProperty("state").GetString());
        Assert.Equal("above the upper limit", single.GetProperty("reason").GetString());
        Assert.Equal(9, single.GetProperty("value").GetDouble());
        Assert.Equal(-0.125, single.GetProperty("headroom").GetDouble(), 12);
        Assert.Equal(JsonValueKind.Null, single.GetProperty("remainingAverage").ValueKind);
        Assert.Equal("undetermined", day.GetProperty("state").GetString());
        Assert.NotEqual("", day.GetProperty("reason").GetString());
        Assert.Equal("table 1, item 8", day.GetProperty("clause").GetString());
        Assert.Equal("EFF_FIT_601", day.GetProperty("flowTag").GetString());
        // The civil day of the site, 8 h before that of UTC.
        Assert.Equal("2024-02-29T16:00:00.000Z", day.GetProperty("from").GetString());
        Assert.Equal("2024-03-01T16:00:00.000Z", day.GetProperty("to").GetString());
    }

    [Fact]
    public async Task Events_continue_where_the_asker_was()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Ammonia(6);
        JsonElement all = await rig.GetAsync("/api/v1/events");
        long next = all.GetProperty("next").GetInt64();
        rig.Ammonia(1);

        JsonElement more = await rig.GetAsync($"/api/v1/events?after={next}");

        Assert.Equal(rig.Context.Events.Last, more.GetProperty("last").GetInt64());
        Assert.False(more.GetProperty("gap").GetBoolean());
        JsonElement[] events = [.. more.GetProperty("events").EnumerateArray()];
        Assert.All(events, e => Assert.True(e.GetProperty("sequence").GetInt64() > next));
        JsonElement returned = events.Single(e => e.GetProperty("kind").GetString() == "alarm");
        Assert.Equal("AAH-603", returned.GetProperty("id").GetString());
        Assert.Equal("B", returned.GetProperty("from").GetString());
        Assert.Equal("D", returned.GetProperty("to").GetString());
        Assert.Empty((await rig.GetAsync($"/api/v1/events?after={rig.Context.Events.Last}")).GetProperty("events").EnumerateArray());
    }

    [Fact]
    public async Task A_sequence_number_from_before_a_restart_starts_over()
    {
        await using WebRig rig = await WebRig.RunningAsync();

        JsonElement list = await rig.GetAsync("/api/v1/events?after=1000000");

        Assert.Equal(1, list.GetProperty("events")[0].GetProperty("sequence").GetInt64());
    }

    [Theory]
    [InlineData("after=x")]
    [InlineData("after=-1")]
    [InlineData("after=1e3")]
    [InlineData("after=99999999999999999999")]
    public async Task A_sequence_number_that_is_none_is_refused(string query)
    {
        await using WebRig rig = await WebRig.RunningAsync();

        var (status, problem) = await rig.AnswerAsync("/api/v1/events?" + query);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(400, problem.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Before_the_first_scan_readers_are_told_so()
    {
        await using WebRig rig = await WebRig.ColdAsync();

        foreach (string path in new[] { "/api/v1/tags", "/api/v1/tags/EFF_AIT_603", "/api/v1/alarms", "/api/v1/compliance" })
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.AnswerAsync(path)).Status);
        Assert.Equal(JsonValueKind.Null, (await rig.GetAsync("/api/v1/site")).GetProperty("runState").ValueKind);
        Assert.Equal(1, (await rig.GetAsync("/api/v1/lines")).GetProperty("lines").GetArrayLength());
        Assert.Equal(0, (await rig.GetAsync("/api/v1/events")).GetProperty("last").GetInt64());
    }

    [Fact]
    public async Task Ready_means_that_the_scan_runs_and_names_lines_that_are_down()
    {
        await using WebRig rig = await WebRig.ColdAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.AnswerAsync("/health/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await rig.AnswerAsync("/health/live")).Status);

        rig.Ammonia(2);
        var (status, body) = await rig.AnswerAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("line ring is down", body.GetProperty("reasons")[0].GetString());

        rig.Line.Answer(0, rig.Now.Utc, rig.Now.Elapsed, 0.001);
        Assert.Empty((await rig.AnswerAsync("/health/ready")).Body.GetProperty("reasons").EnumerateArray());
    }

    [Fact]
    public async Task A_fault_makes_it_unready_and_says_why()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Stop(RunState.Fault, "index out of range");

        var (status, body) = await rig.AnswerAsync("/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("the run state is Fault: index out of range", body.GetProperty("reasons").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal(HttpStatusCode.OK, (await rig.AnswerAsync("/api/v1/tags")).Status);
    }

    [Fact]
    public async Task A_scan_that_hangs_makes_it_unready_although_Run_stands()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Pass(TimeSpan.FromSeconds(7));

        var (status, body) = await rig.AnswerAsync("/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("no scan for 7 s", body.GetProperty("reasons").EnumerateArray().Select(r => r.GetString()));
    }

    [Fact]
    public async Task Readers_leave_no_snapshot_rented()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        foreach (string path in new[] { "site", "tags", "tags/EFF_AIT_603", "lines", "alarms", "compliance" })
            await rig.GetAsync("/api/v1/" + path);
        await rig.Http.GetStringAsync("/metrics");

        for (int i = 0; i < 20; i++)
            rig.Scan();

        Assert.Equal(0, rig.Context.Scan.Snapshots.Skipped);
    }
}
