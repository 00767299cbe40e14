using System.Globalization;
using System.Text.Json;
using Gateway.Cli;
using Gateway.Runtime.Scan;
using Gateway.Storage;
using Gateway.Storage.History;
using Gateway.Tests.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests;

/// <summary><c>history</c> and <c>/api/v1/history</c> from outside, against the list of what was stored.</summary>
[Collection("console")]
public sealed class HistoryVerbTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(WebRig.StartUtc - 2 * TimeSpan.TicksPerHour, TimeSpan.Zero);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-history-");
    private readonly Clock _clock = new() { Utc = s_start.UtcTicks };
    private readonly List<(DateTimeOffset Time, double Value)> _given = [];

    private string Data => Path.Combine(_folder.FullName, "data");

    public void Dispose() => _folder.Delete(recursive: true);

    private HistoryStore NewStore() => new(Data, HistoryStore.TagsOf(TinyPlant.Site.Plant), new HistoryOptions { MinFreeBytes = 0 }, _clock, NullLogger.Instance);

    private void Feed(HistoryStore store, int minutes)
    {
        for (int i = 0; i < minutes * 6; i++, _clock.Utc += 10 * TimeSpan.TicksPerSecond)
        {
            double value = Math.Round(i % 50 / 7.0, 2);
            Assert.True(store.TryAdd([new HistorySample { Tag = TinyPlant.Ammonia, Utc = _clock.Utc, Value = value, Quality = i % 60 == 59 ? 0x80000000 : 0 }], _clock.Utc));
            if (i % 60 != 59)
                _given.Add((new DateTimeOffset(_clock.Utc, TimeSpan.Zero), value));
        }
    }

    [Fact]
    public void An_export_holds_what_was_stored_and_a_replay_can_read_it()
    {
        using (HistoryStore store = NewStore())
            Feed(store, 90);
        string file = Path.Combine(_folder.FullName, "out.csv");
        (int code, _, string error) = Run(() => HistoryExport.Run(Data, ["EFF_AIT_603"], s_start, s_start.AddDays(1), "raw", file));
        Assert.Equal((0, ""), (code, error));
        string[] lines = File.ReadAllLines(file);
        Assert.Equal("time,tag,value,quality", lines[0]);
        var good = lines.Skip(1).Select(line => line.Split(',')).Where(cells => cells[3] == "Good").Select(cells => (DateTimeOffset.Parse(cells[0], CultureInfo.InvariantCulture), double.Parse(cells[2], CultureInfo.InvariantCulture)));
        Assert.Equal(_given, good);
        Assert.Contains(lines, line => line.EndsWith(",Bad", StringComparison.Ordinal));

        (code, string printed, _) = Run(() => HistoryExport.Run(Data, [], s_start, s_start.AddHours(1).AddTicks(-1), "hour", null));
        Assert.Equal(0, code);
        string[] hour = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(("time,tag,mean,minimum,maximum,coverage", 2), (hour[0].Trim(), hour.Length));
        Assert.Equal(["EFF_AIT_603", "0", "7"], [.. hour[1].Split(',')[1..2], .. hour[1].Split(',')[3..5]]);
    }

    [Theory]
    [InlineData("NOPE", "out.csv", "GW6410")]
    [InlineData("EFF_AIT_603", "no/such/folder.csv", "GW6411")]
    public void What_cannot_be_exported_is_an_error(string tag, string file, string said)
    {
        using (HistoryStore store = NewStore())
            Feed(store, 61);
        (int code, _, string error) = Run(() => HistoryExport.Run(Data, [tag], s_start, s_start.AddDays(1), "raw", Path.Combine(_folder.FullName, file)));
        Assert.Equal(1, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_api_gives_closed_and_open_hours_as_one()
    {
        using HistoryStore store = NewStore();
        Feed(store, 90);
        await using WebRig rig = await WebRig.RunningAsync(history: store);
        string range = $"tag=EFF_AIT_603&from={s_start:yyyy-MM-dd'T'HH:mm:ss'Z'}&to={s_start.AddMinutes(90):yyyy-MM-dd'T'HH:mm:ss'Z'}";
        JsonElement raw = await rig.GetAsync("/api/v1/history?" + range);
        Assert.False(raw.GetProperty("cut").GetBoolean());
        var samples = raw.GetProperty("samples").EnumerateArray().Where(one => one.GetProperty("quality").GetString() == "Good").Select(one => (one.GetProperty("time").GetDateTimeOffset(), one.GetProperty("value").GetDouble()));
        Assert.Equal(_given, samples);

        JsonElement minutes = await rig.GetAsync("/api/v1/history?step=minute&" + range);
        Assert.Equal(89, minutes.GetProperty("samples").GetArrayLength()); // the running minute is not over
        // By hand: the first minute holds 0/7, 1/7 … 5/7, ten seconds each.
        Assert.Equal(new[] { 0, 0.14, 0.29, 0.43, 0.57, 0.71 }.Average(), minutes.GetProperty("samples")[0].GetProperty("mean").GetDouble(), 5);
        JsonElement hours = await rig.GetAsync("/api/v1/history?step=hour&" + range);
        Assert.Equal([7.0, 7.0], hours.GetProperty("samples").EnumerateArray().Select(one => one.GetProperty("maximum").GetDouble()));
        foreach (string bad in new[] { "from=2024-01-01&to=2024-01-02", "tag=EFF_AIT_603&from=x&to=y", range.Replace("from=2", "from=9", StringComparison.Ordinal), range + "&step=year" })
            Assert.Equal(400, (int)(await rig.AnswerAsync("/api/v1/history?" + bad)).Status);
    }

    [Fact]
    public async Task Without_a_history_the_api_says_so()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        Assert.Equal(404, (int)(await rig.AnswerAsync("/api/v1/history?tag=EFF_AIT_603&from=2024-01-01&to=2024-01-02")).Status);
    }

    [Fact]
    public void Verify_backup_and_restore_by_their_verbs()
    {
        using (Journal.Open(Data, TinyPlant.Site.Plant, "test", new JournalOptions { ReserveBytes = 0 }, TimeProvider.System, NullLogger.Instance))
        {
        }
        using (HistoryStore store = NewStore())
            Feed(store, 90);
        string copy = Path.Combine(_folder.FullName, "copy"), target = Path.Combine(_folder.FullName, "target");
        (int code, string printed, string error) = Run(() => HistoryBackup.Backup(Data, copy));
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("no errors", printed, StringComparison.Ordinal);
        Assert.Equal(1, Run(() => HistoryBackup.Backup(Data, copy)).Code);
        Assert.Equal(1, Run(() => HistoryBackup.Restore(copy, Data)).Code);
        Assert.Equal(0, Run(() => HistoryBackup.Restore(copy, target)).Code);
        JsonElement found = JsonDocument.Parse(Run(() => HistoryVerb.Verify(target, json: true)).Printed).RootElement;
        Assert.True(found.GetProperty("valid").GetBoolean());
        Assert.Equal(1, found.GetProperty("months").GetInt32());
        Assert.True(found.GetProperty("samples").GetInt64() > 300);

        string month = Directory.GetFiles(target, "history-2024-*.db").Single();
        byte[] bytes = File.ReadAllBytes(month);
        bytes[Array.FindLastIndex(bytes, one => one != 0) - 20] ^= 8;
        File.WriteAllBytes(month, bytes);
        (code, _, error) = Run(() => HistoryVerb.Verify(target, json: false));
        Assert.Equal(1, code);
        Assert.Contains("GW6407", error, StringComparison.Ordinal);
    }

    private static (int Code, string Printed, string Error) Run(Func<int> verb)
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        using StringWriter printed = new(CultureInfo.InvariantCulture), said = new(CultureInfo.InvariantCulture);
        try
        {
            Console.SetOut(printed);
            Console.SetError(said);
            return (verb(), printed.ToString(), said.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }

    private sealed class Clock : TimeProvider
    {
        public long Utc { get; set; }

        public override DateTimeOffset GetUtcNow() => new(Utc, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Utc;
    }
}
