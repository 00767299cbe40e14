using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;

namespace Gateway.Runtime.Compliance;

/// <summary>Windows beyond the day: rolling ones, and weeks, months and years of the permit.</summary>
public sealed partial class ComplianceEngine
{
    /// <summary>The windows beyond the day by limit, null for shorter ones; for tests and the evaluation of samples.</summary>
    internal ReadOnlySpan<PeriodWindow?> Periods => _periods;

    private void BeginPeriods()
    {
        foreach (int i in _periodLimits)
            _periods[i]!.State.From = PeriodStart(i, _at.DayStart);
        // The hours of an open reading that nobody saw are due as well.
        foreach (int i in _percentiles)
            for (long at = _at.HourStart; at > _at.DayStart && ReadingOf(i, _calendar.HourStart(at - 1)) == ReadingOf(i, _at.HourStart); at = _calendar.HourStart(at - 1))
                _periods[i]!.State.Reading.Due++;
    }

    private int ReadingOf(int i, long hour) => _calendar.HourOfDay(hour) / _limits[i].ReadingHours;

    private long PeriodStart(int i, long utc) => _calendar.PeriodStart(StatisticRules.PeriodOf(_limits[i].Statistic), utc, _limits[i].WeekStart);

    private void CountExcursions(long ticks)
    {
        foreach (int i in _excursions)
        {
            ref readonly AccumulatorState state = ref _accumulators[_accumulatorOf[i]].State;
            _periods[i]!.AddTime(ticks, state.SampleValid, state.SampleZeroFlow, state.SampleReading);
        }
    }

    private void CloseRollingHour(int i, in ScanTime now, EventRing events)
    {
        WindowAccumulator accumulator = _accumulators[_accumulatorOf[i]];
        ref readonly WindowSums minute = ref accumulator.Closing;
        _periods[i]!.Push(PartSum.Of(minute, accumulator.IsEnough(minute.ValidTicks, TimeSpan.TicksPerMinute)));
        ref ComplianceWindow window = ref _windows[i];
        window.From = _at.MinuteEnd - TimeSpan.TicksPerHour;
        window.To = _at.MinuteEnd;
        window.Temperature = DayTemperature(i, accumulator, (int)((_at.MinuteEnd - TimeSpan.TicksPerMinute - _at.HourStart) / TimeSpan.TicksPerMinute));
        FillRolling(i, TimeSpan.TicksPerMinute);
        Record(i, true, now, events);
    }

    private void CloseRollingDay(int i, int minutes, in ScanTime now, EventRing events)
    {
        WindowAccumulator accumulator = _accumulators[_accumulatorOf[i]];
        _periods[i]!.Push(PartSum.Of(accumulator.Hour, accumulator.IsEnough(accumulator.Hour.Valid, minutes)));
        ref ComplianceWindow window = ref _windows[i];
        window.From = _at.HourEnd - TimeSpan.TicksPerDay;
        window.To = _at.HourEnd;
        window.Temperature = DayTemperature(i, accumulator, minutes);
        FillRolling(i, TimeSpan.TicksPerHour);
        Record(i, true, now, events);
    }

    /// <summary>Judges a rolling window of minutes or hours. All its parts are due, those before the first sample too.</summary>
    private void FillRolling(int i, long partTicks)
    {
        PartSum sum = _periods[i]!.Total();
        FillSum(i, sum, sum.Due);
        long missing = (_accumulators[_accumulatorOf[i]].RequiredOf(sum.Due) - sum.Valid) * partTicks;
        JudgePeriod(i, sum, missing > 0 && sum.ZeroFlowTicks >= missing);
    }

    private void SkipRolling(int[] limits, long parts)
    {
        foreach (int i in limits)
            _periods[i]!.Skip(parts);
    }

    private void AddToReading(int i, int minutes)
    {
        WindowAccumulator accumulator = _accumulators[_accumulatorOf[i]];
        bool ends = _at.HourEnd == _at.DayEnd || ReadingOf(i, _at.HourEnd) != ReadingOf(i, _at.HourStart);
        _periods[i]!.AddHour(accumulator.Hour, accumulator.IsEnough(accumulator.Hour.Valid, minutes), ends, accumulator);
    }

