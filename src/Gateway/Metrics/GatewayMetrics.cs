using Gateway.Web;
using Prometheus;

namespace Gateway.Metrics;

/// <summary>
/// What /metrics says. The series are made once, from the configuration; their values are set from the newest snapshot
/// when a scrape arrives, so that a scan never waits for a scrape. The values of all tags are of one scan; everything
/// else is of one scan too, that one or the next. A value that is not known has no series. Any thread.
/// </summary>
/// <remarks>
/// Gauges and counters live in a registry of prometheus-net. Its histograms only take observations one by one, and
/// would have to guess the sum from the middle of a bucket; the histograms here are counted in buckets of our own with a
/// true sum, so <see cref="HistogramText"/> writes them after the registry's text. The tags, which can be very many, are
/// written by <see cref="TagText"/>. The format is text 0.0.4, which has
/// no end mark and lets families follow each other in any order.
/// </remarks>
public sealed class GatewayMetrics
{
    private readonly CollectorRegistry _registry;
    private readonly TagText _tags;
    private readonly HistogramText _histograms;

    /// <summary>Makes all series of the site.</summary>
    internal GatewayMetrics(GatewayContext context, WebServerOptions options)
    {
        // A registry of our own: the library's default one carries its own process metrics and adapters.
        _registry = Prometheus.Metrics.NewCustomRegistry();
        IMetricFactory factory = Prometheus.Metrics.WithCustomRegistry(_registry);
        _tags = new TagText(context);
        _histograms = new HistogramText(context);
        var field = new FieldSeries(factory, context);
        var scan = new ScanSeries(factory, context);
        var compliance = new ComplianceSeries(factory, context);
        var alarms = new AlarmSeries(factory, context);
        var access = new AccessSeries(factory, context, options);
        var notifications = new NotificationSeries(factory, context);
        StoreSeries? store = StoreSeries.Create(factory, context);
        OpcUaSeries? opcUa = OpcUaSeries.Create(factory, context);
        _registry.AddBeforeCollectCallback(() =>
        {
            scan.Update();
            access.Update();
            notifications.Update();
            store?.Update();
            opcUa?.Update();
            if (!context.Scan.Snapshots.TryRent(out var lease))
                return;
            using (lease)
            {
                field.Update(lease.Value.Time);
                compliance.Update(lease.Value);
                alarms.Update(lease.Value);
            }
        });
    }

    /// <summary>Writes the whole page.</summary>
    public async Task WriteAsync(Stream to, CancellationToken cancel)
    {
        await _tags.WriteAsync(to, cancel);
        await _registry.CollectAndExportAsTextAsync(to, cancel);
        await to.WriteAsync(_histograms.Write(), cancel);
    }
}
