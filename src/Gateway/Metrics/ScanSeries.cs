using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Gateway.Web;
using Prometheus;

namespace Gateway.Metrics;

/// <summary>The scan itself, writes to outputs and what runs here. Needs no snapshot.</summary>
internal sealed class ScanSeries
{
    private readonly GatewayContext _context;
    private readonly Gauge.Child _number;
    private readonly Counter.Child _overruns;
    private readonly (int Output, OutputResult Result, Counter.Child Series)[] _writes;

    public ScanSeries(IMetricFactory factory, GatewayContext context)
    {
        _context = context;
        _number = Families.Gauge(factory, "gateway_scan_number", "Number of the last finished scan: the sign of life.").WithLabels();
        _overruns = Families.Counter(factory, "gateway_scan_overruns_total", "Cycles skipped because the scan before was late.").WithLabels();
        Counter writes = Families.Counter(factory, "gateway_output_writes_total", "Finished writes to outputs by result.", "output", "result");
        OutputResult[] results = [.. Enum.GetValues<OutputResult>().Where(r => r != OutputResult.None)];
        _writes = [.. from output in context.Scan.Plant.Outputs from result in results select (output.Index, result, writes.WithLabels(output.Name, EventJson.ResultOf(result)))];
        Families.Gauge(factory, "gateway_build_info", "Always 1; the labels say what runs.", "version", "site", "config_hash")
            .WithLabels(ApiEndpoints.Version, context.Scan.Plant.SiteId, context.Scan.Plant.ConfigurationHash).Set(1);
    }

    public void Update()
    {
        ScanStatistics statistics = _context.Statistics;
        Families.SetOrHide(_number, statistics.Number == 0 ? double.NaN : statistics.Number);
        _overruns.IncTo(statistics.Overruns);
        OutputStage outputs = _context.Scan.Outputs;
        foreach (var (output, result, series) in _writes)
            series.IncTo(outputs.CountOf(output, result));
    }
}