    private void AddDay(int i, int hours)
    {
        WindowAccumulator accumulator = _accumulators[_accumulatorOf[i]];
        ref readonly WindowSums sums = ref accumulator.Day;
        bool valid = accumulator.IsEnough(sums.Valid, hours);
        long missing = (accumulator.RequiredOf(hours) - sums.Valid) * TimeSpan.TicksPerHour;
        double concentration = sums.Load.DividedBy(sums.Weight);
        var day = new DayPart
        {
            IsValid = valid,
            NoDischarge = !valid && sums.ZeroFlowTicks >= missing,
            Concentration = concentration,
            Mean = accumulator.ToReading(concentration),
            Mass = concentration * sums.Volume.High,
            Minimum = sums.Minimum,
            Maximum = sums.Maximum,
            Temperature = TemperatureOf(_limits[i], accumulator, sums, hours),
            Influent = _influentOf[i] < 0 ? double.NaN : InfluentMean(i, _accumulators[_influentOf[i]].Day, hours),
            ZeroFlowTicks = sums.ZeroFlowTicks,
        };
        _periods[i]!.AddDay(day);
    }

    private double InfluentMean(int i, in WindowSums sums, int hoursDue)
    {
        WindowAccumulator influent = _accumulators[_influentOf[i]];
        return influent.IsEnough(sums.Valid, hoursDue) ? influent.Mean(sums) : double.NaN;
    }

    /// <summary>After a day: rolling windows are judged, and periods that are over are closed and begun anew.</summary>
    private void AdvancePeriods(int[] limits, in ScanTime now, EventRing events)
    {
        foreach (int i in limits)
        {
            PeriodWindow period = _periods[i]!;
            bool over = period.IsRolling || PeriodStart(i, _at.DayStart) != period.State.From;
            if (!over)
                continue;
            long end = period.IsRolling ? _at.DayStart : _calendar.PeriodEnd(StatisticRules.PeriodOf(_limits[i].Statistic), period.State.From, _limits[i].WeekStart);
            FillPeriod(i, end);
            Record(i, true, now, events);
            if (!period.IsRolling)
                period.Clear(PeriodStart(i, _at.DayStart));
        }
        RefreshPeriods(limits, now, events);
    }

    /// <summary>After a very long outage: the days left out are missing in every window, and each period they end is closed once.</summary>
    private void SkipDays(long days, in ScanTime now, EventRing events)
    {
        foreach (int i in _periodLimits)
            if (_periods[i]!.IsRolling)
                _periods[i]!.Skip(days);
        AdvancePeriods(_periodLimits, now, events);
    }

    private void RefreshPeriods(int[] limits, in ScanTime now, EventRing events)
    {
        foreach (int i in limits)
        {
            PeriodWindow period = _periods[i]!;
            if (period.IsRolling)
                continue;
            int dueLater = FillPeriod(i, UpToOf(_limits[i].Statistic));
            ref readonly ComplianceWindow window = ref _windows[i];
            if (window.State == _states[i].Reported)
                continue;
            // At the beginning of a period nothing is known; that is news only when the missing values cannot come any more.
            if (window.State == ComplianceState.Undetermined && window.Valid + dueLater >= StatisticRules.Required(_limits[i], window.Due + dueLater))
                continue;
            Record(i, false, now, events);
        }
    }

    /// <summary>How far an open period is known: readings count as soon as they are over, days when the day is.</summary>
    private long UpToOf(Statistic statistic)
    {
        if (statistic == Statistic.MonthlyExcursion)
            return _processedTo;
        return StatisticRules.IsPercentile(statistic) ? _at.HourStart : _at.DayStart;
    }

