using Gateway.OpcUa.Server;
using Prometheus;

namespace Gateway.Metrics;

/// <summary>The OPC UA server; no series where there is none.</summary>
internal sealed class OpcUaSeries
{
    private readonly OpcUaServer _server;
    private readonly Gauge.Child _sessions;
    private readonly Gauge.Child _items;
    private readonly Counter.Child _requests;
    private readonly Counter.Child _notifications;
    private readonly Counter.Child _overflows;
    private readonly Counter.Child _refused;

    private OpcUaSeries(IMetricFactory factory, OpcUaServer server)
    {
        _server = server;
        _sessions = Families.Gauge(factory, "gateway_opcua_sessions", "Sessions of the OPC UA server.").WithLabels();
        _items = Families.Gauge(factory, "gateway_opcua_monitored_items", "Items that clients of the OPC UA server monitor.").WithLabels();
        _requests = Families.Counter(factory, "gateway_opcua_requests_total", "Requests served by the OPC UA server.").WithLabels();
        _notifications = Families.Counter(factory, "gateway_opcua_notifications_total", "Values told to clients of the OPC UA server.").WithLabels();
        _overflows = Families.Counter(factory, "gateway_opcua_overflows_total", "Values that full queues of monitored items lost.").WithLabels();
        _refused = Families.Counter(factory, "gateway_opcua_refused_logins_total", "Logins that the OPC UA server refused.").WithLabels();
    }

    /// <summary>Makes the series when there is a server.</summary>
    public static OpcUaSeries? Create(IMetricFactory factory, GatewayContext context) =>
        context.OpcUa is { } server ? new OpcUaSeries(factory, server) : null;

    public void Update()
    {
        ServerCounters counters = _server.Counters;
        _sessions.Set(counters.Sessions);
        _items.Set(counters.Items);
        _requests.IncTo(counters.Requests);
        _notifications.IncTo(counters.Notifications);
        _overflows.IncTo(counters.Overflows);
        _refused.IncTo(counters.RefusedLogins);
    }
}
