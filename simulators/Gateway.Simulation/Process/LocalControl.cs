namespace Gateway.Simulation.Process;

/// <summary>
/// What the plant's own controller does while nobody supervises it: oxygen control with the valves of each zone and
/// pressure control with the blowers. Its outputs are written into the set-points, so that a supervisor takes over
/// without a bump.
/// </summary>
internal sealed class LocalControl
{
    private const double OxygenSetpoint = 2;
    private const double ValvePercentPerMgPerLiter = 6;
    private const double ValveIntegralSeconds = 240;
    private const double SpeedPercentPerKPaPerSecond = 0.05;
    private const double LeastValve = 10;
    private const double LeastSpeed = 20;

    private readonly double[] _lastErrors;
    private double _speed = 65;

    public LocalControl(int lanes) => _lastErrors = new double[lanes * LaneProcess.Zones];

    /// <summary>Moves the valves of one lane toward the oxygen set-point.</summary>
    /// <param name="number">Number of the lane, from 0.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="oxygen">What the oxygen probes of the zones show.</param>
    /// <param name="seconds">Length of the step.</param>
    public void ControlLane(int number, LaneProcess lane, ReadOnlySpan<double> oxygen, double seconds)
    {
        for (var zone = 0; zone < LaneProcess.Zones; zone++)
        {
            ref var last = ref _lastErrors[(number * LaneProcess.Zones) + zone];
            var error = OxygenSetpoint - oxygen[zone];
            var change = ValvePercentPerMgPerLiter * (error - last + (error * seconds / ValveIntegralSeconds));
            last = error;
            var valve = lane.ValveArray[zone];
            valve.Setpoint = Math.Clamp(valve.Setpoint + change, LeastValve, 100);
        }
    }

    /// <summary>Moves the speed of the blowers that are not commanded from outside toward the header pressure set-point.</summary>
    public void ControlBlowers(AirHeader air, ReadOnlySpan<bool> commanded, double seconds)
    {
        var error = air.PressureSetpoint - air.Pressure;
        _speed = Math.Clamp(_speed + (Math.Clamp(error, -10, 10) * SpeedPercentPerKPaPerSecond * seconds), LeastSpeed, 100);
        for (var index = 0; index < commanded.Length; index++)
        {
            if (!commanded[index])
                air.Blowers[index].Setpoint = _speed;
        }
    }
}
