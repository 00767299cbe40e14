using Gateway.Configuration;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.OpcUa.Types;
using Gateway.Simulation.Plc;

namespace Gateway.Simulation.OpcUa;

/// <summary>Which nodes the OPC UA face has: one for each tag of the site's devices that a signal of the plant fills. Pure.</summary>
internal static class FaceMap
{
    public static IEnumerable<FaceVariable> Build(SiteConfiguration site, SimulatedPlcStation station, string namespaceUri)
    {
        foreach (var line in site.Lines)
        {
            foreach (var device in line.Devices)
            {
                var plc = station.FindPlc(device.Name)!;
                foreach (var point in device.Points)
                {
                    var tag = site.Plant.Tags[point.Tag];
                    var (signal, bit) = Source(site, station, device, point);
                    if (signal >= 0)
                        yield return new FaceVariable(plc, tag, namespaceUri, new NodeId(tag.Name, 0), signal, station.Plant.Signals[signal], bit);
                }
            }
        }
    }

    /// <summary>The signal of the tag's name, or a bit of the status word at the same address.</summary>
    private static (int Signal, int Bit) Source(SiteConfiguration site, SimulatedPlcStation station, DeviceDefinition device, PointDefinition point)
    {
        var signal = station.FindSignal(site.Plant.Tags[point.Tag].Name);
        if (signal >= 0 || point is not ModbusPoint { Bit: >= 0 } bit)
            return (signal, -1);
        var word = device.Points.OfType<ModbusPoint>().FirstOrDefault(other => other.Space == bit.Space && other.Address == bit.Address && other.Bit < 0);
        return (word is null ? PlcPoint.NoSignal : station.FindSignal(site.Plant.Tags[word.Tag].Name), bit.Bit);
    }
}
