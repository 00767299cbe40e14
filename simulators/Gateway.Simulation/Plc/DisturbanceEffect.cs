using Gateway.Simulation.Instruments;
using Gateway.Simulation.Process;

namespace Gateway.Simulation.Plc;

/// <summary>
/// What a disturbance does to its target. It adds the difference to what it has done before, so that several on one
/// target add up and leave nothing behind. Used under the station's lock.
/// </summary>
internal abstract class DisturbanceEffect
{
    private double _done;

    /// <summary>Finds the target.</summary>
    /// <exception cref="ArgumentException">There is none of that name and kind.</exception>
    public static DisturbanceEffect Find(SimulatedPlcStation station, Disturbance disturbance) => disturbance.Kind switch
    {
        <= DisturbanceKind.Calibration => InstrumentEffect.Find(station, disturbance),
        <= DisturbanceKind.ActuatorFailed => new ActuatorEffect(disturbance, station.Plant.Actuator(disturbance.Target ?? "")
            ?? throw new ArgumentException($"there is no machine '{disturbance.Target}'; machines are named by their set-points, and IN_PUMPS and L1_MIXER")),
        <= DisturbanceKind.PlcWrongUnit => new PlcEffect(station, disturbance, station.FindPlc(disturbance.Target ?? "")
            ?? throw new ArgumentException($"the site has no device '{disturbance.Target}'")),
        <= DisturbanceKind.LinkSlow => new LineEffect(station, disturbance, station.FindLine(disturbance.Target ?? "")
            ?? throw new ArgumentException($"the site has no line '{disturbance.Target}'")),
        <= DisturbanceKind.OpcUaRefuse => OpcUaEffect.Find(station, disturbance),
        _ when disturbance.Target is not null => throw new ArgumentException($"{disturbance.Kind} takes no 'target'"),
        _ => new ProcessEffect(station.Plant, disturbance),
    };

    /// <summary>Brings the effect to a strength.</summary>
    /// <param name="level">0 for none, 1 for all of it.</param>
    /// <param name="hours">Plant hours since the last call.</param>
    public void Apply(double level, double hours)
    {
        var wanted = Wanted(level, hours, _done);
        if (wanted != _done)
            Change(_done, wanted);
        _done = wanted;
    }

    /// <summary>The whole of what should be done at a strength; kinds that do not grow are all or nothing.</summary>
    protected virtual double Wanted(double level, double hours, double done) => level > 0 ? 1 : 0;

    /// <summary>Moves the target from what was done to what should be done.</summary>
    protected abstract void Change(double before, double after);
}

/// <summary>Disturbs an instrument.</summary>
internal sealed class InstrumentEffect(SimulatedPlcStation station, Disturbance disturbance, string signal, Instrument instrument) : DisturbanceEffect
{
    public static new InstrumentEffect Find(SimulatedPlcStation station, Disturbance disturbance)
    {
        var name = disturbance.Target ?? "";
        var signal = station.Plant.Signals.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new ArgumentException($"the plant has no signal '{name}'");
        if (signal.Kind != SignalKind.Measured)
            throw new ArgumentException($"the signal '{name}' is not measured");
        return new InstrumentEffect(station, disturbance, name, station.Plant.Instrument(name));
    }

    protected override double Wanted(double level, double hours, double done) => disturbance.Kind switch
    {
        DisturbanceKind.Bias or DisturbanceKind.Noise or DisturbanceKind.Fouling => level * disturbance.Measure,
        DisturbanceKind.Drift => level > 0 ? done + (level * disturbance.Measure * hours) : 0,
        _ => base.Wanted(level, hours, done),
    };

    protected override void Change(double before, double after)
    {
        var (change, count) = (after - before, after > before ? 1 : -1);
        switch (disturbance.Kind)
        {
            case DisturbanceKind.Bias or DisturbanceKind.Drift:
                instrument.AddedOffset += change;
                break;
            case DisturbanceKind.Noise:
                instrument.AddedSigma += change;
                break;
            case DisturbanceKind.Fouling:
                instrument.Fouling = Math.Max(0, instrument.Fouling + change);
                break;
            case DisturbanceKind.Stuck:
                instrument.StuckCount += count;
                break;
            case DisturbanceKind.Failed:
                instrument.FailedCount += count;
                break;
            case DisturbanceKind.OutOfRange:
                instrument.AddedOffset += count * 2 * (instrument.High - instrument.Low);
                break;
            case DisturbanceKind.Lost:
                instrument.LostCount += count;
                break;
            case DisturbanceKind.NotANumber:
                station.AddNotANumber(signal, count);
                break;
            case DisturbanceKind.Cleaning:
                instrument.CleaningCount += count;
                break;
            default:
                instrument.CalibratingCount += count;
                if (count < 0)
                    instrument.Calibrate();
                break;
        }
    }
}

