using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Runtime.Events;
using Gateway.Tests.Web;
using Gateway.Users;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Users;

/// <summary>The real web server with accounts: who may act, and that each attempt is told to the journal.</summary>
public sealed class RightsOverHttpTests : IDisposable
{
    private const string Ack = "/api/v1/alarms/AAH-603/ack";

    private readonly AccountRig _files = new(AccountRig.Make("olga", Role.Operator), AccountRig.Make("vera", Role.Viewer), AccountRig.Make("far", Role.Operator, "nowhere"));
    private readonly AccountRig.Clock _clock = new();
    private readonly AccountDirectory _accounts;

    public RightsOverHttpTests() => _accounts = new AccountDirectory(_files.Folder, _clock, NullLogger.Instance);

    public void Dispose()
    {
        _accounts.Dispose();
        _files.Dispose();
    }

    private Task<WebRig> RigAsync() => WebRig.RunningAsync(o => o with { Accounts = _accounts });

    private static async Task<HttpStatusCode> SignInAsync(WebRig rig, string user, string password = AccountRig.Password)
    {
        var (status, body) = await rig.PostAsync("/api/v1/session", new { user, password });
        rig.Http.DefaultRequestHeaders.Remove("X-CSRF-Token");
        if (status == HttpStatusCode.OK)
            rig.Http.DefaultRequestHeaders.Add("X-CSRF-Token", body.GetProperty("csrfToken").GetString());
        return status;
    }

    private static List<(string User, bool Accepted, string? Reason)> Commands(WebRig rig)
    {
        rig.Scan();
        var events = new ScanEvent[256];
        int count = rig.Context.Events.CopyAfter(0, events);
        return [.. events.Take(count).Where(e => e.Kind == EventKind.Command).Select(e => (e.User!, e.Accepted, e.Reason))];
    }

