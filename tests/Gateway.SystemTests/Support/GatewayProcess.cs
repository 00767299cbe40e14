using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.SystemTests.Support;

/// <summary>The real program in a process of its own, which may be killed.</summary>
internal sealed partial class GatewayProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GatewayProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Since when it runs.</summary>
    public Stopwatch Clock { get; } = Stopwatch.StartNew();

    public string Log
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>Starts <c>gateway run</c> on a free port.</summary>
    public static GatewayProcess Start(string site, string data)
    {
        // The published native file may be tested in place of the build beside this test.
        string? native = Environment.GetEnvironmentVariable("GATEWAY_BINARY");
        string[] arguments = ["run", "--site", site, "--data", data, "--http", "http://127.0.0.1:0"];
        ProcessStartInfo start = native is null
            ? new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "gateway.dll"), .. arguments])
            : new ProcessStartInfo(native, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        return new GatewayProcess(Process.Start(start)!);
    }

    /// <summary>The address it listens on, when it does.</summary>
    public async Task<Uri> UrlAsync()
    {
        try
        {
            return await _url.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException("The gateway did not start:\n" + Log);
        }
    }

    /// <summary>SIGKILL: nothing of the program runs any more.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM: asks for a stop in order.</summary>
    public void Terminate()
    {
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Asks for a stop in order and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public int Stop()
    {
        Terminate();
        Assert.True(_process.WaitForExit(20_000), "did not stop:\n" + Log);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
            _lines.Add(line);
        if (Address().Match(line) is { Success: true } found)
            _url.TrySetResult(new Uri(found.Groups[1].Value));
    }

    [GeneratedRegex(@"API and metrics at (http://\S+)")]
    private static partial Regex Address();
}
