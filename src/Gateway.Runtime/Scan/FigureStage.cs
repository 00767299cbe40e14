using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Scan;

/// <summary>
/// Writes the figures of permit windows into their tags, between compliance and alarms: an alarm sees them in the same
/// scan, a calculation in the next. Scan thread only.
/// </summary>
internal sealed class FigureStage(FigureTag[] figures, ComplianceEngine compliance, TagTable tags, EventRing events)
{
    public void Execute(in ScanTime now)
    {
        ReadOnlySpan<ComplianceWindow> windows = compliance.Windows;
        foreach (FigureTag one in figures)
        {
            ref readonly ComplianceWindow window = ref windows[one.Limit];
            double value = PermitFigures.ValueOf(window, one.Figure);
            // A verdict is known even where it is "undetermined"; a number from too few values is to be used with care.
            bool isSure = window.State != ComplianceState.Undetermined || one.Figure is PermitFigure.State or PermitFigure.Coverage or PermitFigure.Limit;
            Quality before = tags[one.Tag].Quality;
            Quality quality = double.IsNaN(value) ? Quality.Bad : isSure ? Quality.Good : Quality.UncertainSubNormal;
            bool changed = quality.IsBad ? tags.SetQuality(one.Tag, quality) : tags.Set(one.Tag, value, quality, now.Utc);
            if (changed && before != quality)
                QualityEvents.Report(events, one.Tag, before, tags[one.Tag], now);
        }
    }
}
