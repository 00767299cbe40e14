using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Gateway.Drivers;

/// <content>What only a line with subscriptions has to say.</content>
internal sealed partial class LineLog
{
    // The tolerance that the handshake has too (field lesson F-35).
    private const long ClockTolerance = 60 * TimeSpan.TicksPerSecond;

    public void Unsecured() => LogUnsecured(_line.Name);

    public void SubscriptionDown(int device, string reason, long now)
    {
        if (_subscriptions[device].Admits(1, now, out long more))
            LogSubscriptionDown(_line.Name, _line.Devices[device].Name, reason, Counted(more));
    }

    public void SubscriptionUp(int device, long now)
    {
        if (_subscriptions[device].Admits(0, now, out long more))
            LogSubscriptionUp(_line.Name, _line.Devices[device].Name, Counted(more));
    }

    public void NodesRefused(int device, int count, string node, string reason, long now)
    {
        if (_nodes[device].Admits(count, now, out _) && count > 0)
            LogNodesRefused(_line.Name, _line.Devices[device].Name, count, node, reason);
    }

    public void Revised(int device, string what) => LogRevised(_line.Name, _line.Devices[device].Name, what);

    /// <summary>The server's clock, and whether stamps had to be replaced.</summary>
    public void Clock(long differenceTicks, bool hasBadTimes, long now)
    {
        int state = Math.Abs(differenceTicks) > ClockTolerance ? 1 : hasBadTimes ? 2 : 0;
        if (!_clock.Admits(state, now, out long more) || state == 0)
            return;
        if (state == 1)
            LogClockOff(_line.Name, (differenceTicks / (double)TimeSpan.TicksPerSecond).ToString("F1", CultureInfo.InvariantCulture), Counted(more));
        else
            LogTimesOff(_line.Name, Counted(more));
    }

    [LoggerMessage(110, LogLevel.Warning, "Line {Line} is neither signed nor encrypted (securityPolicy None): anyone on the network can read and change it.")]
    private partial void LogUnsecured(string line);

    [LoggerMessage(111, LogLevel.Warning, "The subscription of device {Device} on line {Line} brings nothing: {Reason}{More}.")]
    private partial void LogSubscriptionDown(string line, string device, string reason, string more);

    [LoggerMessage(112, LogLevel.Information, "The subscription of device {Device} on line {Line} is alive{More}.")]
    private partial void LogSubscriptionUp(string line, string device, string more);

    [LoggerMessage(113, LogLevel.Warning, "The server of line {Line} refuses {Count} nodes of device {Device}, the first {Node}: {Reason}. They are tried again; the others are not affected.")]
    private partial void LogNodesRefused(string line, string device, int count, string node, string reason);

    [LoggerMessage(114, LogLevel.Warning, "The server of line {Line} does not grant device {Device} what was asked for: {What}.")]
    private partial void LogRevised(string line, string device, string what);

    [LoggerMessage(115, LogLevel.Warning, "The clock of the server of line {Line} differs by {Seconds} s: values get the time of their arrival{More}. Set the server's clock.")]
    private partial void LogClockOff(string line, string seconds, string more);

    [LoggerMessage(116, LogLevel.Warning, "Some values of line {Line} come with a time that cannot be: they get the server's or their arrival's{More}. See gateway_opcua_line_source_times_replaced_total.")]
    private partial void LogTimesOff(string line, string more);
}
