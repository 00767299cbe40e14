using System.CommandLine;

namespace Gateway.PlcSimulator.Cli;

/// <summary>The verbs of the program; one file for each.</summary>
internal static class CommandLine
{
    /// <summary>Parses the arguments and runs the verb.</summary>
    /// <returns>The exit code of the verb; 1 when the arguments are wrong.</returns>
    public static Task<int> RunAsync(string[] args) =>
        new RootCommand("A simulated plant, or a plain register bank, behind real Modbus and OPC UA servers.") { ServeVerb.Create(), BankVerb.Create(), Bsm1Verb.Create() }
            .Parse(args).InvokeAsync();
}
