using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.SystemTests.Month;

/// <summary>
/// A second alarm that shares no code with the engine: it remembers facts (does the condition stand, was it seen, is
/// something latched, who hides it), not states, and says which letter must be shown.
/// </summary>
internal sealed class AlarmOracle(AlarmDefinition alarm)
{
    private bool _standing;
    private bool _raised;
    private bool _seen = true;
    private bool _latched;
    private bool _unseenReturn;
    private bool _shelved;
    private bool _suppressed;
    private bool _removed;
    private bool _usableBefore = true;
    private long _held = -1;
    private long _shelfLeft;
    private bool _once;

    /// <summary>
    /// The slope of a rate alarm is sampled inside the engine: its condition is taken over, only the states are foretold.
    /// </summary>
    public bool IsConditionTaken => alarm.Type == AlarmType.RateOfChange;

    public int Occurrence { get; private set; }

    private bool Hidden => _shelved || _suppressed || _removed;

    public AlarmState Shown =>
        _removed ? AlarmState.OutOfService
        : _suppressed ? AlarmState.SuppressedByDesign
        : _shelved ? AlarmState.Shelved
        : _raised ? (_seen ? AlarmState.Acknowledged : AlarmState.Unacknowledged)
        : _latched ? (_seen ? AlarmState.LatchedAcknowledged : AlarmState.LatchedUnacknowledged)
        : _unseenReturn ? AlarmState.ReturnedUnacknowledged : AlarmState.Normal;

    /// <summary>An operator's act; given to the oracle just before <see cref="Scan"/> of the scan in which the engine takes it.</summary>
    public void Act(OperatorCommand command, long passed)
    {
        switch (command.Verb)
        {
            case CommandVerb.Ack when !Hidden && (command.Argument == 0 || command.Argument == Occurrence):
                _seen = true;
                _unseenReturn = false;
                break;
            case CommandVerb.Reset when !Hidden && !_raised && _seen:
                _latched = false;
                break;
            case CommandVerb.Shelve or CommandVerb.ShelveOnce when alarm.ShelvingAllowed && command.Argument <= alarm.MaxShelveSeconds:
                _shelved = true;
                _once = command.Verb == CommandVerb.ShelveOnce;
                // It runs from this scan on, whose time Scan takes off at once.
                _shelfLeft = (long)(command.Argument * ScanTime.TicksPerSecond) + passed;
                break;
            case CommandVerb.Unshelve when _shelved:
                _shelved = false;
                Reappear();
                break;
            case CommandVerb.OutOfService:
                _removed = true;
                break;
            case CommandVerb.ReturnToService when _removed:
                _removed = false;
                Reappear();
                break;
        }
    }

    /// <summary>One scan later.</summary>
    /// <param name="tags">Values after the scan.</param>
    /// <param name="passed">Ticks since the scan before.</param>
    /// <param name="taken">The engine's condition, for <see cref="IsConditionTaken"/>.</param>
    /// <param name="turn">Whose turn it is to come back.</param>
    public void Scan(TagTable tags, long passed, bool taken, ReturnTurn turn)
    {
        bool suppress = alarm.SuppressTag >= 0 && tags[alarm.SuppressTag] is { Quality.IsGood: true, Value: not 0 };
        if (suppress)
            _suppressed = true;
        bool turned = IsConditionTaken ? taken != _standing : HasTurned(tags, passed);
        if (turned)
            Turn();
        if (!suppress && _suppressed)
        {
            _suppressed = false;
            Reappear();
        }
        _shelfLeft -= passed;
        // Who is over with its condition comes back at once, who is over with its time when nobody else did just now.
        bool isOver = _once && turned && !_standing;
        if (_shelved && (isOver || (_shelfLeft <= 0 && turn.TryTake())))
        {
            _shelved = false;
            Reappear();
        }
    }

    private bool HasTurned(TagTable tags, long passed)
    {
        bool? wanted = IsWanted(tags);
        bool usableBefore = _usableBefore;
        _usableBefore = wanted is not null;
        if (wanted is null)
            return false;
        if (wanted == _standing)
        {
            _held = -1;
            return false;
        }
        // Only time between two usable looks counts.
        _held = _held < 0 ? 0 : _held + (usableBefore ? passed : 0);
        if (_held < (_standing ? alarm.OffDelayMs : alarm.OnDelayMs) * ScanTime.TicksPerMillisecond)
            return false;
        _held = -1;
        return true;
    }

    /// <summary>What the condition wants to be; inside the deadband it wants to stay; null when nothing can be said.</summary>
    private bool? IsWanted(TagTable tags)
    {
        TagValue value = tags[alarm.Tag];
        if (alarm.Type == AlarmType.BadMeasurement)
            return value.Quality.IsBad || double.IsNaN(value.Value);
        if (value.Quality.IsBad || double.IsNaN(value.Value))
            return null;
        double limit = alarm.Limit, number = value.Value;
        switch (alarm.Type)
        {
            case AlarmType.State:
                return number == alarm.StateValue;
            case AlarmType.Low or AlarmType.LowLow:
                return _standing ? number <= limit + alarm.Deadband : number <= limit;
            case AlarmType.Deviation:
                if (tags[alarm.SetpointTag].Quality.IsBad)
                    return null;
                number = Math.Abs(number - tags[alarm.SetpointTag].Value);
                break;
        }
        return _standing ? number >= limit - alarm.Deadband : number >= limit;
    }

    private void Turn()
    {
        _standing = !_standing;
        if (Hidden)
            return;
        if (_standing)
        {
            Raise();
            return;
        }
        _raised = false;
        _latched = alarm.Latching;
        _unseenReturn = !alarm.Latching && !_seen && alarm.AckRequired;
        if (!_latched && !_unseenReturn)
            _seen = true;
    }

    private void Raise()
    {
        _raised = true;
        _seen = _latched = _unseenReturn = false;
        Occurrence++;
    }

    /// <summary>A cover was taken off; under the last one the condition of now decides.</summary>
    private void Reappear()
    {
        if (Hidden)
            return;
        if (_standing)
            Raise();
        else if (!_latched)
            (_raised, _unseenReturn, _seen) = (false, false, true);
    }
}
