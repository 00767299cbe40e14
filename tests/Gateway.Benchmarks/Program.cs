using System.Globalization;
using Gateway.Benchmarks;
using Gateway.Benchmarks.Client;
using Gateway.Benchmarks.Measure;
using Gateway.Benchmarks.Server;

// Figures are written the same way on every machine.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string mode = args.FirstOrDefault() ?? "help";
string[] rest = args.Length > 0 ? args[1..] : [];
try
{
    return mode switch
    {
        "child-client" => ClientChild.Run(rest),
        "child-server" => ServerChild.Run(),
        _ => Modes.Run(mode, new Arguments(rest)),
    };
}
catch (BenchmarkException e)
{
    Console.Error.WriteLine("error: " + e.Message);
    return 1;
}
