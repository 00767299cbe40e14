using Gateway.Notifications;
using Prometheus;

namespace Gateway.Metrics;

/// <summary>What waits for receivers of notifications and what was told; no series without a receiver.</summary>
internal sealed class NotificationSeries
{
    private readonly List<(NotificationLoop Loop, Gauge.Child Backlog, Counter.Child Delivered, Counter.Child Failures)> _sinks = [];

    public NotificationSeries(IMetricFactory factory, GatewayContext context)
    {
        if (context.Notifications.Count == 0)
            return;
        Gauge backlog = Families.Gauge(factory, "gateway_outbox_backlog", "Messages accepted and not yet confirmed by the receiver.", "sink");
        Counter delivered = Families.Counter(factory, "gateway_outbox_delivered_total", "Messages confirmed by the receiver.", "sink");
        Counter failures = Families.Counter(factory, "gateway_outbox_failures_total", "Attempts that the receiver did not confirm.", "sink");
        foreach (NotificationLoop loop in context.Notifications)
            _sinks.Add((loop, backlog.WithLabels(loop.Sink), delivered.WithLabels(loop.Sink), failures.WithLabels(loop.Sink)));
    }

    public void Update()
    {
        foreach (var (loop, backlog, delivered, failures) in _sinks)
        {
            backlog.Set(loop.Backlog);
            delivered.IncTo(loop.Delivered);
            failures.IncTo(loop.Failures);
        }
    }
}
