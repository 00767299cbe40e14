using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.OpcUa.Tests.Interop;
using Gateway.SystemTests.Support;

namespace Gateway.SystemTests.OpcUa;

/// <summary>The real program before a server of node-opcua: probe and trust, values on the API, an output written.</summary>
public sealed class NodeServerSiteTests : IClassFixture<NodeServer>, IDisposable
{
    private readonly NodeServer _server;
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-opcua-").FullName;

    public NodeServerSiteTests(NodeServer server)
    {
        _server = server;
        Directory.CreateDirectory(Site);
        File.WriteAllText(Path.Combine(Site, "gateway.json"), $$"""
            {
              "site": { "id": "node", "timeZone": "+08:00" },
              "lines": [
                {
                  "name": "station", "transport": "opcUa", "endpoint": "{{server.Url}}", "publishingIntervalMs": 100,
                  "user": { "name": "operator", "passwordFile": "password" },
                  "devices": [ { "name": "plc" } ],
                },
              ],
            }
            """);
        File.WriteAllText(Path.Combine(Site, "password"), "pässword\n");
        File.WriteAllText(Path.Combine(Site, "tags.csv"), """
            tag,unit,device,address,rate,access
            SEVEN,,plc,nsu=urn:127.0.0.1:test:server;s=d7,100,R
            FLAG,,plc,ns=1;s=Flag,100,R
            TEXT,,plc,ns=1;s=Text,100,R
            NOWHERE,,plc,ns=1;s=Nowhere,100,R
            SP,mg/L,plc,nsu=urn:127.0.0.1:test:server;s=Setpoint,100,RW
            """);
        File.WriteAllText(Path.Combine(Site, "outputs.csv"), "tag,low,high,armed\nSP,0,10,true\n");
    }

