using System.Diagnostics;
using System.Globalization;
using Gateway.Benchmarks.Measure;

namespace Gateway.Benchmarks.Plant;

/// <summary>
/// The example site as its users test it: plcsim with the four-lane works, and the gateway polling it over Modbus TCP
/// at the site's own rates, while the plant runs faster and faster.
/// </summary>
internal sealed class WorksLiveBenchmark(TextWriter output, string gateway, string plcsim, string site)
{
    private const double MostCores = 0.5;
    private const int JudgedSpeed = 1000;
    private static readonly int[] s_speeds = [1, 100, JudgedSpeed, 10_000];

    public async Task RunAsync(int seconds)
    {
        var table = new Table("4 lanes, gateway attached", "plcsim, cores", "gateway, cores", "plant seconds per second", "requests/s", "failed");
        double cores = 0;
        foreach (int speed in s_speeds)
        {
            double used = await RunAsync(speed, seconds, table);
            if (speed == JudgedSpeed)
                cores = used;
        }
        table.Print(output);
        Contest.Judge(output, "cores of plcsim at 1,000 x real time, gateway attached", cores, MostCores);
        output.WriteLine();
    }

    private async Task<double> RunAsync(int speed, int seconds, Table table)
    {
        using Process plant = StartPlant(speed);
        try
        {
            using GatewayProcess process = await GatewayProcess.StartAsync(gateway, site);
            await Task.Delay(TimeSpan.FromSeconds(5)); // both are compiled and connected
            (long good, long failed) before = await process.RequestsAsync();
            double plantBefore = await PlantSecondsAsync();
            long cpu = Machine.CpuNs(plant.Id), own = Machine.CpuNs(process.Id), started = Stopwatch.GetTimestamp();
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            double wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
            double used = (Machine.CpuNs(plant.Id) - cpu) / 1e9 / wall, gatewayUsed = (Machine.CpuNs(process.Id) - own) / 1e9 / wall;
            double plantSeconds = await PlantSecondsAsync() - plantBefore;
            (long good, long failed) after = await process.RequestsAsync();
            table.Add($"x {speed:N0}", used.ToString("F3"), gatewayUsed.ToString("F3"), (plantSeconds / wall).ToString("N0"), ((after.good - before.good) / wall).ToString("F0"), (after.failed - before.failed).ToString());
            return used;
        }
        finally
        {
            plant.Kill();
            await plant.WaitForExitAsync();
        }
    }

    private Process StartPlant(int speed)
    {
        string[] arguments = ["serve", "--site", site, "--speed", speed.ToString(CultureInfo.InvariantCulture), "--control", "127.0.0.1:8502"];
        ProcessStartInfo start = plcsim.EndsWith(".dll", StringComparison.Ordinal) ? new("dotnet", [plcsim, .. arguments]) : new(plcsim, arguments);
        start.RedirectStandardOutput = true;
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private static async Task<double> PlantSecondsAsync()
    {
        using var http = new HttpClient();
        using var document = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri("http://127.0.0.1:8502/plant")));
        return document.RootElement.GetProperty("time").GetDateTimeOffset().UtcTicks / (double)TimeSpan.TicksPerSecond;
    }
}
