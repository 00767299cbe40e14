using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Configuration;
using Gateway.PlcSimulator;
using Gateway.SystemTests.Support;

namespace Gateway.SystemTests.Storage;

/// <summary>
/// The example site with its simulated plant in this process and the gateway in another. What the gateway promised is
/// noted here, outside of it.
/// </summary>
internal sealed class KilledSite : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "gateway-kill-" + Guid.NewGuid().ToString("N"));
    private readonly PlantServer _plant;
    private readonly string _site;

    private KilledSite(PlantServer plant)
    {
        _plant = plant;
        _site = Path.Combine(_folder, "site");
    }

    public string Data => Path.Combine(_folder, "data");

    /// <summary>Events that the stream or an answer has shown, by number: as JSON text.</summary>
    public Dictionary<long, string> Shown { get; } = [];

    public static async Task<KilledSite> StartAsync()
    {
        SiteConfiguration site = ExampleSite.Load();
        var plant = new PlantServer(site, new PlantServerOptions { HostOverride = "127.0.0.1", FirstPort = 0 });
        await plant.StartAsync();
        var killed = new KilledSite(plant);
        Directory.CreateDirectory(killed._site);
        foreach (string file in Directory.GetFiles(ExampleSite.Folder()))
            File.Copy(file, Path.Combine(killed._site, Path.GetFileName(file)));
        // The permit refers to the standards by a path relative to the site.
        string standards = Path.Combine(killed._folder, "standards");
        Directory.CreateDirectory(standards);
        foreach (string file in Directory.GetFiles(Path.Combine(ExampleSite.Checkout(), "config", "standards")))
            File.Copy(file, Path.Combine(standards, Path.GetFileName(file)));
        string gateway = Path.Combine(killed._site, "gateway.json");
        int line = 0;
        File.WriteAllText(gateway, Regex.Replace(File.ReadAllText(gateway), "\"port\": \\d+", _ => $"\"port\": {plant.Endpoints[line++].Port}"));
        return killed;
    }

    public GatewayProcess StartGateway() => GatewayProcess.Start(_site, Data);

    /// <summary>Trips or resets a blower, whose alarm is latched.</summary>
    public void Blower(bool tripped) => _plant.Station.Use(plant =>
    {
        if (tripped)
            plant.Process.Air.Blowers[1].Trip();
        else
            plant.Process.Air.Blowers[1].Reset();
        return true;
    });

    /// <summary>Notes an event that was shown; showing a number twice must show the same.</summary>
    public void Note(JsonElement item)
    {
        long sequence = item.GetProperty("sequence").GetInt64();
        string text = item.GetRawText();
        lock (Shown)
        {
            if (Shown.TryGetValue(sequence, out string? before))
                Assert.Equal(before, text);
            else
                Shown[sequence] = text;
        }
    }

    /// <summary>Sends a command; the event of its answer is noted. False when there was no such answer.</summary>
    public async Task<bool> PostAsync(HttpClient http, string path, object body)
    {
        try
        {
            using HttpResponseMessage answer = await http.PostAsJsonAsync(path, body);
            if (answer.StatusCode != HttpStatusCode.OK)
                return false;
            JsonElement document = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.True(document.GetProperty("durable").GetBoolean());
            Note(document.GetProperty("event"));
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _plant.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
