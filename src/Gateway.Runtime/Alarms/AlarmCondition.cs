using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Alarms;

/// <summary>What one evaluation of a condition did.</summary>
internal enum ConditionEdge : byte
{
    /// <summary>Nothing changed.</summary>
    None,
    /// <summary>The condition came and stayed for its on-delay.</summary>
    On,
    /// <summary>The condition went and stayed away for its off-delay.</summary>
    Off,
}

/// <summary>
/// The condition of one alarm: comparison with deadband, on-delay and off-delay. It comes at value ≥ limit held for
/// the on-delay and goes at value &lt; limit − deadband held for the off-delay (OPC 10000-9 Annex B.1.5), mirrored
/// for low limits. A value that is bad or not a number is no evidence either way: the condition stays as it is and a
/// running delay stands still; only time between two usable evaluations counts, because the value was not seen to hold
/// in the gap. An uncertain value is evaluated. Delays run on monotonic time. Written by the scan only.
/// </summary>
internal struct AlarmCondition
{
    private readonly AlarmType _type;
    private readonly int _tag;
    private readonly int _setpointTag;
    private readonly int _enableTag;
    private readonly double _limit;
    private readonly double _clearLimit;
    // Three occurrences within a minute chatter (ISA-18.2).
    private const long ChatterTicks = 60 * ScanTime.TicksPerSecond;
    private const long Never = long.MinValue / 2;

    private readonly long _onDelay;
    private readonly long _offDelay;
    private readonly long _chatterHold;
    private readonly RateWindow? _rate;
    private long _lastOn;
    private long _formerOn;
    private bool _chatters;
    private bool _active;
    private bool _pending;
    private bool _inGap;
    private long _since;
    private long _lastElapsed;
    private double _compared;

    public AlarmCondition(AlarmDefinition definition)
    {
        _type = definition.Type;
        _tag = definition.Tag;
        _setpointTag = definition.SetpointTag;
        _enableTag = definition.EnableTag;
        bool low = _type is AlarmType.Low or AlarmType.LowLow;
        _limit = _type == AlarmType.State ? definition.StateValue : definition.Limit;
        _clearLimit = low ? definition.Limit + definition.Deadband : definition.Limit - definition.Deadband;
        _onDelay = definition.OnDelayMs * ScanTime.TicksPerMillisecond;
        _offDelay = definition.OffDelayMs * ScanTime.TicksPerMillisecond;
        _rate = _type == AlarmType.RateOfChange ? new RateWindow(definition.RateWindowMs) : null;
        _compared = double.NaN;
        _chatterHold = definition.ChatterHoldMs * ScanTime.TicksPerMillisecond;
        _lastOn = _formerOn = Never;
    }

    private enum Verdict : byte
    {
        /// <summary>No usable value.</summary>
        Unknown,
        /// <summary>The condition is there.</summary>
        Present,
        /// <summary>Inside the deadband: neither comes nor goes.</summary>
        Between,
        /// <summary>The condition is not there.</summary>
        Absent,
    }

    /// <summary>Whether the condition stands, after delays.</summary>
    public readonly bool Active => _active;

    /// <summary>The quantity last compared with the limit: value, distance from the set-point, or slope.</summary>
    public readonly double Compared => _compared;

    /// <summary>How long the running delay has run, in ticks; -1 when none runs.</summary>
    public readonly long DelayRun => _pending ? _lastElapsed - _since : -1;

    /// <summary>Whether the condition came three times within a minute and its off-delay is the one for chatter.</summary>
    public readonly bool Chatters => _chatters;

    /// <summary>Writes what must survive a restart.</summary>
    public readonly void Save(ref AlarmSnapshot entry, long elapsed)
    {
        entry.DelayRun = DelayRun;
        entry.InGap = _inGap;
        entry.Chatters = _chatters;
        entry.LastOnAge = AgeOf(_lastOn, elapsed);
        entry.FormerOnAge = AgeOf(_formerOn, elapsed);
    }

