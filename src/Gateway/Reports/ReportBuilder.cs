using System.Globalization;
using Gateway.Runtime.Compliance;

namespace Gateway.Reports;

/// <summary>One limit with its closed windows, from the journal or from samples.</summary>
/// <param name="Permit">Identifier of the permit.</param>
/// <param name="Parameter">Name of the parameter.</param>
/// <param name="Statistic">Name of the statistic.</param>
/// <param name="Rule">Rule and version.</param>
/// <param name="Unit">Unit of value and limit.</param>
/// <param name="Limit">The limit as configured now; null when it is not any more.</param>
/// <param name="Parts">What counts count, see <see cref="VerdictText.Explain"/>.</param>
/// <param name="Windows">Windows that ended in the period.</param>
internal sealed record ReportedLimit(string Permit, string Parameter, string Statistic, string Rule, string Unit, PermitLimit? Limit, string Parts, IReadOnlyList<ComplianceWindow> Windows)
{
    /// <summary>False for laboratory samples: a day without one is not due.</summary>
    public bool CountsMissing { get; init; } = true;
}

/// <summary>Makes the document of a period. Pure.</summary>
internal sealed class ReportBuilder(SiteCalendar calendar, long from, long to)
{
    /// <summary>Windows listed of one limit. Of a limit with more only those are listed that do not comply, up to this many.</summary>
    public const int MaxListed = 62;

    /// <summary>The period that begins on a day.</summary>
    public static (long From, long To) PeriodOf(SiteCalendar calendar, bool isMonth, DateOnly date)
    {
        DateOnly first = isMonth ? new DateOnly(date.Year, date.Month, 1) : date;
        return (calendar.StartOf(first), calendar.StartOf(isMonth ? first.AddMonths(1) : first.AddDays(1)));
    }

    /// <summary>Makes the document, not frozen yet.</summary>
    public ReportDocument Build(string site, bool isMonth, string configurationHash, IEnumerable<ReportedLimit> limits, long now)
    {
        LimitEntry[] entries = [.. limits.Select(Entry).Where(entry => entry.Windows + entry.Missing > 0)];
        ComplianceState verdict = WorstState.Of(entries.Where(entry => !entry.Guide).Select(StateOf));
        return new ReportDocument
        {
            Site = site,
            Period = isMonth ? "month" : "day",
            Date = calendar.DateOf(from).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            From = Civil(from),
            To = Civil(to),
            Created = EventJson.FormatTime(now),
            ConfigurationHash = configurationHash,
            Verdict = ComplianceNames.Of(verdict),
            Limits = entries,
        };
    }

    private static ComplianceState StateOf(LimitEntry entry) => Enum.GetValues<ComplianceState>().First(state => ComplianceNames.Of(state) == entry.State);

    private LimitEntry Entry(ReportedLimit one)
    {
        int missing = one.Limit is null || !one.CountsMissing ? 0 : Math.Max(0, DueWindows(one.Limit) - one.Windows.Count);
        IEnumerable<ComplianceState> states = one.Windows.Select(window => window.State);
        ComplianceState state = WorstState.Of(missing > 0 ? states.Append(ComplianceState.Undetermined) : states);
        ComplianceWindow[] shown = one.Windows.Count <= MaxListed ? [.. one.Windows] : [.. one.Windows.Where(window => window.State != ComplianceState.Complies).Take(MaxListed)];
        return new LimitEntry
        {
            Permit = one.Permit,
            Parameter = one.Parameter,
            Statistic = one.Statistic,
            Unit = one.Unit,
            Rule = one.Rule,
            Source = one.Limit?.Source is { } source ? $"{source.Standard} {source.Class}, {source.Clause}" : "",
            Confidence = one.Limit?.Source.Confidence ?? "",
            Guide = one.Limit?.Source.IsGuide ?? false,
            State = ComplianceNames.Of(state),
            Windows = one.Windows.Count,
            Complies = one.Windows.Count(window => window.State == ComplianceState.Complies),
            Warning = one.Windows.Count(window => window.State == ComplianceState.Warning),
            Exceeds = one.Windows.Count(window => window.State == ComplianceState.Exceeds),
            Undetermined = one.Windows.Count(window => window.State == ComplianceState.Undetermined),
            Missing = missing,
            Listed = [.. shown.Select(window => Entry(one, window))],
            NotListed = one.Windows.Count - shown.Length,
        };
    }

    private WindowEntry Entry(ReportedLimit one, ComplianceWindow window) => new()
    {
        From = Civil(window.From),
        To = Civil(window.To),
        Value = Known(window.Value),
        Limit = Known(window.Limit),
        Margin = one.Limit is null ? null : Known(VerdictText.MarginOf(one.Limit, window)),
        Minimum = Known(window.Minimum),
        Maximum = Known(window.Maximum),
        Temperature = Known(window.Temperature),
        Coverage = Known(window.Coverage),
        Valid = window.Valid,
        Due = window.Due,
        State = ComplianceNames.Of(window.State),
        Cause = ComplianceNames.Of(window.Reason),
        Reasons = ReasonsOf(one, window),
    };

    private static string[] ReasonsOf(ReportedLimit one, ComplianceWindow window)
    {
        // The journal keeps the limit it compared with. Where that is none of today's, today's words would not fit it.
        bool isSame = one.Limit is { } limit && (double.IsNaN(window.Limit) || window.Limit == limit.Limit || window.Limit == limit.ColdLimit || window.Limit == limit.LimitLow || limit.Statistic == Statistic.AnnualSamples);
        if (!isSame)
            return [ComplianceNames.Of(window.Reason), "the limit has changed in the configuration since"];
        if (window.Reason != ComplianceReason.NearLimit || !double.IsNaN(window.Headroom))
            return [.. VerdictText.Explain(one.Limit!, window, one.Parts)];
        // The journal has no head-room, whose share these words would name.
        window.Reason = ComplianceReason.None;
        return [.. VerdictText.Explain(one.Limit!, window, one.Parts), ComplianceNames.Of(ComplianceReason.NearLimit)];
    }

    /// <summary>Windows of a fixed length that must end in the period; rolling ones end when the gateway says.</summary>
    private int DueWindows(PermitLimit limit)
    {
        if (limit.Statistic == Statistic.Minute)
            return (int)((to - from) / TimeSpan.TicksPerMinute);
        if (limit.Statistic == Statistic.Hour)
            return calendar.HoursIn(from, to);
        CivilPeriod kind = StatisticRules.PeriodOf(limit.Statistic);
        if (kind == CivilPeriod.None)
            return 0;
        var ends = new HashSet<long>();
        for (DateOnly day = calendar.DateOf(from); calendar.StartOf(day) < to; day = day.AddDays(1))
        {
            long start = calendar.StartOf(day);
            ends.Add(calendar.PeriodEnd(kind, calendar.PeriodStart(kind, start, limit.WeekStart), limit.WeekStart));
        }
        return ends.Count(end => end > from && end <= to);
    }

    private static double? Known(double value) => double.IsFinite(value) ? value : null;

    private string Civil(long utc) => new DateTimeOffset(utc, TimeSpan.Zero).ToOffset(TimeSpan.FromTicks(calendar.OffsetAt(utc))).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}