/// <summary>Disturbs a machine.</summary>
internal sealed class ActuatorEffect(Disturbance disturbance, ActuatorCondition condition) : DisturbanceEffect
{
    protected override double Wanted(double level, double hours, double done) =>
        disturbance.Kind == DisturbanceKind.ActuatorSlow ? level * (disturbance.Measure - 1) : base.Wanted(level, hours, done);

    protected override void Change(double before, double after)
    {
        switch (disturbance.Kind)
        {
            case DisturbanceKind.ActuatorStuck:
                condition.IsStuck = after > 0;
                break;
            case DisturbanceKind.ActuatorSlow:
                condition.Slowness += after - before;
                break;
            default:
                condition.IsFailed = after > 0;
                break;
        }
    }
}

/// <summary>Disturbs a PLC.</summary>
internal sealed class PlcEffect(SimulatedPlcStation station, Disturbance disturbance, SimulatedPlc plc) : DisturbanceEffect
{
    private long _rule;

    protected override void Change(double before, double after)
    {
        var isOn = after > 0;
        switch (disturbance.Kind)
        {
            case DisturbanceKind.PlcStop or DisturbanceKind.PlcRestart:
                station.SwitchUnderGate(plc, isOn, isRestart: disturbance.Kind == DisturbanceKind.PlcRestart && !isOn);
                break;
            case DisturbanceKind.PlcFreeze:
                plc.IsFrozen = isOn;
                break;
            case DisturbanceKind.MapShift:
                plc.AddressShift += (isOn ? 1 : -1) * (int)disturbance.Measure;
                break;
            default:
                _rule = station.SwitchRule(_rule, isOn, new FaultRule { Kind = Fault, Argument = (int)disturbance.Measure, Device = plc.Name });
                break;
        }
    }

    private FaultKind Fault => disturbance.Kind switch
    {
        DisturbanceKind.PlcException => FaultKind.Exception,
        DisturbanceKind.PlcSlow => FaultKind.Delay,
        _ => FaultKind.WrongUnit,
    };
}

/// <summary>Disturbs a line.</summary>
internal sealed class LineEffect(SimulatedPlcStation station, Disturbance disturbance, SimulatedPlcLine line) : DisturbanceEffect
{
    private readonly long[] _rules = new long[line.Plcs.Count];

    protected override void Change(double before, double after)
    {
        if (disturbance.Kind == DisturbanceKind.LinkDown)
        {
            line.IsCut = after > 0;
            station.LinesHaveChanged();
            return;
        }

        var isSilent = disturbance.Kind == DisturbanceKind.LinkSilent;
        for (var index = 0; index < _rules.Length; index++)
        {
            _rules[index] = station.SwitchRule(_rules[index], after > 0, new FaultRule
            {
                Kind = isSilent ? FaultKind.Silence : FaultKind.Delay,
                Argument = isSilent ? null : (int)disturbance.Measure,
                Device = line.Plcs[index].Name,
            });
        }
    }
}

/// <summary>Disturbs the OPC UA face.</summary>
internal sealed class OpcUaEffect(SimulatedPlcStation station, Disturbance disturbance) : DisturbanceEffect
{
    public static new OpcUaEffect Find(SimulatedPlcStation station, Disturbance disturbance)
    {
        if (station.OpcUaNodes is not { } nodes)
            throw new ArgumentException("the plant is not served over OPC UA");
        if (disturbance.Kind is DisturbanceKind.OpcUaUnknownNode or DisturbanceKind.OpcUaNotReadable)
        {
            if (!nodes.Contains(disturbance.Target ?? ""))
                throw new ArgumentException($"there is no OPC UA node '{disturbance.Target}'; nodes are named as the tags");
        }
        else if (disturbance.Target is not null)
        {
            throw new ArgumentException($"{disturbance.Kind} takes no 'target'");
        }

        return new OpcUaEffect(station, disturbance);
    }

    protected override void Change(double before, double after) => station.SwitchOpcUa(disturbance, isOn: after > 0);
}

/// <summary>Disturbs weather or sewage.</summary>
internal sealed class ProcessEffect(SimulatedPlant plant, Disturbance disturbance) : DisturbanceEffect
{
    private Weather _before;

    protected override double Wanted(double level, double hours, double done) =>
        disturbance.Kind == DisturbanceKind.Toxic ? level * disturbance.Measure : base.Wanted(level, hours, done);

    protected override void Change(double before, double after)
    {
        if (disturbance.Kind == DisturbanceKind.Toxic)
        {
            plant.Process.Influent.Toxicity = Math.Max(0, plant.Process.Influent.Toxicity + after - before);
            return;
        }

        var weather = disturbance.Kind == DisturbanceKind.Rain ? Weather.Rain : Weather.Storm;
        if (after > 0)
            (_before, plant.Weather) = (plant.Weather, weather);
        else if (plant.Weather == weather)
            plant.Weather = _before;
    }
}
