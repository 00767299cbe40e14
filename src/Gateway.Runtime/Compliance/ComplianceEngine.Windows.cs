using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Compliance;

/// <summary>The live windows: filling them from the sums, judging and recording.</summary>
public sealed partial class ComplianceEngine
{
    private static ComplianceWindow EmptyWindow() => new()
    {
        Value = double.NaN,
        Minimum = double.NaN,
        Maximum = double.NaN,
        Limit = double.NaN,
        Temperature = double.NaN,
        Headroom = double.NaN,
        RemainingAverage = double.NaN,
        Forecast = double.NaN,
        PatternForecast = double.NaN,
        HoursToBreach = double.NaN,
        RemainingLoad = double.NaN,
        Removal = double.NaN,
        Worst = double.NaN,
        State = ComplianceState.Undetermined,
        Reason = ComplianceReason.NoData,
    };

    private int MinutesOfOpenHour => (int)((_processedTo - _at.HourStart) / TimeSpan.TicksPerMinute);

    private void RefreshDay(int limit, in ScanTime now, EventRing events)
    {
        int minutes = MinutesOfOpenHour;
        FillDay(limit, minutes, _at.HoursClosed + (minutes > 0 ? 1 : 0), closed: false);
        RecordChange(limit, (int)((_at.DayEnd - _at.DayStart) / TimeSpan.TicksPerHour), now, events);
    }

    /// <summary>Fills and judges the window of a minute that is over but not yet passed on.</summary>
    private void FillMinute(int i)
    {
        WindowAccumulator accumulator = _accumulators[_accumulatorOf[i]];
        ref ComplianceWindow window = ref _windows[i];
        ref readonly WindowSums sums = ref accumulator.Closing;
        window.From = _at.MinuteEnd - TimeSpan.TicksPerMinute;
        window.To = _at.MinuteEnd;
        window.Valid = (int)(sums.ValidTicks / TimeSpan.TicksPerSecond);
        window.Due = 60;
        window.Coverage = (double)sums.ValidTicks / TimeSpan.TicksPerMinute;
        FillNumbers(i, accumulator, sums);
        window.Temperature = DayTemperature(i, accumulator, (int)((window.From - _at.HourStart) / TimeSpan.TicksPerMinute));
        bool covered = accumulator.IsEnough(sums.ValidTicks, TimeSpan.TicksPerMinute);
        long missing = accumulator.RequiredOf(TimeSpan.TicksPerMinute) - sums.ValidTicks;
        Judge(i, accumulator, covered, !covered && sums.ZeroFlowTicks >= missing);
    }

    /// <summary>Fills and judges the open hour from its closed minutes.</summary>
    private void FillHour(int i, int minutesDue)
    {
        WindowAccumulator accumulator = _accumulators[_accumulatorOf[i]];
        ref ComplianceWindow window = ref _windows[i];
        ref readonly WindowSums sums = ref accumulator.Hour;
        window.From = _at.HourStart;
        window.To = _at.HourEnd;
        window.Valid = sums.Valid;
        window.Due = minutesDue;
        window.Coverage = minutesDue > 0 ? (double)sums.Valid / minutesDue : 0;
        FillNumbers(i, accumulator, sums);
        window.Temperature = DayTemperature(i, accumulator, minutesDue);
        bool covered = accumulator.IsEnough(sums.Valid, minutesDue);
        long missing = (accumulator.RequiredOf(minutesDue) - sums.Valid) * TimeSpan.TicksPerMinute;
        Judge(i, accumulator, covered, minutesDue > 0 && !covered && sums.ZeroFlowTicks >= missing);
    }

    /// <summary>Fills and judges the day from its closed hours and the closed minutes of the open hour.</summary>
    private void FillDay(int i, int minutesDue, int hoursDue, bool closed)
    {
        PermitLimit limit = _limits[i];
        WindowAccumulator accumulator = _accumulators[_accumulatorOf[i]];
        ref ComplianceWindow window = ref _windows[i];
        WindowSums sums = accumulator.DaySoFar(minutesDue);
        if (!closed)
        {
            // A value beyond the limit is reported at once, not when its minute is over.
            sums.Minimum = Math.Min(sums.Minimum, accumulator.Minute.Minimum);
            sums.Maximum = Math.Max(sums.Maximum, accumulator.Minute.Maximum);
        }
        window.From = _at.DayStart;
        window.To = _at.DayEnd;
        window.Valid = sums.Valid;
        window.Due = hoursDue;
        window.Coverage = hoursDue > 0 ? (double)sums.Valid / hoursDue : 0;
        FillNumbers(i, accumulator, sums);
        bool influentCovered = FillStatistic(i, sums, minutesDue, hoursDue);
        window.Temperature = TemperatureOf(limit, accumulator, sums, hoursDue);
        if (!closed)
            LookAhead(limit, accumulator, sums, ref window);
        bool covered = influentCovered && accumulator.IsEnough(sums.Valid, hoursDue);
        long missing = (accumulator.RequiredOf(hoursDue) - sums.Valid) * TimeSpan.TicksPerHour;
        Judge(i, accumulator, covered, hoursDue > 0 && !covered && sums.ZeroFlowTicks >= missing);
    }

