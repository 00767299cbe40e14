using System.CommandLine;
using System.Globalization;
using Gateway.Configuration;
using Gateway.PlcSimulator.Control;
using Gateway.Simulation.Process;
using Gateway.Simulation.Process.Bsm1;

namespace Gateway.PlcSimulator.Cli;

/// <summary><c>serve</c>: the simulated plant of a site. Exit code 0 stopped, 1 arguments, site or address wrong, 2 fault.</summary>
internal static class ServeVerb
{
    private const int Wrong = 1;
    private const int Fault = 2;
    private const int MostErrors = 20;

    private static readonly Option<string> Site = new("--site") { Description = "Folder with gateway.json and the tables", Required = true };
    private static readonly Option<string?> Modbus = new("--modbus") { Description = "HOST:PORT of the first line instead of the site's; ports count up from line to line, port 0 takes free ones" };
    private static readonly Option<string> Weather = new Option<string>("--weather") { Description = "Weather", DefaultValueFactory = _ => "dry" }.AcceptOnlyFromAmong("dry", "rain", "storm");
    private static readonly Option<string?> Influent = new("--influent") { Description = "CSV with the influent of a plant of the benchmark's size, repeated for ever; generated without it" };
    private static readonly Option<string?> Scenario = new("--scenario") { Description = "JSON file with disturbances, counted from the start" };
    private static readonly Option<double> Speed = new("--speed") { Description = "Simulated seconds per second, up to 10000", DefaultValueFactory = _ => 1 };
    private static readonly Option<string?> Control = new("--control") { Description = "HOST:PORT of the control API on the loopback, for signals and faults" };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Decides noise, influent and random faults", DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        var command = new Command("serve", "Serves a simulated plant by the register map of a site until it is stopped.") { Site, Modbus, Weather, Influent, Scenario, Speed, Control, Seed };
        OpcUaArguments.AddTo(command);
        command.SetAction((parsed, cancel) => RunAsync(parsed, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        if (!TryOptions(parsed, out var options) || !TryControl(parsed, out var control))
            return Wrong;
        var loaded = SiteLoader.Load(parsed.GetValue(Site)!);
        foreach (var diagnostic in loaded.Diagnostics)
            Console.Error.WriteLine(diagnostic);
        if (loaded.Site is not { } site)
            return Wrong;
        if (!OpcUaArguments.TryRead(parsed, ref options, out var identity))
            return Wrong;
        using var ownIdentity = identity;
        await using var plant = new PlantServer(site, options);
        if (parsed.GetValue(Scenario) is { } scenario && DisturbanceText.AddFile(plant.Station, scenario) is { Count: > 0 } mistakes)
        {
            foreach (var mistake in mistakes)
                Console.Error.WriteLine(mistake);
            return Wrong;
        }

        try
        {
            await plant.StartAsync();
        }
        catch (PlantServerException e)
        {
            Console.Error.WriteLine($"{parsed.GetValue(Site)}: error: {e.Message}");
            return Wrong;
        }

        Announce(plant);
        if (identity is not null)
            OpcUaArguments.Announce(plant, identity, options);
        if (control is not { } place)
            return await UntilStopped(plant, cancel);
        try
        {
            await using var api = await ControlServer.StartAsync(plant, place.Loopback!, place.Port);
            Console.WriteLine($"control API on {api.Url}");
            return await UntilStopped(plant, cancel);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"--control: error: {e.Message}; choose another port");
            return Wrong;
        }
    }

    private static bool TryControl(ParseResult parsed, out HostPort? control)
    {
        control = null;
        if (parsed.GetValue(Control) is not { } text)
            return true;
        if (!HostPort.TryParse(text, out var place))
            return Refuse($"--control: error: '{text}' is not HOST:PORT, such as 127.0.0.1:8502");
        if (place.Loopback is null)
            return Refuse($"--control: error: '{place.Host}' is not a loopback address; the API has no passwords, so it is not offered to the network");
        control = place;
        return true;
    }

    private static bool TryOptions(ParseResult parsed, out PlantServerOptions options)
    {
        var speed = parsed.GetValue(Speed);
        options = new PlantServerOptions { Seed = parsed.GetValue(Seed), Weather = Enum.Parse<Weather>(parsed.GetValue(Weather)!, ignoreCase: true) };
        if (!(speed > 0 && speed <= 10_000))
            return Refuse("--speed: error: the speed must be above 0 and at most 10000");
        options = options with { Speed = speed };
        if (parsed.GetValue(Influent) is { } file)
        {
            var (influent, errors) = Bsm1Files.ReadInfluent(file);
            if (influent is null)
                return Refuse(string.Join(Environment.NewLine, errors.Take(MostErrors)));
            options = options with { Influent = influent };
        }

        if (parsed.GetValue(Modbus) is not { } modbus)
            return true;
        if (!HostPort.TryParse(modbus, out var place))
            return Refuse($"--modbus: error: '{modbus}' is not HOST:PORT, such as 127.0.0.1:1502");
        options = options with { HostOverride = place.Host, FirstPort = place.Port };
        return true;
    }

    private static bool Refuse(string text)
    {
        Console.Error.WriteLine(text);
        return false;
    }

    private static void Announce(PlantServer plant)
    {
        foreach (var line in plant.Station.Lines)
        {
            var endpoint = plant.Endpoints[line.Definition.Index];
            if (endpoint.Port == 0)
                Console.WriteLine($"line {line.Definition.Name}: not served, because only TCP lines without TLS are");
            foreach (var plc in endpoint.Port == 0 ? [] : line.Plcs)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"line {line.Definition.Name}: {plc.Name}, unit {plc.Unit}, on {endpoint}"));
        }

        if (plant.Station.TagsWithoutSignal is { Count: > 0 } tags)
            Console.Error.WriteLine($"{tags.Count} tags have no signal in the plant and read 0: {string.Join(", ", tags.Take(20))}{(tags.Count > 20 ? ", …" : "")}");
    }

    private static async Task<int> UntilStopped(PlantServer plant, CancellationToken cancel)
    {
        Console.WriteLine("stop with Ctrl-C");
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancel.Register(() => stopped.TrySetResult());
        await Task.WhenAny(stopped.Task, plant.Completion);
        if (!plant.Completion.IsFaulted)
            return 0;
        Console.Error.WriteLine($"the plant stands still: {plant.Completion.Exception.InnerException!.Message}");
        return Fault;
    }
}
