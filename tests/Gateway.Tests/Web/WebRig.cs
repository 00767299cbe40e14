using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Storage;
using Gateway.Storage.History;
using Gateway.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Web;

/// <summary>
/// The real server on a free loopback port, over a scan that runs when the test says so, in the test's time. Timers of
/// the server (stream period, outcome wait) run in real time.
/// </summary>
internal sealed class WebRig : IAsyncDisposable
{
    /// <summary>2024-03-01 08:00:00 at the site.</summary>
    public static readonly long StartUtc = new DateTime(2024, 3, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private readonly ManualClock _clock = new(StartUtc);
    private readonly InputMailbox _inputs = new(4);
    private readonly double[] _raw = new double[4];
    private readonly Quality[] _quality = new Quality[4];
    private long _number;

    private WebRig(Func<WebServerOptions, WebServerOptions>? change, string? data, HistoryStore? history, Journal? journal)
    {
        var site = TinyPlant.Site;
        var binding = new InputBinding("ring", _inputs, [TinyPlant.Ammonia, TinyPlant.Flow, TinyPlant.Valve, TinyPlant.Hidden], TimeSpan.TicksPerSecond * 2, TimeSpan.TicksPerSecond * 4);
        Outputs = new OutputMailbox(site.Plant.Outputs.Length);
        Line = new StillLine(site.Lines[0], [binding]);
        Context = new GatewayContext
        {
            Site = site,
            Scan = new ScanCycle(site.Plant, [binding], Outputs, 1024, commandCapacity: 4),
            Statistics = new ScanStatistics(),
            Events = new EventLog(),
            Lines = [Line],
            History = history,
            Journal = journal,
            AlarmFigures = data is null ? null : new AlarmFigures(data, _clock, NullLogger.Instance),
            Time = _clock,
        };
        var options = new WebServerOptions { Url = "http://127.0.0.1:0" };
        App = WebServer.Create(Context, change is null ? options : change(options));
    }

    public GatewayContext Context { get; }
    public OutputMailbox Outputs { get; }
    public StillLine Line { get; }
    public WebApplication App { get; }
    public HttpClient Http { get; private set; } = null!;
    public ScanTime Now => new(_number, _clock.Utc, _clock.Utc - StartUtc);

    /// <summary>Starts the server; no scan has run yet.</summary>
    public static async Task<WebRig> ColdAsync(Func<WebServerOptions, WebServerOptions>? change = null, string? data = null, HistoryStore? history = null, Journal? journal = null)
    {
        var rig = new WebRig(change, data, history, journal);
        await rig.App.StartAsync();
        rig.Http = new HttpClient { BaseAddress = new Uri(rig.App.Urls.Single()), Timeout = TimeSpan.FromSeconds(20) };
        return rig;
    }

    /// <summary>Starts the server and brings the scan to Run with ammonia 2 mg/L, flow 100 m³/h, valve 40 %.</summary>
    public static async Task<WebRig> RunningAsync(Func<WebServerOptions, WebServerOptions>? change = null, string? data = null, HistoryStore? history = null, Journal? journal = null)
    {
        WebRig rig = await ColdAsync(change, data, history, journal);
        rig.Set(TinyPlant.Flow, 100);
        rig.Set(TinyPlant.Valve, 40);
        rig.Set(TinyPlant.Hidden, 1);
        rig.Ammonia(2);
        return rig;
    }

    /// <summary>Sets the ammonia in mg/L (its raw value is a hundred times that) and scans.</summary>
    public void Ammonia(double value) => Scan(TinyPlant.Ammonia, value * 100);

    public void Scan(int tag, double raw, Quality quality = default)
    {
        Set(tag, raw, quality);
        Scan();
    }

    public void Set(int tag, double raw, Quality quality = default)
    {
        int point = tag > TinyPlant.Load ? tag - 1 : tag; // the calculated tag has no point
        (_raw[point], _quality[point]) = (raw, quality);
    }

    /// <summary>Lets 100 ms pass, delivers the inputs and scans once.</summary>
    public void Scan()
    {
        Pass(TimeSpan.FromMilliseconds(100));
        _raw.CopyTo(_inputs.Back.Values, 0);
        _quality.CopyTo(_inputs.Back.Qualities, 0);
        _inputs.Back.SourceTime = _clock.Utc;
        _inputs.Publish();
        ScanSilent();
    }

    /// <summary>Scans without fresh inputs and without passing time.</summary>
    public void ScanSilent()
    {
        _number++;
        Context.Scan.Execute(Now);
        Context.Statistics.Record(_number, 0.0003, 0.00004, 0);
        Record();
    }

    public void Pass(TimeSpan time) => _clock.Utc += time.Ticks;

    public void Stop(RunState state, string? fault = null)
    {
        Context.Fault = fault;
        Context.Scan.Stop(Now, state);
        Record();
    }

    public async Task<JsonElement> GetAsync(string path) => JsonSerializer.Deserialize<JsonElement>(await Http.GetByteArrayAsync(path));

    public async Task<(HttpStatusCode Status, JsonElement Body)> AnswerAsync(string path)
    {
        using HttpResponseMessage answer = await Http.GetAsync(path);
        return (answer.StatusCode, await ReadAsync(answer));
    }

    /// <summary>Posts and scans until the answer is there.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, object body)
    {
        Task<HttpResponseMessage> post = Http.PostAsJsonAsync(path, body);
        while (await Task.WhenAny(post, Task.Delay(1)) != post)
            Scan();
        using HttpResponseMessage answer = await post;
        return (answer.StatusCode, await ReadAsync(answer));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) => JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsByteArrayAsync());

    private void Record()
    {
        while (Context.Scan.Events.TryTake(out ScanEvent item))
            Context.Events.Add(item);
        Context.Events.Signal();
    }

    /// <summary>The wall clock is the test's; timers are the machine's.</summary>
    private sealed class ManualClock(long utc) : TimeProvider
    {
        private long _utc = utc;

        public long Utc
        {
            get => Volatile.Read(ref _utc);
            set => Volatile.Write(ref _utc, value);
        }

        public override DateTimeOffset GetUtcNow() => new(Utc, TimeSpan.Zero);

        // What measures durations moves with it.
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Utc;
    }
}