    private void FillNumbers(int i, WindowAccumulator accumulator, in WindowSums sums)
    {
        ref ComplianceWindow window = ref _windows[i];
        window.Value = accumulator.Mean(sums);
        window.Minimum = double.IsInfinity(sums.Minimum) ? double.NaN : sums.Minimum;
        window.Maximum = double.IsInfinity(sums.Maximum) ? double.NaN : sums.Maximum;
        ClearLookAhead(ref window);
    }

    private double DayTemperature(int i, WindowAccumulator accumulator, int minutesDue)
    {
        PermitLimit limit = _limits[i];
        if (!limit.HasColdLimit)
            return double.NaN;
        return TemperatureOf(limit, accumulator, accumulator.DaySoFar(minutesDue), _at.HoursClosed + (minutesDue > 0 ? 1 : 0));
    }

    private static double TemperatureOf(PermitLimit limit, WindowAccumulator accumulator, in WindowSums day, int hoursDue)
    {
        if (!limit.HasColdLimit || !accumulator.IsEnough(day.TemperatureValid, hoursDue))
            return double.NaN;
        return day.TemperatureLoad.DividedBy(day.TemperatureWeight);
    }

    private void Judge(int i, WindowAccumulator accumulator, bool covered, bool noDischarge)
    {
        ref ComplianceWindow window = ref _windows[i];
        LimitJudge.Judge(_limits[i], ref window, new LimitJudge.Facts
        {
            Covered = covered,
            // The first scan after the boundary still counts as the beginning of the window.
            Partial = accumulator.FirstUtc > window.From + _maxHold,
            NoDischarge = noDischarge,
            RemovalComplies = window.Removal >= _limits[i].MinRemoval,
        });
    }

    /// <summary>
    /// Records an open window whose verdict changed. "Undetermined" is only news once the missing values cannot come any
    /// more: at the beginning of each window nothing is known, and that is no event.
    /// </summary>
    private void RecordChange(int i, int dueInAll, in ScanTime now, EventRing events)
    {
        ref readonly ComplianceWindow window = ref _windows[i];
        if (window.State == _states[i].Reported)
            return;
        if (window.State == ComplianceState.Undetermined)
        {
            int lost = window.Due - window.Valid;
            if (dueInAll - lost >= _accumulators[_accumulatorOf[i]].RequiredOf(dueInAll))
                return;
        }
        Record(i, false, now, events);
    }

    private void Record(int i, bool closed, in ScanTime now, EventRing events)
    {
        ref readonly ComplianceWindow window = ref _windows[i];
        ref LimitState state = ref _states[i];
        _closed.Add(new ClosedWindow
        {
            LimitIndex = i,
            IsClosed = closed,
            Window = window,
            FormerState = state.Reported,
            Utc = now.Utc,
            Scan = now.Number,
        });
        if (closed)
            state.ClosedCount++;
        var item = new ScanEvent
        {
            Kind = EventKind.Compliance,
            Subject = i,
            Code = (int)window.State,
            From = (int)state.Reported,
            To = (int)window.State,
            Occurrence = closed ? state.ClosedCount : 0,
            Value = window.Value,
            Limit = window.Limit,
            Quality = window.State == ComplianceState.Undetermined ? Quality.UncertainSubNormal : Quality.Good,
            Accepted = true,
            Reason = ComplianceNames.Of(window.Reason),
        };
        events.Add(now, ref item);
        state.Reported = window.State;
    }

    /// <summary>Says once that the wall clock went back by more than a held sample, and once when it has caught up.</summary>
    private void ReportClock(bool counts, in ScanTime now, EventRing events)
    {
        bool behind = !counts && (_behind || _processedTo - now.Utc > _maxHold);
        if (behind == _behind)
            return;
        _behind = behind;
        if (!behind)
        {
            RefreshLater();
            return;
        }
        for (int i = 0; i < _limits.Length; i++)
        {
            // Days that are over stay judged.
            if (StatisticRules.IsOfDays(_limits[i].Statistic) && _limits[i].Statistic != Statistic.MonthlyExcursion)
                continue;
            _windows[i].State = ComplianceState.Undetermined;
            _windows[i].Reason = ComplianceReason.ClockBehind;
            if (_states[i].Reported != ComplianceState.Undetermined)
                Record(i, false, now, events);
        }
    }
}