    [Fact]
    public async Task Who_signed_in_acts_under_the_name_of_the_account_whatever_the_body_says()
    {
        await using WebRig rig = await RigAsync();
        rig.Ammonia(6);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.PostAsync(Ack, new { user = "olga" })).Status);
        Assert.Equal(HttpStatusCode.OK, await SignInAsync(rig, "olga"));

        var (status, body) = await rig.PostAsync(Ack, new { user = "somebody else" });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("olga", body.GetProperty("event").GetProperty("user").GetString());
        Assert.Equal([("olga", true, "operator, from 127.0.0.1")], Commands(rig));
        JsonElement session = await rig.GetAsync("/api/v1/session");
        Assert.Equal("operator", session.GetProperty("role").GetString());
    }

    [Fact]
    public async Task An_act_without_the_token_of_the_session_is_refused()
    {
        await using WebRig rig = await RigAsync();
        rig.Ammonia(6);
        await SignInAsync(rig, "olga");
        rig.Http.DefaultRequestHeaders.Remove("X-CSRF-Token");
        Assert.Equal(HttpStatusCode.Forbidden, (await rig.PostAsync(Ack, new { })).Status);
        rig.Http.DefaultRequestHeaders.Add("X-CSRF-Token", "guess");
        Assert.Equal(HttpStatusCode.Forbidden, (await rig.PostAsync(Ack, new { })).Status);
        Assert.Equal("B", (await rig.GetAsync("/api/v1/alarms")).GetProperty("alarms")[0].GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("vera", "AAH-603: 'vera' is viewer; this needs operator")]
    [InlineData("far", "AAH-603: 'far' may act in nowhere only, not in 'effluent'")]
    public async Task What_is_not_ones_right_is_refused_and_told_to_the_journal(string user, string told)
    {
        await using WebRig rig = await RigAsync();
        rig.Ammonia(6);
        await SignInAsync(rig, user);

        var (status, _) = await rig.PostAsync(Ack, new { });

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains((user, false, told), Commands(rig));
    }

    [Fact]
    public async Task A_wrong_password_says_little_to_the_asker_and_all_to_the_journal()
    {
        await using WebRig rig = await RigAsync();
        var (status, wrong) = await rig.PostAsync("/api/v1/session", new { user = "olga", password = "not the password" });
        var (_, unknown) = await rig.PostAsync("/api/v1/session", new { user = "nobody", password = "not the password" });

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal(wrong.GetProperty("detail").GetString(), unknown.GetProperty("detail").GetString());
        Assert.Equal([("olga", false, "from 127.0.0.1: wrong password"), ("nobody", false, "from 127.0.0.1: no such account")], Commands(rig));
    }

    [Fact]
    public async Task The_cookie_is_kept_from_scripts_and_other_sites_and_ends_with_the_session()
    {
        await using WebRig rig = await RigAsync();
        using HttpResponseMessage answer = await rig.Http.PostAsJsonAsync("/api/v1/session", new { user = "olga", password = AccountRig.Password });
        string cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        rig.Http.DefaultRequestHeaders.Add("X-CSRF-Token", (await WebRig.ReadAsync(answer)).GetProperty("csrfToken").GetString());

        using HttpResponseMessage end = await rig.Http.DeleteAsync("/api/v1/session");

        Assert.Equal(HttpStatusCode.OK, end.StatusCode);
        rig.Ammonia(6);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.PostAsync(Ack, new { })).Status);
    }

    [Fact]
    public async Task A_token_acts_within_its_scopes_until_it_expires()
    {
        const string token = "gw_00000001_secret";
        _files.Save(book => book with { Tokens = [new ApiToken { Id = "00000001", Account = "olga", Sha256 = AccountDirectory.HashOf(token), Scopes = Scopes.Read | Scopes.Alarms, Expires = _clock.GetUtcNow().AddDays(1) }] });
        _clock.Pass(TimeSpan.FromSeconds(2));
        await using WebRig rig = await RigAsync();
        rig.Ammonia(6);
        rig.Http.DefaultRequestHeaders.Add("Authorization", "Bearer " + token);

        Assert.Equal(HttpStatusCode.OK, (await rig.PostAsync(Ack, new { })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await rig.PostAsync("/api/v1/outputs/L1_VLV3_SP", new { value = 50 })).Status);
        _clock.Pass(TimeSpan.FromDays(1));
        rig.Ammonia(1);
        rig.Ammonia(6);
        Assert.Equal(HttpStatusCode.Forbidden, (await rig.PostAsync(Ack, new { })).Status);
    }

    [Fact]
    public async Task Reading_can_be_kept_to_accounts()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { Accounts = _accounts, ReadingNeedsAccount = true });
        foreach (string path in new[] { "/api/v1/tags", "/metrics", "/api/v1/events" })
            using (HttpResponseMessage answer = await rig.Http.GetAsync(path))
                Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        foreach (string path in new[] { "/", "/health/live", "/api/v1/session" })
            using (HttpResponseMessage answer = await rig.Http.GetAsync(path))
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        await SignInAsync(rig, "vera");

        using HttpResponseMessage now = await rig.Http.GetAsync("/api/v1/tags");
        Assert.Equal(HttpStatusCode.OK, now.StatusCode);
    }

    [Fact]
    public async Task A_site_can_refuse_its_own_machine_without_an_account()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { LocalCommands = false });
        rig.Ammonia(6);

        Assert.Equal(HttpStatusCode.Forbidden, (await rig.PostAsync(Ack, new { user = "olga" })).Status);
    }

    [Fact]
    public async Task Metrics_count_attempts_and_say_while_nobody_needs_an_account()
    {
        await using (WebRig rig = await RigAsync())
        {
            await SignInAsync(rig, "olga", "not the password");
            await SignInAsync(rig, "nobody");
            await SignInAsync(rig, "olga");
            string metrics = await rig.Http.GetStringAsync("/metrics");
            Assert.Contains("gateway_sign_ins_total{result=\"refused\"} 2\n", metrics, StringComparison.Ordinal);
            Assert.Contains("gateway_sign_ins_total{result=\"accepted\"} 1\n", metrics, StringComparison.Ordinal);
            Assert.Contains("gateway_commands_without_account 0\n", metrics, StringComparison.Ordinal);
        }
        await using WebRig open = await WebRig.RunningAsync();
        Assert.Contains("gateway_commands_without_account 1\n", await open.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
        await using WebRig closed = await WebRig.RunningAsync(o => o with { LocalCommands = false });
        Assert.Contains("gateway_commands_without_account 0\n", await closed.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }
}
