using System.Runtime.CompilerServices;
using Gateway.Configuration;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.PlcSimulator;
using Gateway.Simulation.Process;
using Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Gateway.Demo;

/// <summary>What the demo was asked for.</summary>
/// <param name="Weather">dry, rain or storm.</param>
/// <param name="Speed">Simulated seconds per second.</param>
/// <param name="Http">Address of the web server; null for the site's.</param>
/// <param name="Data">Data folder; null for one of the user's.</param>
/// <param name="Ephemeral">True to keep nothing, and to take free ports for the simulated PLCs.</param>
/// <param name="Site">Folder of the site; null for the example site of this checkout.</param>
internal sealed record DemoOptions(string Weather, double Speed, string? Http, string? Data, bool Ephemeral, string? Site);

/// <summary>Starts the simulated plant behind real Modbus servers, then the gateway, and stops both in reverse.</summary>
internal static class DemoRun
{
    public static async Task<int> RunAsync(DemoOptions options, CancellationToken cancel)
    {
        if (!Enum.TryParse(options.Weather, ignoreCase: true, out Weather weather) || options.Speed is not (>= 1 and <= 10_000))
        {
            Console.Error.WriteLine("--weather is dry, rain or storm; --speed is 1 to 10000");
            return 1;
        }
        SiteLoadResult loaded = SiteLoader.Load(options.Site ?? ExampleSite());
        foreach (Diagnostic diagnostic in loaded.Diagnostics)
            Console.Error.WriteLine(diagnostic);
        if (loaded.Site is not { } site)
            return 1;
        using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        }));
        await using var plant = new PlantServer(site, new PlantServerOptions
        {
            Weather = weather,
            Speed = options.Speed,
            FirstPort = options.Ephemeral ? 0 : null,
        });
        try
        {
            await plant.StartAsync();
        }
        catch (PlantServerException e)
        {
            Console.Error.WriteLine($"{e.Message} Stop what uses the port, or start with --ephemeral, which takes free ports.");
            return 1;
        }
        SiteConfiguration redirected = Redirect(site, plant);
        if (!TryOpenJournal(options, redirected, loggers, out Journal? journal))
            return 1;
        using var gateway = new GatewayHost(redirected, options.Http, loggers, journal: journal);
        try
        {
            await gateway.StartAsync(cancel);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"The web server cannot listen: {e.Message} Choose another address with --http http://127.0.0.1:8081.");
            await gateway.StopAsync(CancellationToken.None);
            return 1;
        }
        Announce(gateway, plant, weather, journal);
        Task story = DemoStory.PlayAsync(plant.Station, cancel);
        await Stopped(cancel);
        await story;
        await gateway.StopAsync(CancellationToken.None);
        return gateway.Context.Fault is null ? 0 : 2;
    }

    /// <summary>
    /// Opens the journal of the folder asked for, or of one of the user's. When nobody asked and there is none, because
    /// the home is read-only or another demo runs, the demo shows the plant without one.
    /// </summary>
    private static bool TryOpenJournal(DemoOptions options, SiteConfiguration site, ILoggerFactory loggers, out Journal? journal)
    {
        journal = null;
        if (options.Ephemeral && options.Data is null)
            return true;
        string home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        string folder = options.Data ?? Path.Combine(home.Length > 0 ? home : Path.GetTempPath(), "gateway-demo");
        try
        {
            journal = GatewayHost.OpenJournal(folder, site, loggers);
            return true;
        }
        catch (StoreException e)
        {
            Console.Error.WriteLine($"{folder}: {(options.Data is null ? "warning" : "error")} {e.Code}: {e.Message}");
            return options.Data is null;
        }
    }

    /// <summary>The gateway polls the ports that the simulated PLCs got.</summary>
    private static SiteConfiguration Redirect(SiteConfiguration site, PlantServer plant) => site with
    {
        Lines = [.. site.Lines.Select((line, i) => (ModbusLineDefinition)line with { Host = plant.Endpoints[i].Address.ToString(), Port = plant.Endpoints[i].Port })],
    };

    private static void Announce(GatewayHost gateway, PlantServer plant, Weather weather, Journal? journal)
    {
        string url = gateway.Urls.First();
        Console.WriteLine();
        Console.WriteLine($"  simulated plant   {plant.Endpoints.Count} PLCs on {string.Join(", ", plant.Endpoints)} ({weather} weather)");
        Console.WriteLine($"  page              {url}/");
        Console.WriteLine($"  metrics           {url}/metrics");
        Console.WriteLine($"  API               {url}/openapi/v1.json");
        Console.WriteLine($"  data              {journal?.Folder ?? "kept in memory only"}");
        Console.WriteLine("  stop with Ctrl-C");
        Console.WriteLine();
    }

    private static async Task Stopped(CancellationToken cancel)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = cancel.Register(stopped.SetResult);
        await stopped.Task;
    }

    /// <summary>The example site, beside the sources this program was built from, or below the current folder.</summary>
    private static string ExampleSite([CallerFilePath] string here = "")
    {
        string fromHere = Path.Combine("config", "tangjiatuo");
        return Directory.Exists(fromHere) ? fromHere : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", fromHere));
    }
}
