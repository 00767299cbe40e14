using Gateway.Configuration.Samples;
using Gateway.Runtime.Compliance;

namespace Gateway;

/// <summary>A limit with its verdicts on the samples of a file.</summary>
internal sealed record JudgedLimit(PermitLimit Limit, bool IsOnline, List<EvaluatedWindow> Windows)
{
    /// <summary>What the counts of a day of laboratory samples count; empty for what the scan counts.</summary>
    public string Parts => !IsOnline && StatisticRules.PeriodOf(Limit.Statistic) == CivilPeriod.Day ? "samples" : "";

    /// <summary>The worst verdict. A window that began before the samples, or is not over, counts when there is no other.</summary>
    public ComplianceState State
    {
        get
        {
            EvaluatedWindow[] whole = [.. Windows.Where(window => window.Window.Reason != ComplianceReason.PartialFirstWindow && (window.IsClosed || window.Window.State == ComplianceState.Exceeds))];
            return WorstState.Of((whole.Length > 0 ? whole : [.. Windows]).Select(window => window.Window.State));
        }
    }

    /// <summary>The window that best explains the verdict: the one with that state and the least head-room.</summary>
    public EvaluatedWindow? Shown
    {
        get
        {
            ComplianceState state = State;
            return Windows.Where(window => window.Window.State == state).MinBy(window => double.IsNaN(window.Window.Headroom) ? double.MaxValue : window.Window.Headroom);
        }
    }

    /// <summary>How many windows have a state.</summary>
    public int Count(ComplianceState state) => Windows.Count(window => window.Window.State == state);

    /// <summary>Judges all limits of an input.</summary>
    /// <param name="input">Permits and samples.</param>
    /// <param name="sampling">auto, online or laboratory.</param>
    public static List<JudgedLimit> Judge(EvaluationInput input, string sampling)
    {
        IReadOnlyList<LaboratorySample>[] series = [.. input.Series.Select(one => one.Samples)];
        bool[] dense = [.. series.Select(one => sampling == "online" || (sampling == "auto" && SampleEvaluation.IsOnline(one)))];
        bool[] online = [.. input.Limits.Select(limit => dense[limit.ValueTag])];
        ILookup<int, EvaluatedWindow> fromOnline = SampleEvaluation.Online([.. input.Limits.Where((_, i) => online[i])], input.Calendar, series).ToLookup(window => window.LimitIndex);
        return [.. input.Limits.Select((limit, i) =>
            new JudgedLimit(limit, online[i], online[i] ? [.. fromOnline[limit.Index]] : SampleEvaluation.Laboratory(limit, input.Calendar, series)))];
    }
}
