using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Gateway.Tests.Web;

/// <summary>The stream of server-sent events.</summary>
public sealed class StreamTests
{
    private const string Path = "/api/v1/stream";

    private static IEnumerable<string?> Names(JsonElement list, string of, string key) => list.GetProperty(of).EnumerateArray().Select(e => e.GetProperty(key).GetString());

    [Fact]
    public async Task It_begins_with_a_heartbeat_and_with_everything()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        using SseReader stream = await SseReader.OpenAsync(rig.Http, Path);

        SseEvent beat = (await stream.NextAsync())!, tags = (await stream.NextAsync())!, alarms = (await stream.NextAsync())!;

        Assert.Equal(["heartbeat", "tags", "alarms"], new[] { beat.Name, tags.Name, alarms.Name });
        Assert.Equal("Run", beat.Data.GetProperty("runState").GetString());
        Assert.True(tags.Data.GetProperty("full").GetBoolean());
        Assert.Equal(5, tags.Data.GetProperty("tags").GetArrayLength());
        Assert.Equal(2, alarms.Data.GetProperty("alarms").GetArrayLength());
    }

    [Fact]
    public async Task Then_it_sends_what_changed_and_nothing_else()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { StreamPeriod = TimeSpan.FromMilliseconds(20) });
        using SseReader stream = await SseReader.OpenAsync(rig.Http, Path);
        await stream.UntilAsync("tags");

        rig.Scan(TinyPlant.Valve, 41);
        SseEvent change = await stream.UntilAsync("tags");

        Assert.False(change.Data.GetProperty("full").GetBoolean());
        Assert.Equal(["L1_VLV3"], Names(change.Data, "tags", "name"));
        Assert.Equal(41, change.Data.GetProperty("tags")[0].GetProperty("value").GetDouble());
    }

    [Fact]
    public async Task A_value_that_becomes_bad_is_a_change_without_a_value()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { StreamPeriod = TimeSpan.FromMilliseconds(20) });
        using SseReader stream = await SseReader.OpenAsync(rig.Http, Path);
        await stream.UntilAsync("tags");

        rig.Scan(TinyPlant.Valve, 40, Runtime.Tags.Quality.BadTimeout);
        JsonElement tag = (await stream.UntilAsync("tags")).Data.GetProperty("tags")[0];

        Assert.Equal(JsonValueKind.Null, tag.GetProperty("value").ValueKind);
        Assert.Equal("bad", tag.GetProperty("level").GetString());
    }

    [Fact]
    public async Task Values_come_at_most_once_per_period_but_events_at_once()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { StreamPeriod = TimeSpan.FromMinutes(10) });
        using SseReader stream = await SseReader.OpenAsync(rig.Http, Path);
        await stream.UntilAsync("alarms");

        for (int i = 0; i < 50; i++)
            rig.Scan(TinyPlant.Valve, i);
        rig.Ammonia(6);

        SseEvent item = (await stream.NextAsync())!;
        while (item.Name == "event" && item.Data.GetProperty("kind").GetString() != "alarm")
            item = (await stream.NextAsync())!;
        SseEvent alarms = await stream.UntilAsync("alarms");

        Assert.Equal("event", item.Name); // no "tags" came before it
        Assert.Equal("B", item.Data.GetProperty("to").GetString());
        Assert.Equal(["AAH-603"], Names(alarms.Data, "alarms", "id"));
        Assert.Equal("B", alarms.Data.GetProperty("alarms")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Heartbeats_come_when_nothing_else_does()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { StreamPeriod = TimeSpan.FromMilliseconds(10) });
        using SseReader stream = await SseReader.OpenAsync(rig.Http, Path);
        await stream.UntilAsync("alarms");

        for (int i = 0; i < 3; i++)
            Assert.Equal("heartbeat", (await stream.NextAsync())!.Name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_comes_back_gets_the_events_it_missed(bool byHeader)
    {
        await using WebRig rig = await WebRig.RunningAsync();
        long seen = rig.Context.Events.Last;
        rig.Ammonia(6);
        rig.Ammonia(1);
        long last = rig.Context.Events.Last;
        using SseReader stream = byHeader
            ? await SseReader.OpenAsync(rig.Http, Path + "?after=0", seen.ToString())
            : await SseReader.OpenAsync(rig.Http, $"{Path}?after={seen}");

        var ids = new List<long>();
        while (ids.Count < last - seen)
            ids.Add(long.Parse((await stream.UntilAsync("event")).Id));

        Assert.Equal(Enumerable.Range((int)seen + 1, (int)(last - seen)).Select(i => (long)i), ids);
    }

    [Fact]
    public async Task A_prefix_limits_the_tags()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        using SseReader stream = await SseReader.OpenAsync(rig.Http, Path + "?prefix=L1_");

        Assert.Equal(["L1_VLV3", "L1_HIDDEN"], Names((await stream.UntilAsync("tags")).Data, "tags", "name"));
    }

    [Fact]
    public async Task Streams_beyond_the_limit_are_refused_and_room_returns()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { MaxStreams = 1, StreamPeriod = TimeSpan.FromMilliseconds(10) });
        SseReader first = await SseReader.OpenAsync(rig.Http, Path);
        await first.NextAsync();

        using HttpResponseMessage refused = await rig.Http.GetAsync(Path);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(1, (await rig.GetAsync("/api/v1/site")).GetProperty("overflows").GetProperty("streamsRefused").GetInt64());

        first.Dispose();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await rig.GetAsync("/api/v1/site")).GetProperty("counts").GetProperty("streams").GetInt32() > 0)
            await Task.Delay(5, limit.Token);
        using SseReader second = await SseReader.OpenAsync(rig.Http, Path);
        Assert.NotNull(await second.NextAsync());
    }

    [Fact]
    public async Task A_client_that_takes_nothing_is_dropped_and_counted()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { StreamPeriod = TimeSpan.FromMilliseconds(1), StreamStall = TimeSpan.FromMilliseconds(100) });
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(rig.App.Urls.Single()).Port);
        await socket.SendAsync("GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray());

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        long dropped = 0;
        while (dropped == 0)
        {
            for (int i = 0; i < 200; i++) // a flood of events, read by nobody
                rig.Ammonia(i % 2 == 0 ? 6 : 1);
            await Task.Delay(1, limit.Token);
            dropped = (await rig.GetAsync("/api/v1/site")).GetProperty("overflows").GetProperty("streamsDropped").GetInt64();
        }

        Assert.Equal(1, dropped);
        Assert.Equal(0, (await rig.GetAsync("/api/v1/site")).GetProperty("counts").GetProperty("streams").GetInt32());
        Assert.Equal(0, rig.Context.Scan.Snapshots.Skipped);
    }

    [Fact]
    public async Task Stopping_the_server_ends_the_streams_promptly()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        using SseReader stream = await SseReader.OpenAsync(rig.Http, Path);
        await stream.UntilAsync("alarms");

        await rig.App.StopAsync().WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Null(await stream.NextAsync());
    }

    [Fact]
    public async Task Before_the_first_scan_the_stream_waits_with_heartbeats_and_then_sends_everything()
    {
        await using WebRig rig = await WebRig.ColdAsync(o => o with { StreamPeriod = TimeSpan.FromMilliseconds(10) });
        using SseReader stream = await SseReader.OpenAsync(rig.Http, Path);
        Assert.Equal(JsonValueKind.Null, (await stream.NextAsync())!.Data.GetProperty("runState").ValueKind);

        rig.Ammonia(2);

        Assert.True((await stream.UntilAsync("tags")).Data.GetProperty("full").GetBoolean());
    }
}
