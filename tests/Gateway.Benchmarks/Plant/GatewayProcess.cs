using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gateway.Benchmarks.Measure;

namespace Gateway.Benchmarks.Plant;

/// <summary>The gateway under measurement: the native file, or a .dll run by dotnet.</summary>
internal sealed partial class GatewayProcess : IDisposable
{
    private const int Terminate = 15; // SIGTERM
    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly ConcurrentQueue<string> _log = new();

    private GatewayProcess(Process process, string url)
    {
        _process = process;
        _http = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(30) };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public HttpClient Http => _http;

    /// <summary>When the process was started, on the clock of <see cref="Stopwatch"/>.</summary>
    public long Started { get; private init; }

    /// <summary>From the start of the process until /health/ready said yes; that needs first data of every block.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>Starts the gateway and waits until it runs on good data.</summary>
    /// <exception cref="BenchmarkException">It did not become ready within 30 s; the message has its last lines.</exception>
    public static async Task<GatewayProcess> StartAsync(string path, string site, string? data = null)
    {
        string url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}");
        string[] arguments = ["run", "--site", site, "--http", url, .. data is null ? Array.Empty<string>() : ["--data", data]];
        ProcessStartInfo start = path.EndsWith(".dll", StringComparison.Ordinal)
            ? new ProcessStartInfo("dotnet", [path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        long started = Stopwatch.GetTimestamp();
        var gateway = new GatewayProcess(Process.Start(start)!, url) { Started = started };
        while (!await gateway.IsReadyAsync())
        {
            if (gateway._process.HasExited || Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
            {
                string last = string.Join('\n', gateway._log);
                gateway.Dispose();
                throw new BenchmarkException("the gateway did not become ready:\n" + last);
            }
            await Task.Delay(5); // asking faster would take processor time from the start-up itself
        }
        gateway.ReadyAfter = Stopwatch.GetElapsedTime(started);
        return gateway;
    }

    /// <summary>Requests of all devices since the start: good ones, and those that ended in any other way.</summary>
    public async Task<(long Good, long Failed)> RequestsAsync()
    {
        long good = 0, failed = 0;
        using JsonDocument document = JsonDocument.Parse(await _http.GetStringAsync(new Uri("/api/v1/lines", UriKind.Relative)));
        foreach (JsonElement line in document.RootElement.GetProperty("lines").EnumerateArray())
            foreach (JsonElement device in line.GetProperty("devices").EnumerateArray())
                foreach (JsonProperty count in device.GetProperty("requests").EnumerateObject())
                    if (count.Name == "ok")
                        good += count.Value.GetInt64();
                    else
                        failed += count.Value.GetInt64();
        return (good, failed);
    }

    /// <summary>Alarms that stand now.</summary>
    public async Task<int> StandingAlarmsAsync() =>
        (await _http.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/site", UriKind.Relative))).GetProperty("counts").GetProperty("standingAlarms").GetInt32();

    /// <summary>Waits until that many alarms stand.</summary>
    /// <exception cref="BenchmarkException">They did not within <paramref name="patience"/>.</exception>
    public async Task UntilStandingAsync(int count, TimeSpan patience)
    {
        long started = Stopwatch.GetTimestamp();
        while (await StandingAlarmsAsync() is var standing && standing != count)
        {
            if (Stopwatch.GetElapsedTime(started) > patience)
                throw new BenchmarkException($"{standing} alarms stand instead of {count}");
            await Task.Delay(50);
        }
    }

    /// <summary>One scrape, thrown away as it comes, so that its text takes no memory here.</summary>
    public async Task ScrapeAsync()
    {
        await using Stream text = await _http.GetStreamAsync(new Uri("/metrics", UriKind.Relative));
        await text.CopyToAsync(Stream.Null);
    }

    public void Dispose()
    {
        _http.Dispose();
        if (!_process.HasExited)
        {
            _ = Signal(_process.Id, Terminate);
            if (!_process.WaitForExit(10_000))
                _process.Kill();
        }
        _process.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return false;
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _log.Enqueue(line);
        while (_log.Count > 20)
            _log.TryDequeue(out _);
    }

    private static int FreePort()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);
}
