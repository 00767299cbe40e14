using Gateway.Drivers;
using Gateway.Runtime.Scan;
using Prometheus;

namespace Gateway.Metrics;

/// <summary>State of lines and devices, requests by result.</summary>
internal sealed class FieldSeries
{
    private static readonly string[] s_results = ["ok", "exception", "timeout", "disconnected", "bad_frame", "stale"];

    private readonly IReadOnlyList<FieldLine> _lines;
    private readonly Gauge.Child[] _lineUp;
    private readonly DeviceSeries[] _devices;
    private readonly OpcUaLineSeries _opcUa;

    public FieldSeries(IMetricFactory factory, GatewayContext context)
    {
        _lines = context.Lines;
        Gauge lineUp = Families.Gauge(factory, "gateway_line_up", "1 when the last poll of at least one device of the line gave a good answer.", "line");
        Gauge deviceUp = Families.Gauge(factory, "gateway_device_up", "1 when the last poll of the device gave a good answer.", "line", "device");
        Counter requests = Families.Counter(factory, "gateway_requests_total", "Finished requests by result.", "line", "device", "result");
        _lineUp = [.. _lines.Select(l => lineUp.WithLabels(l.Definition.Name))];
        var devices = new List<DeviceSeries>();
        foreach (FieldLine line in _lines)
            foreach (DeviceStatistics device in line.Statistics.Devices)
            {
                string lineName = line.Definition.Name, deviceName = device.Definition.Name;
                devices.Add(new DeviceSeries(device, deviceUp.WithLabels(lineName, deviceName), [.. s_results.Select(r => requests.WithLabels(lineName, deviceName, r))]));
            }
        _devices = [.. devices];
        _opcUa = new OpcUaLineSeries(factory, _lines);
    }

    /// <param name="now">Time of the newest scan, whose monotonic epoch the lines share.</param>
    public void Update(in ScanTime now)
    {
        for (int i = 0; i < _lineUp.Length; i++)
            _lineUp[i].Set(_lines[i].Statistics.IsUp(now.Elapsed) ? 1 : 0);
        _opcUa.Update();
        foreach (DeviceSeries device in _devices)
        {
            device.Up.Set(device.Statistics.IsUp(now.Elapsed) ? 1 : 0);
            for (int r = 0; r < device.Requests.Length; r++)
                device.Requests[r].IncTo(device.Statistics.CountOf((RequestResult)r));
        }
    }

    private sealed record DeviceSeries(DeviceStatistics Statistics, Gauge.Child Up, Counter.Child[] Requests);
}
