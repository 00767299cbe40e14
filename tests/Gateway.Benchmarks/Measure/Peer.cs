using System.Diagnostics;
using System.Globalization;

namespace Gateway.Benchmarks.Measure;

/// <summary>What one measured run of a peer cost.</summary>
/// <param name="Requests">Requests or wake-ups made.</param>
/// <param name="CpuNs">User and system time of the peer's process.</param>
/// <param name="WallNs">Time from start to end.</param>
/// <param name="Bytes">Bytes allocated, for managed peers.</param>
internal readonly record struct Cost(long Requests, long CpuNs, long WallNs, long Bytes)
{
    public double CpuUsPerRequest => CpuNs / 1000.0 / Requests;

    public double RequestsPerSecond => Requests * 1e9 / WallNs;
}

/// <summary>
/// A measured program as a process of its own. It answers each line "run N" with a line of figures and ends with its
/// standard input, so that none outlives this program.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    private Peer(string name, Process process, string[] greeting)
    {
        Name = name;
        _process = process;
        Greeting = greeting;
    }

    /// <summary>Name in the tables.</summary>
    public string Name { get; }

    /// <summary>What followed "ready" on the peer's first line: ports, flags.</summary>
    public string[] Greeting { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts a peer and waits until it is ready.</summary>
    /// <exception cref="BenchmarkException">It did not start.</exception>
    public static Peer Start(string name, string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach ((string key, string value) in environment)
            start.Environment[key] = value;
        Process process = Process.Start(start) ?? throw new BenchmarkException($"{program} did not start");
        string[] words = (process.StandardOutput.ReadLine() ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not ["ready", ..])
            throw new BenchmarkException($"{name} ({program}) ended before it was ready");
        return new Peer(name, process, words[1..]);
    }

    /// <summary>A mode of this same program as a child process.</summary>
    public static Peer StartOurs(string name, string? native, IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        Start(name, native ?? Environment.ProcessPath!, arguments, environment);

    /// <summary>Sends a command and returns the numbers of its answer.</summary>
    public long[] Ask(string command, long count)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{command} {count}"));
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine() ?? throw new BenchmarkException($"{Name} ended in a run");
        return [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => long.Parse(w, CultureInfo.InvariantCulture))];
    }

    /// <summary>Makes that many requests.</summary>
    public Cost Run(long requests, string command = "run")
    {
        long[] answer = Ask(command, requests);
        return new Cost(answer[0], answer[1], answer[2], answer[3]);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(3000))
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}

/// <summary>A benchmark could not be run; the message says why.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
