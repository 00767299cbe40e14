using System.Globalization;
using Gateway.OpcUa;
using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Supervision;
using Gateway.OpcUa.Types;
using StatusCodes = Gateway.OpcUa.Types.StatusCodes;

namespace Gateway.Cli;

/// <summary>The questions of <c>probe opcua</c> in one session. One at a time.</summary>
internal sealed class ProbeSession(OpcUaClient client, NamespaceTable namespaces)
{
    private const int MaxDepth = 12;
    private const int MostNodes = 50_000;
    private const int MostShown = 1000;

    /// <summary>Prints nodes whose path of browse names fits the pattern: * within a name, ** for any number of names.</summary>
    public async Task<OpcUaFault> BrowseAsync(string pattern)
    {
        string[] parts = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var open = new Queue<(NodeId Node, string Path)>();
        open.Enqueue((NodeIds.Root, ""));
        var seen = new HashSet<NodeId>();
        int shown = 0;
        while (open.TryDequeue(out var at) && seen.Count < MostNodes)
        {
            var (references, fault) = await client.BrowseAsync(at.Node);
            if (!fault.IsNone && !client.IsConnected)
                return fault;
            foreach (ReferenceDescription reference in references)
            {
                string path = at.Path.Length == 0 ? reference.BrowseName.Name ?? "" : at.Path + "/" + reference.BrowseName.Name;
                if (!reference.NodeId.IsLocal || reference.NodeId.NamespaceUri is not null || !seen.Add(reference.NodeId.NodeId))
                    continue;
                string[] names = path.Split('/');
                if (NamePattern.Fits(parts, names) && ++shown <= MostShown)
                    Console.WriteLine($"{namespaces.Pin(reference.NodeId.NodeId),-48}  {reference.NodeClass,-9}  {path}");
                if (names.Length < MaxDepth && NamePattern.MayLead(parts, names))
                    open.Enqueue((reference.NodeId.NodeId, path));
            }
        }

        Console.Error.WriteLine(shown <= MostShown && open.Count == 0 ? $"{shown} nodes" : $"{shown} nodes, of which {Math.Min(shown, MostShown)} are shown; give a narrower pattern");
        return default;
    }

    /// <summary>Prints value, status and times of nodes.</summary>
    public async Task<OpcUaFault> ReadAsync(string[] texts)
    {
        if (!TryResolve(texts, out NodeId[] nodes, out OpcUaFault wrong))
            return wrong;
        var (values, fault) = await client.ReadAsync(nodes);
        for (int i = 0; i < values.Length; i++)
            Print(texts[i], values[i]);
        return fault;
    }

    /// <summary>Writes NODE=NUMBER in the node's own type and reads it back.</summary>
    public async Task<OpcUaFault> WriteAsync(string text)
    {
        int equals = text.LastIndexOf('=');
        if (equals <= 0 || !double.TryParse(text.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            return new OpcUaFault(StatusCodes.BadSyntaxError, $"'{text}' is no NODE=NUMBER");
        string name = text[..equals];
        if (!TryResolve([name], out NodeId[] nodes, out OpcUaFault wrong))
            return wrong;
        var (before, fault) = await client.ReadAsync(nodes);
        if (!fault.IsNone)
            return fault;
        if (!Drivers.OpcUa.NodeNumber.TryMake(before[0].Value.Type, number, out Variant value, out _))
            return new OpcUaFault(StatusCodes.BadSyntaxError, $"{name} has the type {before[0].Value.Type}, which cannot hold {number.ToString(CultureInfo.InvariantCulture)}");
        var (results, refused) = await client.WriteAsync((nodes[0], value));
        if (!refused.IsNone)
            return refused;
        Console.WriteLine($"{name}  write: {results[0]}");
        return await ReadAsync([name]);
    }

    /// <summary>Watches nodes for a while and prints what comes.</summary>
    public async Task<OpcUaFault> SubscribeAsync(string[] texts, int seconds, CancellationToken cancel)
    {
        if (!TryResolve(texts, out NodeId[] nodes, out OpcUaFault wrong))
            return wrong;
        var (subscription, fault) = await client.CreateSubscriptionAsync(new SubscriptionSettings { PublishingIntervalMs = 500 }, new Printer(texts));
        if (subscription is null)
            return fault;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"publishing every {subscription.PublishingInterval.TotalMilliseconds:F0} ms, keep-alive every {subscription.KeepAliveInterval.TotalMilliseconds:F0} ms"));
        var (items, refused) = await subscription.AddAsync(
        [
            .. nodes.Select((node, i) => new MonitoredItemCreateRequest
            {
                ItemToMonitor = new ReadValueId { NodeId = node, AttributeId = 13 },
                MonitoringMode = MonitoringMode.Reporting,
                RequestedParameters = new MonitoringParameters { ClientHandle = (uint)i, SamplingInterval = 250, QueueSize = 10, DiscardOldest = true },
            }),
        ]);
        for (int i = 0; i < items.Length; i++)
        {
            Console.Error.WriteLine(items[i].StatusCode.IsBad
                ? $"{texts[i]}  refused: {items[i].StatusCode}"
                : string.Create(CultureInfo.InvariantCulture, $"{texts[i]}  sampled every {items[i].RevisedSamplingInterval:F0} ms, queue {items[i].RevisedQueueSize}"));
        }

        if (!refused.IsNone)
            return refused;
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds), cancel);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C ends the watching; the subscription is deleted all the same.
        }

        await subscription.DeleteAsync();
        return client.IsConnected ? default : client.Fault;
    }

    private static void Print(string name, in DataValue value)
    {
        string unit = value.Value.Type == BuiltInType.Null ? "" : $" ({value.Value.Type})";
        string source = value.SourceTime == DateTime.MinValue ? "no source time" : value.SourceTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        Console.WriteLine($"{name}  {value.Value}{unit}  {value.Status}  {source}");
    }

    private bool TryResolve(string[] texts, out NodeId[] nodes, out OpcUaFault fault)
    {
        nodes = new NodeId[texts.Length];
        fault = default;
        for (int i = 0; i < texts.Length && fault.IsNone; i++)
        {
            if (!ExpandedNodeId.TryParse(texts[i], out ExpandedNodeId node))
                fault = new OpcUaFault(StatusCodes.BadSyntaxError, $"'{texts[i]}' is no node id", "write it like nsu=urn:plant;s=NH4, ns=2;s=NH4 or i=2258");
            else if (!namespaces.TryResolve(node, out nodes[i]))
                fault = new OpcUaFault(StatusCodes.BadSyntaxError, $"the server has no namespace '{node.NamespaceUri}'", "it has " + string.Join(", ", namespaces.Uris));
        }

        return fault.IsNone;
    }

    private sealed class Printer(string[] names) : ISubscriptionHandler
    {
        public void OnData(Subscription subscription, ReadOnlySpan<MonitoredItemNotification> items)
        {
            foreach (MonitoredItemNotification item in items)
                Print(names[item.ClientHandle], item.Value);
        }

        public void OnEvents(Subscription subscription, ReadOnlySpan<EventFieldList> events)
        {
            // Only values are asked for.
        }

        public void OnKeepAlive(Subscription subscription)
        {
            // A sign of life is no news here.
        }

        public void OnStatusChanged(Subscription subscription, StatusCode status) => Console.Error.WriteLine($"the server ended the subscription: {status}");

        public void OnMissing(Subscription subscription, uint firstMissing, uint count) => Console.Error.WriteLine($"{count} messages are missing");
    }
}
