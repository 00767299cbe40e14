namespace Gateway.Simulation.Process;

/// <summary>
/// The inlet works: a pump sump with level-controlled pumps and a storm overflow. Screens and grit chamber take nothing
/// that the benchmark's components know. Used by one thread.
/// </summary>
public sealed class PumpingStation
{
    /// <summary>Level at which the sump spills into the storm overflow, in m.</summary>
    public const double OverflowM = 7.8;

    private const double M2PerLane = 375;
    private const double PumpM3PerHourPerMPerLane = 1_667;
    private const double PumpsStopAtM = 0.5;
    private const double StartM = 3;

    private readonly double _area;
    private readonly double _pumps;

    internal PumpingStation(double scale, int lanes)
    {
        _area = M2PerLane * scale * lanes;
        _pumps = PumpM3PerHourPerMPerLane * scale * lanes;
        Volume = StartM * _area;
    }

    /// <summary>Volume in the sump in m3.</summary>
    public double Volume { get; private set; }

    /// <summary>Level in the sump in m.</summary>
    public double Level => Volume / _area;

    /// <summary>Flow pumped to the lanes in m3/h.</summary>
    public double Pumped { get; private set; }

    /// <summary>The pumps have failed: nothing is pumped and the sump fills until it overflows.</summary>
    public bool PumpsFailed
    {
        get => Condition.IsFailed;
        set => Condition.IsFailed = value;
    }

    /// <summary>What is wrong with the pumps; stuck ones go on as they do.</summary>
    public ActuatorCondition Condition { get; } = new();

    /// <summary>Volume that came in since the start, in m3.</summary>
    public double InflowTotal { get; private set; }

    /// <summary>Volume that spilled since the start, in m3.</summary>
    public double OverflowTotal { get; private set; }

    internal void Step(double inflow, double hours)
    {
        InflowTotal += inflow * hours;
        if (!Condition.IsStuck || PumpsFailed)
            Pumped = PumpsFailed ? 0 : _pumps * Math.Max(0, Level - PumpsStopAtM);
        // An empty sump gives nothing, whatever the pumps do.
        Pumped = Math.Min(Pumped, inflow + (Volume / hours));
        Volume += hours * (inflow - Pumped);
        var spilled = Math.Max(0, Volume - (OverflowM * _area));
        Volume -= spilled;
        OverflowTotal += spilled;
    }
}
