using Gateway.Runtime;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Scan;
using Gateway.Web.Messages;

namespace Gateway.Web.Reports;

/// <summary>Permit limits and their running windows as the API tells them. Any thread.</summary>
internal sealed class ComplianceReport(GatewayContext context)
{
    private readonly PlantModel _plant = context.Scan.Plant;

    public List<ComplianceMessage> List(Snapshot snapshot)
    {
        var list = new List<ComplianceMessage>(_plant.Permits.Length);
        foreach (PermitLimit limit in _plant.Permits)
            list.Add(Describe(limit, snapshot.Windows[limit.Index]));
        return list;
    }

    private ComplianceMessage Describe(PermitLimit limit, in ComplianceWindow window) => new()
    {
        Permit = limit.PermitId,
        Parameter = limit.Parameter,
        Statistic = ComplianceNames.Of(limit.Statistic),
        Unit = limit.Unit,
        State = ComplianceNames.Of(window.State),
        Reason = ComplianceNames.Of(window.Reason),
        From = ApiClock.AtOrNever(window.From),
        To = ApiClock.AtOrNever(window.To),
        Value = Numbers.OrNull(window.Value),
        Minimum = Numbers.OrNull(window.Minimum),
        Maximum = Numbers.OrNull(window.Maximum),
        Limit = Numbers.OrNull(window.Limit),
        LimitLow = Numbers.OrNull(limit.LimitLow),
        LimitHigh = Numbers.OrNull(limit.Limit),
        ColdLimit = Numbers.OrNull(limit.ColdLimit),
        Temperature = Numbers.OrNull(window.Temperature),
        Headroom = Numbers.OrNull(window.Headroom),
        RemainingAverage = Numbers.OrNull(window.RemainingAverage),
        Forecast = Numbers.OrNull(window.Forecast),
        PatternForecast = Numbers.OrNull(window.PatternForecast),
        HoursToBreach = Numbers.OrNull(window.HoursToBreach),
        RemainingLoad = Numbers.OrNull(window.RemainingLoad),
        Coverage = window.Coverage,
        Valid = window.Valid,
        Due = window.Due,
        MinCoverage = limit.MinCoverage,
        ValueTag = _plant.Tags[limit.ValueTag].Name,
        FlowTag = Numbers.NameOrNull(_plant, limit.FlowTag),
        TemperatureTag = Numbers.NameOrNull(_plant, limit.TemperatureTag),
        Standard = limit.Source.Standard,
        Class = limit.Source.Class,
        Clause = limit.Source.Clause,
        RuleId = limit.RuleId,
        Confidence = limit.Source.Confidence,
        Margin = Numbers.OrNull(VerdictText.MarginOf(limit, window)),
        Removal = Numbers.OrNull(window.Removal),
        Worst = Numbers.OrNull(window.Worst),
        Reasons = VerdictText.Explain(limit, window),
    };
}