    private string Site => Path.Combine(_folder, "site");

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_trusted_server_gives_values_and_takes_an_output()
    {
        (int code, string output) = await RunAsync("probe", "opcua", _server.Url, "--store", Path.Combine(Data, "pki"), "--trust");
        Assert.True(code == 0, output);
        Assert.Contains("Aes256_Sha256_RsaPss / SignAndEncrypt", output, StringComparison.Ordinal);
        Assert.Contains("fingerprint (SHA-256)", output, StringComparison.Ordinal);
        using GatewayProcess gateway = GatewayProcess.Start(Site, Data);
        using var http = new HttpClient { BaseAddress = await gateway.UrlAsync() };
        JsonElement seven = await UntilAsync(http, "SEVEN", tag => tag.GetProperty("quality").GetString() == "Good", gateway);
        Assert.Equal(3.5, seven.GetProperty("value").GetDouble());
        Assert.Equal("nsu=urn:127.0.0.1:test:server;s=d7", seven.GetProperty("source").GetProperty("node").GetString());
        Assert.Equal(1, (await UntilAsync(http, "FLAG", IsUsable, gateway)).GetProperty("value").GetDouble());
        Assert.Equal("BadDecodingError", (await UntilAsync(http, "TEXT", tag => !IsWaiting(tag), gateway)).GetProperty("quality").GetString());
        Assert.Equal("BadConfigurationError", (await UntilAsync(http, "NOWHERE", tag => !IsWaiting(tag), gateway)).GetProperty("quality").GetString());

        using HttpResponseMessage answer = await http.PostAsJsonAsync("/api/v1/outputs/SP", new { user = "olga", value = 7.25 });
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        await UntilAsync(http, "SP", tag => IsUsable(tag) && tag.GetProperty("value").GetDouble() == 7.25, gateway);
        JsonElement line = (await http.GetFromJsonAsync<JsonElement>("/api/v1/lines")).GetProperty("lines")[0];
        Assert.Equal(("OpcUa", true, 1), (line.GetProperty("transport").GetString(), line.GetProperty("up").GetBoolean(), line.GetProperty("opcUa").GetProperty("sessions").GetInt32()));
        Assert.Equal(1, line.GetProperty("devices")[0].GetProperty("refusedPoints").GetInt32());
        Assert.Contains("gateway_opcua_line_values_total{line=\"station\"}", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Equal(0, gateway.Stop());
    }

    [Fact]
    public async Task A_server_that_nobody_trusted_is_told_with_its_fingerprint()
    {
        using GatewayProcess gateway = GatewayProcess.Start(Site, Data);
        using var http = new HttpClient { BaseAddress = await gateway.UrlAsync() };
        await UntilAsync(http, "SEVEN", tag => tag.GetProperty("quality").GetString() == "BadNotConnected", gateway);
        JsonElement line = (await http.GetFromJsonAsync<JsonElement>("/api/v1/lines")).GetProperty("lines")[0];
        Assert.Contains("BadCertificateUntrusted", line.GetProperty("lastTrouble").GetString(), StringComparison.Ordinal);
        Assert.Contains("fingerprint", line.GetProperty("lastTrouble").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_probe_browses_reads_watches_and_writes()
    {
        string[] plain = ["probe", "opcua", _server.Url, "--policy", "None"];
        (int code, string output) = await RunAsync([.. plain, "--browse", "Objects/Plant/d77*"]);
        Assert.True(code == 0, output);
        Assert.Contains("nsu=urn:127.0.0.1:test:server;s=d777 ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("s=d78 ", output, StringComparison.Ordinal);
        (code, output) = await RunAsync([.. plain, "--read", "nsu=urn:127.0.0.1:test:server;s=d7", "ns=1;s=Text"]);
        Assert.True(code == 0 && output.Contains("s=d7  3.5 (Double)  Good", StringComparison.Ordinal) && output.Contains("水 water (String)", StringComparison.Ordinal), output);
        (code, output) = await RunAsync([.. plain, "--write", "ns=1;s=Small=12"]);
        Assert.True(code == 1 && output.Contains("--confirm", StringComparison.Ordinal), output);
        (code, output) = await RunAsync([.. plain, "--write", "ns=1;s=Small=12", "--confirm"]);
        Assert.True(code == 0 && output.Contains("s=Small  12 (Int16)  Good", StringComparison.Ordinal), output);
        (code, output) = await RunAsync([.. plain, "--subscribe", "ns=1;s=d7", "--seconds", "1"]);
        Assert.True(code == 0 && output.Contains("s=d7  3.5 (Double)  Good", StringComparison.Ordinal), output);
        (code, output) = await RunAsync("probe", "opcua", "opc.tcp://127.0.0.1:9", "--timeout", "2000");
        Assert.True(code == 6, output);
    }

    [Fact]
    public async Task The_plan_shows_what_was_asked_for_and_what_the_server_makes_of_it()
    {
        (int code, string output) = await RunAsync("plan", "--site", Site);
        Assert.True(code == 0 && output.Contains("1 subscriptions, 5 nodes, publishing every 100 ms", StringComparison.Ordinal), output);
        Assert.DoesNotContain("granted", output, StringComparison.Ordinal);
        await RunAsync("probe", "opcua", _server.Url, "--store", Path.Combine(Data, "pki"), "--trust");
        (code, output) = await RunAsync("plan", "--site", Site, "--connect", "--data", Data);
        Assert.True(code == 0 && output.Contains("granted: publishing every 100 ms", StringComparison.Ordinal), output);
        Assert.Contains("refused: nsu=urn:127.0.0.1:test:server;s=Nowhere", output.Replace("ns=1;", "nsu=urn:127.0.0.1:test:server;", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static bool IsUsable(JsonElement tag) => tag.GetProperty("value").ValueKind == JsonValueKind.Number;

    private static bool IsWaiting(JsonElement tag) => tag.GetProperty("quality").GetString() is "BadWaitingForInitialData" or "BadNotConnected";

    private static async Task<JsonElement> UntilAsync(HttpClient http, string name, Func<JsonElement, bool> isDone, GatewayProcess gateway)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            JsonElement tag = await http.GetFromJsonAsync<JsonElement>("/api/v1/tags/" + name);
            if (isDone(tag))
                return tag;
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), tag + "\n" + gateway.Log);
            await Task.Delay(100);
        }
    }

    /// <summary>Runs a verb; its exit code and both outputs.</summary>
    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        string? native = Environment.GetEnvironmentVariable("GATEWAY_BINARY");
        ProcessStartInfo start = native is null
            ? new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "gateway.dll"), .. arguments])
            : new ProcessStartInfo(native, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await output + await errors);
    }
}
