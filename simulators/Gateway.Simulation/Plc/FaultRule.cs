using Gateway.Modbus.Protocol;

namespace Gateway.Simulation.Plc;

/// <summary>What a server does wrong.</summary>
public enum FaultKind
{
    /// <summary>The request is not executed and answered with an exception code: the argument, 1 to 255; 4 without one.</summary>
    Exception,

    /// <summary>The answer's transaction id is too high by the argument; 1 without one.</summary>
    WrongTransaction,

    /// <summary>The answer's unit id is too high by the argument; 1 without one.</summary>
    WrongUnit,

    /// <summary>The answer's function code is the argument; without one it is too high by 1.</summary>
    WrongFunction,

    /// <summary>The answer comes later by the argument in milliseconds; 1000 without one. Requests behind it wait.</summary>
    Delay,

    /// <summary>The answer's bytes are sent one by one with the argument in milliseconds between them; 5 without one.</summary>
    ByteByByte,

    /// <summary>The request is lost: not executed, not answered.</summary>
    Silence,

    /// <summary>The request is executed and the answer is lost.</summary>
    AnswerLost,

    /// <summary>The connection is closed; the request is not executed.</summary>
    CloseBefore,

    /// <summary>The connection is closed behind the answer.</summary>
    CloseAfter,

    /// <summary>Only the first bytes of the answer are sent: as many as the argument, half of them without one.</summary>
    Truncated,

    /// <summary>As many random bytes as the argument are sent in front of the answer; 8 without one.</summary>
    Garbage,

    /// <summary>A read is answered by the data of the first answer to the same read for ever.</summary>
    Stuck,
}

/// <summary>
/// One thing that goes wrong with some requests. Without a condition it meets every request; all conditions must be
/// true. Immutable.
/// </summary>
public sealed record FaultRule
{
    /// <summary>Highest delay in milliseconds.</summary>
    public const int MostMs = 600_000;

    /// <summary>Name of the device; null for any.</summary>
    public string? Device { get; init; }

    /// <summary>Unit id; null for any.</summary>
    public byte? Unit { get; init; }

    /// <summary>Address space; <see cref="DataSpace.None"/> for any.</summary>
    public DataSpace Space { get; init; }

    /// <summary>Function code; null for any.</summary>
    public byte? Function { get; init; }

    /// <summary>First address; a request that touches one of the addresses is met. A range also leaves out requests without an address.</summary>
    public ushort From { get; init; }

    /// <summary>Last address.</summary>
    public ushort To { get; init; } = ushort.MaxValue;

    /// <summary>What goes wrong.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>Its measure, see <see cref="FaultKind"/>; null for the usual one.</summary>
    public int? Argument { get; init; }

    /// <summary>Share of the met requests that the fault strikes, above 0 to 1; drawn from the seed.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Met requests that go well first.</summary>
    public long Skip { get; init; }

    /// <summary>The rule ends after so many strikes; null for no end.</summary>
    public long? Count { get; init; }

    /// <summary>The rule ends so many seconds after it was added; null for no end.</summary>
    public double? Seconds { get; init; }

    /// <summary>What is wrong with the rule, as a sentence; null when it can be used.</summary>
    public string? FindMistake()
    {
        if (From > To)
            return $"the first address {From} is above the last address {To}";
        if (!(Probability > 0 && Probability <= 1))
            return "the probability must be above 0 and at most 1";
        if (Skip < 0)
            return "the number of requests to skip cannot be negative";
        if (Count is <= 0)
            return "the count must be 1 or more";
        if (Seconds is { } seconds && !(seconds > 0 && seconds <= 31_536_000))
            return "the seconds must be above 0 and at most 31536000";
        if (Device is { Length: 0 })
            return "the device has no name";
        var (low, high) = ArgumentRange(Kind);
        if (Argument is not { } argument || (argument >= low && argument <= high))
            return null;
        return low > high ? $"the fault {Kind} takes no argument" : $"the argument of {Kind} must be {low} to {high}";
    }

    private static (int Low, int High) ArgumentRange(FaultKind kind) => kind switch
    {
        FaultKind.Exception or FaultKind.WrongUnit => (1, 255),
        FaultKind.WrongFunction => (0, 255),
        FaultKind.WrongTransaction => (1, 65535),
        FaultKind.Delay or FaultKind.ByteByByte => (0, MostMs),
        FaultKind.Truncated => (0, ProtocolLimits.MaxTcpFrame - 1),
        FaultKind.Garbage => (1, AnswerPlan.MostGarbage),
        _ => (1, 0),
    };
}

/// <summary>A rule in force, or one that has ended. Immutable copy of the moment.</summary>
/// <param name="Id">Number of the rule, from 1; never used twice.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Strikes">Answers spoiled so far.</param>
/// <param name="IsActive">False when its count or time is over.</param>
public sealed record FaultState(long Id, FaultRule Rule, long Strikes, bool IsActive);
