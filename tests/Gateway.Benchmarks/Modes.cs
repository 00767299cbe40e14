using Gateway.Benchmarks.Client;
using Gateway.Benchmarks.Measure;
using Gateway.Benchmarks.Server;

namespace Gateway.Benchmarks;

/// <summary>What the first word of the command line starts.</summary>
internal static class Modes
{
    private const string Help = """
        usage: Gateway.Benchmarks MODE [options]
          client    our client beside raw C, libmodbus, pymodbus and modbus-serial   [--rounds N] [--native FILE]
          server    our server beside libmodbus's                                    [--rounds N] [--native FILE]
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
                using (var client = new ClientBenchmark(output, programs, pace, native))
                {
                    client.OneConnection();
                    client.ManyConnections(16);
                    client.ManyConnections(64);
                    client.Window();
                    Contest.Judge(output, "client bytes per request", client.WorstBytesPerRequest, Contest.NoBytes);
                }
                return 0;
            case "server":
                using (var server = new ServerBenchmark(output, programs, pace, native))
                    server.Run();
                return 0;
            default:
                throw new BenchmarkException($"there is no mode '{mode}'; 'help' lists them");
        }
    }
}
