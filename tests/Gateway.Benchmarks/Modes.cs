using Gateway.Benchmarks.Alarms;
using Gateway.Benchmarks.Bsm1;
using Gateway.Benchmarks.Client;
using Gateway.Benchmarks.Evaluate;
using Gateway.Benchmarks.History;
using Gateway.Benchmarks.Lateness;
using Gateway.Benchmarks.Measure;
using Gateway.Benchmarks.OpcUa;
using Gateway.Benchmarks.Plant;
using Gateway.Benchmarks.Scan;
using Gateway.Benchmarks.Server;

namespace Gateway.Benchmarks;

/// <summary>What the first word of the command line starts.</summary>
internal static class Modes
{
    private const string Help = """
        usage: Gateway.Benchmarks MODE [options]
          client    our client beside raw C, libmodbus, pymodbus and modbus-serial   [--rounds N] [--native FILE]
          server    our server beside libmodbus's                                    [--rounds N] [--native FILE]
          opcua     our OPC UA client and server beside node-opcua's, both ways      [--rounds N] [--native FILE]
          scan      one scan of 10,000 tags, 1,000 alarms, 1,000 windows; 10,000 windows alone  [--scans N]
          lateness  wake-ups of the scan thread beside a C loop                      [--turns N] [--native FILE]
          gateway   the whole gateway, 10,000 tags at 100 ms and 100,000 at 1 s      --gateway FILE [--seconds N] [--starts N]
          alarm-latency  register in the PLC to alarm on the stream                  --gateway FILE [--changes N]
          bsm1      14 days of the benchmark plant beside a scalar loop, and its convergence table  [--influent FILE] [--noise FILE] [--no-table]
          history   samples to closed chunks beside SQLite rows, and questions     [--hours N]
          journal   durable transitions, acknowledgments, a start with a month behind it      --gateway FILE [--acks N] [--starts N] [--days N]
          alarm-flood    5,000 alarms in 10 s against the whole gateway              --gateway FILE [--rounds N]
          works     the four-lane works behind its PLCs at 1,000 times real time    [--site DIR]
          works-live     the same with a real gateway polling it through sockets     --gateway FILE --plcsim FILE [--site DIR] [--seconds N]
          settled   the state from which the lanes of the works start
          evaluate  a year of quarter hours of 20 parameters under 5 rule sets       --gateway FILE [--rounds N] [--standards DIR]
          micro     BenchmarkDotNet: decoding, alarm engine, compliance engine, expression
          smoke     a short run of client, server, opcua, scan and lateness; fails when one does not run or allocates
        docs/benchmarks.md says what each figure means.
        """;

    public static int Run(string mode, Arguments arguments)
    {
        TextWriter output = Console.Out;
        if (mode == "help")
        {
            output.WriteLine(Help);
            return 0;
        }
        output.WriteLine(Machine.Describe());
        output.WriteLine();
        using var programs = new PeerPrograms();
        int exit = Start(mode, arguments, output, programs);
        output.WriteLine($"load at the end: {Machine.Load()}");
        return exit;
    }

    private static int Start(string mode, Arguments arguments, TextWriter output, PeerPrograms programs)
    {
        Pace pace = Pace.Full(arguments.Number("--rounds", 15));
        string? native = arguments.Text("--native");
        switch (mode)
        {
            case "client":
                return RunClient(output, programs, pace, native, [16, 64]) <= Contest.NoBytes ? 0 : 1;
            case "server":
                return RunServer(output, programs, pace, native) <= Contest.NoBytes ? 0 : 1;
            case "opcua":
                using (var opcua = new OpcUaBenchmark(output, programs, pace, native))
                    return opcua.Run() ? 0 : 1;
            case "scan":
                return ScanBenchmark.Run(output, arguments.Number("--scans", 3000)) + WindowsBenchmark.Run(output) == 0 ? 0 : 1;
            case "lateness":
                new LatenessBenchmark(output, programs, native).Run(arguments.Number("--turns", 20));
                return 0;
            case "gateway":
                new GatewayBenchmark(output, programs, RequireGateway(arguments)).RunAsync(arguments.Number("--seconds", 30), arguments.Number("--starts", 7)).GetAwaiter().GetResult();
                return 0;
            case "alarm-latency":
                new AlarmLatencyBenchmark(output, programs, RequireGateway(arguments)).RunAsync(arguments.Number("--changes", 300)).GetAwaiter().GetResult();
                return 0;
            case "bsm1":
                return Bsm1Benchmark.Run(output, arguments);
            case "history":
                using (var history = new HistoryBenchmark(output))
                    history.Run(arguments.Number("--hours", 2));
                return 0;
            case "journal":
                new JournalBenchmark(output, programs, RequireGateway(arguments)).RunAsync(arguments.Number("--acks", 300), arguments.Number("--starts", 7), arguments.Number("--days", 30)).GetAwaiter().GetResult();
                return 0;
            case "alarm-flood":
                new AlarmFloodBenchmark(output, programs, RequireGateway(arguments)).RunAsync(arguments.Number("--rounds", 3)).GetAwaiter().GetResult();
                return 0;
            case "works":
                return WorksBenchmark.Run(output, arguments.Text("--site") ?? "config/tangjiatuo");
            case "works-live":
                new WorksLiveBenchmark(output, RequireGateway(arguments), arguments.Text("--plcsim") ?? throw new BenchmarkException("--plcsim FILE is needed: plcsim or plcsim.dll"), arguments.Text("--site") ?? "config/tangjiatuo").RunAsync(arguments.Number("--seconds", 20)).GetAwaiter().GetResult();
                return 0;
            case "settled":
                return SettledState.Run(output);
            case "evaluate":
                return new EvaluateBenchmark(output, RequireGateway(arguments), arguments.Text("--standards") ?? "config/standards").Run(arguments.Number("--rounds", 5)) ? 0 : 1;
            case "smoke":
                return Smoke(output, programs);
#if !NATIVE
            case "micro":
                return Micro.MicroRun.Run();
#endif
            default:
                throw new BenchmarkException($"there is no mode '{mode}'; 'help' lists them");
        }
    }

    private static string RequireGateway(Arguments arguments) =>
        arguments.Text("--gateway") ?? throw new BenchmarkException("--gateway FILE is needed: the published native binary, or gateway.dll");

    private static double RunClient(TextWriter output, PeerPrograms programs, Pace pace, string? native, int[] connections)
    {
        using var client = new ClientBenchmark(output, programs, pace, native);
        client.OneConnection();
        foreach (int count in connections)
            client.ManyConnections(count);
        client.Window();
        Contest.Judge(output, "client bytes per request", client.WorstBytesPerRequest, Contest.NoBytes);
        output.WriteLine();
        return client.WorstBytesPerRequest;
    }

    private static double RunServer(TextWriter output, PeerPrograms programs, Pace pace, string? native)
    {
        using var server = new ServerBenchmark(output, programs, pace, native);
        server.Run();
        return server.WorstBytesPerRequest;
    }

    private static int Smoke(TextWriter output, PeerPrograms programs)
    {
        double clientBytes = RunClient(output, programs, Pace.Smoke, null, [16]);
        double serverBytes = RunServer(output, programs, Pace.Smoke, null);
        long scanBytes = ScanBenchmark.Run(output, 300);
        new LatenessBenchmark(output, programs, null).Run(2);
        using var opcua = new OpcUaBenchmark(output, programs, Pace.Smoke, null);
        bool isSteady = opcua.RunReads();
        return isSteady && clientBytes <= Contest.NoBytes && serverBytes <= Contest.NoBytes && scanBytes == 0 ? 0 : 1;
    }
}