    /// <summary>Fills and judges a rolling window of days or a calendar period up to an instant.</summary>
    /// <returns>Parts that may still come.</returns>
    private int FillPeriod(int i, long upTo)
    {
        PermitLimit limit = _limits[i];
        PeriodWindow period = _periods[i]!;
        ref ComplianceWindow window = ref _windows[i];
        PartSum sum = period.Total();
        CivilPeriod kind = StatisticRules.PeriodOf(limit.Statistic);
        window.From = period.IsRolling ? _calendar.StartOf(_calendar.DateOf(upTo).AddDays(-period.Slots.Length)) : period.State.From;
        window.To = period.IsRolling ? upTo : _calendar.PeriodEnd(kind, period.State.From, limit.WeekStart);
        window.Temperature = sum.TemperatureValid > 0 ? sum.Temperature.High / sum.TemperatureValid : double.NaN;
        int due = period.IsRolling ? sum.Due : DueIn(limit, period, upTo, ref sum);
        FillSum(i, sum, due);
        JudgePeriod(i, sum, due == 0 && (period.State.NotDue > 0 || period.State.ZeroFlowTicks > 0 || sum.ZeroFlowTicks > 0));
        // After the verdict: what may come of a long period is shown, but is no reason for a warning yet.
        if (upTo == _at.DayStart && upTo < window.To)
            LookAheadOfPeriod(i);
        return period.IsRolling ? 0 : PartsIn(limit, upTo, window.To);
    }

    /// <summary>Parts due so far; they follow from the calendar, so that days nobody saw are due too.</summary>
    private int DueIn(PermitLimit limit, PeriodWindow period, long upTo, ref PartSum sum)
    {
        ref readonly PeriodState state = ref period.State;
        if (limit.Statistic == Statistic.MonthlyExcursion)
        {
            sum.Valid = (int)(state.ValidTicks / TimeSpan.TicksPerMinute);
            return (int)((upTo - state.From - state.ZeroFlowTicks) / TimeSpan.TicksPerMinute);
        }
        if (StatisticRules.IsPercentile(limit.Statistic))
            sum.Valid = state.Readings;
        return PartsIn(limit, state.From, upTo) - state.NotDue;
    }

    private int PartsIn(PermitLimit limit, long from, long to)
    {
        if (to <= from)
            return 0;
        if (limit.Statistic == Statistic.MonthlyExcursion)
            return (int)((to - from) / TimeSpan.TicksPerMinute);
        if (!StatisticRules.IsPercentile(limit.Statistic) || limit.ReadingHours == 24)
            return _calendar.DaysIn(from, to);
        if (limit.ReadingHours == 1)
            return (int)((to - from) / TimeSpan.TicksPerHour);
        return (_calendar.DaysIn(from, to) * (24 / limit.ReadingHours)) + (_calendar.HourOfDay(to) / limit.ReadingHours);
    }

    private void FillSum(int i, in PartSum sum, int due) => PeriodJudge.Fill(_limits[i], _periods[i]!, sum, due, ref _windows[i]);

    private void JudgePeriod(int i, in PartSum sum, bool noDischarge)
    {
        ref ComplianceWindow window = ref _windows[i];
        PeriodJudge.Judge(_limits[i], sum.Valid, _accumulators[_accumulatorOf[i]].FirstUtc > window.From + _maxHold, noDischarge, ref window);
    }

    /// <summary>Value of a day that is no mean.</summary>
    /// <returns>False when the influent that it needs lacks hours.</returns>
    private bool FillStatistic(int i, in WindowSums sums, int minutesDue, int hoursDue)
    {
        PermitLimit limit = _limits[i];
        ref ComplianceWindow window = ref _windows[i];
        window.Removal = double.NaN;
        if (_influentOf[i] >= 0)
            window.Removal = 100 * (1 - (window.Value / InfluentMean(i, _accumulators[_influentOf[i]].DaySoFar(minutesDue), hoursDue)));
        switch (limit.Statistic)
        {
            case Statistic.DailyMinimum:
                window.Value = window.Minimum;
                break;
            case Statistic.DailyMaximum:
                window.Value = window.Maximum;
                break;
            case Statistic.DailyLoad:
                window.Value = sums.Load.DividedBy(sums.Weight) * sums.Volume.High * limit.LoadFactor;
                break;
            case Statistic.DailyRemoval:
                window.Value = window.Removal;
                return !double.IsNaN(window.Removal);
            default:
                break;
        }
        return true;
    }
}
