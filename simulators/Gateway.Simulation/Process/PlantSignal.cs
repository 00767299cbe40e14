using Gateway.Simulation.Instruments;

namespace Gateway.Simulation.Process;

/// <summary>What kind of signal a tag is.</summary>
public enum SignalKind
{
    /// <summary>Measured value; read only.</summary>
    Measured,

    /// <summary>Analog set-point; may be written.</summary>
    Setpoint,

    /// <summary>Whole-number command; may be written.</summary>
    Command,

    /// <summary>Status word or counter; read only.</summary>
    Status,
}

/// <summary>One signal of the plant as its controller knows it.</summary>
/// <param name="Name">Tag name.</param>
/// <param name="Area">Part of the plant.</param>
/// <param name="Kind">What kind of signal.</param>
/// <param name="Unit">Unit, or "-" for none.</param>
/// <param name="Low">Lower end of the range; a measured value and a set-point never lie below.</param>
/// <param name="High">Upper end of the range.</param>
/// <param name="Sensor">Dynamics of the instrument.</param>
/// <param name="ResponseSeconds">T90 of the instrument; 0 when it follows at once.</param>
public sealed record PlantSignal(
    string Name,
    string Area,
    SignalKind Kind,
    string Unit,
    double Low,
    double High,
    SensorClass Sensor,
    double ResponseSeconds)
{
    // A value that came through a float or an integer may miss the end of its range by rounding.
    private const double RangeTolerance = 1e-6;

    /// <summary>True for set-points and commands.</summary>
    public bool IsWritable => Kind is SignalKind.Setpoint or SignalKind.Command;

    /// <summary>The value lies in the range, as far as rounding on its way allows; what is not a number never does.</summary>
    public bool IsInRange(double value)
    {
        var tolerance = RangeTolerance * (High - Low);
        return value >= Low - tolerance && value <= High + tolerance;
    }
}
