using System.Globalization;
using Gateway.Drivers.Polling;
using Gateway.Modbus.Protocol;

namespace Gateway.Drivers.Modbus;

/// <summary>The rules a line's definition keeps; the configuration reports every breach before a line is built.</summary>
public static class DefinitionCheck
{
    /// <summary>All breaches, as sentences that name device and address; empty when the definition can be run.</summary>
    public static string[] Problems(ModbusLineDefinition line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var problems = new List<string>();
        Require(problems, line.Window is >= 1 and <= ProtocolLimits.MaxWindow, line.Name, "window must be 1 to 64");
        Require(problems, line.TimeoutMs is >= 1 and <= 3_600_000, line.Name, "timeoutMs must be 1 to 3,600,000");
        Require(problems, line.ConnectTimeoutMs >= 1, line.Name, "connectTimeoutMs must be at least 1");
        Require(problems, line.ReconnectMinMs >= 1 && line.ReconnectMaxMs >= line.ReconnectMinMs, line.Name,
            "reconnectMinMs must be at least 1 and not above reconnectMaxMs");
        Require(problems, !line.IsSerial || line.BaudRate > 0, line.Name, "baudRate must be positive");
        foreach (ModbusDevice device in line.Devices)
            Check(line, device, problems);
        return [.. problems];
    }

    private static void Check(ModbusLineDefinition line, ModbusDevice device, List<string> problems)
    {
        Require(problems, device.MaxRegisters is >= 1 and <= ProtocolLimits.MaxReadRegisters, device.Name, "maxRegisters must be 1 to 125");
        Require(problems, device.MaxBits is >= 1 and <= ProtocolLimits.MaxReadBits, device.Name, "maxBits must be 1 to 2,000");
        Require(problems, device.MaxGap >= 0, device.Name, "maxGap must not be negative");
        Require(problems, device.FailuresBeforeProbe >= 1, device.Name, "failuresBeforeProbe must be at least 1");
        Require(problems, device.ProbeMinMs >= 1 && device.ProbeMaxMs >= device.ProbeMinMs, device.Name,
            "probeMinMs must be at least 1 and not above probeMaxMs");
        Require(problems, device.PauseAfterConnectMs >= 0 && device.PauseBetweenRequestsMs >= 0, device.Name, "pauses must not be negative");
        Require(problems, device.VerifyWithinMs >= 0, device.Name, "verifyWithinMs must not be negative");
        bool isBus = line.Transport is not (LineTransport.ModbusTcp or LineTransport.ModbusTls);
        Require(problems, !isBus || device.Unit != ProtocolLimits.BroadcastUnit, device.Name, "unit 0 is the broadcast address on a bus and cannot be read");
        Require(problems, device.BadAfterPolls >= device.UncertainAfterPolls && device.UncertainAfterPolls > 0, device.Name,
            "badAfterPolls must not be below uncertainAfterPolls, which must be positive");
        foreach (ModbusPoint point in device.Points)
            Check(device, point, problems);
    }

    private static void Check(ModbusDevice device, ModbusPoint point, List<string> problems)
    {
        string where = string.Create(CultureInfo.InvariantCulture, $"{device.Name}, {point.Space} {point.Address}");
        if (point.Space is < DataSpace.Coils or > DataSpace.InputRegisters)
        {
            problems.Add($"{where}: not a data space");
            return;
        }

        bool isBits = ReadRequest.IsBits(point.Space);
        int extent = PointExtent.Of(point);
        Require(problems, point.PollPeriodMs >= 1, where, "the poll period must be at least 1 ms");
        Require(problems, point.PhaseMs >= 0, where, "the phase must not be negative");
        Require(problems, point.Bit is >= -1 and <= 15, where, "a bit is 0 to 15");
        Require(problems, point.Bit < 0 || (!isBits && extent == 1), where, "only a single register has bits");
        Require(problems, extent >= 1, where, "the value has no length");
        Require(problems, point.Address + extent <= 65536, where, "the value ends beyond address 65,535");
        Require(problems, extent <= ReadPlanner.LimitOf(device, point.Space), where, "the value is longer than the device answers at once");
        Require(problems, point.Output < 0 || point.Space is DataSpace.Coils or DataSpace.HoldingRegisters, where,
            "only coils and holding registers can be written");
        PointExtent.CheckType(point, where, problems);
    }

    private static void Require(List<string> problems, bool isKept, string where, string what)
    {
        if (!isKept)
            problems.Add($"{where}: {what}");
    }
}
