using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Modbus.Registers;
using Gateway.Simulation.Process;

namespace Gateway.SystemTests.Month;

/// <summary>What a register holds for a signal of the plant: converted here once more, so that a wrong codec shows.</summary>
internal readonly struct PlcSignal
{
    private readonly int _index;
    private readonly int _bit;
    private readonly bool _isSingle;

    private PlcSignal(int index, int bit, bool isSingle) => (_index, _bit, _isSingle) = (index, bit, isSingle);

    /// <summary>The signal of a point's tag, or of the word that its bit belongs to.</summary>
    public static PlcSignal Of(VirtualSite site, ModbusDevice device, ModbusPoint point)
    {
        bool isBit = point.Bit >= 0;
        ModbusPoint word = isBit ? device.Points.Cast<ModbusPoint>().First(other => other.Bit < 0 && other.Space == point.Space && other.Address == point.Address) : point;
        string name = site.Site.Plant.Tags[word.Tag].Name;
        return new PlcSignal(site.Station.HasSignal(name) ? site.Station.Plant.Resolve(name) : -1, point.Bit, word.Type == RegisterType.Float32);
    }

    /// <summary>The number that a reader of the register gets.</summary>
    public double Read(SimulatedPlant plant)
    {
        // Nothing fills the register of a tag that the plant does not know.
        double value = _index < 0 ? 0 : plant[_index];
        if (_bit >= 0)
            return ((long)value >> _bit) & 1;
        return _isSingle ? (float)value : Math.Round(value);
    }
}
