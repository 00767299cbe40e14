using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Gateway.Modbus.Protocol;
using Gateway.PlcSimulator.Bank;

namespace Gateway.PlcSimulator.Cli;

/// <summary><c>bank</c>: a plain register bank. Exit code 0 stopped, 1 arguments, map or address wrong.</summary>
internal static class BankVerb
{
    private const int Wrong = 1;

    private static readonly Option<string> Map = new("--map") { Description = "CSV file with the values and fault rules", Required = true };
    private static readonly Option<string> Modbus = new("--modbus") { Description = "HOST:PORT to listen on; port 0 takes a free one", DefaultValueFactory = _ => "127.0.0.1:1502" };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Decides faults with a probability", DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        var command = new Command("bank", "Serves a register bank filled from a CSV file until it is stopped.") { Map, Modbus, Seed };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(Map)!, parsed.GetValue(Modbus)!, parsed.GetValue(Seed), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string path, string modbus, ulong seed, CancellationToken cancel)
    {
        if (!HostPort.TryParse(modbus, out var place) || !(place.Loopback is { } address || IPAddress.TryParse(place.Host, out address)))
        {
            Console.Error.WriteLine($"--modbus: error: '{modbus}' is not ADDRESS:PORT, such as 127.0.0.1:1502");
            return Wrong;
        }

        var (map, errors) = BankMapReader.Load(path);
        foreach (var error in errors)
            Console.Error.WriteLine(error);
        if (map is null)
            return Wrong;
        await using var server = new BankServer(map, new IPEndPoint(address, place.Port), seed);
        try
        {
            server.Start();
        }
        catch (SocketException e)
        {
            Console.Error.WriteLine($"--modbus: error: cannot listen on {server.EndPoint} ({e.Message}); choose another port");
            return Wrong;
        }

        Console.WriteLine($"register bank on {server.EndPoint}: {map.Size(DataSpace.Coils)} coils, {map.Size(DataSpace.DiscreteInputs)} discrete inputs, {map.Size(DataSpace.HoldingRegisters)} holding registers, {map.Size(DataSpace.InputRegisters)} input registers, {map.Faults.Count} fault rules");
        Console.WriteLine("stop with Ctrl-C");
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancel.Register(() => stopped.TrySetResult());
        await stopped.Task;
        return 0;
    }
}
