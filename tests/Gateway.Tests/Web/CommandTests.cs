using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Runtime.Scan;
using Gateway.Web;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Web;

/// <summary>What the commanding half of the API does: outcome, refusal, bad input, who may.</summary>
public sealed class CommandTests
{
    private const string Ack = "/api/v1/alarms/AAH-603/ack";

    private static HttpContent Json(string text) => new StringContent(text, Encoding.UTF8, "application/json");

    private static async Task<string> StateAsync(WebRig rig) =>
        (await rig.GetAsync("/api/v1/alarms")).GetProperty("alarms")[0].GetProperty("state").GetString()!;

    [Fact]
    public async Task An_acknowledgment_is_carried_out_and_told()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Ammonia(6);

        var (status, body) = await rig.PostAsync(Ack, new { user = "olga", occurrence = 1 });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("done", body.GetProperty("outcome").GetString());
        Assert.Equal("C", body.GetProperty("event").GetProperty("to").GetString());
        Assert.Equal("olga", body.GetProperty("event").GetProperty("user").GetString());
        Assert.Equal("C", await StateAsync(rig));
    }

    [Fact]
    public async Task An_old_occurrence_is_refused_and_changes_nothing()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Ammonia(6);
        rig.Ammonia(1);
        rig.Ammonia(6);

        var (status, body) = await rig.PostAsync(Ack, new { user = "olga", occurrence = 1 });

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("old occurrence", body.GetProperty("detail").GetString());
        Assert.Equal("B", await StateAsync(rig));
    }

    [Fact]
    public async Task Two_askers_of_one_name_each_get_their_own_outcome()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Ammonia(6);
        Task<HttpResponseMessage> first = rig.Http.PostAsJsonAsync(Ack, new { user = "olga", occurrence = 1 });
        Task<HttpResponseMessage> second = rig.Http.PostAsJsonAsync(Ack, new { user = "olga", occurrence = 1 });
        Task both = Task.WhenAll(first, second);
        while (await Task.WhenAny(both, Task.Delay(1)) != both)
            rig.Scan();

        HttpStatusCode[] statuses = [(await first).StatusCode, (await second).StatusCode];

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], statuses.Order());
    }

    [Theory]
    [InlineData("shelve", """{"user":"olga","reason":"probe cleaned","seconds":60}""", "G")]
    [InlineData("outOfService", """{"user":"olga","reason":"probe removed"}""", "I")]
    [InlineData("suppress", """{"user":"olga"}""", "H")]
    public async Task Marks_can_be_set_and_ended(string act, string body, string state)
    {
        await using WebRig rig = await WebRig.RunningAsync();

        var (status, _) = await rig.PostAsync("/api/v1/alarms/AAH-603/" + act, JsonSerializer.Deserialize<JsonElement>(body));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(state, await StateAsync(rig));
        string end = act switch { "shelve" => "unshelve", "suppress" => "unsuppress", _ => "returnToService" };
        Assert.Equal(HttpStatusCode.OK, (await rig.PostAsync("/api/v1/alarms/AAH-603/" + end, new { user = "olga" })).Status);
        Assert.Equal("A", await StateAsync(rig));
    }

    [Fact]
    public async Task A_shelved_alarm_tells_until_when()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        await rig.PostAsync("/api/v1/alarms/AAH-603/shelve", new { user = "olga", reason = "probe cleaned", seconds = 60 });

        JsonElement alarm = (await rig.GetAsync("/api/v1/alarms")).GetProperty("alarms")[0];

        var until = alarm.GetProperty("shelvedUntil").GetDateTimeOffset();
        Assert.InRange(until.UtcTicks, WebRig.StartUtc + TimeSpan.TicksPerMinute, rig.Now.Utc + TimeSpan.TicksPerMinute);
    }

    [Theory]
    [InlineData("/api/v1/alarms/ABD-601/shelve", """{"user":"olga","reason":"noise","seconds":60}""", "the class of this alarm forbids shelving")]
    [InlineData("/api/v1/alarms/AAH-603/shelve", """{"user":"olga","seconds":60}""", "shelving needs a reason")]
    [InlineData("/api/v1/alarms/AAH-603/shelve", """{"user":"olga","reason":"x","seconds":1e9}""", "longer than this alarm may be shelved")]
    [InlineData("/api/v1/alarms/AAH-603/ack", """{"user":"olga"}""", "there is no alarm")]
    [InlineData("/api/v1/alarms/AAH-603/reset", """{"user":"olga"}""", "there is no alarm")]
    [InlineData("/api/v1/outputs/L1_VLV3_SP", """{"user":"olga","value":101}""", "the value is outside the output's limits")]
    [InlineData("/api/v1/outputs/SPARE_SP", """{"user":"olga","value":1}""", "the output is not armed")]
    public async Task What_the_scan_refuses_is_a_conflict_with_its_reason(string path, string body, string reason)
    {
        await using WebRig rig = await WebRig.RunningAsync();

        var (status, problem) = await rig.PostAsync(path, JsonSerializer.Deserialize<JsonElement>(body));

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal(reason, problem.GetProperty("detail").GetString());
        Assert.True(problem.GetProperty("correlationId").GetInt64() > 0);
    }

    [Theory]
    [InlineData("L1_VLV3_SP")]
    [InlineData("L1_VLV3")]
    public async Task An_output_is_written_and_its_result_told(string name)
    {
        await using WebRig rig = await WebRig.RunningAsync();
        Task<HttpResponseMessage> post = rig.Http.PostAsJsonAsync("/api/v1/outputs/" + name, new { user = "olga", reason = "test", value = 55.5 });
        long seen = 0;
        OutputRequest request;
        while (!rig.Outputs.TryTake(0, ref seen, out request))
        {
            await Task.Delay(1);
            rig.Scan();
        }
        rig.Outputs.Complete(0, new OutputOutcome(request.Sequence, OutputResult.Done, 0, 55.5));
        while (await Task.WhenAny(post, Task.Delay(1)) != post)
            rig.Scan();

        using HttpResponseMessage answer = await post;
        JsonElement body = await WebRig.ReadAsync(answer);

        Assert.Equal(55.5, request.Raw);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("done", body.GetProperty("event").GetProperty("event").GetString());
    }

    [Fact]
    public async Task A_write_that_the_device_did_not_answer_is_a_conflict_with_its_result()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        Task<HttpResponseMessage> post = rig.Http.PostAsJsonAsync("/api/v1/outputs/L1_VLV3_SP", new { user = "olga", value = 50 });
        long seen = 0;
        while (await Task.WhenAny(post, Task.Delay(1)) != post)
        {
            rig.Scan();
            if (rig.Outputs.TryTake(0, ref seen, out OutputRequest request))
                rig.Outputs.Complete(0, new OutputOutcome(request.Sequence, OutputResult.TimedOut, 0, double.NaN));
        }

        using HttpResponseMessage answer = await post;
        JsonElement problem = await WebRig.ReadAsync(answer);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("timed_out", problem.GetProperty("result").GetString());
    }

    [Fact]
    public async Task Without_an_outcome_in_time_the_command_is_pending_and_its_event_can_be_found()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { OutcomeWait = TimeSpan.FromMilliseconds(20) });
        rig.Ammonia(6);

        using HttpResponseMessage answer = await rig.Http.PostAsJsonAsync("/api/v1/outputs/L1_VLV3_SP", new { user = "olga", value = 101 });
        JsonElement body = await WebRig.ReadAsync(answer);
        rig.Scan();

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("pending", body.GetProperty("outcome").GetString());
        JsonElement later = await rig.GetAsync(answer.Headers.Location!.ToString());
        Assert.Contains(later.GetProperty("events").EnumerateArray(), e => e.TryGetProperty("correlation", out JsonElement id) && id.GetInt64() == body.GetProperty("correlationId").GetInt64());
    }

    [Fact]
    public async Task A_full_command_queue_refuses_at_once()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { OutcomeWait = TimeSpan.FromMilliseconds(1) });
        for (int i = 0; i < 4; i++) // the capacity of the rig's queue
            Assert.Equal(HttpStatusCode.Accepted, (await rig.Http.PostAsJsonAsync(Ack, new { user = "olga" })).StatusCode);

        using HttpResponseMessage answer = await rig.Http.PostAsJsonAsync(Ack, new { user = "olga" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(1, rig.Context.Scan.Commands.Refused);
    }

    [Theory]
    [InlineData(RunState.Stop)]
    [InlineData(RunState.Fault)]
    public async Task A_scan_that_has_ended_takes_no_command(RunState state)
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Stop(state);

        using HttpResponseMessage answer = await rig.Http.PostAsJsonAsync(Ack, new { user = "olga" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"user\":\"olga\"} x")]
    [InlineData("{\"user\":7}")]
    [InlineData("{\"user\":\"olga\",\"ocurrence\":1}")]
    [InlineData("{\"user\":\"olga\",\"user\":\"igor\"}")]
    [InlineData("{\"user\":\"olga\",\"occurrence\":1.5}")]
    [InlineData("{\"user\":\"olga\",\"occurrence\":-1}")]
    [InlineData("{\"user\":\"olga\",\"occurrence\":\"1\"}")]
    [InlineData("{\"user\":\"olga\",\"occurrence\":NaN}")]
    [InlineData("{\"user\":\"olga\",\"seconds\":1}")]
    [InlineData("{\"reason\":\"nobody\"}")]
    [InlineData("{\"user\":\"  \"}")]
    [InlineData("{\"user\":\"ol\\nga\"}")]
    [InlineData("{\"user\":\"olga\",\"reason\":\"a\\u0000b\"}")]
    [InlineData("{\"user\":\"0123456789012345678901234567890123456789012345678901234567890123456789\"}")]
    public async Task A_body_that_is_not_as_described_is_refused_and_reaches_nobody(string text)
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Ammonia(6);

        using HttpResponseMessage answer = await rig.Http.PostAsync(Ack, Json(text));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.NotEqual("", (await WebRig.ReadAsync(answer)).GetProperty("detail").GetString());
        Assert.False(rig.Context.Scan.Commands.TryTake(out _));
    }

    [Theory]
    [InlineData("{\"user\":\"olga\"}")]
    [InlineData("{\"user\":\"olga\",\"value\":\"5\"}")]
    [InlineData("{\"user\":\"olga\",\"value\":1e400}")]
    [InlineData("{\"value\":5}")]
    public async Task A_write_that_is_not_as_described_reaches_nobody(string text)
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { OutcomeWait = TimeSpan.FromMilliseconds(1) });

        using HttpResponseMessage answer = await rig.Http.PostAsync("/api/v1/outputs/L1_VLV3_SP", Json(text));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(rig.Context.Scan.Commands.TryTake(out _));
    }

    [Theory]
    [InlineData("/api/v1/alarms/NOPE/ack", "There is no alarm 'NOPE'.")]
    [InlineData("/api/v1/alarms/AAH-603/explode", "There is no act 'explode'; there are ack, outOfService, reset, returnToService, shelve, shelveOnce, suppress, unshelve, unsuppress.")]
    [InlineData("/api/v1/alarms/AAH-603/ACK", null)]
    [InlineData("/api/v1/outputs/NOPE", "There is no output 'NOPE'.")]
    [InlineData("/api/v1/outputs/EFF_AIT_603", "Tag 'EFF_AIT_603' is not an output: it cannot be written.")]
    public async Task What_does_not_exist_is_not_found(string path, string? detail)
    {
        await using WebRig rig = await WebRig.RunningAsync();

        using HttpResponseMessage answer = await rig.Http.PostAsJsonAsync(path, new { user = "olga" });

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        if (detail is not null)
            Assert.Equal(detail, (await WebRig.ReadAsync(answer)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_body_of_another_type_is_refused()
    {
        await using WebRig rig = await WebRig.RunningAsync();

        using HttpResponseMessage answer = await rig.Http.PostAsync(Ack, new StringContent("{\"user\":\"olga\"}", Encoding.UTF8, "text/plain"));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_origin_cannot_command()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Ack) { Content = Json("{\"user\":\"olga\"}") };
        request.Headers.Add("Origin", "http://evil.example");

        using HttpResponseMessage answer = await rig.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task The_page_itself_may_command()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { OutcomeWait = TimeSpan.FromMilliseconds(1) });
        using var request = new HttpRequestMessage(HttpMethod.Post, Ack) { Content = Json("{\"user\":\"olga\"}") };
        request.Headers.Add("Origin", rig.App.Urls.Single());

        using HttpResponseMessage answer = await rig.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("Forwarded", "for=203.0.113.9")]
    [InlineData("Host", "rebound.example:8080")]
    public async Task A_forwarded_command_or_one_to_a_name_needs_a_token(string header, string value)
    {
        string hash = Convert.ToHexString(SHA256.HashData("secret"u8));
        await using WebRig rig = await WebRig.RunningAsync(o => o with { OutcomeWait = TimeSpan.FromMilliseconds(1), TokenSha256 = hash });
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(null));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync("wrong"));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync("secret"));

        async Task<HttpStatusCode> SendAsync(string? token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Ack) { Content = Json("{\"user\":\"olga\"}") };
            request.Headers.TryAddWithoutValidation(header, value);
            if (token is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using HttpResponseMessage answer = await rig.Http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("192.0.2.7", null, false)]
    [InlineData("192.0.2.7", "secret", true)]
    [InlineData("192.0.2.7", "", false)]
    [InlineData("::ffff:127.0.0.1", null, true)]
    [InlineData("::1", null, true)]
    [InlineData("::1", "wrong", false)]
    public void Commands_come_from_this_machine_or_with_the_token(string remote, string? token, bool may)
    {
        var gate = new CommandGate(new WebServerOptions { Url = "", TokenSha256 = Convert.ToHexString(SHA256.HashData("secret"u8)) });
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        http.Request.Host = new HostString("localhost", 8080);
        if (token is not null)
            http.Request.Headers.Authorization = "Bearer " + token;

        Assert.Equal(may, gate.ForAct(http).Refusal is null);
    }

    [Fact]
    public void Without_a_hash_no_token_opens()
    {
        var gate = new CommandGate(new WebServerOptions { Url = "", TokenSha256 = "" });
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
        http.Request.Headers.Authorization = "Bearer ";

        Assert.NotNull(gate.ForAct(http).Refusal);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    public void A_hash_that_is_none_is_refused_at_start(string hash) => Assert.Throws<ArgumentException>(() => new CommandGate(new WebServerOptions { Url = "", TokenSha256 = hash }));
}
