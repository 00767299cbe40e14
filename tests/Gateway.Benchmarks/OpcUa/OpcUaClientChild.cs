using System.Diagnostics;
using Gateway.Benchmarks.Measure;
using Gateway.OpcUa;
using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Types;

namespace Gateway.Benchmarks.OpcUa;

/// <summary>Our client in a process of its own.</summary>
internal static class OpcUaClientChild
{
    private const int NodesPerRead = 1000;
    private static readonly PreparedRead s_read = new([.. Enumerable.Range(0, NodesPerRead).Select(Node)]);
    private static readonly DataValue[] s_results = new DataValue[NodesPerRead];

    /// <summary>
    /// Mode "child-opcua-client FOLDER URL SECURE SESSIONS ITEMS": with 0 items "run N" reads N values, 1,000 at a time;
    /// else every session subscribes to that many, the milliseconds to the first values of all are told, "run N" counts
    /// what comes in N milliseconds and "lost 0" tells how many were lost. "connect N" opens and closes N sessions beside.
    /// </summary>
    public static int Run(string[] words)
    {
        OpcUaTransport.PreferInlineCompletions();
        OpcUaClientOptions options = OpcUaIdentity.Client(words[0], words[1], words[2] == "1");
        int sessions = int.Parse(words[3]), items = int.Parse(words[4]);
        using OpcUaCounter counter = new(sessions * items);
        long started = Stopwatch.GetTimestamp();
        OpcUaClient[] clients = [.. Enumerable.Range(0, sessions).Select(_ => Connect(options))];
        for (int i = 0; i < clients.Length && items > 0; i++)
            Subscribe(clients[i], counter, i * items, items);
        counter.WaitForFirst();
        Console.WriteLine($"ready {(long)Stopwatch.GetElapsedTime(started).TotalMilliseconds}");
        while (Console.ReadLine() is { } line)
        {
            string[] command = line.Split(' ');
            long count = long.Parse(command[1]);
            long bytes = GC.GetTotalAllocatedBytes(precise: true), cpu = Machine.CpuNs();
            TimeSpan connecting = default;
            started = Stopwatch.GetTimestamp();
            count = command[0] switch
            {
                "connect" => Reconnect(options, count, out connecting),
                "lost" => counter.Lost,
                _ when items == 0 => Read(clients[0], count),
                _ => counter.During(TimeSpan.FromMilliseconds(count)),
            };
            cpu = Machine.CpuNs() - cpu;
            long wall = command[0] == "connect" ? connecting.Ticks * 100 : Stopwatch.GetElapsedTime(started).Ticks * 100;
            Console.WriteLine($"{count} {cpu} {wall} {GC.GetTotalAllocatedBytes(precise: true) - bytes}");
        }
        return 0;
    }

    private static OpcUaClient Connect(OpcUaClientOptions options)
    {
        (OpcUaClient? client, OpcUaFault fault) = OpcUaClient.ConnectAsync(options).AsTask().GetAwaiter().GetResult();
        return client ?? throw new BenchmarkException($"no connection: {fault}");
    }

    /// <summary>Opens and closes sessions; the time is that until the sessions were active.</summary>
    private static long Reconnect(OpcUaClientOptions options, long count, out TimeSpan connecting)
    {
        connecting = default;
        for (long i = 0; i < count; i++)
        {
            long started = Stopwatch.GetTimestamp();
            OpcUaClient client = Connect(options);
            connecting += Stopwatch.GetElapsedTime(started);
            client.CloseAsync().AsTask().GetAwaiter().GetResult();
        }
        return count;
    }

    private static long Read(OpcUaClient client, long values)
    {
        long reads = Math.Max(1, values / NodesPerRead);
        ReadAsync(client, reads).GetAwaiter().GetResult();
        return reads * NodesPerRead;
    }

    private static async Task ReadAsync(OpcUaClient client, long reads)
    {
        for (long i = 0; i < reads; i++)
        {
            OpcUaFault fault = await client.ReadAsync(s_read, s_results).ConfigureAwait(false);
            if (!fault.IsNone || s_results[^1].Status.IsBad)
                throw new BenchmarkException($"a read failed: {fault} {s_results[^1].Status}");
        }
    }

    private static NodeId Node(int index) => new("d" + index, 2);

    private static void Subscribe(OpcUaClient client, OpcUaCounter counter, int first, int items)
    {
        (Subscription? subscription, OpcUaFault fault) = client.CreateSubscriptionAsync(new SubscriptionSettings { PublishingIntervalMs = 100 }, counter).AsTask().GetAwaiter().GetResult();
        if (subscription is null)
            throw new BenchmarkException($"no subscription: {fault}");
        (MonitoredItemCreateResult[] results, fault) = subscription.AddAsync([.. Enumerable.Range(first, items).Select(Item)]).AsTask().GetAwaiter().GetResult();
        if (!fault.IsNone || results.Any(r => r.StatusCode.IsBad))
            throw new BenchmarkException($"items were refused: {fault}");
    }

    private static MonitoredItemCreateRequest Item(int index) => new()
    {
        ItemToMonitor = new ReadValueId { NodeId = Node(index), AttributeId = 13 },
        MonitoringMode = MonitoringMode.Reporting,
        RequestedParameters = new MonitoringParameters { ClientHandle = (uint)index, SamplingInterval = 50, QueueSize = 10, DiscardOldest = true },
    };
}
