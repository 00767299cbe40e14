using Gateway.Modbus;
using Gateway.Modbus.Protocol;

namespace Gateway.Simulation.Plc;

/// <summary>
/// The faults in force, shared by any number of servers. Every rule that strikes a request spoils its answer, in the
/// order in which the rules were added. The same seed, rules and requests give the same faults. Members may be called
/// from any thread.
/// </summary>
public sealed class FaultRules
{
    /// <summary>Most rules at once.</summary>
    public const int MostRules = 1000;

    private readonly Lock _gate = new();
    private readonly List<ActiveFault> _faults = [];
    private readonly ulong _seed;
    private long _lastId;
    private volatile bool _hasActive;

    /// <summary>Starts without rules.</summary>
    /// <param name="seed">Decides which requests a rule with a probability strikes.</param>
    /// <param name="time">Clock of rules that end; null for the system's.</param>
    public FaultRules(ulong seed = 1, TimeProvider? time = null)
    {
        _seed = seed;
        Time = time ?? TimeProvider.System;
    }

    /// <summary>True while a rule may strike; without one servers answer on their fast path.</summary>
    public bool HasActive => _hasActive;

    internal TimeProvider Time { get; }

    /// <summary>Adds a rule and returns its number. Rules that have ended make room when it is needed.</summary>
    /// <exception cref="ArgumentException">The rule cannot be used; the message says why.</exception>
    /// <exception cref="InvalidOperationException">There are <see cref="MostRules"/> rules already.</exception>
    public long Add(FaultRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        if (rule.FindMistake() is { } mistake)
            throw new ArgumentException(mistake, nameof(rule));
        lock (_gate)
        {
            if (_faults.Count >= MostRules)
                _faults.RemoveAll(fault => !fault.IsActive);
            if (_faults.Count >= MostRules)
                throw new InvalidOperationException($"there are {MostRules} fault rules already; remove some first");
            var id = ++_lastId;
            _faults.Add(new ActiveFault(id, rule, new SeededRandom(_seed, $"fault {id}"), Time));
            _hasActive = true;
            return id;
        }
    }

    /// <summary>Removes a rule; false when there is none of that number.</summary>
    public bool Remove(long id)
    {
        lock (_gate)
        {
            var found = _faults.RemoveAll(fault => fault.Id == id) > 0;
            _hasActive = _faults.Exists(fault => fault.IsActive);
            return found;
        }
    }

    /// <summary>Removes all rules.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _faults.Clear();
            _hasActive = false;
        }
    }

    /// <summary>The rules with what they did so far, those that have ended included.</summary>
    public IReadOnlyList<FaultState> List()
    {
        lock (_gate)
            return _faults.ConvertAll(fault => new FaultState(fault.Id, fault.Rule, fault.Strikes, fault.IsActive));
    }

    /// <summary>What happens to the answer of a request.</summary>
    internal AnswerPlan Plan(in RequestFacts request)
    {
        var plan = AnswerPlan.Good;
        lock (_gate)
        {
            var isAnyActive = false;
            foreach (var fault in _faults)
            {
                if (fault.TryStrike(in request))
                    fault.Spoil(ref plan);
                isAnyActive |= fault.IsActive;
            }

            _hasActive = isAnyActive;
        }

        return plan;
    }

    /// <summary>Puts the first answer to the same read in the place of this one, or keeps this one as the first.</summary>
    internal int HoldBack(ActiveFault fault, in RequestFacts request, Span<byte> pdu, int length)
    {
        lock (_gate)
            return fault.HoldBack(in request, pdu, length);
    }
}

/// <summary>A rule with its draws, count and memory. Used under the lock of its <see cref="FaultRules"/>.</summary>
internal sealed class ActiveFault
{
    // A client that walks through all addresses must not make this grow: reads beyond are answered freshly.
    private const int MostHeldBack = 1024;

    private readonly SeededRandom _random;
    private readonly TimeProvider _time;
    private readonly long _added;
    private readonly Dictionary<(byte Unit, byte Function, int Address, int Count), byte[]> _heldBack = [];
    private long _met;

