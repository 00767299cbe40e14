using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;

namespace Gateway.Runtime.Compliance;

/// <summary>
/// What happens at the end of a minute, an hour and a day. The sums of the minute are set aside in the scan that
/// reaches the boundary; judging and passing them on is spread over the next scans, one group of sums after the other,
/// so that no scan of a large site takes long. All groups are through before the next minute is set aside.
/// </summary>
public sealed partial class ComplianceEngine
{
    // All groups are through after this time, however slow the scan is.
    private const long SpreadTicks = 30 * TimeSpan.TicksPerSecond;

    private bool IsClosing => Array.Exists(_groups, group => group.MustClose);

    /// <summary>Sets the windows aside that end with the open minute, and opens the next ones.</summary>
    private void BeginClosing(ClosingFrom from, in ScanTime now, EventRing events)
    {
        FinishClosing(now, events);
        if (from == ClosingFrom.Minute)
            foreach (WindowAccumulator accumulator in _accumulators)
                accumulator.SetMinuteAside();
        _closing = _at;
        _closingFrom = from;
        foreach (WindowGroup group in _groups)
            group.MustClose = true;
        RefreshLater();
        OpenNext(from);
        if (_at.DayStart != _closing.DayStart)
            AdvancePeriods(_excursions, now, events);
    }

    private void OpenNext(ClosingFrom from)
    {
        if (from == ClosingFrom.Day || (_at.HourEnd == _at.DayEnd && (from == ClosingFrom.Hour || _at.MinuteEnd == _at.HourEnd)))
        {
            _at = BoundsAt(_at.DayEnd);
        }
        else if (from == ClosingFrom.Hour || _at.MinuteEnd == _at.HourEnd)
        {
            _at.HoursClosed++;
            _at.HourStart = _at.HourEnd;
            _at.HourEnd = _calendar.HourEnd(_at.HourStart);
            _at.MinuteEnd = _at.HourStart + TimeSpan.TicksPerMinute;
        }
        else
        {
            _at.MinuteEnd += TimeSpan.TicksPerMinute;
        }
    }

    /// <summary>All open windows have to be filled anew, in this scan or the next ones.</summary>
    private void RefreshLater()
    {
        foreach (WindowGroup group in _groups)
            group.MustRefresh = true;
        _waiting = _groups.Length;
    }

    /// <summary>Closes and refreshes some groups; the next scan goes on.</summary>
    private void AdvanceGroups(in ScanTime now, EventRing events)
    {
        if (_waiting == 0)
            return;
        // In whole numbers, and by time: a slow scan takes more at once.
        long share = _limits.Length * Math.Clamp(now.Elapsed - _lastElapsed, 0, SpreadTicks) / SpreadTicks;
        long budget = Math.Max(_windowsPerScan, share);
        for (; _waiting > 0 && budget > 0; _nextGroup = (_nextGroup + 1) % _groups.Length)
        {
            WindowGroup group = _groups[_nextGroup];
            if (!group.IsWaiting)
                continue;
            if (group.MustClose)
                Close(group, now, events);
            Refresh(group, now, events);
            _waiting--;
            budget -= group.Count;
        }
    }

    /// <summary>Closes what is left to be closed, because the next minute is over.</summary>
    private void FinishClosing(in ScanTime now, EventRing events)
    {
        if (_waiting == 0)
            return;
        foreach (WindowGroup group in _groups)
            if (group.MustClose)
                Close(group, now, events);
    }

    private void RestoreClosing(long minuteEnd)
    {
        _closing = minuteEnd == 0 ? default : BoundsAt(minuteEnd - 1);
        _closingFrom = ClosingFrom.Minute;
        foreach (WindowGroup group in _groups)
            group.MustClose = minuteEnd != 0 && Array.Exists(group.Accumulators, a => _accumulators[a].State.IsClosing);
        RefreshLater();
    }

    private void Close(WindowGroup group, in ScanTime now, EventRing events)
    {
        group.MustClose = false;
        WindowBounds open = _at;
        _at = _closing;
        bool hourEnds = _closingFrom != ClosingFrom.Minute || _at.MinuteEnd == _at.HourEnd;
        bool dayEnds = _closingFrom == ClosingFrom.Day || (hourEnds && _at.HourEnd == _at.DayEnd);
        if (_closingFrom == ClosingFrom.Minute)
            CloseMinute(group, now, events);
        if (hourEnds && _closingFrom != ClosingFrom.Day)
            CloseHour(group, now, events);
        if (dayEnds)
            CloseDay(group, now, events);
        _at = open;
        if (dayEnds)
            AdvancePeriods(group.PeriodLimits, now, events);
        else if (hourEnds)
            RefreshPeriods(group.Percentiles, now, events);
    }

    private void CloseMinute(WindowGroup group, in ScanTime now, EventRing events)
    {
        foreach (int i in group.MinuteLimits)
        {
            FillMinute(i);
            Record(i, true, now, events);
        }
        foreach (int i in group.RollingHours)
            CloseRollingHour(i, now, events);
        foreach (int a in group.Accumulators)
            _accumulators[a].CloseMinute();
    }

    private void CloseHour(WindowGroup group, in ScanTime now, EventRing events)
    {
        int minutes = (int)((_at.HourEnd - _at.HourStart) / TimeSpan.TicksPerMinute);
        foreach (int i in group.HourLimits)
        {
            FillHour(i, minutes);
            Record(i, true, now, events);
        }
        foreach (int i in group.RollingDays)
            CloseRollingDay(i, minutes, now, events);
        foreach (int i in group.Percentiles)
            AddToReading(i, minutes);
        foreach (int a in group.Accumulators)
            _accumulators[a].CloseHour(minutes, _at.HoursClosed);
    }

    private void CloseDay(WindowGroup group, in ScanTime now, EventRing events)
    {
        int hours = _calendar.HoursIn(_at.DayStart, _at.DayEnd);
        foreach (int i in group.DayLimits)
        {
            FillDay(i, 0, hours, closed: true);
            Record(i, true, now, events);
        }
        foreach (int i in group.PeriodLimits)
            AddDay(i, hours);
        foreach (int a in group.Accumulators)
            _accumulators[a].CloseDay();
    }

    private void Refresh(WindowGroup group, in ScanTime now, EventRing events)
    {
        group.MustRefresh = false;
        // A minute is judged when it closes, a longer period when its days or readings do.
        foreach (int i in group.HourLimits)
        {
            FillHour(i, MinutesOfOpenHour);
            RecordChange(i, (int)((_at.HourEnd - _at.HourStart) / TimeSpan.TicksPerMinute), now, events);
        }
        foreach (int i in group.DayLimits)
            RefreshDay(i, now, events);
        RefreshPeriods(group.Excursions, now, events);
        foreach (int i in group.PeriodLimits)
            LookAheadOfPeriod(i);
    }
}
