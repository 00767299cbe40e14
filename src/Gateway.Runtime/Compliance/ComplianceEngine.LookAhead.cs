namespace Gateway.Runtime.Compliance;

/// <summary>
/// What may come of an open window: what its rest may average, where it ends at today's trend and at yesterday's
/// pattern, when it passes its limit and which load is left. docs/compliance.md has the formulas.
/// </summary>
public sealed partial class ComplianceEngine
{
    internal static void ClearLookAhead(ref ComplianceWindow window)
    {
        window.RemainingAverage = double.NaN;
        window.Forecast = double.NaN;
        window.PatternForecast = double.NaN;
        window.HoursToBreach = double.NaN;
        window.RemainingLoad = double.NaN;
    }

    /// <summary>Looks ahead to the end of the open day.</summary>
    private void LookAhead(PermitLimit limit, WindowAccumulator accumulator, in WindowSums sums, ref ComplianceWindow window)
    {
        if (limit.HydrogenIonMean || limit.Statistic is not (Statistic.DailyMean or Statistic.DailyLoad))
            return;
        long now = _at.MinuteEnd - TimeSpan.TicksPerMinute;
        var rest = new RestOfDay
        {
            Ticks = _at.DayEnd - now,
            Weight = accumulator.RemainingWeight(_at.DayEnd - now, out double recent),
            Recent = double.IsNaN(recent) ? accumulator.Mean(sums) : recent,
            AsYesterday = accumulator.RestAsYesterday(_at.HoursClosed, _at.HoursOfDay, (double)(_at.HourEnd - now) / (_at.HourEnd - _at.HourStart)),
        };
        LimitJudge.UpperLimits(limit, window.Temperature, out double strict, out _);
        if (limit.Statistic == Statistic.DailyLoad)
            LookAheadOfLoad(limit, strict, accumulator.RecentFlow() * rest.Ticks, rest, ref window);
        else
            LookAheadOfMean(strict, sums, rest, ref window);
    }

    /// <summary>The unspent head-room Σ Q·(limit - C) is spread over the remaining volume at the flow of the last hour and this one.</summary>
    private static void LookAheadOfMean(double strict, in WindowSums sums, in RestOfDay rest, ref ComplianceWindow window)
    {
        double load = sums.Load.High, weight = sums.Weight.High, unspent = (strict * weight) - load;
        HourLoad yesterday = rest.AsYesterday;
        if (yesterday.Weight + weight > 0)
            window.PatternForecast = (load + yesterday.Load) / (weight + yesterday.Weight);
        if (!(rest.Weight >= 0))
            return;
        if (rest.Weight > 0)
            window.RemainingAverage = strict + (unspent / rest.Weight);
        window.Forecast = rest.Weight == 0 ? window.Value : (load + (rest.Recent * rest.Weight)) / (weight + rest.Weight);
        window.HoursToBreach = HoursTo(unspent, (rest.Recent - strict) * rest.Weight, rest.Ticks);
    }

    private static void LookAheadOfLoad(PermitLimit limit, double strict, double volume, in RestOfDay rest, ref ComplianceWindow window)
    {
        // Before the first valid hour nothing is known to be spent.
        double spent = double.IsNaN(window.Value) ? 0 : window.Value;
        double coming = rest.Recent * volume * limit.LoadFactor;
        window.RemainingLoad = strict - spent;
        window.Forecast = spent + coming;
        window.RemainingAverage = volume > 0 ? window.RemainingLoad / (volume * limit.LoadFactor) : double.NaN;
        window.HoursToBreach = HoursTo(window.RemainingLoad, coming, rest.Ticks);
        if (limit.IsFlowWeighted)
            window.PatternForecast = spent + (rest.AsYesterday.Load * limit.LoadFactor);
    }

    /// <summary>Looks ahead to the end of a week, month or year: the days to come, today among them, are like today so far or like the last valid day.</summary>
    private void LookAheadOfPeriod(int i)
    {
        PermitLimit limit = _limits[i];
        bool isLoad = StatisticRules.IsLoad(limit.Statistic);
        bool isMean = limit.Statistic is Statistic.WeeklyMean or Statistic.MonthlyMean or Statistic.AnnualMean && !limit.HydrogenIonMean;
        ref ComplianceWindow window = ref _windows[i];
        if (!(isLoad || isMean) || window.To <= _at.DayStart)
            return;
        PeriodWindow period = _periods[i]!;
        PartSum sum = period.Total();
        bool isTotal = isLoad && !limit.LoadPerDay;
        int coming = _calendar.DaysIn(_at.DayStart, window.To), known = sum.Valid;
        double spent = sum.Load.High;
        if (isTotal)
        {
            // Days due without a valid load enter a total with the mean of the others, as they do in its value.
            int due = DueIn(limit, period, _at.DayStart, ref sum);
            spent = known == 0 ? 0 : sum.Load.DividedBy(sum.Weight) * due;
        }
        LimitJudge.UpperLimits(limit, window.Temperature, out double strict, out _);
        double today = TodaySoFar(i, isLoad), unspent = (isTotal ? strict : strict * (known + coming)) - spent;
        window.RemainingAverage = unspent / coming;
        window.RemainingLoad = isLoad ? unspent : double.NaN;
        double days = isTotal ? 1 : known + coming;
        window.Forecast = (spent + (coming * today)) / days;
        window.PatternForecast = (spent + (coming * period.State.LastDay)) / days;
        // The mean passes its limit when the days above it have used up what the days before have left.
        double left = isTotal ? strict - spent : (strict * known) - spent, used = isTotal ? today : today - strict;
        double hours = HoursTo(left, coming * used, coming * TimeSpan.TicksPerDay);
        window.HoursToBreach = Math.Max(0, hours - ((double)(_at.MinuteEnd - TimeSpan.TicksPerMinute - _at.DayStart) / TimeSpan.TicksPerHour));
    }

    /// <summary>Mean of today so far, or the load that today ends with at its mean so far; NaN when it has no valid value.</summary>
    private double TodaySoFar(int i, bool isLoad)
    {
        WindowAccumulator accumulator = _accumulators[_accumulatorOf[i]];
        WindowSums sums = accumulator.DaySoFar(MinutesOfOpenHour);
        double mean = accumulator.Mean(sums);
        return isLoad ? mean * (sums.Volume.High / sums.FlowTicks) * (_at.DayEnd - _at.DayStart) * _limits[i].LoadFactor : mean;
    }

    /// <summary>Hours until an allowance is used up.</summary>
    /// <param name="left">Allowance; negative when it is used up.</param>
    /// <param name="used">What the rest of the window would use of it.</param>
    /// <param name="ticks">Length of that rest.</param>
    /// <returns>0 when it is used up; NaN when it lasts.</returns>
    private static double HoursTo(double left, double used, long ticks)
    {
        if (left < 0)
            return 0;
        return used > left ? left / used * ticks / TimeSpan.TicksPerHour : double.NaN;
    }

    /// <summary>The rest of the open day.</summary>
    private struct RestOfDay
    {
        public long Ticks;
        /// <summary>Weight at the recent flow.</summary>
        public double Weight;
        /// <summary>Mean of the last hour and this one, else of the day so far.</summary>
        public double Recent;
        /// <summary>The rest as yesterday had it.</summary>
        public HourLoad AsYesterday;
    }
}
