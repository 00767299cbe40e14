using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Events;
using Gateway.Storage;
using Gateway.Storage.History;
using Gateway.SystemTests.Support;
using Xunit.Abstractions;

namespace Gateway.SystemTests.Storage;

/// <summary>
/// kill -9 of the real program, again and again on the same data folder, at random and at aimed moments. Whatever was
/// shown before must be in the journal after: <see cref="KilledSite"/> is the witness.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    /// <summary>Moments that are aimed at.</summary>
    private enum Aim
    {
        StartUp,
        CommandSent,
        CommandAnswered,
        EventShown,
        LogWritten,
        SampleWritten,
        Stopping,
        Any,
    }

    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("GATEWAY_KILL_SECONDS") ?? "40", CultureInfo.InvariantCulture));

    // A long run has a number for each aim and one for kills at random instead of a time.
    private static readonly int s_aimed = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_KILLS_AIMED") ?? "0", CultureInfo.InvariantCulture);
    private static readonly int s_random = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_KILLS_RANDOM") ?? "0", CultureInfo.InvariantCulture);

    private TimeSpan _slowest;

    [Fact]
    public async Task Nothing_that_was_shown_is_lost_over_kills_at_any_moment()
    {
        await using KilledSite site = await KilledSite.StartAsync();
        var random = new Random(20260301);
        var clock = Stopwatch.StartNew();
        int kills = 0;
        const int aims = (int)Aim.Any;
        int planned = s_aimed * aims + s_random;
        while (planned > 0 ? kills < planned : clock.Elapsed < s_budget || kills <= aims)
        {
            Aim aim = planned > 0 && kills >= s_aimed * aims ? Aim.Any : (Aim)(kills % (planned > 0 ? aims : aims + 1));
            using GatewayProcess gateway = site.StartGateway();
            await LiveAsync(site, gateway, aim, random);
            gateway.Kill();
            kills++;
            IReadOnlyList<string> faults = Faults(site);
            Assert.True(faults.Count == 0, $"after kill {kills}: {string.Join("; ", faults)}\n{gateway.Log}");
        }
        await AssertAllIsThereAsync(site, kills);
        output.WriteLine($"{kills} kills in {clock.Elapsed.TotalSeconds:F0} s, {site.Shown.Count} events shown, slowest start {_slowest.TotalSeconds:F1} s to first values");
    }

    private static IReadOnlyList<string> Faults(KilledSite site)
    {
        try
        {
            return [.. JournalCheck.Run(site.Data).Faults, .. HistoryCheck.Run(site.Data).Faults];
        }
        catch (StoreException) when (site.Shown.Count == 0)
        {
            // Killed before the first file had its tables: nothing was promised.
            return [];
        }
    }

    /// <summary>One life of the gateway, up to the moment it is killed at.</summary>
    private async Task LiveAsync(KilledSite site, GatewayProcess gateway, Aim aim, Random random)
    {
        if (aim == Aim.StartUp)
        {
            // From before its first file is open until it polls.
            await Task.Delay(random.Next(50, 900));
            return;
        }
        using var http = new HttpClient { BaseAddress = await gateway.UrlAsync() };
        using Watcher watcher = await Watcher.OpenAsync(site, http);
        await watcher.Running.WaitAsync(TimeSpan.FromSeconds(30));
        if (gateway.Clock.Elapsed > _slowest)
            _slowest = gateway.Clock.Elapsed;
        Assert.True(gateway.Clock.Elapsed < TimeSpan.FromSeconds(5), $"first values after {gateway.Clock.Elapsed}\n{gateway.Log}");
        site.Blower(tripped: random.Next(2) == 0);
        await Task.Delay(random.Next(0, 300));
        await StrikeAsync(site, gateway, http, watcher, aim, random);
        gateway.Kill();
        await watcher.Ended.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static async Task StrikeAsync(KilledSite site, GatewayProcess gateway, HttpClient http, Watcher watcher, Aim aim, Random random)
    {
        switch (aim)
        {
            case Aim.CommandSent:
                Task<bool> sent = site.PostAsync(http, "/api/v1/alarms/BL2_FAULT/ack", new { user = "olga" });
                await Task.Delay(random.Next(0, 120));
                gateway.Kill();
                await sent;
                break;
            case Aim.CommandAnswered:
                await site.PostAsync(http, "/api/v1/alarms/BL2_FAULT/ack", new { user = "olga" });
                Assert.True(await site.PostAsync(http, "/api/v1/alarms/L3_IO_LOST/shelve", new { user = "olga", seconds = 600, reason = "test" }), gateway.Log);
                break;
            case Aim.EventShown:
                site.Blower(tripped: random.Next(2) == 0);
                await Task.WhenAny(watcher.NextEvent, Task.Delay(1500));
                break;
            case Aim.LogWritten:
                await WrittenAsync(site, "journal.db-wal", random);
                break;
            case Aim.SampleWritten:
                await WrittenAsync(site, "history-open-*.log", random);
                break;
            case Aim.Stopping:
                gateway.Terminate();
                await Task.Delay(random.Next(0, 400));
                break;
            default:
                await Task.Delay(random.Next(0, 700));
                break;
        }
    }

    /// <summary>Waits until a file grows: the next moment is in or just after a commit.</summary>
    private static async Task WrittenAsync(KilledSite site, string file, Random random)
    {
        using var files = new FileSystemWatcher(site.Data, file) { NotifyFilter = NotifyFilters.Size | NotifyFilters.LastWrite };
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        files.Changed += (_, _) => written.TrySetResult();
        files.EnableRaisingEvents = true;
        site.Blower(tripped: random.Next(2) == 0);
        await Task.WhenAny(written.Task, Task.Delay(1500));
    }

    private static async Task AssertAllIsThereAsync(KilledSite site, int kills)
    {
        Dictionary<long, JournalRow> rows = [];
        while (JournalReader.ReadAfter(site.Data, rows.Count, long.MaxValue, JournalReader.MaxRows) is { Count: > 0 } page)
            foreach (JournalRow row in page)
                rows.Add(row.Item.Sequence, row);
        Assert.Equal(rows.Count, rows.Keys.Max()); // numbers from 1 without a gap
        Assert.True(site.Shown.Count > 100, $"{site.Shown.Count} events shown in {kills} lives");
        foreach (var (sequence, text) in site.Shown)
            Assert.Equal(text, Json(rows[sequence]));
        foreach (var alarm in rows.Values.Where(r => r.Item.Kind == EventKind.Alarm).GroupBy(r => r.Subject.Id))
        {
            int[] occurrences = [.. alarm.Where(r => r.Item.From != r.Item.To && r.Item.To == (int)AlarmState.Unacknowledged && r.Item.Code != (int)AlarmEventCode.ReAlarm).OrderBy(r => r.Item.Sequence).Select(r => r.Item.Occurrence)];
            Assert.Equal(Enumerable.Range(1, occurrences.Length), occurrences);
        }
        // A last start shows the states that the journal says, and ends in order.
        using GatewayProcess gateway = site.StartGateway();
        using var http = new HttpClient { BaseAddress = await gateway.UrlAsync() };
        using (Watcher watcher = await Watcher.OpenAsync(site, http))
            await watcher.Running.WaitAsync(TimeSpan.FromSeconds(30));
        await AssertShownAgainAsync(site, http);
        JsonElement shelved = JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync("/api/v1/alarms")).GetProperty("alarms")
            .EnumerateArray().Single(a => a.GetProperty("id").GetString() == "L3_IO_LOST");
        Assert.Equal("G", shelved.GetProperty("state").GetString());
        Assert.Equal(0, gateway.Stop());
        Assert.Empty(JournalCheck.Run(site.Data).Faults);
    }

    /// <summary>The API gives old events page by page from the journal, as they were shown.</summary>
    private static async Task AssertShownAgainAsync(KilledSite site, HttpClient http)
    {
        var again = new Dictionary<long, string>();
        for (long after = 0, last = 1; after < last;)
        {
            JsonElement page = JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync($"/api/v1/events?after={after}"));
            Assert.False(page.GetProperty("gap").GetBoolean());
            foreach (JsonElement item in page.GetProperty("events").EnumerateArray())
                again.Add(item.GetProperty("sequence").GetInt64(), item.GetRawText());
            (after, last) = (page.GetProperty("next").GetInt64(), page.GetProperty("last").GetInt64());
        }
        Assert.True(again.Count > 1000, "the journal must have more than memory has after a start");
        foreach (var (sequence, text) in site.Shown)
            Assert.Equal(text, again[sequence]);
    }

    private static string Json(in JournalRow row)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
            EventJson.Write(json, row.Item, row.Subject);
        return Encoding.UTF8.GetString(memory.ToArray());
    }
}
