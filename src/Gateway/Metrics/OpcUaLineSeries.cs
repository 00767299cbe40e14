using Gateway.Drivers;
using Gateway.Drivers.OpcUa;
using Prometheus;

namespace Gateway.Metrics;

/// <summary>What OPC UA lines count beside every line's figures.</summary>
internal sealed class OpcUaLineSeries
{
    private readonly (OpcUaStatistics Counters, Counter.Child[] Counts, Gauge.Child Clock)[] _lines;

    public OpcUaLineSeries(IMetricFactory factory, IReadOnlyList<FieldLine> lines)
    {
        Counter[] counters =
        [
            Families.Counter(factory, "gateway_opcua_line_sessions_total", "Sessions opened.", "line"),
            Families.Counter(factory, "gateway_opcua_line_values_total", "Values received from subscriptions.", "line"),
            Families.Counter(factory, "gateway_opcua_line_lost_messages_total", "Messages that were sent and could not be had any more.", "line"),
            Families.Counter(factory, "gateway_opcua_line_overflows_total", "Values before which the server dropped others.", "line"),
            Families.Counter(factory, "gateway_opcua_line_recreated_subscriptions_total", "Subscriptions made anew, each with a gap of unknown size.", "line"),
            Families.Counter(factory, "gateway_opcua_line_silences_total", "Times a subscription sent neither values nor keep-alives although the connection was good.", "line"),
            Families.Counter(factory, "gateway_opcua_line_recreated_items_total", "Items that were silent although their node had changed, and were made anew.", "line"),
            Families.Counter(factory, "gateway_opcua_line_source_times_replaced_total", "Values whose source time could not be believed.", "line"),
        ];
        Gauge clock = Families.Gauge(factory, "gateway_opcua_line_clock_difference_seconds", "How far the server's clock is ahead of the gateway's.", "line");
        _lines =
        [
            .. lines.Where(line => line.Statistics.OpcUa is not null).Select(line => (
                line.Statistics.OpcUa!,
                Array.ConvertAll(counters, counter => counter.WithLabels(line.Definition.Name)),
                clock.WithLabels(line.Definition.Name))),
        ];
    }

    public void Update()
    {
        foreach (var (counters, counts, clock) in _lines)
        {
            counts[0].IncTo(counters.Sessions);
            counts[1].IncTo(counters.Values);
            counts[2].IncTo(counters.LostMessages);
            counts[3].IncTo(counters.Overflows);
            counts[4].IncTo(counters.Recreations);
            counts[5].IncTo(counters.Silences);
            counts[6].IncTo(counters.RecreatedItems);
            counts[7].IncTo(counters.TimesOff);
            clock.Set(counters.ClockDifferenceTicks / (double)TimeSpan.TicksPerSecond);
        }
    }
}
