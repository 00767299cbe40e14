using Gateway.Modbus.Protocol;
using Microsoft.Extensions.Logging;

namespace Gateway.Drivers;

/// <summary>
/// The log of one line: changes of state, and what lasts at most once an hour with a count, so that a dead device
/// cannot fill a disk. Line only; times are monotonic ticks of 100 ns since the epoch.
/// </summary>
internal sealed partial class LineLog
{
    private readonly ILogger _logger;
    private readonly LineDefinition _line;
    private readonly ChangeGate[] _devices;
    private readonly ChangeGate[] _exceptions;
    private readonly ChangeGate[] _overruns;
    private readonly ChangeGate[] _addresses;
    private readonly ChangeGate[] _subscriptions;
    private readonly ChangeGate[] _nodes;
    private ChangeGate _link;
    private ChangeGate _clock;
    private ChangeGate _crash;

    public LineLog(ILogger logger, LineDefinition line)
    {
        _logger = logger;
        _line = line;
        _devices = new ChangeGate[line.Devices.Length];
        _exceptions = new ChangeGate[line.Devices.Length];
        _overruns = new ChangeGate[line.Devices.Length];
        _addresses = new ChangeGate[line.Devices.Length];
        _subscriptions = new ChangeGate[line.Devices.Length];
        _nodes = new ChangeGate[line.Devices.Length];
    }

    public void LinkDown(string reason, long now)
    {
        if (_link.Admits(1, now, out long more))
            LogLinkDown(_line.Name, reason, Counted(more));
    }

    public void LinkUp(long now)
    {
        if (_link.Admits(0, now, out long more))
            LogLinkUp(_line.Name, Counted(more));
    }

    public void DeviceSilent(int device, long now)
    {
        if (_devices[device].Admits(1, now, out long more))
            LogDeviceSilent(_line.Name, _line.Devices[device].Name, Counted(more));
    }

    public void DeviceAnswers(int device, long now)
    {
        if (_devices[device].Admits(0, now, out long more))
            LogDeviceAnswers(_line.Name, _line.Devices[device].Name, Counted(more));
    }

    public void DeviceException(int device, int code, long now)
    {
        if (_exceptions[device].Admits(code, now, out long more))
            LogDeviceException(_line.Name, _line.Devices[device].Name, code, Counted(more));
    }

    public void DeviceOk(int device, long now)
    {
        if (_exceptions[device].Admits(0, now, out long more))
            LogDeviceOk(_line.Name, _line.Devices[device].Name, Counted(more));
    }

    public void Overrun(int device, long slots, long now)
    {
        if (_overruns[device].Admits(1, now, out long more))
            LogOverrun(_line.Name, _line.Devices[device].Name, slots, Counted(more));
    }

    public void PointsRefused(int device, int count, DataSpace space, int address, long now)
    {
        if (_addresses[device].Admits(count, now, out _) && count > 0)
            LogPointsRefused(_line.Name, _line.Devices[device].Name, count, space, address);
    }

    public void Restarted(Exception exception, long now)
    {
        if (_crash.Admits(1, now, out long more))
            LogRestarted(exception, _line.Name, Counted(more));
    }

    private static string Counted(long more) => more == 0 ? "" : $" ({more} more not logged)";

    [LoggerMessage(101, LogLevel.Warning, "Line {Line} is down: {Reason}{More}.")]
    private partial void LogLinkDown(string line, string reason, string more);

    [LoggerMessage(102, LogLevel.Information, "Line {Line} has an answer again{More}.")]
    private partial void LogLinkUp(string line, string more);

    [LoggerMessage(103, LogLevel.Warning, "Device {Device} on line {Line} does not answer and is only probed{More}.")]
    private partial void LogDeviceSilent(string line, string device, string more);

    [LoggerMessage(104, LogLevel.Information, "Device {Device} on line {Line} answers again{More}.")]
    private partial void LogDeviceAnswers(string line, string device, string more);

    [LoggerMessage(105, LogLevel.Warning, "Device {Device} on line {Line} answers with exception {Code}{More}.")]
    private partial void LogDeviceException(string line, string device, int code, string more);

    [LoggerMessage(106, LogLevel.Information, "Device {Device} on line {Line} answers without exceptions again{More}.")]
    private partial void LogDeviceOk(string line, string device, string more);

    [LoggerMessage(107, LogLevel.Warning, "Polls of device {Device} on line {Line} take longer than their period: {Slots} slots missed{More}. Poll less often or read less.")]
    private partial void LogOverrun(string line, string device, long slots, string more);

    [LoggerMessage(108, LogLevel.Warning, "Device {Device} on line {Line} refuses {Count} points of the block at {Space} {Address}: correct the configuration.")]
    private partial void LogPointsRefused(string line, string device, int count, DataSpace space, int address);

    [LoggerMessage(109, LogLevel.Error, "The loop of line {Line} failed and was started again{More}.")]
    private partial void LogRestarted(Exception exception, string line, string more);
}
