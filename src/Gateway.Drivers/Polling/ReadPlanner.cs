using Gateway.Drivers.Modbus;
using Gateway.Modbus.Protocol;

namespace Gateway.Drivers.Polling;

/// <summary>
/// Turns the points of a line into as few read requests as its devices allow: sorted by address, merged under the
/// protocol's and the device's limit, holes bridged up to the device's gap. A value is never split between two
/// requests, and points of different device, space, period or phase never share one. Runs at load.
/// </summary>
public static class ReadPlanner
{
    /// <summary>Plans a line. Blocks come in the order device, period, phase, space, address.</summary>
    /// <exception cref="ArgumentException">The definition breaks a rule of <see cref="DefinitionCheck"/>.</exception>
    public static ReadBlock[] Plan(ModbusLineDefinition line)
    {
        ArgumentNullException.ThrowIfNull(line);
        string[] problems = DefinitionCheck.Problems(line);
        if (problems.Length > 0)
            throw new ArgumentException(problems[0], nameof(line));
        var blocks = new List<ReadBlock>();
        for (int device = 0; device < line.Devices.Length; device++)
            PlanDevice(device, (ModbusDevice)line.Devices[device], blocks);
        return [.. blocks];
    }

    private static void PlanDevice(int index, ModbusDevice device, List<ReadBlock> blocks)
    {
        // A stable sort: points of one address stay in the order of the configuration.
        ModbusPoint[] sorted =
        [
            .. device.Points.Cast<ModbusPoint>()
                .OrderBy(p => p.PollPeriodMs).ThenBy(p => p.PhaseMs).ThenBy(p => p.Space)
                .ThenBy(p => p.Address).ThenBy(PointExtent.Of),
        ];
        int first = 0;
        while (first < sorted.Length)
        {
            int next = first + 1;
            int end = sorted[first].Address + PointExtent.Of(sorted[first]);
            while (next < sorted.Length && Joins(device, sorted[first], end, sorted[next]))
            {
                end = Math.Max(end, sorted[next].Address + PointExtent.Of(sorted[next]));
                next++;
            }

            ushort address = sorted[first].Address;
            blocks.Add(new ReadBlock(index, sorted[first..next], address, (ushort)(end - address)));
            first = next;
        }
    }

    private static bool Joins(ModbusDevice device, ModbusPoint first, int end, ModbusPoint next)
    {
        bool isSameGroup = next.Space == first.Space && next.PollPeriodMs == first.PollPeriodMs && next.PhaseMs == first.PhaseMs;
        if (!isSameGroup)
            return false;
        int nextEnd = next.Address + PointExtent.Of(next);
        // Bits of one register are one value on the wire.
        if (device.OneRequestPerPoint)
            return next.Address == first.Address && nextEnd == end;
        int merged = Math.Max(end, nextEnd) - first.Address;
        return next.Address - end <= GapOf(device, first.Space) && merged <= LimitOf(device, first.Space);
    }

    internal static int LimitOf(ModbusDevice device, DataSpace space) => ReadRequest.IsBits(space)
        ? Math.Min(device.MaxBits, ProtocolLimits.MaxReadBits)
        : Math.Min(device.MaxRegisters, ProtocolLimits.MaxReadRegisters);

    // Sixteen bits travel in the room of one register.
    internal static int GapOf(ModbusDevice device, DataSpace space) =>
        ReadRequest.IsBits(space) ? 16 * device.MaxGap : device.MaxGap;
}