    /// <summary>Puts back what a snapshot kept. The time without a gateway is a gap like any other: not counted.</summary>
    public void Restore(in AlarmSnapshot entry, long elapsed)
    {
        _active = entry.ConditionActive;
        _pending = entry.DelayRun >= 0;
        _since = elapsed - entry.DelayRun;
        _lastElapsed = elapsed;
        _inGap = entry.InGap;
        _chatters = entry.Chatters;
        _lastOn = entry.LastOnAge < 0 ? Never : elapsed - entry.LastOnAge;
        _formerOn = entry.FormerOnAge < 0 ? Never : elapsed - entry.FormerOnAge;
        _rate?.Clear();
    }

    /// <summary>Evaluates the condition once.</summary>
    public ConditionEdge Update(TagTable tags, in ScanTime now)
    {
        Verdict verdict = Judge(tags, now.Elapsed);
        long passed = now.Elapsed - _lastElapsed;
        _lastElapsed = now.Elapsed;
        bool unknown = verdict == Verdict.Unknown;
        if (unknown || _inGap)
            _since += passed;
        _inGap = unknown;
        if (unknown)
            return ConditionEdge.None;
        if (verdict != (_active ? Verdict.Absent : Verdict.Present))
        {
            _pending = false;
            return ConditionEdge.None;
        }
        if (!_pending)
        {
            _pending = true;
            _since = now.Elapsed;
        }
        if (now.Elapsed - _since < (_active ? OffDelay : _onDelay))
            return ConditionEdge.None;
        _pending = false;
        _active = !_active;
        if (_chatterHold > 0)
            FollowChatter(now.Elapsed);
        return _active ? ConditionEdge.On : ConditionEdge.Off;
    }

    private readonly long OffDelay => _chatters ? Math.Max(_offDelay, _chatterHold) : _offDelay;

    /// <summary>The third time within a minute begins a chatter; it ends when the alarm was away for as long as it asks.</summary>
    private void FollowChatter(long elapsed)
    {
        if (!_active)
        {
            if (_chatters)
                (_chatters, _lastOn, _formerOn) = (false, Never, Never);
            return;
        }
        _chatters = elapsed - _formerOn < ChatterTicks;
        (_formerOn, _lastOn) = (_lastOn, elapsed);
    }

    /// <summary>An age that no longer plays a part is none, so that it does not change what is saved each time.</summary>
    private static long AgeOf(long at, long elapsed) => at == Never || elapsed - at >= ChatterTicks ? -1 : elapsed - at;

    private Verdict Judge(TagTable tags, long elapsed)
    {
        ref readonly TagValue value = ref tags[_tag];
        if (!IsEnabled(tags))
        {
            _rate?.Clear();
            _compared = value.Value;
            return Verdict.Absent;
        }
        if (_type == AlarmType.BadMeasurement)
        {
            // A number that is none cannot be used, whatever its quality says.
            _compared = value.Value;
            return value.Quality.IsBad || double.IsNaN(value.Value) ? Verdict.Present : Verdict.Absent;
        }
        double compared = Quantity(tags, value, elapsed);
        if (double.IsNaN(compared))
            return Verdict.Unknown;
        _compared = compared;
        switch (_type)
        {
            case AlarmType.State:
                return compared == _limit ? Verdict.Present : Verdict.Absent;
            case AlarmType.Low or AlarmType.LowLow:
                return compared <= _limit ? Verdict.Present : compared > _clearLimit ? Verdict.Absent : Verdict.Between;
            default:
                return compared >= _limit ? Verdict.Present : compared < _clearLimit ? Verdict.Absent : Verdict.Between;
        }
    }

    private readonly bool IsEnabled(TagTable tags)
    {
        if (_enableTag < 0)
            return true;
        ref readonly TagValue enable = ref tags[_enableTag];
        return enable.Quality.IsBad || enable.Value != 0;
    }

    /// <summary>The quantity to compare with the limit, NaN when it is not known.</summary>
    private readonly double Quantity(TagTable tags, in TagValue value, long elapsed)
    {
        if (value.Quality.IsBad || double.IsNaN(value.Value))
        {
            _rate?.Clear();
            return double.NaN;
        }
        if (_rate is not null)
            return Math.Abs(_rate.Add(value.Value, elapsed));
        if (_type != AlarmType.Deviation)
            return value.Value;
        ref readonly TagValue setpoint = ref tags[_setpointTag];
        return setpoint.Quality.IsBad ? double.NaN : Math.Abs(value.Value - setpoint.Value);
    }
}
