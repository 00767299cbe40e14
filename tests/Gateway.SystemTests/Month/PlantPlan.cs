using Gateway.Runtime.Scan;
using Gateway.Simulation;
using Gateway.Simulation.Process;

namespace Gateway.SystemTests.Month;

/// <summary>What goes wrong in the plant itself by the seed, so that alarms come and go: trips, lost stations, broken wires, weather.</summary>
internal sealed class PlantPlan(VirtualSite site, ulong seed)
{
    private static readonly string[] s_wires = ["EFF_AIT_603", "L1_AIT_DO5", "IN_LIT_101", "BL_PIT_300"];

    private readonly SeededRandom _random = new(seed, "plant");
    private readonly HashSet<string> _broken = [];
    private long _next = 30 * ScanTime.TicksPerSecond;

    /// <summary>Broken wires show not-a-number, which is bad for as long as it lasts.</summary>
    public bool IsBroken(string signal) => _broken.Contains(signal);

    /// <summary>When the last wire was broken or mended.</summary>
    public long LastWire { get; private set; }

    public void Step(long now)
    {
        if (now < _next)
            return;
        _next = now + _random.Next(20, 900) * ScanTime.TicksPerSecond;
        site.Station.Use(plant =>
        {
            Change(plant);
            return true;
        });
        if (!_random.Chance(0.15))
            return;
        LastWire = now;
        string wire = s_wires[_random.Next(0, s_wires.Length)];
        bool isBroken = _broken.Add(wire) || !_broken.Remove(wire);
        site.Station.SetNotANumber(wire, isBroken);
    }

    private void Change(SimulatedPlant plant)
    {
        Blower blower = plant.Process.Air.Blowers[_random.Next(0, plant.Process.Air.Blowers.Count)];
        var lane = plant.Process.Lanes[_random.Next(0, plant.Process.Lanes.Count)];
        switch (_random.Next(0, 6))
        {
            case 0 when blower.IsTripped:
                blower.Reset();
                break;
            case 0:
                blower.Trip();
                break;
            case 1:
                lane.IsIoLost = !lane.IsIoLost;
                break;
            case 2:
                lane.ReturnPumpFailed = !lane.ReturnPumpFailed;
                break;
            case 3:
                lane.InternalPumpFailed = !lane.InternalPumpFailed;
                break;
            case 4:
                plant.Process.WastePumpFailed = !plant.Process.WastePumpFailed;
                break;
            default:
                plant.Weather = (Weather)_random.Next(0, 3);
                break;
        }
    }
}
