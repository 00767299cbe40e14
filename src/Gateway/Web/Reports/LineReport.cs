using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Drivers.OpcUa;
using Gateway.Runtime.Scan;
using Gateway.Web.Messages;

namespace Gateway.Web.Reports;

/// <summary>Field lines and their devices as the API tells them. Any thread.</summary>
internal sealed class LineReport(GatewayContext context, ApiClock clock)
{
    /// <summary>Lines in the order of the configuration.</summary>
    /// <param name="now">Time of the newest scan; it shares its monotonic epoch with the lines.</param>
    public List<LineMessage> List(in ScanTime now)
    {
        var list = new List<LineMessage>(context.Lines.Count);
        foreach (FieldLine line in context.Lines)
            list.Add(Describe(line, now));
        return list;
    }

    /// <summary>Names of the lines on which no device gave a good answer.</summary>
    public List<string> Down(in ScanTime now)
    {
        var names = new List<string>();
        foreach (FieldLine line in context.Lines)
            if (!line.Statistics.IsUp(now.Elapsed))
                names.Add(line.Definition.Name);
        return names;
    }

    private LineMessage Describe(FieldLine line, in ScanTime now)
    {
        LineDefinition definition = line.Definition;
        LineStatistics statistics = line.Statistics;
        long answers = statistics.RequestDuration.Count;
        var devices = new List<DeviceMessage>(statistics.Devices.Length);
        foreach (DeviceStatistics device in statistics.Devices)
            devices.Add(Describe(device, now));
        LineState state = statistics.State;
        return new LineMessage
        {
            Name = definition.Name,
            Transport = definition.Transport.ToString(),
            Endpoint = definition.Endpoint,
            Stack = definition.Stack,
            State = state.ToString(),
            Up = statistics.IsUp(now.Elapsed),
            Connects = statistics.Connects,
            FailedConnects = statistics.FailedConnects,
            Restarts = statistics.Restarts,
            NextAttempt = state == LineState.Waiting ? ApiClock.AtElapsed(statistics.NextAttemptElapsed, now) : null,
            LastTrouble = statistics.LastTrouble,
            Answers = answers,
            MeanSeconds = answers == 0 ? null : statistics.RequestDuration.SumSeconds / answers,
            OpcUa = statistics.OpcUa is { } opcUa ? Describe(opcUa) : null,
            Devices = devices,
        };
    }

    private static OpcUaLineMessage Describe(OpcUaStatistics counters) => new()
    {
        Sessions = counters.Sessions,
        Reactivations = counters.Reactivations,
        Transfers = counters.Transfers,
        Values = counters.Values,
        LostMessages = counters.LostMessages,
        Overflows = counters.Overflows,
        Recreations = counters.Recreations,
        Silences = counters.Silences,
        RecreatedItems = counters.RecreatedItems,
        TimesReplaced = counters.TimesOff,
        ClockDifference = Math.Round(counters.ClockDifferenceTicks / (double)TimeSpan.TicksPerSecond, 3),
    };

    private DeviceMessage Describe(DeviceStatistics device, in ScanTime now) => new()
    {
        Name = device.Definition.Name,
        Unit = (device.Definition as ModbusDevice)?.Unit,
        Points = device.Definition.Points.Length,
        Up = device.IsUp(now.Elapsed),
        Probing = device.IsProbing,
        ProbeIntervalMs = device.ProbeIntervalMs,
        RefusedPoints = device.RefusedPoints,
        LastException = device.LastException == 0 ? null : device.LastException,
        LastGood = ApiClock.AtOrNever(device.LastGoodUtc),
        LastGoodAge = clock.AgeOf(device.LastGoodUtc),
        Overruns = device.Overruns,
        Requests = new RequestCountsMessage
        {
            Ok = device.CountOf(RequestResult.Ok),
            Exception = device.CountOf(RequestResult.Exception),
            Timeout = device.CountOf(RequestResult.Timeout),
            Disconnected = device.CountOf(RequestResult.Disconnected),
            BadFrame = device.CountOf(RequestResult.BadFrame),
            Stale = device.CountOf(RequestResult.Stale),
        },
    };
}
