using System.Globalization;

namespace Gateway.Runtime.Compliance;

/// <summary>
/// The chain of reasons of a verdict in words, and its margin. Pure; for readers of snapshots and records on any
/// thread, never called in a scan.
/// </summary>
public static class VerdictText
{
    /// <summary>
    /// Distance to the limit in force in its own unit: positive when the limit is kept, negative beyond it; NaN when it
    /// cannot be said.
    /// </summary>
    public static double MarginOf(PermitLimit limit, in ComplianceWindow window) =>
        window.Limit == limit.LimitLow ? window.Value - limit.LimitLow : window.Limit - window.Value;

    /// <summary>Why the window has its verdict, step by step: values, water, number against limit, what else counts.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="window">Its window.</param>
    /// <param name="parts">What its valid and due values count, where it is not what the scan counts: samples of a day.</param>
    public static List<string> Explain(PermitLimit limit, in ComplianceWindow window, string parts = "")
    {
        var reasons = new List<string>();
        AddCoverage(limit, window, parts.Length > 0 ? parts : UnitOfParts(limit), reasons);
        AddTemperature(limit, window, reasons);
        AddComparison(limit, window, reasons);
        AddWorst(limit, window, reasons);
        if (!double.IsNaN(window.Removal) && !double.IsNaN(limit.MinRemoval))
            reasons.Add($"removal {Compared(window.Removal, limit.MinRemoval)} % as an alternative to the limit");
        if (window.Reason == ComplianceReason.ForecastAboveLimit)
            reasons.Add($"forecast for the end of the day {Number(window.Forecast)} {limit.Unit} > {Number(window.Limit)} {limit.Unit}");
        if (window.Reason is ComplianceReason.NoDischarge or ComplianceReason.PartialFirstWindow or ComplianceReason.ClockBehind or ComplianceReason.CannotComply or ComplianceReason.NoLimit or ComplianceReason.AboveRange)
            reasons.Add(ComplianceNames.Of(window.Reason));
        if (window.Reason == ComplianceReason.NearLimit)
            reasons.Add($"{Percent(1 - window.Headroom)} of the head-room used, more than {Percent(limit.WarningRatio)}");
        if (limit.Source.Confidence is "memory" or "proposal")
            reasons.Add(limit.Source.Confidence == "memory" ? "the limit is from memory and not verified" : "the limit is a proposal of the gateway");
        return reasons;
    }

    private static void AddCoverage(PermitLimit limit, in ComplianceWindow window, string parts, List<string> reasons)
    {
        if (window.Due == 0)
        {
            reasons.Add($"no {parts} due yet");
            return;
        }
        string counted = $"{Count(window.Valid)} of {Count(window.Due)} {parts} valid";
        long required = StatisticRules.Required(limit, window.Due);
        bool isCount = limit.Statistic == Statistic.AnnualSamples || (limit.MinReadings > 0 && StatisticRules.IsOfDays(limit.Statistic));
        if (isCount)
            reasons.Add($"{Count(window.Valid)} {parts}: {Count(window.Valid)} {(window.Valid < required ? "<" : "≥")} {Count(required)}");
        else
            reasons.Add($"{counted}: {Percent(window.Coverage, limit.MinCoverage)} {(window.Valid < required ? "<" : "≥")} {Percent(limit.MinCoverage)}");
    }

    private static void AddTemperature(PermitLimit limit, in ComplianceWindow window, List<string> reasons)
    {
        if (!limit.HasColdLimit)
            return;
        if (double.IsNaN(window.Temperature))
            reasons.Add($"water temperature not known: limit {Number(limit.Limit)} or {Number(limit.ColdLimit)} {limit.Unit}");
        else if (window.Temperature <= limit.ColdThreshold)
            reasons.Add($"water at {Number(window.Temperature)} degC ≤ {Number(limit.ColdThreshold)} degC: limit {Number(limit.ColdLimit)} {limit.Unit}");
        else
            reasons.Add($"water at {Number(window.Temperature)} degC > {Number(limit.ColdThreshold)} degC: limit {Number(limit.Limit)} {limit.Unit}");
    }

    private static void AddComparison(PermitLimit limit, in ComplianceWindow window, List<string> reasons)
    {
        string source = $"{limit.Source.Standard} {limit.Source.Class}".TrimEnd() + ", " + limit.Source.Clause;
        if (double.IsNaN(window.Value))
            return;
        string rounded = limit.RoundTo < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", rounded to {limit.RoundTo} decimals");
        string value = $"{ComplianceNames.Of(limit.Statistic)} {Number(window.Value)} {limit.Unit}{rounded}";
        if (double.IsNaN(window.Limit))
        {
            reasons.Add($"{value}; the limit is not known ({source})");
            return;
        }
        bool isLower = window.Limit == limit.LimitLow;
        string sign = (isLower, window.Value.CompareTo(window.Limit)) switch
        {
            (true, < 0) => "<",
            (true, _) => "≥",
            (false, > 0) => ">",
            _ => "≤",
        };
        string kind = isLower ? "lower limit" : limit.Statistic == Statistic.AnnualSamples ? "failing samples permitted" : "limit";
        double margin = MarginOf(limit, window);
        string distance = window.Limit == 0 ? "" : $", {Percent(Math.Abs(margin / window.Limit))} {(margin < 0 ? "beyond" : "left")}";
        reasons.Add($"{value} {sign} {kind} {Number(window.Limit)} {limit.Unit} ({source}): margin {Number(margin)} {limit.Unit}{distance}");
    }

    private static void AddWorst(PermitLimit limit, in ComplianceWindow window, List<string> reasons)
    {
        if (double.IsNaN(window.Worst) || double.IsNaN(limit.Cap))
            return;
        string sign = window.Worst > limit.Cap ? ">" : "≤";
        reasons.Add(limit.Statistic == Statistic.AnnualSamples
            ? $"largest sample {Number(window.Worst)} {limit.ReadingUnit} {sign} cap {Number(limit.Cap)} {limit.ReadingUnit}"
            : $"longest excursion {Number(window.Worst)} min {sign} {Number(limit.Cap)} min");
    }

    /// <summary>What the valid and due counts of a window count.</summary>
    public static string UnitOfParts(PermitLimit limit) => limit.Statistic switch
    {
        Statistic.Minute => "seconds",
        Statistic.Hour or Statistic.RollingHour or Statistic.MonthlyExcursion => "minutes",
        Statistic.Rolling24Hour => "hours",
        Statistic.MonthlyPercentile or Statistic.AnnualPercentile => "readings",
        Statistic.AnnualSamples => "samples",
        _ => StatisticRules.PeriodOf(limit.Statistic) == CivilPeriod.Day ? "hours" : "days",
    };

    private static string Compared(double value, double bound) => $"{Number(value)} {(value >= bound ? "≥" : "<")} {Number(bound)}";

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Percent(double ratio) => (100 * ratio).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    /// <summary>A share with as many decimals as keep it apart from the bound it is compared with.</summary>
    private static string Percent(double ratio, double bound)
    {
        string text = Percent(ratio);
        return text == Percent(bound) && ratio != bound ? (100 * ratio).ToString("0.####", CultureInfo.InvariantCulture) + " %" : text;
    }
}
