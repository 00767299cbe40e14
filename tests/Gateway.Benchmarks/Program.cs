using Gateway.Benchmarks;
using Gateway.Benchmarks.Client;
using Gateway.Benchmarks.Lateness;
using Gateway.Benchmarks.Measure;
using Gateway.Benchmarks.OpcUa;
using Gateway.Benchmarks.Server;

string mode = args.FirstOrDefault() ?? "help";
string[] rest = args.Length > 0 ? args[1..] : [];
try
{
    return mode switch
    {
        "child-client" => ClientChild.Run(rest),
        "child-opcua-client" => OpcUaClientChild.Run(rest),
        "child-opcua-server" => OpcUaServerChild.Run(rest),
        "child-server" => ServerChild.Run(),
        "child-sleeper" => SleeperChild.Run(rest),
        _ => Modes.Run(mode, new Arguments(rest)),
    };
}
catch (BenchmarkException e)
{
    Console.Error.WriteLine("error: " + e.Message);
    return 1;
}
