using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Gateway.Configuration;
using Gateway.Replay;

namespace Gateway.Cli;

/// <summary><c>replay</c>: the whole scan on recorded inputs in virtual time. Exit code 0, or 1 when an input is wrong.</summary>
internal static class ReplayVerb
{
    public static Command Create()
    {
        Option<string> site = SiteOption.Create();
        var input = new Option<string>("--input") { Description = "Recorded inputs: time,tag,value,quality", Required = true };
        var commands = new Option<string?>("--commands") { Description = "Recorded commands: time,command,target,argument,user,reason" };
        var until = new Option<string?>("--until") { Description = "Time of the last scan, ISO 8601 with offset; the last row when absent" };
        var output = new Option<string>("--out") { Description = "Output folder", Required = true };
        var command = new Command("replay", "Runs the scan over recorded inputs and writes events, tags, compliance and a summary with a hash.") { site, input, commands, until, output };
        command.SetAction(parsed => Run(parsed.GetValue(site)!, parsed.GetValue(input)!, parsed.GetValue(commands), parsed.GetValue(until), parsed.GetValue(output)!));
        return command;
    }

    private static int Run(string folder, string input, string? commands, string? until, string output)
    {
        if (SiteOption.Load(folder) is not { } site)
            return 1;
        long? end = until is null ? null : ReplayCsv.Time(until);
        if (until is not null && end is null)
        {
            Console.Error.WriteLine($"--until: error GW6002: '{until}' is not an ISO 8601 time with an offset, such as 2026-03-01T08:00:00+08:00");
            return 1;
        }
        try
        {
            long started = Stopwatch.GetTimestamp();
            var (scans, seconds, hash) = new ReplayRunner(site.Plant).Run(input, commands, end, output, Progress());
            double took = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scans} scans, {seconds:F0} simulated seconds in {took:F1} s ({seconds / took:F0} x real time)"));
            Console.WriteLine(hash);
            return 0;
        }
        catch (Exception e) when (e is ReplayInputException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e is ReplayInputException ? e.Message : $"{output}: error GW6003: {e.Message}");
            return 1;
        }
    }

    private static Action<long>? Progress() => Console.IsErrorRedirected
        ? null
        : time => Console.Error.Write("\r" + EventJson.FormatTime(time) + " ");
}
