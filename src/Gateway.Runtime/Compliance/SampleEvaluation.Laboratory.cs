namespace Gateway.Runtime.Compliance;

/// <summary>Laboratory samples: a day's value is the mean of its samples, weighted with flows of the same times where all are there.</summary>
public static partial class SampleEvaluation
{
    /// <summary>Judges laboratory samples of one limit.</summary>
    /// <param name="limit">The limit; its tags are indexes of the series.</param>
    /// <param name="calendar">Civil time of the permit.</param>
    /// <param name="series">The series, each in order of time.</param>
    /// <returns>Verdicts in order of time; none for a statistic that single samples cannot give.</returns>
    public static List<EvaluatedWindow> Laboratory(PermitLimit limit, SiteCalendar calendar, IReadOnlyList<IReadOnlyList<LaboratorySample>> series)
    {
        List<SampledDay> days = DaysOf(limit, calendar, series);
        CivilPeriod kind = StatisticRules.PeriodOf(limit.Statistic);
        if (limit.Statistic is Statistic.Minute or Statistic.Hour or Statistic.RollingHour or Statistic.Rolling24Hour or Statistic.MonthlyExcursion)
            return [];
        if (kind == CivilPeriod.Day)
            return [.. days.Select(day => JudgeDay(limit, calendar, day))];
        return kind == CivilPeriod.None ? Rolling(limit, calendar, days) : Periods(limit, calendar, days, kind);
    }

    private static List<EvaluatedWindow> Rolling(PermitLimit limit, SiteCalendar calendar, List<SampledDay> days)
    {
        List<EvaluatedWindow> windows = [];
        var period = new PeriodWindow(limit);
        int length = period.Slots.Length;
        for (int i = 0; i < days.Count; i++)
        {
            // A day without a sample is not due: the permit says how many samples it wants (minReadings).
            int gap = i == 0 ? length : days[i].Date.DayNumber - days[i - 1].Date.DayNumber - 1;
            for (int missing = Math.Min(gap, length); missing > 0; missing--)
                period.Push(PartSum.Empty);
            period.AddDay(days[i].Part);
            SampledDay[] inside = [.. days.Where(day => day.Date > days[i].Date.AddDays(-length) && day.Date <= days[i].Date)];
            ComplianceWindow window = Empty(calendar.StartOf(days[i].Date.AddDays(1 - length)), calendar.StartOf(days[i].Date.AddDays(1)));
            windows.Add(Judge(limit, period, inside, true, window));
        }
        return windows;
    }

    private static List<EvaluatedWindow> Periods(PermitLimit limit, SiteCalendar calendar, List<SampledDay> days, CivilPeriod kind)
    {
        List<EvaluatedWindow> windows = [];
        foreach (IGrouping<long, SampledDay> group in days.GroupBy(day => calendar.PeriodStart(kind, calendar.StartOf(day.Date), limit.WeekStart)))
        {
            var period = new PeriodWindow(limit);
            period.Clear(group.Key);
            SampledDay[] inside = [.. group];
            foreach (SampledDay day in inside)
            {
                period.AddDay(day.Part);
                if (StatisticRules.IsPercentile(limit.Statistic))
                    foreach (double value in day.Values)
                        period.AddReading(value);
            }
            ComplianceWindow window = Empty(group.Key, calendar.PeriodEnd(kind, group.Key, limit.WeekStart));
            bool ends = days[^1].Date >= calendar.DateOf(window.To).AddDays(-1) || days[^1].Date >= calendar.DateOf(window.To);
            windows.Add(Judge(limit, period, inside, ends, window));
        }
        return windows;
    }

    private static EvaluatedWindow Judge(PermitLimit limit, PeriodWindow period, SampledDay[] days, bool closed, ComplianceWindow window)
    {
        PartSum sum = period.Total();
        if (StatisticRules.IsPercentile(limit.Statistic))
            sum.Valid = period.SortedReadings.Length;
        if (limit.HasColdLimit && sum.TemperatureValid > 0)
            window.Temperature = sum.Temperature.High / sum.TemperatureValid;
        PeriodJudge.Fill(limit, period, sum, sum.Valid, ref window);
        PeriodJudge.Judge(limit, sum.Valid, false, false, ref window);
        return Finish(limit, days, closed, window);
    }

    private static EvaluatedWindow JudgeDay(PermitLimit limit, SiteCalendar calendar, SampledDay day)
    {
        ComplianceWindow window = Empty(calendar.StartOf(day.Date), calendar.StartOf(day.Date.AddDays(1)));
        window.Valid = window.Due = day.Values.Length;
        window.Coverage = 1;
        window.Minimum = day.Part.Minimum;
        window.Maximum = day.Part.Maximum;
        if (limit.HasColdLimit)
            window.Temperature = day.Part.Temperature;
        window.Removal = 100 * (1 - (day.Part.Mean / day.Part.Influent));
        window.Value = limit.Statistic switch
        {
            Statistic.DailyMinimum => window.Minimum,
            Statistic.DailyMaximum => window.Maximum,
            Statistic.DailyLoad => day.Part.Mass * limit.LoadFactor,
            Statistic.DailyRemoval => window.Removal,
            _ => day.Part.Mean,
        };
        LimitJudge.Judge(limit, ref window, new LimitJudge.Facts { Covered = true, Partial = false, NoDischarge = false, RemovalComplies = window.Removal >= limit.MinRemoval });
        return Finish(limit, [day], true, window);
    }

