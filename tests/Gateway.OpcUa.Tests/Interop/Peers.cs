using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Gateway.OpcUa.Tests.Interop;

/// <summary>The foreign peers in the folder "peers": installed with npm on first use, run with node.</summary>
internal static class Peers
{
    private static readonly TimeSpan InstallTime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(1);
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    private static string Folder { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../peers"));

    /// <summary>Starts a script and waits for its line that starts with <paramref name="ready"/>.</summary>
    public static Task<(Process Process, string Line)> StartAsync(string script, string ready, params string[] arguments) => StartAsync(script, ready, [], arguments);

    /// <summary>The same; what the script says before is put into <paramref name="lines"/>.</summary>
    public static async Task<(Process Process, string Line)> StartAsync(string script, string ready, List<string> lines, params string[] arguments)
    {
        await Installed.Value;
        Process process = Launch("node", [Path.Combine(Folder, script), .. arguments]);
        var line = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Take(string? text)
        {
            lock (lines)
                lines.Add(text ?? "(end)");
            if (text is null)
                line.TrySetException(new InvalidOperationException($"node {script} ended: {string.Join(Environment.NewLine, lines)}"));
            else if (text.StartsWith(ready, StringComparison.Ordinal))
                line.TrySetResult(text[ready.Length..].Trim());
        }

        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) =>
        {
            lock (lines)
                lines.Add(e.Data ?? "");
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return (process, await line.Task.WaitAsync(StartTime));
        }
        catch (TimeoutException)
        {
            process.Kill(true);
            throw new InvalidOperationException($"node {script} was not ready in {StartTime}: {string.Join(Environment.NewLine, lines)}");
        }
    }

    /// <summary>Ends a script by closing its input.</summary>
    public static async Task StopAsync(Process process)
    {
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            process.Kill(true);
        }

        process.Dispose();
    }

    /// <summary>npm installs exactly what the lock file names; a mark says that it was done for this lock file.</summary>
    private static async Task InstallAsync()
    {
        string mark = Path.Combine(Folder, "node_modules", ".installed");
        string wanted = await File.ReadAllTextAsync(Path.Combine(Folder, "package-lock.json"));
        // Two test programs may come here at once.
        await using FileStream gate = await LockAsync();
        if (File.Exists(mark) && await File.ReadAllTextAsync(mark) == wanted)
            return;
        using Process npm = Launch("npm", ["ci", "--no-audit", "--no-fund"]);
        Task<string> output = npm.StandardOutput.ReadToEndAsync();
        Task<string> errors = npm.StandardError.ReadToEndAsync();
        try
        {
            await npm.WaitForExitAsync().WaitAsync(InstallTime);
        }
        catch (TimeoutException)
        {
            npm.Kill(true);
            throw new InvalidOperationException($"npm ci in {Folder} did not end within {InstallTime}; is the package registry reachable?");
        }

        if (npm.ExitCode != 0)
            throw new InvalidOperationException($"npm ci in {Folder} failed: {await output}{await errors}");
        await File.WriteAllTextAsync(mark, wanted);
    }

    private static async Task<FileStream> LockAsync()
    {
        string path = Path.Combine(Path.GetTempPath(), "gateway-opcua-peers.lock");
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (clock.Elapsed < InstallTime)
            {
                await Task.Delay(200);
            }
        }
    }

    private static Process Launch(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{program} cannot be run ({e.Message}); the interoperability tests need Node.js with npm.", e);
        }
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
