namespace Gateway.Simulation.Process;

/// <summary>A chemical tank with its dosing pump; a tanker refills it when it runs low.</summary>
public sealed class DosingTank
{
    private const double AreaM2 = 20;
    private const double RefillAtM = 1;
    private const double FullM = 5.5;
    private const double RefillMPerHour = 4;
    private const double EmptyM = 0.05;
    private const double PumpLagHours = 30 / 2.3026 / 3600;

    private bool _refilling;

    internal DosingTank(double levelM, double setpointLitersPerHour)
    {
        Level = levelM;
        Setpoint = setpointLitersPerHour;
        Flow = setpointLitersPerHour;
    }

    /// <summary>Wanted dose in L/h.</summary>
    public double Setpoint { get; set; }

    /// <summary>Actual dose in L/h.</summary>
    public double Flow { get; private set; }

    /// <summary>Level in m.</summary>
    public double Level { get; private set; }

    /// <summary>Whether the tanker comes when the level is low; without it the tank runs empty.</summary>
    public bool IsRefilled { get; set; } = true;

    /// <summary>What is wrong with the pump.</summary>
    public ActuatorCondition Condition { get; } = new();

    /// <summary>The pump stands by an interlock: there is no water to dose into.</summary>
    public bool IsInterlocked { get; internal set; }

    internal void Step(double hours)
    {
        var wanted = Level > EmptyM && !IsInterlocked && !Condition.IsFailed ? Setpoint : 0;
        Flow += (wanted - Flow) * Condition.Share(hours, PumpLagHours);
        Level = Math.Max(0, Level - (Flow * hours / 1000 / AreaM2));
        _refilling = IsRefilled && (_refilling ? Level < FullM : Level < RefillAtM);
        if (_refilling)
            Level += RefillMPerHour * hours;
    }
}