    /// <summary>A value above the measuring range may be anything above it, so it cannot show that an upper limit is kept.</summary>
    private static EvaluatedWindow Finish(PermitLimit limit, SampledDay[] days, bool closed, ComplianceWindow window)
    {
        int below = days.Sum(day => day.Below), above = days.Sum(day => day.Above);
        if (above > 0 && window.State is ComplianceState.Complies or ComplianceState.Warning)
            (window.State, window.Reason) = (ComplianceState.Undetermined, ComplianceReason.AboveRange);
        return new EvaluatedWindow(limit.Index, closed, window, below, above);
    }

    private static ComplianceWindow Empty(long from, long to) => new()
    {
        From = from,
        To = to,
        Temperature = double.NaN,
        Forecast = double.NaN,
        PatternForecast = double.NaN,
        HoursToBreach = double.NaN,
        RemainingLoad = double.NaN,
        RemainingAverage = double.NaN,
        Removal = double.NaN,
        Worst = double.NaN,
    };

    private static List<SampledDay> DaysOf(PermitLimit limit, SiteCalendar calendar, IReadOnlyList<IReadOnlyList<LaboratorySample>> series)
    {
        Dictionary<long, double> flows = limit.FlowTag < 0 ? [] : Good(series[limit.FlowTag]).ToDictionary(sample => sample.Utc, sample => sample.Value);
        Dictionary<DateOnly, double> flowOfDay = limit.FlowTag < 0 ? [] : MeanOfDays(series[limit.FlowTag], calendar, DetectionRule.Level);
        Dictionary<DateOnly, double> temperature = limit.TemperatureTag < 0 ? [] : MeanOfDays(series[limit.TemperatureTag], calendar, DetectionRule.Level);
        Dictionary<DateOnly, double> influent = limit.InfluentTag < 0 ? [] : MeanOfDays(series[limit.InfluentTag], calendar, limit.BelowDetection);
        List<SampledDay> days = [];
        foreach (IGrouping<DateOnly, LaboratorySample> group in Good(series[limit.ValueTag]).GroupBy(sample => calendar.DateOf(sample.Utc)))
        {
            // Without discharge no value is valid (HJ 356-2019 ch. 6).
            LaboratorySample[] samples = [.. group.Where(sample => !flows.TryGetValue(sample.Utc, out double flow) || flow > Math.Max(0, limit.ZeroFlow))];
            if (samples.Length == 0)
                continue;
            double[] values = [.. samples.Select(sample => sample.Counted(limit.BelowDetection))];
            double mean = MeanOf(limit, samples, values, flows, out double concentration);
            double seconds = calendar.StartOf(group.Key.AddDays(1)) - calendar.StartOf(group.Key);
            days.Add(new SampledDay(group.Key, values, samples.Count(s => s.Qualifier == SampleQualifier.Below), samples.Count(s => s.Qualifier == SampleQualifier.Above), new DayPart
            {
                IsValid = true,
                Mean = mean,
                Concentration = concentration,
                Mass = concentration * flowOfDay.GetValueOrDefault(group.Key, double.NaN) * seconds,
                Minimum = values.Min(),
                Maximum = values.Max(),
                Temperature = temperature.GetValueOrDefault(group.Key, double.NaN),
                Influent = influent.GetValueOrDefault(group.Key, double.NaN),
            }));
        }
        return days;
    }

    private static double MeanOf(PermitLimit limit, LaboratorySample[] samples, double[] values, Dictionary<long, double> flows, out double concentration)
    {
        bool weighted = limit.IsFlowWeighted && samples.All(sample => flows.ContainsKey(sample.Utc));
        PreciseSum load = default, weight = default;
        for (int i = 0; i < values.Length; i++)
        {
            double flow = weighted ? flows[samples[i].Utc] : 1;
            load.AddProduct(limit.HydrogenIonMean ? Math.Pow(10, -values[i]) : values[i], flow);
            weight.AddProduct(flow, 1);
        }
        concentration = load.DividedBy(weight);
        return limit.HydrogenIonMean ? -Math.Log10(concentration) : concentration;
    }

    private static IEnumerable<LaboratorySample> Good(IReadOnlyList<LaboratorySample> samples) => samples.Where(sample => sample.IsGood && !double.IsNaN(sample.Value));

    private static Dictionary<DateOnly, double> MeanOfDays(IReadOnlyList<LaboratorySample> samples, SiteCalendar calendar, DetectionRule rule) =>
        Good(samples).GroupBy(sample => calendar.DateOf(sample.Utc)).ToDictionary(group => group.Key, group => group.Average(sample => sample.Counted(rule)));

    private sealed record SampledDay(DateOnly Date, double[] Values, int Below, int Above, DayPart Part);
}
