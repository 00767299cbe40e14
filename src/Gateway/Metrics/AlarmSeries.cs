using Gateway.Runtime.Alarms;
using Gateway.Runtime.Scan;
using Gateway.Web.Reports;
using Prometheus;

namespace Gateway.Metrics;

/// <summary>State and annunciations of each alarm, and how many are in which state.</summary>
internal sealed class AlarmSeries
{
    private const int Priorities = 4;
    private static readonly int s_states = Enum.GetValues<AlarmState>().Length;

    private readonly AlarmDefinition[] _alarms;
    private readonly Gauge.Child[] _state;
    private readonly Counter.Child[] _annunciations;
    private readonly Gauge.Child[] _counts;
    private readonly AlarmFigures? _performance;
    private readonly Gauge _figures;
    private readonly Gauge _targets;

    public AlarmSeries(IMetricFactory factory, GatewayContext context)
    {
        _alarms = context.Scan.Plant.Alarms;
        Gauge state = Families.Gauge(factory, "gateway_alarm_state", "State of ISA-18.2 as a number: 0 A normal to 8 I out of service.", "alarm", "priority", "area");
        Counter annunciations = Families.Counter(factory, "gateway_alarm_annunciations_total", "Transitions that sound, re-alarms included.", "alarm", "priority");
        Gauge counts = Families.Gauge(factory, "gateway_alarms", "Alarms in each state, letters A to I.", "state", "priority");
        _state = [.. _alarms.Select(a => state.WithLabels(a.Id, AlarmReport.PriorityName(a.Priority), a.Area))];
        _annunciations = [.. _alarms.Select(a => annunciations.WithLabels(a.Id, AlarmReport.PriorityName(a.Priority)))];
        _performance = context.AlarmFigures;
        _figures = Families.Gauge(factory, "gateway_alarm_performance", "Figures of ISA-18.2 and IEC 62682 over the last 30 days; shares from 0 to 1.", "figure");
        _targets = Families.Gauge(factory, "gateway_alarm_performance_target", "What a figure must not be above: the upper bound of the standard, or its target where it names no bound.", "figure");
        _counts = new Gauge.Child[s_states * Priorities];
        for (int s = 0; s < s_states; s++)
            for (int p = 0; p < Priorities; p++)
                _counts[s * Priorities + p] = counts.WithLabels(AlarmNames.LetterOf((AlarmState)s), AlarmReport.PriorityName(p + 1));
    }

    public void Update(Snapshot snapshot)
    {
        UpdatePerformance();
        Span<int> counts = stackalloc int[_counts.Length];
        counts.Clear();
        for (int i = 0; i < _alarms.Length; i++)
        {
            ref readonly AlarmLive live = ref snapshot.Alarms[i];
            _state[i].Set((int)live.State);
            _annunciations[i].IncTo(live.Annunciations);
            counts[(int)live.State * Priorities + _alarms[i].Priority - 1]++;
        }
        for (int i = 0; i < _counts.Length; i++)
            _counts[i].Set(counts[i]);
    }

    private void UpdatePerformance()
    {
        if (_performance?.Current is not { } current)
            return;
        foreach (AlarmFigure figure in current.Figures)
        {
            _figures.WithLabels(figure.Name).Set(figure.Value);
            if (double.IsFinite(figure.Bound))
                _targets.WithLabels(figure.Name).Set(figure.Bound);
        }
    }
}
