using Gateway.Storage;
using Prometheus;

namespace Gateway.Metrics;

/// <summary>The journal; no series where nothing is kept.</summary>
internal sealed class StoreSeries
{
    private const string Store = "journal";

    private readonly StoreStatus _status;
    private readonly TimeProvider _time;
    private readonly Counter.Child _commits;
    private readonly Gauge.Child _lag;
    private readonly Gauge.Child _bytes;

    private StoreSeries(IMetricFactory factory, StoreStatus status, TimeProvider time)
    {
        _status = status;
        _time = time;
        _commits = Families.Counter(factory, "gateway_store_commits_total", "Durable commits.", "store").WithLabels(Store);
        _lag = Families.Gauge(factory, "gateway_store_lag_seconds", "Age of the oldest record that is not durable yet; 0 when all are.", "store").WithLabels(Store);
        _bytes = Families.Gauge(factory, "gateway_store_bytes", "Size of the files.", "store").WithLabels(Store);
    }

    /// <summary>Makes the series when there is a journal.</summary>
    public static StoreSeries? Create(IMetricFactory factory, GatewayContext context) =>
        context.Journal is { } journal ? new StoreSeries(factory, journal.Status, context.Time) : null;

    public void Update()
    {
        _commits.IncTo(_status.Commits);
        _lag.Set(_status.LagAt(_time.GetUtcNow().UtcTicks));
        _bytes.Set(_status.Bytes);
    }
}
