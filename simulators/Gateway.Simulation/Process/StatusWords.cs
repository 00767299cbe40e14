using Gateway.Simulation.Instruments;

namespace Gateway.Simulation.Process;

/// <summary>Status words of lanes, blowers and waste pumps.</summary>
internal static class StatusWords
{
    /// <summary>
    /// Bit 0-2 DO sensors, 3 NO3, 4 NH4, 5 MLSS, 6 flow meter, 7-9 air valves, 10 internal recycle pump, 11 return
    /// sludge pump, 12 mixer, 13 a sensor is cleaning or calibrating, 14 remote control active, 15 input and output lost.
    /// </summary>
    /// <param name="lane">The lane.</param>
    /// <param name="instruments">The seven instruments in the order of bits 0 to 6.</param>
    /// <param name="isRemote">Whether the supervisor controls the lane.</param>
    public static int OfLane(LaneProcess lane, Instrument[] instruments, bool isRemote)
    {
        var word = 0;
        for (var index = 0; index < instruments.Length; index++)
            word |= Bit(index, instruments[index].ShowsFault) | Bit(13, instruments[index].IsCleaning || instruments[index].IsCalibrating);
        for (var zone = 0; zone < LaneProcess.Zones; zone++)
            word |= Bit(7 + zone, lane.ValveArray[zone].IsStuck);
        return word | Bit(10, lane.InternalPumpFailed) | Bit(11, lane.ReturnPumpFailed) | Bit(12, lane.MixerFailed)
            | Bit(14, isRemote) | Bit(15, lane.IsIoLost);
    }

    /// <summary>
    /// Bit 0 running, 1 ready, 2 fault, 3 remote, 4 surge, 5 overload, 6 high temperature (not simulated), 7 emergency
    /// stop, 8 maintenance.
    /// </summary>
    public static int OfBlower(Blower blower, bool isRemote) =>
        Bit(0, blower.IsRunning) | Bit(1, blower.IsReady) | Bit(2, blower.IsTripped) | Bit(3, isRemote)
        | Bit(4, blower.IsSurging) | Bit(5, blower.IsOverloaded) | Bit(7, blower.IsEmergencyStopped)
        | Bit(8, blower.IsInMaintenance);

    /// <summary>Bit 0 running, 1 ready, 2 fault, 3 remote, 4 dry run; overload (5) is not simulated.</summary>
    public static int OfWastePumps(TreatmentWorks process, bool isRemote) =>
        Bit(0, process.Waste > 1) | Bit(1, !process.WastePumpFailed && !process.IsWastePumpDry) | Bit(2, process.WastePumpFailed)
        | Bit(3, isRemote) | Bit(4, process.IsWastePumpDry);

    private static int Bit(int number, bool set) => set ? 1 << number : 0;
}
