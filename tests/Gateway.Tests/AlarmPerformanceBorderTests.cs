using System.Globalization;
using System.Text.Json;
using Gateway.Cli;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Events;
using Gateway.Runtime.Tags;
using Gateway.Storage;
using Gateway.Tests.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests;

/// <summary>A journal of alarms, asked by the verb, the API and the metrics; the figures are counted by hand.</summary>
[Collection("console")]
public sealed class AlarmPerformanceBorderTests : IDisposable
{
    private static readonly DateTime s_month = new(2024, 2, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly string _data = Directory.CreateTempSubdirectory("gateway-alarms-").FullName;
    private long _sequence;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void The_report_of_a_month_is_text_and_json()
    {
        Store(Flood(s_month.AddDays(2)));
        (int code, string text, string error) = Run("2024-02", json: false);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("Alarms of 2024-02 (UTC), annunciations 12\n", text, StringComparison.Ordinal);
        Assert.Matches(@"most in 10 minutes +12   at most 10: NOT MET\n", text);
        Assert.Matches(@"per hour +0\.02   about 6, at most 12\n", text);
        Assert.Contains("chattering: AAH-603\n", text, StringComparison.Ordinal);

        JsonElement json = JsonDocument.Parse(Run("2024-02", json: true).Printed).RootElement;
        Assert.Equal(12, json.GetProperty("annunciations").GetInt32());
        Assert.Equal((1.0, true), Figure(json, "floods"));
        Assert.Equal((1 / 4176.0, true), Figure(json, "share_of_time_in_flood"));
        Assert.Equal((1.0, false), Figure(json, "chattering"));
        Assert.Equal((1.0, false), Figure(json, "share_of_priority_1"));
        Assert.Equal(12, json.GetProperty("topTen")[0].GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("2024-13", "GW6601")]
    [InlineData("last", "GW6601")]
    public void A_month_that_is_none_is_an_error(string month, string code)
    {
        (int exit, string printed, string error) = Run(month, json: false);
        Assert.Equal((1, ""), (exit, printed));
        Assert.Contains(code, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_journal_is_an_error()
    {
        (int exit, _, string error) = Run("2024-02", json: false);
        Assert.Equal(1, exit);
        Assert.Contains("GW6406", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_and_metrics_tell_the_last_30_days_and_a_restart_changes_nothing()
    {
        Store(Flood(WebRigStart.AddDays(-2)));
        Store([.. Flood(WebRigStart.AddDays(-40)), One(WebRigStart.AddDays(-39), AlarmEventCode.On, AlarmState.Normal, AlarmState.Unacknowledged, subject: 1)]);
        await using WebRig rig = await WebRig.RunningAsync(data: _data);
        rig.Context.AlarmFigures!.Update();

        JsonElement answer = await rig.GetAsync("/api/v1/alarms/performance");
        Assert.Equal(12, answer.GetProperty("annunciations").GetInt32());
        Assert.Equal("ABD-601", answer.GetProperty("stale")[0].GetString()); // came before the period and never went
        string metrics = await rig.Http.GetStringAsync("/metrics");
        Assert.Contains("gateway_alarm_performance{figure=\"most_in_10_minutes\"} 12\n", metrics, StringComparison.Ordinal);
        Assert.Contains("gateway_alarm_performance_target{figure=\"per_day\"} 288\n", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("gateway_alarm_performance_target{figure=\"floods\"}", metrics, StringComparison.Ordinal);
        JsonElement document = await rig.GetAsync("/openapi/v1.json");
        Assert.Empty(SchemaCheck.Faults(document, SchemaCheck.Resolve(document, "#/components/schemas/AlarmPerformance"), answer));

        await using WebRig again = await WebRig.RunningAsync(data: _data);
        again.Context.AlarmFigures!.Update();
        Assert.Equal(answer.GetProperty("figures").GetRawText(), (await again.GetAsync("/api/v1/alarms/performance")).GetProperty("figures").GetRawText());

        // What comes later is added; what is older than 30 days goes.
        Store([One(WebRigStart.AddMinutes(1), AlarmEventCode.Off, AlarmState.Unacknowledged, AlarmState.ReturnedUnacknowledged, subject: 1)]);
        again.Pass(TimeSpan.FromDays(28.5));
        again.Context.AlarmFigures.Update();
        JsonElement later = await again.GetAsync("/api/v1/alarms/performance");
        Assert.Equal(0, later.GetProperty("annunciations").GetInt32());
        Assert.Empty(later.GetProperty("stale").EnumerateArray());
    }

    [Fact]
    public async Task Without_a_journal_there_are_no_figures()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        Assert.Equal(404, (int)(await rig.AnswerAsync("/api/v1/alarms/performance")).Status);
        Assert.DoesNotContain("gateway_alarm_performance{", await rig.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    private static DateTime WebRigStart => new(WebRig.StartUtc, DateTimeKind.Utc);

    private static (double Value, bool IsMet) Figure(JsonElement json, string name)
    {
        JsonElement figure = json.GetProperty("figures").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);
        return (figure.GetProperty("value").GetDouble(), figure.GetProperty("met").GetBoolean());
    }

    /// <summary>12 annunciations in four minutes: one flood of one period, and the alarm chatters.</summary>
    private static IEnumerable<ScanEvent> Flood(DateTime begin)
    {
        for (int i = 0; i < 12; i++)
        {
            yield return One(begin.AddSeconds(20 * i), AlarmEventCode.On, AlarmState.Normal, AlarmState.Unacknowledged);
            yield return One(begin.AddSeconds(20 * i + 2), AlarmEventCode.Ack, AlarmState.Unacknowledged, AlarmState.Acknowledged);
            yield return One(begin.AddSeconds(20 * i + 15), AlarmEventCode.Off, AlarmState.Acknowledged, AlarmState.Normal);
        }
    }

    private static ScanEvent One(DateTime at, AlarmEventCode code, AlarmState from, AlarmState to, int subject = 0) => new()
    {
        Kind = EventKind.Alarm, Subject = subject, Utc = at.Ticks, Code = (int)code, From = (int)from, To = (int)to, Accepted = true, Quality = Quality.Good,
    };

    private void Store(IEnumerable<ScanEvent> events)
    {
        using Journal journal = Journal.Open(_data, TinyPlant.Site.Plant, "test", new JournalOptions { ReserveBytes = 0 }, TimeProvider.System, NullLogger.Instance);
        var pending = new PendingRows(1000);
        foreach (ScanEvent item in events)
            pending.Add(item with { Sequence = ++_sequence });
        Assert.True(journal.TryCommit(pending, null, false));
    }

    private (int Code, string Printed, string Error) Run(string month, bool json)
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        using StringWriter printed = new(CultureInfo.InvariantCulture), said = new(CultureInfo.InvariantCulture);
        try
        {
            Console.SetOut(printed);
            Console.SetError(said);
            return (AlarmsVerb.Report(_data, month, json), printed.ToString(), said.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
