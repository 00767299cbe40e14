using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gateway;

/// <summary>
/// Sleeps to a deadline with the least lateness the kernel gives: clock_nanosleep with a timer slack of 1 ns and, when
/// the process may, the real-time class SCHED_FIFO. It wakes a little early and spins the rest: at most one percent of
/// the period, so at most one percent of a core. Belongs to the thread that made it.
/// </summary>
internal sealed partial class PreciseSleep
{
    private const int ClockMonotonic = 1;
    private const int TimerAbsolute = 1;
    private const int SetTimerSlack = 29; // PR_SET_TIMERSLACK, linux/prctl.h
    private const int FirstInFirstOut = 1; // SCHED_FIFO
    private const int Priority = 40; // below the kernel's interrupt threads (50)
    private const long LongestSpin = 200 * TimeSpan.TicksPerMicrosecond; // wake-ups of virtual machines are that late
    private const int SpinShare = 100;

    private readonly bool _linux = OperatingSystem.IsLinux();
    private readonly bool _realTime;
    private readonly long _spin;

    /// <summary>Prepares the calling thread.</summary>
    /// <param name="period">Usual time between deadlines, in ticks of 100 ns.</param>
    public PreciseSleep(long period)
    {
        _spin = Math.Min(period / SpinShare, LongestSpin);
        if (!_linux)
            return;
        _ = Prctl(SetTimerSlack, 1, 0, 0, 0);
        int priority = Priority;
        _realTime = SetScheduler(0, FirstInFirstOut, ref priority) == 0;
    }

    /// <summary>How the thread is scheduled, for the log.</summary>
    public string Describe() => !_linux
        ? "system timer (this platform has no clock_nanosleep)"
        : _realTime
            ? "clock_nanosleep, timer slack 1 ns, real-time class SCHED_FIFO priority 40"
            : "clock_nanosleep, timer slack 1 ns, normal scheduling class (not permitted to use SCHED_FIFO: grant CAP_SYS_NICE or LimitRTPRIO=40)";

    /// <summary>Sleeps for <paramref name="ticks"/> of 100 ns from now; returns at once when that is not positive.</summary>
    public void Until(long ticks)
    {
        if (ticks <= 0)
            return;
        if (!_linux)
        {
            Thread.Sleep(TimeSpan.FromTicks(ticks));
            return;
        }
        // The clock of Stopwatch is CLOCK_MONOTONIC in nanoseconds.
        long deadline = Stopwatch.GetTimestamp() + ticks * 100;
        if (ticks > _spin)
            SleepTo(deadline - _spin * 100);
        while (Stopwatch.GetTimestamp() < deadline)
            Thread.SpinWait(1);
    }

    private static void SleepTo(long nanoseconds)
    {
        var deadline = new TimeSpec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        // A signal (EINTR) ends the sleep early; the deadline is absolute, so sleeping again is exact.
        const int interrupted = 4;
        while (Sleep(ClockMonotonic, TimerAbsolute, in deadline, 0) == interrupted)
        {
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sleep(int clock, int flags, in TimeSpec request, nint remaining);

    [LibraryImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetScheduler(int process, int policy, ref int priority);
}
