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

    // Some tenths of a millisecond; a site with fewer limits has all its verdicts in the scan of the boundary.
    private const int DefaultWindowsPerScan = 256;

    private readonly PermitLimit[] _limits;
    private readonly SiteCalendar _calendar;
    private readonly long _maxHold;
    private readonly WindowAccumulator[] _accumulators;
    private readonly int[] _accumulatorOf;  // by limit
    private readonly int[] _influentOf;     // accumulator by limit, -1 for none
    private readonly int[] _groupOf;        // by accumulator
    private readonly int[][] _oneOffLimits; // by accumulator
    private readonly PeriodWindow?[] _periods; // by limit
    private readonly WindowGroup[] _groups;
    private readonly int[] _percentiles;
    private readonly int[] _periodLimits;
    private readonly int[] _excursions;
    private readonly bool _mayStride; // no limit looks at single minutes
    private readonly int _windowsPerScan;
    private readonly ComplianceWindow[] _windows;
    private readonly LimitState[] _states;
    private readonly ClosedWindowRing _closed;

    private long _lastUtc;
    private long _lastElapsed;
    private long _processedTo; // all time before this is counted or lost for good; 0 before the first scan
    private WindowBounds _at;      // the windows that are open, or while a group is closed those that it closes
    private WindowBounds _closing; // the windows that groups still have to close
    private ClosingFrom _closingFrom;
    private int _nextGroup;
    private int _waiting; // groups that have windows to close or to refresh
    private bool _behind;
    private long _skippedDays;

    /// <summary>Makes an engine with empty windows.</summary>
    /// <param name="limits">The permit's limits; each one's index is its position.</param>
    /// <param name="calendar">Civil time of the permit.</param>
    /// <param name="maxHold">Longest time a value stands for itself until the next scan, default 10 s; more is a gap.
    /// Must exceed the scan period.</param>
    /// <param name="ringCapacity">Verdicts the recorder may be behind, default 4,096.</param>
    /// <param name="windowsPerScan">Windows closed and refreshed in one scan; the rest follows in the next scans, within
    /// half a minute. Which verdicts are given does not depend on it.</param>
    /// <exception cref="ArgumentException">A limit contradicts itself or its index is not its position.</exception>
    public ComplianceEngine(PermitLimit[] limits, SiteCalendar calendar, TimeSpan? maxHold = null, int ringCapacity = 4096, int windowsPerScan = DefaultWindowsPerScan)
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
        _influentOf = new int[limits.Length];
        _periods = new PeriodWindow?[limits.Length];
        List<WindowAccumulator> accumulators = [];
        List<PermitLimit> rules = [];
        for (int i = 0; i < limits.Length; i++)
        {
            Check(limits[i], i);
            _accumulatorOf[i] = ShareSum(limits[i], rules, accumulators);
            _influentOf[i] = limits[i].InfluentTag < 0 ? -1 : ShareSum(InfluentRule(limits[i]), rules, accumulators);
            if (StatisticRules.IsOfDays(limits[i].Statistic) || StatisticRules.RollingParts(limits[i].Statistic) > 0)
                _periods[i] = new PeriodWindow(limits[i]);
            _windows[i] = EmptyWindow();
            _states[i].Reported = ComplianceState.Undetermined;
        }
        _accumulators = [.. accumulators];
        _oneOffLimits = new int[_accumulators.Length][];
        for (int a = 0; a < _accumulators.Length; a++)
            _oneOffLimits[a] = LimitsWhere(s => s is Statistic.OneOff or Statistic.DailyMinimum or Statistic.DailyMaximum, a);
        _percentiles = LimitsWhere(StatisticRules.IsPercentile);
        _periodLimits = LimitsWhere(StatisticRules.IsOfDays);
        _excursions = LimitsWhere(s => s == Statistic.MonthlyExcursion);
        _mayStride = LimitsWhere(s => s is Statistic.Minute or Statistic.RollingHour).Length == 0;
        _windowsPerScan = windowsPerScan;
        _groups = WindowGroup.Of(_limits, _accumulatorOf, _influentOf, _accumulators.Length);
        _groupOf = new int[_accumulators.Length];
        for (int g = 0; g < _groups.Length; g++)
            foreach (int a in _groups[g].Accumulators)
                _groupOf[a] = g;
        GiveFingerprints(rules);
    }

    private int[] LimitsWhere(Func<Statistic, bool> condition, int accumulator = -1) =>
        [.. Enumerable.Range(0, _limits.Length).Where(i => condition(_limits[i].Statistic) && (accumulator < 0 || _accumulatorOf[i] == accumulator))];

    private static int ShareSum(PermitLimit rule, List<PermitLimit> rules, List<WindowAccumulator> accumulators)
    {
        int shared = rules.FindIndex(other => HaveOneSum(other, rule));
        if (shared >= 0)
            return shared;
        rules.Add(rule);
        accumulators.Add(new WindowAccumulator(rule));
        return rules.Count - 1;
    }

    /// <summary>The influent of a removal is averaged by the rule of its limit, with its own flow.</summary>
    private static PermitLimit InfluentRule(PermitLimit limit) => limit with
    {
        Parameter = limit.Parameter + " influent",
        ValueTag = limit.InfluentTag,
        FlowTag = limit.InfluentFlowTag,
        TemperatureTag = -1,
    };

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
        AdvanceGroups(now, events);
        for (int a = 0; a < _accumulators.Length; a++)
        {
            // A group that has windows to close or to refresh looks at its extremes when it does.
            if (_accumulators[a].Latch(tags, now.Utc, counts) && !_groups[_groupOf[a]].IsWaiting)
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
        _at = BoundsAt(utc);
        BeginPeriods();
        RefreshLater();
    }

    private WindowBounds BoundsAt(long utc)
    {
        long hourStart = _calendar.HourStart(utc), dayStart = _calendar.DayStart(utc), dayEnd = _calendar.DayEnd(utc);
        return new WindowBounds
        {
            MinuteEnd = SiteCalendar.MinuteStart(utc) + TimeSpan.TicksPerMinute,
            HourStart = hourStart,
            HourEnd = _calendar.HourEnd(utc),
            DayStart = dayStart,
            DayEnd = dayEnd,
            HoursClosed = _calendar.HoursIn(dayStart, hourStart),
            HoursOfDay = _calendar.HoursIn(dayStart, dayEnd),
        };
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
            if (_mayStride && TryStride(heldTo, now, events))
                continue;
            long stop = Math.Min(heldTo, _at.MinuteEnd);
            foreach (WindowAccumulator accumulator in _accumulators)
                accumulator.Hold(stop - _processedTo);
            CountExcursions(stop - _processedTo);
            _processedTo = stop;
            if (stop == _at.MinuteEnd)
                BeginClosing(ClosingFrom.Minute, now, events);
        }
        while (_at.MinuteEnd <= now.Utc)
            SkipOver(now, events);
        _processedTo = now.Utc;
    }

    /// <summary>Several whole minutes of one held sample are counted at once, where no limit looks at a single minute.</summary>
    private bool TryStride(long heldTo, in ScanTime now, EventRing events)
    {
        int minutes = (int)((Math.Min(heldTo, _at.HourEnd) - _processedTo) / TimeSpan.TicksPerMinute);
        if (minutes < 2 || _processedTo != _at.MinuteEnd - TimeSpan.TicksPerMinute)
            return false;
        FinishClosing(now, events);
        foreach (WindowAccumulator accumulator in _accumulators)
            accumulator.HoldMinutes(minutes);
        CountExcursions(minutes * TimeSpan.TicksPerMinute);
        _processedTo += minutes * TimeSpan.TicksPerMinute;
        RefreshLater();
        if (_processedTo == _at.HourEnd)
            BeginClosing(ClosingFrom.Hour, now, events);
        else
            _at.MinuteEnd = _processedTo + TimeSpan.TicksPerMinute;
        return true;
    }

    /// <summary>
    /// One step over a gap. Whole empty hours and days are passed in one stride, so a gap of any length costs a bounded
    /// number of steps; empty minutes within such an hour, and hours within such a day, are not recorded singly.
    /// </summary>
    private void SkipOver(in ScanTime now, EventRing events)
    {
        bool atHourStart = _at.MinuteEnd - TimeSpan.TicksPerMinute == _at.HourStart;
        if (atHourStart && _processedTo <= _at.HourStart && _at.HourStart == _at.DayStart && _at.DayEnd <= now.Utc)
        {
            FinishClosing(now, events);
            PassEmptyMinute();
            foreach (WindowAccumulator accumulator in _accumulators)
            {
                accumulator.CloseHour((int)((_at.HourEnd - _at.HourStart) / TimeSpan.TicksPerMinute), 0);
                accumulator.ForgetRecent();
            }
            foreach (WindowGroup group in _groups)
            {
                SkipRolling(group.RollingHours, 60);
                SkipRolling(group.RollingDays, _calendar.HoursIn(_at.DayStart, _at.DayEnd));
            }
            _processedTo = _at.DayEnd;
            BeginClosing(ClosingFrom.Day, now, events);
            FinishClosing(now, events);
            JumpToRecentDays(now, events);
        }
        else if (atHourStart && _processedTo <= _at.HourStart && _at.HourEnd <= now.Utc)
        {
            FinishClosing(now, events);
            PassEmptyMinute();
            foreach (WindowGroup group in _groups)
                SkipRolling(group.RollingHours, (_at.HourEnd - _at.HourStart) / TimeSpan.TicksPerMinute);
            _processedTo = _at.HourEnd;
            BeginClosing(ClosingFrom.Hour, now, events);
        }
        else
        {
            _processedTo = _at.MinuteEnd;
            BeginClosing(ClosingFrom.Minute, now, events);
        }
    }

    // A value seen in the very instant before the gap has no held time, yet its extreme belongs to the window it was in.
    private void PassEmptyMinute()
    {
        foreach (WindowAccumulator accumulator in _accumulators)
            accumulator.PassMinute();
    }

    private void JumpToRecentDays(in ScanTime now, EventRing events)
    {
        long earliest = now.Utc - (MaxEmptyDays * TimeSpan.TicksPerDay);
        if (_at.DayStart >= earliest)
            return;
        _skippedDays += (earliest - _at.DayStart) / TimeSpan.TicksPerDay;
        long skipped = _calendar.DaysIn(_at.DayStart, _calendar.DayStart(earliest));
        _processedTo = _calendar.DayStart(earliest);
        _at = BoundsAt(_processedTo);
        SkipDays(skipped, now, events);
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
        if (StatisticRules.IsRemoval(limit.Statistic) && limit.InfluentTag < 0)
            throw new ArgumentException("The removal of limit '" + limit.RuleId + "' needs an influent.", nameof(limit));
        if (StatisticRules.IsLoad(limit.Statistic) && limit.FlowTag < 0)
            throw new ArgumentException("The load of limit '" + limit.RuleId + "' needs a flow.", nameof(limit));
        if (StatisticRules.IsPercentile(limit.Statistic) && (limit.ReadingHours < 1 || 24 % limit.ReadingHours != 0 || !(limit.Percent > 0 && limit.Percent <= 100)))
            throw new ArgumentException("The percentile of limit '" + limit.RuleId + "' needs a percent up to 100 and hours that divide the day.", nameof(limit));
        if (limit.Statistic == Statistic.AnnualSamples && limit.Allowance is null)
            throw new ArgumentException("Limit '" + limit.RuleId + "' needs a look-up table of failing samples.", nameof(limit));
        if (limit.ValueTag < 0)
            throw new ArgumentException("Limit '" + limit.RuleId + "' has no value tag.", nameof(limit));
    }
}
