using Gateway.Runtime.Scan;
using Gateway.Storage;
using Gateway.Storage.History;
using Prometheus;

namespace Gateway.Metrics;

/// <summary>The journal and the history; no series of what is not kept.</summary>
internal sealed class StoreSeries
{
    private readonly TimeProvider _time;
    private readonly List<(StoreStatus Status, Counter.Child Commits, Gauge.Child Lag, Gauge.Child Bytes)> _stores = [];
    private readonly HistoryStore? _history;
    private readonly HistoryRing? _ring;
    private readonly Counter.Child? _stored;
    private readonly Counter.Child? _leftOut;
    private readonly Counter.Child? _refused;

    private StoreSeries(IMetricFactory factory, GatewayContext context, Journal journal)
    {
        _time = context.Time;
        Counter commits = Families.Counter(factory, "gateway_store_commits_total", "Durable commits; of the history closed chunks.", "store");
        Gauge lag = Families.Gauge(factory, "gateway_store_lag_seconds", "Age of the oldest record that is not written yet; 0 when all are.", "store");
        Gauge bytes = Families.Gauge(factory, "gateway_store_bytes", "Size of the files.", "store");
        Add("journal", journal.Status);
        if (context.History is { } history)
        {
            Add("history", history.Status);
            Counter samples = Families.Counter(factory, "gateway_history_samples_total", "Changes of tags: stored, left out by the archive deadband, or refused because the disk was too slow.", "result");
            (_history, _ring) = (history, context.Scan.History);
            (_stored, _leftOut, _refused) = (samples.WithLabels("stored"), samples.WithLabels("left_out"), samples.WithLabels("refused"));
        }

        void Add(string store, StoreStatus status) => _stores.Add((status, commits.WithLabels(store), lag.WithLabels(store), bytes.WithLabels(store)));
    }

    /// <summary>Makes the series when there is a journal.</summary>
    public static StoreSeries? Create(IMetricFactory factory, GatewayContext context) =>
        context.Journal is { } journal ? new StoreSeries(factory, context, journal) : null;

    public void Update()
    {
        long utc = _time.GetUtcNow().UtcTicks;
        foreach (var (status, commits, lag, bytes) in _stores)
        {
            commits.IncTo(status.Commits);
            lag.Set(status.LagAt(utc));
            bytes.Set(status.Bytes);
        }
        if (_history is null)
            return;
        _stored!.IncTo(_history.Stored);
        _leftOut!.IncTo(_history.LeftOut);
        _refused!.IncTo(_ring!.Refused);
    }
}
