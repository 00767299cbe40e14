using System.Diagnostics;
using System.Globalization;
using Gateway.Benchmarks.Measure;
using Gateway.Benchmarks.Plant;
using Gateway.Modbus;
using Gateway.Runtime.Alarms;
using Gateway.Storage;

namespace Gateway.Benchmarks.Alarms;

/// <summary>5,000 alarms come within 10 s and go again: the journal must have them all, the scan must not notice, the list must answer.</summary>
internal sealed class AlarmFloodBenchmark(TextWriter output, PeerPrograms programs, string gateway)
{
    private const int Plcs = 10, PerPlc = 500, Alarms = Plcs * PerPlc;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public async Task RunAsync(int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("gateway-flood-").FullName;
        try
        {
            await RunAsync(folder, rounds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task RunAsync(string folder, int rounds)
    {
        using Peer plc = Peer.Start("PLCs", programs.Require("raw_server"), [Plcs.ToString(CultureInfo.InvariantCulture)]);
        var writers = new List<ModbusClient>();
        foreach (string port in plc.Greeting.Take(Plcs))
            writers.Add(new ModbusClient(await ModbusTransport.ConnectTcpAsync("127.0.0.1", int.Parse(port), TimeSpan.FromSeconds(5)), new ModbusClientOptions()));
        await ChangeAsync(writers, standing: false, TimeSpan.Zero);
        string site = SiteFolder.Write(folder, new SiteSize(Plcs, PerPlc, 1000, Alarms, 10) { ScanMs = 10 }, plc.Greeting);
        string data = Path.Combine(folder, "data");
        Series quietList = new(), floodList = new();
        var quiet = new Lateness();
        var flood = new Lateness();
        using (GatewayProcess process = await GatewayProcess.StartAsync(gateway, site, data))
        {
            await process.UntilStandingAsync(0, s_patience);
            for (int round = 0; round < rounds; round++)
            {
                quiet.Add(await LatenessAsync(process, () => ListAsync(process, quietList, TimeSpan.FromSeconds(10))));
                flood.Add(await LatenessAsync(process, () => Task.WhenAll(ChangeAsync(writers, standing: true, TimeSpan.FromSeconds(10)), ListAsync(process, floodList, TimeSpan.FromSeconds(10)))));
                await process.UntilStandingAsync(Alarms, s_patience);
                await ChangeAsync(writers, standing: false, TimeSpan.FromSeconds(5));
                await process.UntilStandingAsync(0, s_patience);
            }
        }
        foreach (ModbusClient writer in writers)
            await writer.DisposeAsync();
        int came = CountRaised(data);
        var table = new Table($"{Alarms} alarms in 10 s, {rounds} times; scan 10 ms", "scan lateness p50 ms", "p99.9 ms", "alarm list p50 ms", "max ms");
        table.Add("quiet", quiet.Percentile(0.5).ToString("F3"), quiet.Percentile(0.999).ToString("F3"), quietList.Median.ToString("F0"), quietList.Max.ToString("F0"));
        table.Add("flood", flood.Percentile(0.5).ToString("F3"), flood.Percentile(0.999).ToString("F3"), floodList.Median.ToString("F0"), floodList.Max.ToString("F0"));
        table.Print(output);
        Contest.Judge(output, "alarms of the flood in the journal, of all that came", came / (double)(rounds * Alarms), 1, atMost: false);
        Contest.Judge(output, "p99.9 of the scan's lateness in the flood, less that of quiet, ms", flood.Percentile(0.999) - quiet.Percentile(0.999), 0.5);
        Contest.Judge(output, "longest answer with all alarms in the flood, ms", floodList.Max, 1000);
        output.WriteLine();
    }

    /// <summary>Writes all registers of all PLCs, spread over a time.</summary>
    private static async Task ChangeAsync(List<ModbusClient> writers, bool standing, TimeSpan over)
    {
        const int Block = 50;
        var clock = Stopwatch.StartNew();
        for (int at = 0; at < PerPlc; at += Block)
            for (int p = 0; p < writers.Count; p++)
            {
                byte[] words = SiteFolder.WordsOf(p * PerPlc + at, Block, standing);
                ModbusReply reply = await writers[p].WriteAsync(1, ModbusFunction.WriteMultipleRegisters, (ushort)at, Block, words);
                if (!reply.IsOk)
                    throw new BenchmarkException($"a PLC refused a write: {reply}");
                TimeSpan wait = over * ((at / Block * writers.Count) + p + 1) / (PerPlc / Block * writers.Count) - clock.Elapsed;
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait);
            }
    }

    /// <summary>Asks for all alarms twice a second, as a page that opens does.</summary>
    private static async Task ListAsync(GatewayProcess process, Series times, TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            long started = Stopwatch.GetTimestamp();
            byte[] list = await process.Http.GetByteArrayAsync(new Uri("/api/v1/alarms", UriKind.Relative));
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (list.Length < 1000 * 100)
                throw new BenchmarkException("the list is too short");
            await Task.Delay(500);
        }
    }

    private static async Task<Lateness> LatenessAsync(GatewayProcess process, Func<Task> during)
    {
        Lateness before = await Lateness.ReadAsync(process);
        await during();
        return (await Lateness.ReadAsync(process)).Since(before);
    }

    private static int CountRaised(string data)
    {
        JournalCheckResult check = JournalCheck.Run(data);
        if (check.Faults.Count > 0)
            throw new BenchmarkException("the journal is not whole: " + string.Join("; ", check.Faults));
        return JournalReader.Alarms(data).Count(row => row.Item.Code == (int)AlarmEventCode.On);
    }

    /// <summary>The gateway's own histogram of how late scans began.</summary>
    private sealed class Lateness
    {
        private readonly SortedDictionary<double, double> _upTo = [];

        public static async Task<Lateness> ReadAsync(GatewayProcess process)
        {
            const string Begin = "gateway_scan_lateness_seconds_bucket{le=\"";
            var read = new Lateness();
            foreach (string line in (await process.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n').Where(l => l.StartsWith(Begin, StringComparison.Ordinal)))
            {
                string bound = line[Begin.Length..line.IndexOf('"', Begin.Length)];
                read._upTo[bound == "+Inf" ? double.PositiveInfinity : double.Parse(bound, CultureInfo.InvariantCulture)] = double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
            }
            return read;
        }

        public Lateness Since(Lateness before)
        {
            var difference = new Lateness();
            foreach (var (bound, count) in _upTo)
                difference._upTo[bound] = count - before._upTo[bound];
            return difference;
        }

        public void Add(Lateness other)
        {
            foreach (var (bound, count) in other._upTo)
                _upTo[bound] = _upTo.GetValueOrDefault(bound) + count;
        }

        /// <summary>In milliseconds, linear within its bucket; infinite when it lies beyond the last bound.</summary>
        public double Percentile(double share)
        {
            double wanted = share * _upTo[double.PositiveInfinity], below = 0, from = 0;
            foreach (var (bound, count) in _upTo)
            {
                if (count >= wanted)
                    return 1000 * (from + (bound - from) * (count == below ? 1 : (wanted - below) / (count - below)));
                (below, from) = (count, bound);
            }
            return double.PositiveInfinity;
        }
    }
}
