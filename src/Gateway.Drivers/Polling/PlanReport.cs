using Gateway.Drivers.Modbus;
using System.Globalization;

namespace Gateway.Drivers.Polling;

/// <summary>The predicted cost of one request of a plan.</summary>
/// <param name="Block">The request.</param>
/// <param name="Seconds">Time on the line, in seconds.</param>
/// <param name="Utilization">Share of the line, 0 to 1 and above when it cannot be met.</param>
public sealed record PlannedRequest(ReadBlock Block, double Seconds, double Utilization);

/// <summary>What a plan asks of a line: requests, registers, predicted time, and whether it fits.</summary>
public sealed record PlanReport
{
    // Writes, read-back, retries and probes of dead devices need room too.
    private const double ComfortableUtilization = 0.8;

    /// <summary>The line planned.</summary>
    public required ModbusLineDefinition Line { get; init; }
    /// <summary>The requests with their predicted cost.</summary>
    public required PlannedRequest[] Requests { get; init; }
    /// <summary>Points read.</summary>
    public required int Points { get; init; }
    /// <summary>Registers read by all requests together.</summary>
    public required int Registers { get; init; }
    /// <summary>Bits of coils and discrete inputs read by all requests together.</summary>
    public required int Bits { get; init; }
    /// <summary>Requests per second when every deadline is kept.</summary>
    public required double RequestsPerSecond { get; init; }
    /// <summary>Predicted time, in seconds, to send every request once.</summary>
    public required double CycleSeconds { get; init; }
    /// <summary>Share of the line used for reading; above 1 the deadlines cannot be kept.</summary>
    public required double Utilization { get; init; }

    /// <summary>True when every deadline can be kept.</summary>
    public bool Fits => Utilization <= 1;

    /// <summary>A sentence for the engineer when the plan is tight or does not fit; null when it is comfortable.</summary>
    public string? Warning
    {
        get
        {
            if (Utilization <= ComfortableUtilization)
                return null;
            string percent = (100 * Utilization).ToString("F0", CultureInfo.InvariantCulture);
            return Fits
                ? $"line '{Line.Name}' is {percent} % busy with reading alone; writes and retries will delay polls"
                : $"line '{Line.Name}' does not fit: reading alone needs {percent} % of its time; poll less often, read fewer registers or raise the speed";
        }
    }

    /// <summary>Predicts the cost of a plan.</summary>
    /// <param name="line">The line.</param>
    /// <param name="blocks">Its requests from <see cref="ReadPlanner"/>.</param>
    /// <param name="deviceMs">Time of a device to answer in milliseconds; negative takes the default of <see cref="BusTime"/>.</param>
    public static PlanReport Make(ModbusLineDefinition line, ReadBlock[] blocks, double deviceMs = -1)
    {
        var time = new BusTime(line, deviceMs);
        var requests = new PlannedRequest[blocks.Length];
        int points = 0, registers = 0, bits = 0;
        double perSecond = 0, cycle = 0, utilization = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            ReadBlock block = blocks[i];
            var device = (ModbusDevice)line.Devices[block.Device];
            double seconds = time.ReadSeconds(block) + device.PauseBetweenRequestsMs / 1000.0;
            double share = seconds * 1000 / block.PeriodMs / WindowOf(line, device);
            requests[i] = new PlannedRequest(block, seconds, share);
            points += block.Points.Length;
            if (ReadRequest.IsBits(block.Space))
                bits += block.Count;
            else
                registers += block.Count;
            perSecond += 1000.0 / block.PeriodMs;
            cycle += seconds / WindowOf(line, device);
            utilization += share;
        }

        return new PlanReport
        {
            Line = line, Requests = requests, Points = points, Registers = registers, Bits = bits,
            RequestsPerSecond = perSecond, CycleSeconds = cycle, Utilization = utilization,
        };
    }

    /// <summary>Requests a device may have in flight: ids and pauses decide, not only the line's window.</summary>
    internal static int WindowOf(ModbusLineDefinition line, ModbusDevice device)
    {
        bool hasIds = line.Transport is LineTransport.ModbusTcp or LineTransport.ModbusTls;
        return hasIds && !device.IdNotEchoed && device.PauseBetweenRequestsMs == 0 ? line.Window : 1;
    }
}
