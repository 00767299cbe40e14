namespace Gateway.Simulation.Plc;

/// <summary>What goes wrong in the plant, its instruments, machines, PLCs or lines.</summary>
public enum DisturbanceKind
{
    /// <summary>Instrument: a constant error of the value, in the signal's unit.</summary>
    Bias,

    /// <summary>Instrument: an error that grows by the value per hour, in the signal's unit, while it lasts.</summary>
    Drift,

    /// <summary>Instrument: noise with the value as further standard deviation, in the signal's unit.</summary>
    Noise,

    /// <summary>Instrument: a coating; 1 makes it ten times slower and takes 30 % of the signal.</summary>
    Fouling,

    /// <summary>Instrument: the value is frozen and nothing says so.</summary>
    Stuck,

    /// <summary>Instrument: the value is frozen and the status word shows the fault.</summary>
    Failed,

    /// <summary>Instrument: it shows the upper end of its range and the status word says over range.</summary>
    OutOfRange,

    /// <summary>Instrument: the signal is cut and shows the low end of its range; for a position this is lost feedback.</summary>
    Lost,

    /// <summary>Instrument: the PLC's input shows a broken wire.</summary>
    NotANumber,

    /// <summary>Instrument: the value is held and the status word shows cleaning.</summary>
    Cleaning,

    /// <summary>Instrument: the value is held and the status word shows calibrating; at the end grown errors are gone.</summary>
    Calibration,

    /// <summary>Machine: it does not follow its set-point.</summary>
    ActuatorStuck,

    /// <summary>Machine: it moves slower by the value as a factor.</summary>
    ActuatorSlow,

    /// <summary>Machine: a pump stands, a blower trips, lamps are off.</summary>
    ActuatorFailed,

    /// <summary>PLC: off.</summary>
    PlcStop,

    /// <summary>PLC: off for the duration, then its program starts anew.</summary>
    PlcRestart,

    /// <summary>PLC: the program stands still, the network side goes on.</summary>
    PlcFreeze,

    /// <summary>PLC: all values stand higher by the value as a number of addresses.</summary>
    MapShift,

    /// <summary>PLC: it answers with the value as exception code.</summary>
    PlcException,

    /// <summary>PLC: it answers later by the value in milliseconds.</summary>
    PlcSlow,

    /// <summary>PLC: it answers with a unit id that is too high by the value.</summary>
    PlcWrongUnit,

    /// <summary>Line: connections are closed and refused.</summary>
    LinkDown,

    /// <summary>Line: requests and answers vanish.</summary>
    LinkSilent,

    /// <summary>Line: answers come later by the value in milliseconds.</summary>
    LinkSlow,

    /// <summary>OPC UA: subscriptions give keep-alives but no data.</summary>
    OpcUaNoData,

    /// <summary>OPC UA: Publish requests are not answered.</summary>
    OpcUaNoPublish,

    /// <summary>OPC UA: the server is off for the duration, then another one starts: its sessions are gone.</summary>
    OpcUaRestart,

    /// <summary>OPC UA: the server restarts at once, and counts channels, sessions and subscriptions from 1 each time while it lasts.</summary>
    OpcUaReuseIds,

    /// <summary>OPC UA: the server restarts with another index for the plant's namespace.</summary>
    OpcUaNamespaceSwap,

    /// <summary>OPC UA: the server restarts and revises sampling and publishing intervals to at least the value in milliseconds.</summary>
    OpcUaInterval,

    /// <summary>OPC UA: the server restarts and revises queues to at most the value.</summary>
    OpcUaQueue,

    /// <summary>OPC UA: the server restarts and allows as many sessions as the value.</summary>
    OpcUaSessions,

    /// <summary>OPC UA: the server restarts without the node.</summary>
    OpcUaUnknownNode,

    /// <summary>OPC UA: the node cannot be read.</summary>
    OpcUaNotReadable,

    /// <summary>OPC UA: the clock of server and PLCs is ahead by the value in seconds; behind when it is below zero.</summary>
    OpcUaClock,

    /// <summary>OPC UA: answers come later by the value in milliseconds.</summary>
    OpcUaSlow,

    /// <summary>OPC UA: connections are closed and refused; sessions live on.</summary>
    OpcUaRefuse,

    /// <summary>Weather: rain.</summary>
    Rain,

    /// <summary>Weather: a storm.</summary>
    Storm,

    /// <summary>Sewage: a poison; 1 kills half of the nitrifiers in an hour.</summary>
    Toxic,
}

/// <summary>
/// Something that goes wrong at a time of the plant, for some time, slowly or at once. Immutable.
/// </summary>
public sealed record Disturbance
{
    private const double MostSeconds = 366 * 86_400.0;

    /// <summary>Highest delay of an OPC UA answer in milliseconds: servers give up a connection that takes nothing for 30 s.</summary>
    internal const double MostOpcUaDelayMs = 25_000;

    /// <summary>What goes wrong.</summary>
    public required DisturbanceKind Kind { get; init; }

