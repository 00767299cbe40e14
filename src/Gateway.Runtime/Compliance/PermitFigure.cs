namespace Gateway.Runtime.Compliance;

/// <summary>What of a permit window can be a tag.</summary>
public enum PermitFigure
{
    /// <summary>The statistic so far.</summary>
    Value,
    /// <summary>The limit in force.</summary>
    Limit,
    /// <summary>Part of the way to the limit that is left.</summary>
    Headroom,
    /// <summary>Valid part of the values due so far.</summary>
    Coverage,
    /// <summary>The verdict: 0 complies, 1 warning, 2 exceeds, 3 undetermined.</summary>
    State,
    /// <summary><see cref="ComplianceWindow.RemainingAverage"/>.</summary>
    RemainingAverage,
    /// <summary><see cref="ComplianceWindow.Forecast"/>.</summary>
    Forecast,
    /// <summary><see cref="ComplianceWindow.PatternForecast"/>.</summary>
    PatternForecast,
    /// <summary><see cref="ComplianceWindow.HoursToBreach"/>; <see cref="PermitFigures.NoBreach"/> when none is foreseen.</summary>
    HoursToBreach,
    /// <summary><see cref="ComplianceWindow.RemainingLoad"/>.</summary>
    RemainingLoad,
}

/// <summary>A tag that shows a figure of a permit window. Immutable.</summary>
/// <param name="Tag">Index of the tag.</param>
/// <param name="Limit">Index of the limit.</param>
/// <param name="Figure">Which figure.</param>
public readonly record struct FigureTag(int Tag, int Limit, PermitFigure Figure);

/// <summary>Names, units and values of figures. Pure.</summary>
public static class PermitFigures
{
    /// <summary>Hours to breach while none is foreseen within the window: large, so that "below 4 h" is an alarm.</summary>
    public const double NoBreach = 9999;

    private static readonly string[] Named = ["value", "limit", "headroom", "coverage", "state", "remainingAverage", "forecast", "patternForecast", "hoursToBreach", "remainingLoad"];

    /// <summary>Names in the order of <see cref="PermitFigure"/>.</summary>
    public static IReadOnlyList<string> Names => Named;

    /// <summary>Unit of a figure of a limit; empty for a plain number.</summary>
    public static string UnitOf(PermitLimit limit, PermitFigure figure) => figure switch
    {
        PermitFigure.Headroom or PermitFigure.Coverage or PermitFigure.State => "",
        PermitFigure.HoursToBreach => "h",
        PermitFigure.RemainingLoad => limit.Unit.EndsWith("/d", StringComparison.Ordinal) ? limit.Unit[..^2] : limit.Unit,
        PermitFigure.RemainingAverage when limit.Statistic == Statistic.DailyLoad => limit.ReadingUnit,
        _ => limit.Unit,
    };

    /// <summary>Value of a figure; NaN when the window cannot say.</summary>
    public static double ValueOf(in ComplianceWindow window, PermitFigure figure) => figure switch
    {
        PermitFigure.Value => window.Value,
        PermitFigure.Limit => window.Limit,
        PermitFigure.Headroom => window.Headroom,
        PermitFigure.Coverage => window.Due == 0 ? double.NaN : window.Coverage,
        PermitFigure.State => (double)window.State,
        PermitFigure.RemainingAverage => window.RemainingAverage,
        PermitFigure.Forecast => window.Forecast,
        PermitFigure.PatternForecast => window.PatternForecast,
        PermitFigure.RemainingLoad => window.RemainingLoad,
        // Without a value nothing is foreseen either.
        _ => double.IsNaN(window.HoursToBreach) && !double.IsNaN(window.Value) ? NoBreach : window.HoursToBreach,
    };
}
