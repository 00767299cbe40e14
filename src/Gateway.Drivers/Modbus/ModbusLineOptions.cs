using Gateway.Runtime.Scan;
using Microsoft.Extensions.Logging;

namespace Gateway.Drivers.Modbus;

/// <summary>What a <see cref="ModbusLine"/> gets from its surroundings.</summary>
public sealed record ModbusLineOptions
{
    /// <summary>Clock and timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Timestamp of <see cref="Time"/> at which the elapsed time of the scan is zero. The polls lie on a grid from here,
    /// and the expiry of writes is compared on this clock.
    /// </summary>
    public required long Epoch { get; init; }

    /// <summary>Opens the connection; null takes <see cref="ModbusConnector.ConnectAsync"/>.</summary>
    public Func<ModbusLineDefinition, CancellationToken, ValueTask<Stream>>? Connect { get; init; }

    /// <summary>Requests for outputs; null when nothing is written.</summary>
    public OutputMailbox? Outputs { get; init; }

    /// <summary>Spreads reconnects and probes; give each line one with its own seed.</summary>
    public Random? Jitter { get; init; }

    /// <summary>Changes of state are logged here.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>How often a line with outputs looks for requests while it has nothing else to do, in milliseconds.</summary>
    public int OutputCheckMs { get; init; } = 50;
}
