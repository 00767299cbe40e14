using Gateway.OpcUa.Security;
using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Supervision;
using Gateway.OpcUa.Tests.Client;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Supervision;

/// <summary>A supervised client before a <see cref="PlantServer"/> in virtual time, on one thread.</summary>
internal sealed class PlantRig
{
    public PlantRig(int items = 1, Func<OpcUaClientOptions, OpcUaClientOptions>? change = null)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        Server = new PlantServer(Time);
        for (int i = 0; i < items; i++)
            Server.Set(Key(i), 0);
        Change = change ?? (o => o);
        Client = NewClient();
    }

    public ManualTime Time { get; } = new();

    public PlantServer Server { get; }

    public SupervisedClient Client { get; private set; }

    public WatchLog Log { get; } = new();

    private Func<OpcUaClientOptions, OpcUaClientOptions> Change { get; }

    public static string Key(int item) => $"urn:plant|{item + 1}";

    public static WatchedItem Item(int item) => new() { Node = new ExpandedNodeId(new NodeId((uint)(item + 1), 0), "urn:plant"), SamplingMs = 100 };

    public SupervisedClient NewClient() => Client = new SupervisedClient(
        Change(new OpcUaClientOptions { EndpointUrl = "opc.tcp://plc-03:4840", Connect = Server.ConnectAsync, Policy = SecurityPolicy.None, RequestTimeoutMs = 3000 }),
        new SupervisionSettings { Seed = 7 },
        Time);

    public WatchedSubscription Watch(params int[] items) => Watch([.. items.Select(Item)]);

    public WatchedSubscription Watch(WatchedItem[] items, SubscriptionSettings? settings = null) =>
        Client.Watch(settings ?? new SubscriptionSettings { LifetimeCount = 600 }, items, Log);

    /// <summary>Watches one item in a subscription of its own, where it has the index 0.</summary>
    public (WatchedSubscription Watched, WatchLog Log) WatchAlone(int item)
    {
        var log = new WatchLog();
        return (Client.Watch(new SubscriptionSettings { LifetimeCount = 600 }, [Item(item)], log), log);
    }

    /// <summary>Moves on in steps with a call before each.</summary>
    public void Run(double seconds, double step, Action perStep)
    {
        for (double t = 0; t < seconds; t += step)
        {
            perStep();
            Time.Advance(step);
        }
    }

    /// <summary>Seconds until an item brings a value it did not have before, which is set now; at most <paramref name="limit"/>.</summary>
    public double SecondsToData(int item, double limit, double value)
    {
        Server.Set(Key(item), value);
        return SecondsUntil(() => Log.Of(item).Contains(value), limit);
    }

    public double SecondsUntil(Func<bool> isDone, double limit)
    {
        for (double t = 0; t < limit; t += 0.25)
        {
            if (isDone())
                return t;
            Time.Advance(0.25);
        }

        return double.PositiveInfinity;
    }
}
