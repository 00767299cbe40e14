using Gateway.OpcUa.Supervision;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Supervision;

/// <summary>Notes what a watched subscription brings.</summary>
internal sealed class WatchLog : IWatchHandler
{
    public bool Throws { get; set; }

    public List<(int Item, DataValue Value)> Data { get; } = [];

    public List<(LossCause Cause, uint Messages)> Losses { get; } = [];

    public List<bool> Live { get; } = [];

    public Dictionary<int, OpcUaFault> Items { get; } = [];

    public double[] Of(int item) => [.. Data.Where(d => d.Item == item).Select(d => d.Value.Value.TryGet(out double number) ? number : double.NaN)];

    public void OnData(WatchedSubscription subscription, ReadOnlySpan<MonitoredItemNotification> items)
    {
        if (Throws)
            throw new InvalidOperationException("a handler with a bug");
        foreach (MonitoredItemNotification item in items)
            Data.Add(((int)item.ClientHandle, item.Value));
    }

    public void OnEvents(WatchedSubscription subscription, ReadOnlySpan<EventFieldList> events) => throw new InvalidOperationException("No event was asked for.");

    public void OnLoss(WatchedSubscription subscription, LossCause cause, uint messages) => Losses.Add((cause, messages));

    public void OnLive(WatchedSubscription subscription, bool isLive, OpcUaFault fault)
    {
        if (Throws)
            throw new InvalidOperationException("a handler with a bug");
        Live.Add(isLive);
    }

    public void OnItem(WatchedSubscription subscription, int item, OpcUaFault fault) => Items[item] = fault;
}