    /// <summary>Signal, machine, device or line by name; null for weather and sewage.</summary>
    public string? Target { get; init; }

    /// <summary>Its measure, see <see cref="DisturbanceKind"/>; null for the usual one.</summary>
    public double? Value { get; init; }

    /// <summary>Plant seconds from the time it was added to its begin.</summary>
    public double Start { get; init; }

    /// <summary>Plant seconds that it lasts; null for no end.</summary>
    public double? Duration { get; init; }

    /// <summary>Plant seconds in which it grows from nothing to its measure; only for kinds with a measure that can grow.</summary>
    public double Ramp { get; init; }

    /// <summary>Plant seconds from begin to begin when it comes again and again; null for once.</summary>
    public double? Every { get; init; }

    /// <summary>Its strength so many seconds after it was added: 0 outside, growing to 1 over the ramp.</summary>
    internal double Level(double seconds)
    {
        var since = seconds - Start;
        if (since < 0)
            return 0;
        if (Every is { } every)
            since %= every;
        if (Duration is { } duration && since >= duration)
            return 0;
        return Ramp > 0 ? Math.Min(1, since / Ramp) : 1;
    }

    /// <summary>It will not act any more.</summary>
    internal bool IsOver(double seconds) => Every is null && Duration is { } duration && seconds >= Start + duration;

    /// <summary>What is wrong with the numbers, as a sentence; null when they can be used.</summary>
    internal string? FindMistake()
    {
        if (!(Start >= 0 && Start <= MostSeconds))
            return "'start' must be 0 to 31622400 seconds";
        if (Duration is { } duration && !(duration > 0 && duration <= MostSeconds))
            return "'duration' must be above 0 and at most 31622400 seconds";
        if (!(Ramp >= 0 && Ramp <= MostSeconds))
            return "'ramp' must be 0 to 31622400 seconds";
        if (Ramp > 0 && !CanGrow)
            return $"{Kind} cannot grow, so it takes no 'ramp'";
        if (Every is { } every && !(Duration is { } once && every > once && every <= MostSeconds))
            return "'every' must be longer than 'duration', which is needed with it";
        if (Kind is DisturbanceKind.PlcRestart or DisturbanceKind.OpcUaRestart && Duration is null)
            return $"{Kind} needs a 'duration'";
        var (low, high) = ValueRange;
        if (Value is not { } value)
            return null;
        return low > high ? $"{Kind} takes no 'value'" : value >= low && value <= high ? null : FormattableString.Invariant($"the 'value' of {Kind} must be {low} to {high}");
    }

    /// <summary>The measure, or the usual one of the kind.</summary>
    internal double Measure => Value ?? Kind switch
    {
        DisturbanceKind.PlcException => 4,
        DisturbanceKind.PlcSlow or DisturbanceKind.LinkSlow or DisturbanceKind.OpcUaSlow => 1000,
        DisturbanceKind.OpcUaInterval => 5000,
        DisturbanceKind.OpcUaQueue or DisturbanceKind.OpcUaSessions => 2,
        DisturbanceKind.OpcUaClock => 600,
        DisturbanceKind.ActuatorSlow => 10,
        _ => 1,
    };

    private bool CanGrow => Kind is DisturbanceKind.Bias or DisturbanceKind.Drift or DisturbanceKind.Noise or DisturbanceKind.Fouling
        or DisturbanceKind.ActuatorSlow or DisturbanceKind.Toxic;

    private (double Low, double High) ValueRange => Kind switch
    {
        DisturbanceKind.Bias or DisturbanceKind.Drift => (-1e9, 1e9),
        DisturbanceKind.Noise => (0, 1e9),
        DisturbanceKind.Fouling => (0, 10),
        DisturbanceKind.Toxic => (0, 2),
        DisturbanceKind.ActuatorSlow => (1, 1000),
        DisturbanceKind.MapShift => (-100, 100),
        DisturbanceKind.PlcException or DisturbanceKind.PlcWrongUnit => (1, 255),
        DisturbanceKind.PlcSlow or DisturbanceKind.LinkSlow => (0, FaultRule.MostMs),
        DisturbanceKind.OpcUaSlow => (0, MostOpcUaDelayMs),
        DisturbanceKind.OpcUaInterval => (1, 3_600_000),
        DisturbanceKind.OpcUaQueue or DisturbanceKind.OpcUaSessions => (1, 1000),
        DisturbanceKind.OpcUaClock => (-MostSeconds, MostSeconds),
        _ => (1, 0),
    };
}

/// <summary>A disturbance and how it stands. Immutable copy of the moment.</summary>
/// <param name="Id">Its number, from 1; never used twice.</param>
/// <param name="Disturbance">What was asked for.</param>
/// <param name="Level">Its strength now, 0 to 1.</param>
/// <param name="IsOver">It will not act any more.</param>
public sealed record DisturbanceState(long Id, Disturbance Disturbance, double Level, bool IsOver);
