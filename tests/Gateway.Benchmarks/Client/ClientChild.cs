using System.Diagnostics;
using Gateway.Benchmarks.Measure;
using Gateway.Modbus;

namespace Gateway.Benchmarks.Client;

/// <summary>The measured side: our client in a process of its own, driven over standard input like the C peers.</summary>
internal static class ClientChild
{
    private const int Registers = 125;

    /// <summary>Mode "child-client PORT CONNECTIONS WINDOW INLINE".</summary>
    public static int Run(string[] words)
    {
        if (words[3] == "1")
            ModbusTransport.PreferInlineCompletions();
        // Connects and waits on the main thread: after an await it would go on, and then block, on the thread that
        // completes all socket operations.
        int port = int.Parse(words[0]), connections = int.Parse(words[1]), window = int.Parse(words[2]);
        var clients = new ModbusClient[connections];
        for (int i = 0; i < connections; i++)
        {
            Stream stream = ModbusTransport.ConnectTcpAsync("127.0.0.1", port, TimeSpan.FromSeconds(5)).AsTask().GetAwaiter().GetResult();
            clients[i] = new ModbusClient(stream, new ModbusClientOptions { Window = window });
        }
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } line)
        {
            string[] command = line.Split(' ');
            int each = Math.Max(int.Parse(command[1]) / (connections * window), 1);
            var meter = new AllocationMeter(command[0] == "bytes" ? each * connections * window : 0);
            long cpu = Machine.CpuNs(), started = Stopwatch.GetTimestamp();
            Run(clients, window, each, meter);
            long wall = Stopwatch.GetElapsedTime(started).Ticks * 100;
            Console.WriteLine($"{each * connections * window} {Machine.CpuNs() - cpu} {wall} {meter.Bytes}");
        }
        return 0;
    }

    private static void Run(ModbusClient[] clients, int window, int each, AllocationMeter meter)
    {
        var loops = new Task[clients.Length * window];
        for (int i = 0; i < loops.Length; i++)
            loops[i] = ReadAsync(clients[i % clients.Length], each, meter);
        Task.WaitAll(loops);
    }

    private static async Task ReadAsync(ModbusClient client, int count, AllocationMeter meter)
    {
        byte[] data = new byte[2 * Registers];
        for (int i = 0; i < count; i++)
        {
            ModbusReply reply = await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, Registers, data).ConfigureAwait(false);
            if (!reply.IsOk)
                throw new BenchmarkException($"a read failed: {reply}");
            meter.Count();
        }
    }

    /// <summary>Bytes that the whole process allocates in the middle eighty percent of the requests of a run.</summary>
    private sealed class AllocationMeter(long requests)
    {
        private long _done;
        private long _before;

        public long Bytes { get; private set; }

        public void Count()
        {
            if (requests == 0)
                return;
            long done = Interlocked.Increment(ref _done);
            if (done == requests / 10)
                _before = GC.GetTotalAllocatedBytes(precise: true);
            else if (done == requests * 9 / 10)
                Bytes = GC.GetTotalAllocatedBytes(precise: true) - _before;
        }
    }
}