    public ActiveFault(long id, FaultRule rule, SeededRandom random, TimeProvider time)
    {
        Id = id;
        Rule = rule;
        _random = random;
        _time = time;
        _added = time.GetTimestamp();
    }

    public long Id { get; }

    public FaultRule Rule { get; }

    /// <summary>Answers spoiled so far.</summary>
    public long Strikes { get; private set; }

    public bool IsActive =>
        (Rule.Count is not { } count || Strikes < count)
        && (Rule.Seconds is not { } seconds || _time.GetElapsedTime(_added).TotalSeconds < seconds);

    /// <summary>Decides whether the rule strikes this request, and counts it.</summary>
    public bool TryStrike(in RequestFacts request)
    {
        if (!Meets(in request) || !IsActive)
            return false;
        if (++_met <= Rule.Skip)
            return false;
        if (Rule.Probability < 1 && !_random.Chance(Rule.Probability))
            return false;
        Strikes++;
        return true;
    }

    /// <summary>Adds the fault to the plan.</summary>
    public void Spoil(ref AnswerPlan plan)
    {
        plan.IsSpoiled = true;
        switch (Rule.Kind)
        {
            case FaultKind.Exception:
                plan.Exception = (ModbusExceptionCode)(Rule.Argument ?? (int)ModbusExceptionCode.ServerDeviceFailure);
                break;
            case FaultKind.WrongTransaction:
                plan.TransactionShift += Rule.Argument ?? 1;
                break;
            case FaultKind.WrongUnit:
                plan.UnitShift += Rule.Argument ?? 1;
                break;
            case FaultKind.WrongFunction:
                plan.Function = Rule.Argument ?? 256;
                break;
            case FaultKind.Delay:
                plan.DelayMs = Math.Min(plan.DelayMs + (Rule.Argument ?? 1000), FaultRule.MostMs);
                break;
            case FaultKind.ByteByByte:
                plan.BytePauseMs = Rule.Argument ?? 5;
                break;
            case FaultKind.Truncated:
                plan.KeepBytes = Rule.Argument ?? -1;
                plan.KeepsHalf = Rule.Argument is null;
                break;
            case FaultKind.Garbage:
                plan.Garbage = Noise(Rule.Argument ?? 8);
                break;
            case FaultKind.Stuck:
                plan.Stuck = this;
                break;
            default:
                SpoilConnection(ref plan);
                break;
        }
    }

    public int HoldBack(in RequestFacts request, Span<byte> pdu, int length)
    {
        var key = (request.Unit, request.Function, request.Address, request.Count);
        if (_heldBack.TryGetValue(key, out var first))
        {
            first.CopyTo(pdu);
            return first.Length;
        }

        if (_heldBack.Count < MostHeldBack)
            _heldBack.Add(key, pdu[..length].ToArray());
        return length;
    }

    private void SpoilConnection(ref AnswerPlan plan)
    {
        plan.IsSilent |= Rule.Kind == FaultKind.Silence;
        plan.IsAnswerLost |= Rule.Kind == FaultKind.AnswerLost;
        plan.ClosesBefore |= Rule.Kind == FaultKind.CloseBefore;
        plan.ClosesAfter |= Rule.Kind == FaultKind.CloseAfter;
    }

    private bool Meets(in RequestFacts request)
    {
        if (Rule.Unit is { } unit && unit != request.Unit)
            return false;
        if (Rule.Function is { } function && function != request.Function)
            return false;
        if (Rule.Space != DataSpace.None && Rule.Space != request.Space)
            return false;
        if (Rule.Kind == FaultKind.Stuck && !request.IsRead)
            return false;
        if (Rule.Device is { } device && device != request.Device)
            return false;
        return Rule is { From: 0, To: ushort.MaxValue } || request.Touches(Rule.From, Rule.To);
    }

    private byte[] Noise(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
            bytes[i] = (byte)_random.NextBits();
        return bytes;
    }
}
