using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Gateway.Users;

namespace Gateway.Commands;

/// <summary>
/// The one way by which acts from outside, over HTTP or OPC UA, reach the scan: rights are checked, refusals go into the
/// audit, and the outcome is found again by a number that no other act has. Any thread.
/// </summary>
internal sealed class CommandDesk
{
    private readonly GatewayContext _context;
    private long _nextCorrelation;

    /// <param name="context">The command ring, the plant and the events are used.</param>
    public CommandDesk(GatewayContext context)
    {
        _context = context;
        // Ids must not repeat those of an earlier start, whose events a client may still hold.
        _nextCorrelation = Random.Shared.NextInt64(1, 1L << 52);
    }

    /// <summary>Why no scan would take a command; null when one will.</summary>
    public string? WhyClosed()
    {
        if (!_context.Scan.Snapshots.TryRent(out SnapshotLease lease))
            return "The gateway has not finished its first scan.";
        using (lease)
            return lease.Value.State is RunState.Stop or RunState.Fault ? $"The scan has ended: the run state is {lease.Value.State}." : null;
    }

    /// <summary>Whether an account may do an act; a refusal goes into the audit.</summary>
    /// <param name="who">The account.</param>
    /// <param name="verb">The act.</param>
    /// <param name="target">Index of the alarm or output.</param>
    /// <returns>Why not; null when it may.</returns>
    public string? Refuse(Principal who, CommandVerb verb, int target)
    {
        bool isOutput = verb is CommandVerb.Write or CommandVerb.Mode or CommandVerb.Setpoint;
        var plant = _context.Scan.Plant;
        string name, area, alarmClass = "";
        if (isOutput)
        {
            OutputDefinition output = plant.Outputs[target];
            (name, area) = (output.Name, plant.Tags[output.Tag].Area);
        }
        else
        {
            AlarmDefinition alarm = plant.Alarms[target];
            (name, area, alarmClass) = (alarm.Id, alarm.Area, alarm.Class);
        }
        if (who.Refusal(verb, area, alarmClass) is not { } refusal)
            return null;
        Record(verb, who.Name, name, refusal, target);
        return refusal;
    }

    /// <summary>Puts an attempt into the journal, by the way that commands take. A full ring counts it as refused.</summary>
    public void Record(CommandVerb verb, string user, string reason, string? denied, int target = -1) =>
        _context.Scan.Commands.TryAdd(new OperatorCommand { Verb = verb, Target = target, User = user, Reason = reason, Denied = denied is null ? null : reason.Length > 0 ? $"{reason}: {denied}" : denied });

    /// <summary>Hands an act to the scan.</summary>
    /// <param name="act">The act; it gets its correlation number here.</param>
    /// <param name="order">The act as it was handed on, with the newest event before it.</param>
    /// <returns>False when too many commands wait.</returns>
    public bool TryAdd(OperatorCommand act, out CommandOrder order)
    {
        order = new CommandOrder(act with { CorrelationId = Interlocked.Increment(ref _nextCorrelation) }, _context.Events.Last);
        return _context.Scan.Commands.TryAdd(order.Command);
    }

    /// <summary>Waits for the event that tells how an act ended.</summary>
    /// <returns>The event, or null when it did not come in time: the act may still be carried out.</returns>
    public Task<ScanEvent?> WaitAsync(in CommandOrder order, TimeSpan limit, CancellationToken aborted) =>
        CommandOutcome.WaitAsync(_context, order.Before, order.Command, limit, aborted);
}

/// <summary>An act on its way.</summary>
/// <param name="Command">The act with its number.</param>
/// <param name="Before">Sequence number of the newest event before it.</param>
internal readonly record struct CommandOrder(OperatorCommand Command, long Before);
