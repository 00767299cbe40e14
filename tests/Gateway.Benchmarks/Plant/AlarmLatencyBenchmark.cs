using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Gateway.Benchmarks.Measure;
using Gateway.Modbus;

namespace Gateway.Benchmarks.Plant;

/// <summary>From the change of a register in the PLC to the alarm's event on the gateway's stream.</summary>
internal sealed class AlarmLatencyBenchmark(TextWriter output, PeerPrograms programs, string gateway)
{
    private const int PeriodMs = 100;
    private const int ScanMs = 100;

    public async Task RunAsync(int changes)
    {
        var size = new SiteSize(1, 150, PeriodMs, 20, 10);
        using Peer plc = Peer.Start("PLC", programs.Require("raw_server"), ["1"]);
        string site = SiteFolder.Write(programs.Folder, size, plc.Greeting);
        using GatewayProcess process = await GatewayProcess.StartAsync(gateway, site);
        await using ModbusClient writer = new(
            await ModbusTransport.ConnectTcpAsync("127.0.0.1", int.Parse(plc.Greeting[0]), TimeSpan.FromSeconds(5)),
            new ModbusClientOptions());
        Channel<long> events = Channel.CreateUnbounded<long>();
        using var end = new CancellationTokenSource();
        Task reading = ReadStreamAsync(process.Http, events.Writer, end.Token);
        Series latency = await ChangeAsync(writer, events.Reader, changes);
        await end.CancelAsync();
        await reading;
        var table = new Table($"register to alarm on the stream, poll {PeriodMs} ms, scan {ScanMs} ms", "p50 ms", "p99 ms", "max ms", "changes");
        table.Add("alarm without delay", latency.Median.ToString("F1"), latency.Percentile(99).ToString("F1"), latency.Max.ToString("F1"), latency.Count.ToString());
        table.Print(output);
        Contest.Judge(output, "p99 ms from register to alarm", latency.Percentile(99), PeriodMs + ScanMs + 5);
        output.WriteLine();
    }

    /// <summary>Moves the alarm's value over its limit and back, at times that have nothing to do with poll and scan.</summary>
    private static async Task<Series> ChangeAsync(ModbusClient writer, ChannelReader<long> events, int changes)
    {
        var latency = new Series();
        var random = new Random(1);
        bool high = false;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10 + changes));
        for (int i = 0; i < changes; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(150 + random.NextDouble() * 200));
            high = !high;
            byte[] value = high ? [0x26, 0xAC] : [0x13, 0x88]; // 9,900 and 5,000 of 10,000; the limit is at 95 %
            long changed = Stopwatch.GetTimestamp();
            ModbusReply reply = await writer.WriteAsync(1, ModbusFunction.WriteSingleRegister, 0, 1, value);
            if (!reply.IsOk)
                throw new BenchmarkException($"the PLC refused a write: {reply}");
            try
            {
                latency.Add(Stopwatch.GetElapsedTime(changed, await events.ReadAsync(patience.Token)).TotalMilliseconds);
            }
            catch (OperationCanceledException)
            {
                throw new BenchmarkException($"change {i}: no alarm came");
            }
        }
        return latency;
    }

    private static async Task ReadStreamAsync(HttpClient http, ChannelWriter<long> events, CancellationToken end)
    {
        try
        {
            await using Stream stream = await http.GetStreamAsync(new Uri("/api/v1/stream?prefix=none", UriKind.Relative), end);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(end) is { } line)
            {
                long now = Stopwatch.GetTimestamp();
                if (IsOurAlarm(line))
                    events.TryWrite(now);
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement has ended.
        }
    }

    private static bool IsOurAlarm(string line)
    {
        if (!line.StartsWith("data: ", StringComparison.Ordinal) || !line.Contains("\"A0\"", StringComparison.Ordinal))
            return false;
        using JsonDocument document = JsonDocument.Parse(line.AsMemory(6));
        return document.RootElement.TryGetProperty("kind", out JsonElement kind) && kind.GetString() == "alarm"
            && document.RootElement.GetProperty("id").GetString() == "A0";
    }
}
