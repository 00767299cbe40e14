namespace Gateway.Drivers;

/// <summary>
/// Decides what of a stream of states deserves a line in the log: a change at once, a state that lasts at most once an
/// hour with a count, and a state that flaps a few times an hour. Line only; times are monotonic ticks of 100 ns.
/// </summary>
internal struct ChangeGate
{
    private const int ChangesPerHour = 4;

    private int _state;
    private long _hourFrom;
    private int _changesLeft;
    private long _nextRepeat;

    /// <summary>Reports not logged since the last line.</summary>
    public long Suppressed { get; private set; }

    /// <summary>True when this state is to be logged; <see cref="Suppressed"/> then tells how many were not.</summary>
    /// <param name="state">The state now; 0 is the one at the start and is only logged when it is returned to.</param>
    /// <param name="now">The time.</param>
    /// <param name="suppressed">Reports passed over since the last logged one.</param>
    public bool Admits(int state, long now, out long suppressed)
    {
        suppressed = Suppressed;
        bool isChange = state != _state;
        _state = state;
        if (!isChange && state == 0)
            return false;
        if (_hourFrom == 0 || now - _hourFrom >= TimeSpan.TicksPerHour)
        {
            _hourFrom = Math.Max(1, now);
            _changesLeft = ChangesPerHour;
        }

        bool isAdmitted = isChange ? _changesLeft > 0 : now >= _nextRepeat;
        if (!isAdmitted)
        {
            Suppressed++;
            return false;
        }

        if (isChange)
            _changesLeft--;
        _nextRepeat = now + TimeSpan.TicksPerHour;
        Suppressed = 0;
        return true;
    }
}
