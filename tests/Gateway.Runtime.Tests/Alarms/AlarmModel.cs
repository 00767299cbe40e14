using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;

namespace Gateway.Runtime.Tests.Alarms;

/// <summary>
/// A second alarm, written as prose rather than as a table and sharing no code with the engine: it remembers facts
/// (is there an alarm, was it seen, is something latched, who hides it) instead of states, counts in whole seconds and
/// keeps running times as what has passed or is left.
/// </summary>
internal sealed class AlarmModel(bool latching, bool ackRequired, int onDelay, int offDelay, int reAlarm, int maxShelve, int chatterHold)
{
    private bool _seen = true;
    private bool _pendingUnseen;
    private bool _latched;
    private bool _lastUsable = true;
    private int? _held;
    private int _sinceAck;
    private int _shelfLeft;
    private bool _once;
    private bool _chatters;
    private int _clock;
    private readonly Queue<int> _came = new();

    public bool Standing { get; private set; }
    public bool Alarm { get; private set; }
    public bool Shelved { get; private set; }
    public bool Suppressed { get; private set; }
    public bool ByLogic { get; private set; }
    public bool Removed { get; private set; }
    public int Occurrence { get; private set; }
    public int Sounded { get; private set; }
    public string? AckedBy { get; private set; }
    public int Records { get; private set; }

    private bool Hidden => Shelved || Suppressed || Removed;

    public char Shown => Removed ? 'I' : Suppressed ? 'H' : Shelved ? 'G' : Underneath;

    private char Underneath =>
        Alarm ? (_seen ? 'C' : 'B')
        : _latched ? (_seen ? 'F' : 'E')
        : _pendingUnseen ? 'D' : 'A';

    /// <summary>One scan: seconds since the last, the value (null: not usable) and what the suppression logic says.</summary>
    public void Scan(int seconds, double? value, bool logic)
    {
        _clock += seconds;
        _shelfLeft -= seconds;
        _sinceAck += seconds;
        if (logic && !(Suppressed && ByLogic))
        {
            Suppressed = ByLogic = true;
            Records++;
        }
        bool wasStanding = Standing;
        Follow(seconds, value);
        if (!logic && ByLogic)
        {
            Suppressed = ByLogic = false;
            Reappear();
        }
        bool gone = wasStanding && !Standing;
        if (Shelved && (_shelfLeft <= 0 || (_once && gone)))
        {
            Shelved = false;
            Reappear();
        }
        if (reAlarm > 0 && !Hidden && Alarm && _seen && _sinceAck >= reAlarm)
        {
            _seen = false;
            Sounded++;
            Records++;
        }
    }

    /// <summary>One act of an operator; returns whether it is carried out.</summary>
    public bool Act(CommandVerb verb, double argument, string user, string reason)
    {
        Records++;
        return verb switch
        {
            CommandVerb.Ack => Ack(argument, user),
            CommandVerb.Reset => Reset(),
            CommandVerb.Shelve => Shelve(argument, reason, once: false),
            CommandVerb.ShelveOnce => Shelve(argument, reason, once: true),
            CommandVerb.Unshelve => Shelved && Lift(() => Shelved = false),
            CommandVerb.Suppress => !Suppressed && (Suppressed = true),
            CommandVerb.Unsuppress => Suppressed && !ByLogic && Lift(() => Suppressed = false),
            CommandVerb.OutOfService => user.Length > 0 && reason.Length > 0 && (Removed = true),
            CommandVerb.ReturnToService => Removed && Lift(() => Removed = false),
            _ => throw new ArgumentOutOfRangeException(nameof(verb)),
        };
    }

    private void Follow(int seconds, double? value)
    {
        bool usableBefore = _lastUsable;
        _lastUsable = value is not null;
        if (value is not { } number)
            return;
        // Limit 10, deadband 2.
        bool wantsChange = Standing ? number < 8 : number >= 10;
        if (!wantsChange)
        {
            _held = null;
            return;
        }
        _held = _held is { } held ? held + (usableBefore ? seconds : 0) : 0;
        if (_held < (Standing ? Math.Max(offDelay, _chatters ? chatterHold : 0) : onDelay))
            return;
        _held = null;
        Standing = !Standing;
        if (chatterHold > 0)
            Count();
        if (Hidden)
            return;
        if (Standing)
        {
            Raise();
        }
        else
        {
            Alarm = false;
            _latched = latching;
            _pendingUnseen = !latching && !_seen && ackRequired;
            if (!latching && !_pendingUnseen)
                _seen = true;
        }
        Records++;
    }

    /// <summary>Three times within a minute.</summary>
    private void Count()
    {
        if (Standing)
        {
            _came.Enqueue(_clock);
            if (_came.Count > 3)
                _came.Dequeue();
            _chatters = _came.Count == 3 && _clock - _came.Peek() < 60;
        }
        else if (_chatters)
        {
            _chatters = false;
            _came.Clear();
        }
    }

    private void Raise()
    {
        Alarm = true;
        _seen = _latched = _pendingUnseen = false;
        AckedBy = null;
        Occurrence++;
        Sounded++;
    }

    private bool Ack(double argument, string user)
    {
        bool waiting = Underneath is 'B' or 'D' or 'E';
        if (Hidden || !waiting || (argument != 0 && argument != Occurrence))
            return false;
        _seen = true;
        _pendingUnseen = false;
        AckedBy = user;
        _sinceAck = 0;
        return true;
    }

    private bool Reset()
    {
        if (Hidden || Underneath != 'F')
            return false;
        _latched = false;
        return true;
    }

    private bool Shelve(double seconds, string reason, bool once)
    {
        if (reason.Length == 0 || seconds <= 0 || seconds > maxShelve)
            return false;
        Shelved = true;
        _once = once;
        _shelfLeft = (int)seconds;
        return true;
    }

    private bool Lift(Action lift)
    {
        lift();
        Records--;
        Reappear();
        return true;
    }

    /// <summary>A cover was taken off; if it was the last, what is underneath is decided by the condition of now.</summary>
    private void Reappear()
    {
        Records++;
        if (Hidden)
            return;
        if (Standing)
        {
            Raise();
        }
        else if (!_latched)
        {
            Alarm = _pendingUnseen = false;
            _seen = true;
        }
    }
}
