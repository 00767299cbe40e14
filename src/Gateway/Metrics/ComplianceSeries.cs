using Gateway.Runtime.Compliance;
using Gateway.Runtime.Scan;
using Prometheus;

namespace Gateway.Metrics;

/// <summary>The running window of each permit limit.</summary>
internal sealed class ComplianceSeries
{
    private readonly WindowSeries[] _windows;

    public ComplianceSeries(IMetricFactory factory, GatewayContext context)
    {
        string[] labels = ["permit", "parameter", "statistic"];
        Gauge value = Families.Gauge(factory, "gateway_compliance_value", "The statistic so far, unrounded, in the unit of the permit.", labels);
        Gauge limit = Families.Gauge(factory, "gateway_compliance_limit", "The limit in force, in the unit of the permit.", labels);
        Gauge headroom = Families.Gauge(factory, "gateway_compliance_headroom_ratio", "Part of the way to the limit that is left; negative beyond it.", labels);
        Gauge coverage = Families.Gauge(factory, "gateway_compliance_coverage_ratio", "Valid part of the values due so far.", labels);
        Gauge state = Families.Gauge(factory, "gateway_compliance_state", "Verdict if the window ended now: 0 complies, 1 warning, 2 exceeds, 3 undetermined.", labels);
        _windows = [.. context.Scan.Plant.Permits.Select(Make)];

        WindowSeries Make(PermitLimit permit)
        {
            string[] of = [permit.PermitId, permit.Parameter, ComplianceNames.Of(permit.Statistic)];
            return new WindowSeries(value.WithLabels(of), limit.WithLabels(of), headroom.WithLabels(of), coverage.WithLabels(of), state.WithLabels(of));
        }
    }

    public void Update(Snapshot snapshot)
    {
        for (int i = 0; i < _windows.Length; i++)
        {
            ref readonly ComplianceWindow window = ref snapshot.Windows[i];
            WindowSeries series = _windows[i];
            Families.SetOrHide(series.Value, window.Value);
            Families.SetOrHide(series.Limit, window.Limit);
            Families.SetOrHide(series.Headroom, window.Headroom);
            Families.SetOrHide(series.Coverage, window.Due == 0 ? double.NaN : window.Coverage);
            series.State.Set((int)window.State);
        }
    }

    private sealed record WindowSeries(Gauge.Child Value, Gauge.Child Limit, Gauge.Child Headroom, Gauge.Child Coverage, Gauge.Child State);
}
