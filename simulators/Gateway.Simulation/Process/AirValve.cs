namespace Gateway.Simulation.Process;

/// <summary>An air valve with a slow motor.</summary>
public sealed class AirValve
{
    // A full stroke takes 33 s, so that 90 % of a step of the usual size is reached within 30 s.
    private const double PercentPerSecond = 3;

    /// <summary>Wanted position in percent.</summary>
    public double Setpoint { get; set; } = 50;

    /// <summary>Actual position in percent.</summary>
    public double Position { get; private set; } = 50;

    /// <summary>Air through the valve in Nm3/h; set by the header.</summary>
    public double Air { get; internal set; }

    /// <summary>What is wrong with it; stuck or failed it does not move and reports a fault.</summary>
    public ActuatorCondition Condition { get; } = new();

    /// <summary>The valve does not move and reports a fault.</summary>
    public bool IsStuck
    {
        get => Condition.IsStuck || Condition.IsFailed;
        set => Condition.IsStuck = value;
    }

    internal void Step(double seconds)
    {
        if (IsStuck)
            return;
        var most = PercentPerSecond * seconds / Condition.Slowness;
        Position += Math.Clamp(Setpoint - Position, -most, most);
    }
}
