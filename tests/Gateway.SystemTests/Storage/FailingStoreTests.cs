using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Gateway.Storage;
using Gateway.SystemTests.EndToEnd;
using Microsoft.Data.Sqlite;

namespace Gateway.SystemTests.Storage;

/// <summary>The whole gateway while its journal cannot be written: somebody else holds the file.</summary>
public sealed class FailingStoreTests : IDisposable
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), "gateway-fail-" + Guid.NewGuid().ToString("N"));

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_journal_that_cannot_be_written_is_said_control_goes_on_and_it_recovers()
    {
        await using (RunningSite site = await RunningSite.StartAsync(_data))
        {
            using LiveStream stream = await LiveStream.OpenAsync(site.Http);
            await stream.UntilAsync("heartbeat", data => data.GetProperty("runState").GetString() == "Run");
            Assert.DoesNotContain("journal", await ReadyAsync(site), StringComparison.Ordinal);
            using (var other = new SqliteConnection($"Data Source={Path.Combine(_data, "journal.db")};Pooling=False"))
            {
                other.Open();
                using SqliteTransaction held = other.BeginTransaction(deferred: false);
                site.Plant.Station.Use(plant =>
                {
                    plant.Process.Air.Blowers[1].Trip();
                    return true;
                });
                JsonElement raised = await stream.UntilAsync("event", data => IsOn(data));
                await UntilAsync(async () => (await ReadyAsync(site)).Contains("the journal is failed", StringComparison.Ordinal));
                var (status, answer) = await site.PostAsync("/api/v1/alarms/BL2_FAULT/ack", new { user = "olga", occurrence = raised.GetProperty("occurrence").GetInt32() });
                Assert.Equal(HttpStatusCode.OK, status);
                Assert.False(answer.GetProperty("durable").GetBoolean());
            }
            await UntilAsync(async () => !(await ReadyAsync(site)).Contains("the journal is", StringComparison.Ordinal));
            await stream.UntilAsync("event", data => data.GetProperty("kind").GetString() == "system" && data.GetProperty("event").GetString() == "storeState" && data.GetProperty("to").GetString() == "Durable");
            Assert.Contains("gateway_store_lag_seconds{store=\"journal\"} 0", await UntilNoLagAsync(site), StringComparison.Ordinal);
            Assert.Equal(0, site.Context.Scan.Events.Lost);
        }
        JournalRow[] acts = [.. JournalReader.ReadNewest(_data, 1000).Where(r => r.Subject.Id == "BL2_FAULT")];
        Assert.Contains(acts, r => r.Item.User == "olga" && r.Item.Accepted);
        Assert.Empty(JournalCheck.Run(_data).Faults);

        static bool IsOn(JsonElement data) =>
            data.GetProperty("kind").GetString() == "alarm" && data.GetProperty("id").GetString() == "BL2_FAULT" && data.GetProperty("event").GetString() == "ON";
    }

    private static async Task<string> ReadyAsync(RunningSite site)
    {
        using HttpResponseMessage answer = await site.Http.GetAsync("/health/ready");
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<string> UntilNoLagAsync(RunningSite site)
    {
        string text = "";
        await UntilAsync(async () => (text = await site.Http.GetStringAsync("/metrics")).Contains("gateway_store_lag_seconds{store=\"journal\"} 0\n", StringComparison.Ordinal));
        return text;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(25), "did not happen within 25 s");
            await Task.Delay(20);
        }
    }
}
