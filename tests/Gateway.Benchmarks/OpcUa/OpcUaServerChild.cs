using System.Diagnostics;
using System.Net;
using Gateway.Benchmarks.Measure;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Server;
using Gateway.OpcUa.Types;

namespace Gateway.Benchmarks.OpcUa;

/// <summary>Our server in a process of its own, with numbers <c>ns=2;s=d0</c>, <c>d1</c>, ...</summary>
internal static class OpcUaServerChild
{
    /// <summary>
    /// Mode "child-opcua-server FOLDER VARIABLES TURN": prints its port. "mark N" is answered with processor time and
    /// allocation so far, "turn N" gives every variable a new value, N times, one turn every TURN milliseconds.
    /// </summary>
    public static int Run(string[] words)
    {
        string folder = words[0];
        int count = int.Parse(words[1]), turnMs = int.Parse(words[2]);
        var space = new AddressSpace("urn:benchmark:server");
        ushort plant = space.AddNamespace("urn:benchmark:plant");
        var parent = new NodeId("Plant", plant);
        space.AddFolder(NodeIds.Objects, parent, "Plant");
        var variables = new int[count];
        for (int i = 0; i < count; i++)
            variables[i] = space.AddVariable(parent, new NodeId("d" + i, plant), "d" + i, new VariableShape());
        var server = new OpcUaServer(
            new OpcUaServerOptions
            {
                EndpointUrl = "opc.tcp://localhost:4840",
                Policies = [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
                Certificate = OpcUaIdentity.Load(folder, "server"),
                Validator = OpcUaIdentity.Validator(folder, "server"),
                AllowAnonymous = true,
                Limits = new ServerLimits { MaxConnections = 1100, MaxConnectionsPerPeer = 1100, MaxSessions = 1100, MaxSubscriptions = 1100 },
            },
            space);
        Turn(space, variables, 0);
        Console.WriteLine($"ready {server.Listen(new IPEndPoint(IPAddress.Loopback, 0)).Port}");
        while (Console.ReadLine() is { } line)
        {
            string[] command = line.Split(' ');
            if (command[0] == "turn")
                Turns(space, variables, int.Parse(command[1]), turnMs);
            Console.WriteLine($"{command[1]} {Machine.CpuNs()} {Stopwatch.GetElapsedTime(0).Ticks * 100} {GC.GetTotalAllocatedBytes(precise: true)}");
        }
        return 0;
    }

    private static void Turns(AddressSpace space, int[] variables, int turns, int turnMs)
    {
        long started = Stopwatch.GetTimestamp();
        for (int turn = 1; turn <= turns; turn++)
        {
            Task.Delay(Math.Max(0, turn * turnMs - (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds)).Wait();
            Turn(space, variables, turn);
        }
    }

    private static void Turn(AddressSpace space, int[] variables, int turn)
    {
        DateTime now = DateTime.UtcNow;
        for (int i = 0; i < variables.Length; i++)
            space.Set(variables[i], new DataValue(new Variant(i * 0.5 + turn), StatusCodes.Good, now));
    }
}
