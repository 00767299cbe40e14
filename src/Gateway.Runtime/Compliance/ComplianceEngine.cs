using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Compliance;

/// <summary>
/// Judges the effluent against the permit: each scan's values are held until the next scan, summed by minute, clock
/// hour and civil day, and compared with the limits. Time is the wall clock of the scans; time already counted is
/// never counted again after a step backwards, and a step forwards leaves a gap. Owned by the scan; after construction
/// it allocates nothing.
/// </summary>
public sealed partial class ComplianceEngine
{
    // A wall clock that runs ahead of the monotonic one by more was stepped, not slewed.
    private const long StepTolerance = TimeSpan.TicksPerSecond;

    // Days without any data recorded one by one after a long outage; earlier ones are left out and counted.
    private const int MaxEmptyDays = 62;

    private readonly PermitLimit[] _limits;
    private readonly SiteCalendar _calendar;
    private readonly long _maxHold;
    private readonly WindowAccumulator[] _accumulators;
    private readonly int[] _accumulatorOf;  // by limit
    private readonly int[][] _oneOffLimits; // by accumulator
    private readonly ComplianceWindow[] _windows;
    private readonly LimitState[] _states;
    private readonly ClosedWindowRing _closed;

    private long _lastUtc;
    private long _lastElapsed;
    private long _processedTo; // all time before this is counted or lost for good; 0 before the first scan
    private long _minuteEnd;
    private long _hourStart;
    private long _hourEnd;
    private long _dayStart;
    private long _dayEnd;
    private int _hoursClosed;
    private bool _behind;
    private bool _stale;
    private long _skippedDays;

    /// <summary>Makes an engine with empty windows.</summary>
    /// <param name="limits">The permit's limits; each one's index is its position.</param>
    /// <param name="calendar">Civil time of the permit.</param>
    /// <param name="maxHold">Longest time a value stands for itself until the next scan, default 10 s; more is a gap.
    /// Must exceed the scan period.</param>
    /// <param name="ringCapacity">Verdicts the recorder may be behind, default 4,096.</param>
    /// <exception cref="ArgumentException">A limit contradicts itself or its index is not its position.</exception>
    public ComplianceEngine(PermitLimit[] limits, SiteCalendar calendar, TimeSpan? maxHold = null, int ringCapacity = 4096)
    {
        _limits = [.. limits];
        _calendar = calendar;
        _maxHold = (maxHold ?? TimeSpan.FromSeconds(10)).Ticks;
        if (_maxHold <= 0)
            throw new ArgumentOutOfRangeException(nameof(maxHold), "A value must be held for some time.");
        _closed = new ClosedWindowRing(ringCapacity);
        _windows = new ComplianceWindow[limits.Length];
        _states = new LimitState[limits.Length];
        _accumulatorOf = new int[limits.Length];
        List<WindowAccumulator> accumulators = [];
        List<PermitLimit> rules = [];
        for (int i = 0; i < limits.Length; i++)
        {
            Check(limits[i], i);
            int shared = rules.FindIndex(rule => HaveOneSum(rule, limits[i]));
            if (shared < 0)
            {
                shared = accumulators.Count;
                rules.Add(limits[i]);
                accumulators.Add(new WindowAccumulator(limits[i]));
            }
            _accumulatorOf[i] = shared;
            _windows[i] = EmptyWindow();
            _states[i].Reported = ComplianceState.Undetermined;
        }
        _accumulators = [.. accumulators];
        _oneOffLimits = new int[_accumulators.Length][];
        for (int a = 0; a < _accumulators.Length; a++)
            _oneOffLimits[a] = [.. Enumerable.Range(0, limits.Length).Where(i => _accumulatorOf[i] == a && limits[i].Statistic == Statistic.OneOff)];
        GiveFingerprints(rules);
    }

    /// <summary>The limits judged.</summary>
    public ReadOnlySpan<PermitLimit> Limits => _limits;

    /// <summary>The live windows, by limit. Valid until the next scan; copy them into a snapshot.</summary>
    public ReadOnlySpan<ComplianceWindow> Windows => _windows;

