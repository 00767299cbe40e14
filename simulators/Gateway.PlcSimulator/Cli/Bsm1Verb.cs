using System.CommandLine;
using System.Diagnostics;
using Gateway.PlcSimulator.Bsm1;
using Gateway.Simulation.Process;
using Gateway.Simulation.Process.Bsm1;

namespace Gateway.PlcSimulator.Cli;

/// <summary><c>bsm1</c>: the process model alone. Exit code 0 done, 1 arguments or files wrong, 2 ended before its end.</summary>
internal static class Bsm1Verb
{
    private const int Wrong = 1;
    private const int Ended = 2;
    private const int MostDays = 3660;
    private const int MostErrors = 20;
    private const string NoNoise = "none";

    // Noise is drawn for as long as the benchmark's own table is, and then starts again.
    private const int NoiseMinutes = 14 * 1440;

    private static readonly Dictionary<string, Weather> Weathers = new() { ["dry"] = Weather.Dry, ["rain"] = Weather.Rain, ["storm"] = Weather.Storm };

    private static readonly Option<string> Influent = new("--influent") { Description = "FILE, or dry, rain or storm from the built-in generator, or constant", Required = true };
    private static readonly Option<string> Control = new Option<string>("--control") { Description = "open: fixed recycle and aeration; default: the benchmark's two loops", DefaultValueFactory = _ => "default" }.AcceptOnlyFromAmong("open", "default");
    private static readonly Option<string?> Noise = new("--noise") { Description = "FILE with the sensors' noise, or none; without it noise is drawn from the seed" };
    private static readonly Option<int> Days = new("--days") { Description = "Days of the influent under test; the last 7 are evaluated", DefaultValueFactory = _ => 14 };
    private static readonly Option<string?> Out = new("--out") { Description = "File for the figures and the final state as JSON; - is standard output" };
    private static readonly Option<string?> Dry = new("--dry") { Description = "FILE with the dry weather before the test; without it, the first seven days of --influent twice" };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Decides drawn noise and the generated influent", DefaultValueFactory = _ => 1 };
    private static readonly Option<bool> Hold = new("--hold") { Description = "Hold each row of the influent instead of moving linearly to the next" };
    private static readonly Option<string> Filter = new Option<string>("--mixing-filter") { Description = "on: the filter that the reference implementation has before tank 1; off: without", DefaultValueFactory = _ => "on" }.AcceptOnlyFromAmong("on", "off");

    public static Command Create()
    {
        var command = new Command("bsm1", "Runs the IWA Benchmark Simulation Model No. 1 and evaluates it.") { Influent, Control, Noise, Days, Out, Dry, Seed, Hold, Filter };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        var errors = new List<string>();
        var days = parsed.GetValue(Days);
        if (days is < 1 or > MostDays)
            errors.Add($"--days: error: 1 to {MostDays} days can be run");
        var tested = ReadInfluent(parsed, days, errors);
        var dry = ReadDry(parsed, tested, errors);
        var noise = ReadNoise(parsed, errors);
        if (tested is not null && tested.Count > 1 && days > tested.Days + 0.5)
            errors.Add(FormattableString.Invariant($"--days: error: the influent has only {tested.Days:F0} days"));
        foreach (var error in errors.Take(MostErrors))
            Console.Error.WriteLine(error);
        if (errors.Count > 0)
            return Wrong;

        var plant = new Bsm1Plant(new Bsm1Options { HasMixingFilter = parsed.GetValue(Filter) == "on" }) { IsControlled = parsed.GetValue(Control) == "default" };
        var procedure = new Bsm1Procedure { Plant = plant, Tested = tested!, Dry = dry, Noise = noise, TestedDays = days };
        var started = Stopwatch.GetTimestamp();
        Bsm1Figures figures;
        using (var bar = new ProgressBar(Console.Error, procedure.Days, Console.IsErrorRedirected))
        {
            try
            {
                figures = procedure.Run(bar.Show, cancel);
            }
            catch (OperationCanceledException)
            {
                return Ended;
            }
        }

        var report = new Bsm1Report(parsed.GetValue(Influent)!, procedure, figures, Stopwatch.GetElapsedTime(started));
        return Write(report, parsed.GetValue(Out));
    }

    private static int Write(Bsm1Report report, string? path)
    {
        if (path == "-")
        {
            using var output = Console.OpenStandardOutput();
            report.WriteJson(output);
            return 0;
        }

        report.WriteTable(Console.Out);
        if (path is null)
            return 0;
        try
        {
            using var file = File.Create(path);
            report.WriteJson(file);
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"--out: error: {e.Message}");
            return Wrong;
        }
    }

    private static InfluentSeries? ReadInfluent(ParseResult parsed, int days, List<string> errors)
    {
        var name = parsed.GetValue(Influent)!;
        if (name == "constant")
            return InfluentSeries.Constant;
        if (Weathers.TryGetValue(name, out var weather))
            return GeneratedInfluent.Generate(weather, Math.Clamp(days, 1, MostDays), parsed.GetValue(Seed));
        return Read(name, parsed.GetValue(Hold), errors);
    }

    private static InfluentSeries? ReadDry(ParseResult parsed, InfluentSeries? tested, List<string> errors)
    {
        if (parsed.GetValue(Dry) is { } path)
            return Read(path, parsed.GetValue(Hold), errors);
        if (Weathers.ContainsKey(parsed.GetValue(Influent)!))
            return GeneratedInfluent.Generate(Weather.Dry, Bsm1Procedure.DryDays, parsed.GetValue(Seed));
        if (tested is null || tested.Count == 1)
            return null;
        // The benchmark's files all have the same dry first week, and their dry weather is that week twice.
        const int Week = 7 * InfluentSeries.RowsPerDay;
        if (tested.Count >= Week)
            return tested.Repeat(Week, 2);
        errors.Add("--influent: error: the file has less than seven days; name the dry weather before it with --dry");
        return null;
    }

    private static InfluentSeries? Read(string path, bool holds, List<string> errors)
    {
        var (influent, found) = Bsm1Files.ReadInfluent(path, holds);
        errors.AddRange(found);
        return influent;
    }

    private static NoiseTable? ReadNoise(ParseResult parsed, List<string> errors)
    {
        if (parsed.GetValue(Noise) is not { } path)
            return NoiseTable.Draw(parsed.GetValue(Seed), 2, NoiseMinutes);
        if (path == NoNoise)
            return null;
        var (noise, found) = Bsm1Files.ReadNoise(path);
        errors.AddRange(found);
        return noise;
    }
}
