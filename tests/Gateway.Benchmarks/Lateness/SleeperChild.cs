using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Gateway.Benchmarks.Measure;

namespace Gateway.Benchmarks.Lateness;

/// <summary>The measured side: the gateway's own <see cref="PreciseSleep"/> on a grid of deadlines, driven like the C peer.</summary>
internal static partial class SleeperChild
{
    private const int Other = 0; // SCHED_OTHER

    /// <summary>Mode "child-sleeper PERIOD_US FIFO".</summary>
    public static int Run(string[] words)
    {
        long period = long.Parse(words[0]) * Stopwatch.Frequency / 1_000_000;
        bool wantsFifo = words[1] == "1";
        var thread = new Thread(() => Serve(period, wantsFifo));
        thread.Start();
        thread.Join();
        return 0;
    }

    private static void Serve(long period, bool wantsFifo)
    {
        var sleep = new PreciseSleep(Nanoseconds(period) / 100);
        bool hasFifo = sleep.Describe().Contains("SCHED_FIFO priority", StringComparison.Ordinal);
        if (!wantsFifo)
        {
            // The sleeper takes the real-time class where it may; this run is to show the normal one.
            int priority = 0;
            _ = SetScheduler(0, Other, ref priority);
        }
        Console.WriteLine($"ready {(wantsFifo && hasFifo ? 1 : 0)}");
        var answer = new StringBuilder();
        while (Console.ReadLine() is { } line)
        {
            long[] late = new long[int.Parse(line.Split(' ')[1])];
            long cpu = Machine.CpuNs(), started = Stopwatch.GetTimestamp();
            Sleep(sleep, period, late);
            long wall = Stopwatch.GetTimestamp() - started;
            answer.Clear().Append(Machine.CpuNs() - cpu).Append(' ').Append(Nanoseconds(wall));
            foreach (long ticks in late)
                answer.Append(' ').Append(Nanoseconds(ticks));
            Console.WriteLine(answer);
        }
    }

    /// <summary>The loop of the scan thread without the scan.</summary>
    private static void Sleep(PreciseSleep sleep, long period, long[] late)
    {
        long deadline = Stopwatch.GetTimestamp();
        for (int i = 0; i < late.Length; i++)
        {
            deadline += period;
            sleep.Until(Nanoseconds(deadline - Stopwatch.GetTimestamp()) / 100);
            late[i] = Stopwatch.GetTimestamp() - deadline;
            while (Stopwatch.GetTimestamp() > deadline + period)
                deadline += period;
        }
    }

    private static long Nanoseconds(long ticks) => ticks * 1_000_000_000 / Stopwatch.Frequency;

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetScheduler(int process, int policy, ref int priority);
}
