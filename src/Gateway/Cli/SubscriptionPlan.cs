using System.Globalization;
using System.Text.Json;
using Gateway.Drivers.OpcUa;
using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Supervision;

namespace Gateway.Cli;

/// <summary>
/// The subscriptions of one OPC UA line as asked for, and what the server makes of them where it was asked.
/// </summary>
/// <param name="Line">The line.</param>
/// <param name="Granted">By device what the server made of it; empty when the server was not asked or gave nothing.</param>
/// <param name="Trouble">Why the server gave nothing; empty when it did or was not asked.</param>
internal sealed record SubscriptionPlan(OpcUaLineDefinition Line, IReadOnlyList<WatchedSubscription> Granted, string Trouble)
{
    private const int LongestWaitMs = 15_000;

    /// <summary>Connects to the server, subscribes, and disconnects again.</summary>
    /// <param name="line">The line, not running.</param>
    public static async Task<SubscriptionPlan> ConnectAsync(OpcUaLine line)
    {
        Task run = line.RunAsync();
        for (int waited = 0; waited < LongestWaitMs && !line.Subscriptions.All(static s => s.IsLive); waited += 100)
            await Task.Delay(100);
        bool isLive = line.Subscriptions.All(static s => s.IsLive);
        string trouble = isLive ? "" : line.Statistics.LastTrouble.Length > 0 ? line.Statistics.LastTrouble : "no answer";
        line.Stop();
        await run;
        return new SubscriptionPlan((OpcUaLineDefinition)line.Definition, isLive ? line.Subscriptions : [], trouble);
    }

    public void WriteText()
    {
        SubscriptionSettings asked = OpcUaLine.SettingsOf(Line);
        int points = Line.Devices.Sum(static d => d.Points.Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"line {Line.Name}: {Line.Url}, {Line.Devices.Length} subscriptions, {points} nodes, publishing every {asked.PublishingIntervalMs:F0} ms, keep-alive every {asked.PublishingIntervalMs * asked.KeepAliveCount:F0} ms"));
        for (int i = 0; i < Line.Devices.Length; i++)
        {
            OpcUaDevice device = (OpcUaDevice)Line.Devices[i];
            string sampling = string.Join(", ", device.Points.GroupBy(p => Line.SamplingMsOf(p)).OrderBy(g => g.Key).Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} each {g.Key} ms")));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {device.Name,-16} {device.Points.Length,4} nodes  {sampling}"));
            if (i < Granted.Count)
                WriteGranted(Granted[i]);
        }
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        SubscriptionSettings asked = OpcUaLine.SettingsOf(Line);
        json.WriteStartObject();
        json.WriteString("line", Line.Name);
        json.WriteString("endpoint", Line.Url);
        json.WriteNumber("publishingMs", asked.PublishingIntervalMs);
        json.WriteNumber("keepAliveMs", asked.PublishingIntervalMs * asked.KeepAliveCount);
        json.WriteString("trouble", Trouble);
        json.WriteStartArray("subscriptions");
        for (int i = 0; i < Line.Devices.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("device", Line.Devices[i].Name);
            json.WriteNumber("nodes", Line.Devices[i].Points.Length);
            if (i < Granted.Count && Granted[i].Current is { } current)
            {
                json.WriteNumber("grantedPublishingMs", current.PublishingInterval.TotalMilliseconds);
                json.WriteNumber("grantedKeepAliveMs", current.KeepAliveInterval.TotalMilliseconds);
                json.WriteNumber("refused", Granted[i].Items.Count(static item => !item.Fault.IsNone));
                json.WriteNumber("sampledSlower", Granted[i].Items.Count(static item => item.IsSampledSlower));
                json.WriteNumber("queueShort", Granted[i].Items.Count(static item => item.IsQueueShort));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteGranted(WatchedSubscription granted)
    {
        if (granted.Current is not { } current)
            return;
        WatchedItem[] watched = [.. granted.Items.Where(static item => item.ServerId != 0)];
        string sampling = watched.Length == 0 ? "no node" : string.Create(CultureInfo.InvariantCulture, $"sampling {watched.Min(i => i.RevisedSamplingMs):F0} to {watched.Max(i => i.RevisedSamplingMs):F0} ms, queues {watched.Min(i => i.RevisedQueueSize)} to {watched.Max(i => i.RevisedQueueSize)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"    granted: publishing every {current.PublishingInterval.TotalMilliseconds:F0} ms, keep-alive every {current.KeepAliveInterval.TotalMilliseconds:F0} ms, {sampling}, {watched.Count(static i => i.IsSampledSlower)} slower than asked, {watched.Count(static i => i.IsQueueShort)} queues shorter"));
        foreach (WatchedItem item in granted.Items.Where(static item => !item.Fault.IsNone))
            Console.WriteLine($"    refused: {item.Node}  {item.Fault}");
    }
}
