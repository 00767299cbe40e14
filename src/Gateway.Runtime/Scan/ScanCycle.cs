using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Scan;

/// <summary>
/// The soft PLC: everything that happens in one scan, in one fixed order, on fixed memory. It reads no clock, does no
/// I/O and starts no task: time is an argument, so a plant, a test and a replay run the same code. One thread calls
/// <see cref="Execute"/>; everything it owns is written by that thread only.
/// </summary>
public sealed partial class ScanCycle
{
    /// <summary>Longest wait for first data before the scan runs with what there is, in ticks of 100 ns.</summary>
    public long StartingLimit { get; init; } = 10 * ScanTime.TicksPerSecond;

    /// <summary>A wall clock that moved this much more or less than the monotonic one was stepped, in ticks of 100 ns.</summary>
    private const long ClockStepLimit = ScanTime.TicksPerSecond;

    private readonly InputStage _inputs;
    private readonly CalculationStage _calculations;
    private readonly FigureStage _figures;
    private readonly SnapshotPool _snapshots;
    private readonly AlarmDefinition[] _alarmDefinitions;
    private long _startedAt = -1;
    private long _clockOffset;
    private RunState _state = RunState.Starting;

    /// <summary>Wires the stages. All memory of the scan is allocated here.</summary>
    /// <param name="plant">What is known of the plant.</param>
    /// <param name="bindings">Mailboxes of the field lines.</param>
    /// <param name="outputs">One slot per output.</param>
    /// <param name="eventCapacity">Events kept for a late recorder, at least 16.</param>
    /// <param name="commandCapacity">Commands waiting at most.</param>
    public ScanCycle(PlantModel plant, InputBinding[] bindings, OutputMailbox outputs, int eventCapacity = 65_536, int commandCapacity = 256)
    {
        Plant = plant;
        Tags = new TagTable(plant.Tags.Length);
        Events = new EventRing(eventCapacity);
        Commands = new CommandRing(commandCapacity);
        Alarms = new AlarmEngine(plant.Alarms);
        Compliance = new ComplianceEngine(plant.Permits, plant.Calendar);
        _figures = new FigureStage(plant.Figures, Compliance, Tags, Events);
        Outputs = new OutputStage(plant.Outputs, plant.Tags, outputs, Events);
        _alarmDefinitions = plant.Alarms;
        _inputs = new InputStage(plant.Tags, bindings, Tags, Events);
        _calculations = new CalculationStage(plant.Tags, plant.RateGroups, Tags, Events);
        _snapshots = new SnapshotPool(plant.Tags.Length, plant.Alarms.Length, plant.Permits.Length);
    }

    /// <summary>What is known of the plant.</summary>
    public PlantModel Plant { get; }
    /// <summary>Live values. Scan thread only.</summary>
    public TagTable Tags { get; }
    /// <summary>Live alarms. Scan thread only.</summary>
    public AlarmEngine Alarms { get; }
    /// <summary>Live compliance windows. Scan thread only.</summary>
    public ComplianceEngine Compliance { get; }
    /// <summary>Writes to devices. Scan thread only, but for its counters.</summary>
    public OutputStage Outputs { get; }
    /// <summary>Facts of the scan, for one recorder thread.</summary>
    public EventRing Events { get; }
    /// <summary>Commands to the scan, from any thread.</summary>
    public CommandRing Commands { get; }
    /// <summary>Published copies, for any thread.</summary>
    public SnapshotPool Snapshots => _snapshots;
    /// <summary>Changes for the history, for one history thread; null keeps none.</summary>
    public HistoryRing? History { get; init; }
    /// <summary>Run state; scan thread only (others read the snapshot).</summary>
    public RunState State => _state;

    /// <summary>Runs one scan.</summary>
    public void Execute(in ScanTime now)
    {
        WatchClock(now);
        DrainCommands(now);
        _inputs.Execute(now);
        _calculations.Execute(now);
        Compliance.Execute(Tags, now, Events);
        _figures.Execute(now);
        Alarms.Execute(Tags, now, Events);
        Outputs.Execute(now);
        LeaveStarting(now);
        History?.Collect(Tags.Values, now);
        Publish(now);
    }

