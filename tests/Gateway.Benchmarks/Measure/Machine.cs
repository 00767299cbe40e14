using System.Runtime.InteropServices;

namespace Gateway.Benchmarks.Measure;

/// <summary>The machine that a table was made on, and how busy others kept it.</summary>
internal static partial class Machine
{
    private const int Self = 0; // RUSAGE_SELF

    /// <summary>User and system time of all threads of this process, in nanoseconds.</summary>
    public static long CpuNs()
    {
        _ = GetUsage(Self, out Usage usage);
        return (usage.UserSeconds + usage.SystemSeconds) * 1_000_000_000 + (usage.UserMicroseconds + usage.SystemMicroseconds) * 1000;
    }

    /// <summary>User and system time of another process, in nanoseconds, in steps of 10 ms.</summary>
    public static long CpuNs(int process)
    {
        // Fields 14 and 15, counted after the name in brackets, which may hold anything.
        string text = File.ReadAllText($"/proc/{process}/stat");
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11]) + long.Parse(fields[12])) * 10_000_000;
    }

    /// <summary>Resident memory of a process in bytes (VmRSS).</summary>
    public static long ResidentBytes(int process) => StatusKilobytes(process, "VmRSS:") * 1024;

    /// <summary>Processor, cores, kernel, runtime and load, on one line.</summary>
    public static string Describe() =>
        $"{ProcessorName()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, load {Load()}, {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC";

    /// <summary>Runnable processes on average over the last one, five and fifteen minutes: the noise of the others.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]) : "unknown";

    private static string ProcessorName()
    {
        string? line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..];
    }

    private static long StatusKilobytes(int process, string key)
    {
        string line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith(key, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(key.Length).Trim(" \tkB"));
    }

    [StructLayout(LayoutKind.Sequential, Size = 144)] // struct rusage of 64-bit Linux
    private struct Usage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetUsage(int who, out Usage usage);
}
