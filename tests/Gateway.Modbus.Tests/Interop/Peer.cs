using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Modbus.Tests.Interop;

/// <summary>Foreign programs that may be on a machine: where they are, how they are built and run.</summary>
public static class Peer
{
    public const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> s_hasPymodbus = new(() =>
        File.Exists(Python) && Run(Python, "-c", "import pymodbus.server, serial").ExitCode == 0);

    private static readonly Lazy<string> s_folder = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("modbus-peers-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    });

    /// <summary>Why a peer cannot be used here, or null when it can.</summary>
    public static string? Missing(params string[] needed)
    {
        foreach (var name in needed)
        {
            var isThere = name switch
            {
                "libmodbus" => Find("gcc") is not null && File.Exists("/usr/include/modbus/modbus.h"),
                "pymodbus" => s_hasPymodbus.Value,
                _ => Find(name) is not null,
            };
            if (!isThere)
                return $"The foreign peer '{name}' is not installed on this machine.";
        }

        return null;
    }

    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Peers", name);

    /// <summary>Compiles a C peer against libmodbus and returns the program.</summary>
    public static string Compile(string name)
    {
        var program = Path.Combine(s_folder.Value, $"{name}-{Guid.NewGuid():N}");
        var result = Run(
            "gcc", "-O1", "-Wall", "-I/usr/include/modbus", "-o", program, Script(name + ".c"), "-lmodbus");
        Assert.True(result.ExitCode == 0, result.Output);
        return program;
    }

    /// <summary>Runs a program to its end, at most 20 seconds.</summary>
    public static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(20_000))
        {
            process.Kill(entireProcessTree: true);
            return (-1, "The peer did not end. " + output.Result + errors.Result);
        }

        return (process.ExitCode, output.Result + errors.Result);
    }

    internal static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;

    /// <summary>A port that was free a moment ago, for peers that cannot choose one themselves.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A foreign program that keeps running until it is disposed.</summary>
public sealed class RunningPeer(string program, params string[] arguments) : IDisposable
{
    private readonly Process _process = Peer.Start(program, arguments);

    /// <summary>Waits for the line "ready ..." of a serving peer and returns what follows it as a number.</summary>
    public int WaitReady()
    {
        var line = _process.StandardOutput.ReadLine();
        var isReady = line is not null && line.StartsWith("ready", StringComparison.Ordinal);
        Assert.True(isReady, line ?? _process.StandardError.ReadToEnd());
        return int.TryParse(line.AsSpan(5), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}

/// <summary>A test that needs foreign programs; skipped with the reason where one is missing.</summary>
public sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute(params string[] needed)
    {
        Needed = needed;
        Skip = Peer.Missing(needed);
    }

    public string[] Needed { get; }
}

/// <summary>Two pseudo terminals joined by socat: a serial line without hardware.</summary>
public sealed class SerialPair : IDisposable
{
    private readonly RunningPeer _socat;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modbus-line-");

    public SerialPair()
    {
        Near = Path.Combine(_folder.FullName, "near");
        Far = Path.Combine(_folder.FullName, "far");
        _socat = new RunningPeer("socat", $"pty,raw,echo=0,link={Near}", $"pty,raw,echo=0,link={Far}");
        var patience = Stopwatch.StartNew();
        while (!(File.Exists(Near) && File.Exists(Far)))
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(5), "socat made no terminals");
            Thread.Yield();
        }
    }

    public string Near { get; }

    public string Far { get; }

    public void Dispose()
    {
        _socat.Dispose();
        _folder.Delete(recursive: true);
    }
}