    /// <summary>Verdicts for the recorder to drain.</summary>
    public ClosedWindowRing Closed => _closed;

    /// <summary>Days without data that were not recorded one by one after a very long outage.</summary>
    public long SkippedDays => _skippedDays;

    /// <summary>Counts the time since the last scan, closes windows that are over and takes this scan's values.</summary>
    /// <param name="tags">Conditioned values of this scan.</param>
    /// <param name="now">Time of the scan.</param>
    /// <param name="events">Receives an event for each closed window and each change of verdict.</param>
    public void Execute(TagTable tags, in ScanTime now, EventRing events)
    {
        if (_processedTo == 0)
            Open(now.Utc);
        bool counts = now.Utc >= _processedTo;
        if (counts)
            CountTimeSinceLastScan(now, events);
        ReportClock(counts, now, events);
        if (_stale)
            RefreshOpenWindows(now, events);
        for (int a = 0; a < _accumulators.Length; a++)
        {
            if (_accumulators[a].Latch(tags, now.Utc, counts))
                foreach (int limit in _oneOffLimits[a])
                    RefreshDay(limit, now, events);
        }
        _lastUtc = now.Utc;
        _lastElapsed = now.Elapsed;
    }

    private void Open(long utc)
    {
        _processedTo = utc;
        _lastUtc = utc;
        SetBounds(utc);
        _stale = true;
    }

    private void SetBounds(long utc)
    {
        _minuteEnd = SiteCalendar.MinuteStart(utc) + TimeSpan.TicksPerMinute;
        _hourStart = _calendar.HourStart(utc);
        _hourEnd = _calendar.HourEnd(utc);
        _dayStart = _calendar.DayStart(utc);
        _dayEnd = _calendar.DayEnd(utc);
        _hoursClosed = _calendar.HoursIn(_dayStart, _hourStart);
    }

    private void CountTimeSinceLastScan(in ScanTime now, EventRing events)
    {
        long hold = _maxHold;
        long elapsed = now.Elapsed - _lastElapsed; // negative after a restart: then it says nothing
        if (elapsed >= 0 && now.Utc - _lastUtc - elapsed > StepTolerance)
            hold = Math.Min(hold, elapsed);
        long heldTo = Math.Min(now.Utc, _lastUtc + hold);
        // After a step backwards the last scan lies before the mark: only the time beyond it is new.
        while (_processedTo < heldTo)
        {
            long stop = Math.Min(heldTo, _minuteEnd);
            foreach (WindowAccumulator accumulator in _accumulators)
                accumulator.Hold(stop - _processedTo);
            _processedTo = stop;
            if (stop == _minuteEnd)
                CloseMinute(now, events);
        }
        while (_minuteEnd <= now.Utc)
            SkipOver(now, events);
        _processedTo = now.Utc;
    }

    /// <summary>
    /// One step over a gap. Whole empty hours and days are passed in one stride, so a gap of any length costs a bounded
    /// number of steps; empty minutes within such an hour, and hours within such a day, are not recorded singly.
    /// </summary>
    private void SkipOver(in ScanTime now, EventRing events)
    {
        bool atHourStart = _minuteEnd - TimeSpan.TicksPerMinute == _hourStart;
        if (atHourStart && _processedTo <= _hourStart && _hourStart == _dayStart && _dayEnd <= now.Utc)
        {
            PassEmptyMinute();
            foreach (WindowAccumulator accumulator in _accumulators)
            {
                accumulator.CloseHour((int)((_hourEnd - _hourStart) / TimeSpan.TicksPerMinute));
                accumulator.ForgetRecent();
            }
            _processedTo = _dayEnd;
            CloseDay(now, events);
            JumpToRecentDays(now.Utc);
        }
        else if (atHourStart && _processedTo <= _hourStart && _hourEnd <= now.Utc)
        {
            PassEmptyMinute();
            _processedTo = _hourEnd;
            CloseHour(now, events);
        }
        else
        {
            _processedTo = _minuteEnd;
            CloseMinute(now, events);
        }
    }