    /// <summary>
    /// Stops the scan: the fail-safe values are asked for and nothing else is written any more. Called between scans by
    /// the thread that drives them, which then calls <see cref="Settle"/>.
    /// </summary>
    public void Stop(in ScanTime now, RunState state)
    {
        Invariant.Check(state is RunState.Stop or RunState.Fault);
        ChangeState(state, now);
        Outputs.DriveSafe(now);
        Publish(now);
    }

    /// <summary>Reports how the last writes of a stopped scan ended.</summary>
    /// <returns>True when all have ended.</returns>
    public bool Settle(in ScanTime now)
    {
        Outputs.Execute(now);
        return !Outputs.IsAwaiting;
    }

    private void WatchClock(in ScanTime now)
    {
        long offset = now.Utc - now.Elapsed;
        if (_startedAt < 0)
        {
            _startedAt = now.Elapsed;
            _clockOffset = offset;
            return;
        }
        long step = offset - _clockOffset;
        if (Math.Abs(step) < ClockStepLimit)
            return;
        _clockOffset = offset;
        ScanEvent item = ScanEvent.OfSystem(SystemEvent.ClockStep, step / (double)ScanTime.TicksPerSecond);
        Events.Add(now, ref item);
    }

    private void DrainCommands(in ScanTime now)
    {
        while (Commands.TryTake(out OperatorCommand? command))
        {
            // Of a notification it is a receiver that was denied.
            if (command.Denied is not null && command.Verb != CommandVerb.Notify)
                Refuse(command, command.Denied, now);
            else if (command.Verb is CommandVerb.SignIn or CommandVerb.SignOut)
                Record(command, command.Reason, isAccepted: true, now);
            else if (command.Verb is CommandVerb.Write or CommandVerb.Setpoint)
                Write(command, now);
            else if (command.Verb == CommandVerb.Mode)
                Refuse(command, "no block of this site has modes", now);
            else if ((uint)command.Target < (uint)_alarmDefinitions.Length)
                Alarms.Apply(command, now, Events);
            else
                Refuse(command, "no such alarm", now);
        }
    }

    private void Write(OperatorCommand command, in ScanTime now)
    {
        if ((uint)command.Target < (uint)Plant.Outputs.Length)
            Outputs.Apply(command, _state, now);
        else
            Refuse(command, "no such output", now);
    }

    private void Refuse(OperatorCommand command, string reason, in ScanTime now) => Record(command, reason, isAccepted: false, now);

    private void Record(OperatorCommand command, string reason, bool isAccepted, in ScanTime now)
    {
        var item = new ScanEvent
        {
            Kind = EventKind.Command,
            Subject = command.Target,
            Code = (int)command.Verb,
            Value = command.Argument,
            Limit = double.NaN,
            Accepted = isAccepted,
            User = command.User,
            Reason = reason,
            CorrelationId = command.CorrelationId,
        };
        Events.Add(now, ref item);
    }

    private void LeaveStarting(in ScanTime now)
    {
        if (_state == RunState.Starting && (_inputs.AllHaveData || now.Elapsed - _startedAt >= StartingLimit))
            ChangeState(RunState.Run, now);
    }

    private void ChangeState(RunState state, in ScanTime now)
    {
        if (_state == state)
            return;
        ScanEvent item = ScanEvent.OfSystem(SystemEvent.RunStateChanged) with { From = (int)_state, To = (int)state };
        _state = state;
        Events.Add(now, ref item);
    }

    private void Publish(in ScanTime now)
    {
        if (_snapshots.TryBegin() is not { } snapshot)
            return;
        Tags.Values.CopyTo(snapshot.TagArray);
        Tags.Raw.CopyTo(snapshot.RawArray);
        Alarms.Live.CopyTo(snapshot.AlarmArray);
        Compliance.Windows.CopyTo(snapshot.WindowArray);
        snapshot.Time = now;
        snapshot.State = _state;
        snapshot.EventSequence = Events.LastSequence;
        _snapshots.Publish(snapshot);
    }
}
