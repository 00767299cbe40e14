using System.Diagnostics;
using System.Net;
using Gateway.Benchmarks.Measure;
using Gateway.Modbus;
using Gateway.Modbus.Server;

namespace Gateway.Benchmarks.Server;

/// <summary>The measured side: our server in a process of its own.</summary>
internal static class ServerChild
{
    /// <summary>Mode "child-server": prints its port, then answers each line with its processor time and allocation so far.</summary>
    public static int Run()
    {
        var server = new ModbusServer(new RegisterBank());
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        Console.WriteLine($"ready {server.LocalEndPoint!.Port}");
        while (Console.ReadLine() is { } line)
            Console.WriteLine($"{line.Split(' ')[1]} {Machine.CpuNs()} {Stopwatch.GetElapsedTime(0).Ticks * 100} {GC.GetTotalAllocatedBytes(precise: true)}");
        return 0;
    }
}