    // A value seen in the very instant before the gap has no held time, yet its extreme belongs to the window it was in.
    private void PassEmptyMinute()
    {
        foreach (WindowAccumulator accumulator in _accumulators)
            accumulator.CloseMinute();
    }

    private void JumpToRecentDays(long utc)
    {
        long earliest = utc - (MaxEmptyDays * TimeSpan.TicksPerDay);
        if (_dayStart >= earliest)
            return;
        _skippedDays += (earliest - _dayStart) / TimeSpan.TicksPerDay;
        _processedTo = _calendar.DayStart(earliest);
        SetBounds(_processedTo);
    }

    private void CloseMinute(in ScanTime now, EventRing events)
    {
        for (int i = 0; i < _limits.Length; i++)
        {
            if (_limits[i].Statistic != Statistic.Minute)
                continue;
            FillMinute(i);
            Record(i, true, now, events);
        }
        foreach (WindowAccumulator accumulator in _accumulators)
            accumulator.CloseMinute();
        _stale = true;
        if (_minuteEnd == _hourEnd)
            CloseHour(now, events);
        else
            _minuteEnd += TimeSpan.TicksPerMinute;
    }

    private void CloseHour(in ScanTime now, EventRing events)
    {
        int minutes = (int)((_hourEnd - _hourStart) / TimeSpan.TicksPerMinute);
        for (int i = 0; i < _limits.Length; i++)
        {
            if (_limits[i].Statistic != Statistic.Hour)
                continue;
            FillHour(i, minutes);
            Record(i, true, now, events);
        }
        foreach (WindowAccumulator accumulator in _accumulators)
            accumulator.CloseHour(minutes);
        _stale = true;
        if (_hourEnd == _dayEnd)
        {
            CloseDay(now, events);
            return;
        }
        _hoursClosed++;
        _hourStart = _hourEnd;
        _hourEnd = _calendar.HourEnd(_hourStart);
        _minuteEnd = _hourStart + TimeSpan.TicksPerMinute;
    }

    private void CloseDay(in ScanTime now, EventRing events)
    {
        int hours = _calendar.HoursIn(_dayStart, _dayEnd);
        for (int i = 0; i < _limits.Length; i++)
        {
            if (_limits[i].Statistic is not (Statistic.DailyMean or Statistic.OneOff))
                continue;
            FillDay(i, 0, hours, closed: true);
            Record(i, true, now, events);
        }
        foreach (WindowAccumulator accumulator in _accumulators)
            accumulator.CloseDay();
        _stale = true;
        SetBounds(_dayEnd);
    }

    private static bool HaveOneSum(PermitLimit a, PermitLimit b) =>
        a.PermitId == b.PermitId && a.Parameter == b.Parameter && a.ValueTag == b.ValueTag && a.FlowTag == b.FlowTag &&
        a.TemperatureTag == b.TemperatureTag && a.IsFlowWeighted == b.IsFlowWeighted && a.HydrogenIonMean == b.HydrogenIonMean &&
        a.AcceptUncertain == b.AcceptUncertain && a.ZeroFlow.Equals(b.ZeroFlow) && a.MinCoverage.Equals(b.MinCoverage);

    private static void Check(PermitLimit limit, int index)
    {
        if (limit.Index != index)
            throw new ArgumentException("The index of limit '" + limit.RuleId + "' must be its position.", nameof(limit));
        if (!(limit.MinCoverage > 0 && limit.MinCoverage <= 1 && limit.WarningRatio >= 0 && limit.WarningRatio <= 1))
            throw new ArgumentException("Coverage and warning ratio of limit '" + limit.RuleId + "' must lie within 0 and 1.", nameof(limit));
        if (limit.Limit <= limit.LimitLow || limit.ColdLimit <= limit.LimitLow)
            throw new ArgumentException("The limits of '" + limit.RuleId + "' leave no room between them.", nameof(limit));
        if (limit.ValueTag < 0)
            throw new ArgumentException("Limit '" + limit.RuleId + "' has no value tag.", nameof(limit));
    }
}
