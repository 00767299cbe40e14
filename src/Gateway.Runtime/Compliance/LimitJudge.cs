namespace Gateway.Runtime.Compliance;

/// <summary>
/// Compares a filled window with its limit: pure, one place for all statistics. Compares unrounded doubles; equal
/// complies.
/// </summary>
internal static class LimitJudge
{
    // Head-room is a quotient of doubles; this keeps exactly 80 % used from counting as more.
    private const double RatioTolerance = 1e-12;

    /// <summary>Facts about a window that its numbers do not tell.</summary>
    internal readonly struct Facts
    {
        /// <summary>Enough valid values.</summary>
        public required bool Covered { get; init; }
        /// <summary>The window began before the first sample.</summary>
        public required bool Partial { get; init; }
        /// <summary>The missing values are missing because there was no discharge.</summary>
        public required bool NoDischarge { get; init; }
        /// <summary>A limit that follows from the window itself, such as the failing samples permitted; NaN for none.</summary>
        public double Upper { get; init; }
        /// <summary>A single value is beyond its cap.</summary>
        public bool BeyondCap { get; init; }
        /// <summary>The removal complies as an alternative to the limit.</summary>
        public bool RemovalComplies { get; init; }

        public Facts()
        {
            Upper = double.NaN;
        }
    }

    /// <summary>
    /// The statistic as it is compared and shown: rounded once, in decimal, half to even (GB/T 8170 section 3), or as it is.
    /// </summary>
    public static double Rounded(PermitLimit limit, double value)
    {
        // Beyond this a double has no decimals that could be rounded.
        if (limit.RoundTo < 0 || !(Math.Abs(value) < 1e15))
            return value;
        return (double)Math.Round((decimal)value, limit.RoundTo, MidpointRounding.ToEven);
    }

    /// <summary>
    /// The upper limits that may be in force: one, or while the temperature is not known both (strict and lenient).
    /// </summary>
    public static void UpperLimits(PermitLimit limit, double temperature, out double strict, out double lenient)
    {
        strict = lenient = limit.Limit;
        if (!limit.HasColdLimit)
            return;
        if (double.IsNaN(temperature))
        {
            // Math.Min and Math.Max give NaN when one is NaN: then nothing is known.
            strict = Math.Min(limit.Limit, limit.ColdLimit);
            lenient = Math.Max(limit.Limit, limit.ColdLimit);
        }
        else if (temperature <= limit.ColdThreshold)
        {
            strict = lenient = limit.ColdLimit;
        }
    }

    /// <summary>Fills limit, head-room, state and reason from value, extremes, temperature, remaining average and forecast.</summary>
    public static void Judge(PermitLimit limit, ref ComplianceWindow window, in Facts facts)
    {
        UpperLimits(limit, window.Temperature, out double strict, out double lenient);
        if (!double.IsNaN(facts.Upper))
            strict = lenient = facts.Upper;
        double low = limit.LimitLow;
        if (limit.Statistic == Statistic.OneOff)
            window.Value = WorstOf(window.Minimum, window.Maximum, low, strict);
        window.Value = Rounded(limit, window.Value);
        window.Headroom = HeadroomOf(window.Value, low, strict, out bool lowerIsNearer);
        window.Limit = lowerIsNearer ? low : strict;
        (window.State, window.Reason) = Verdict(limit, window, low, strict, lenient, facts);
    }

    private static (ComplianceState State, ComplianceReason Reason) Verdict(
        PermitLimit limit, in ComplianceWindow window, double low, double strict, double lenient, in Facts facts)
    {
        double value = window.Value;
        if ((double.IsNaN(strict) || double.IsNaN(lenient)) && double.IsNaN(low))
            return (ComplianceState.Undetermined, ComplianceReason.NoLimit);
        if (facts.BeyondCap)
            return (ComplianceState.Exceeds, ComplianceReason.BeyondCap);
        bool above = value > lenient;
        bool below = value < low;
        // One value beyond the limit is a fact, however few others there are; a mean needs its coverage.
        if (!IsFact(limit.Statistic) || !(above || below))
        {
            if (facts.Partial)
                return (ComplianceState.Undetermined, ComplianceReason.PartialFirstWindow);
            if (double.IsNaN(value) && !facts.NoDischarge)
                return (ComplianceState.Undetermined, ComplianceReason.NoData);
            if (double.IsNaN(value) || !facts.Covered)
                return (ComplianceState.Undetermined, facts.NoDischarge ? ComplianceReason.NoDischarge : ComplianceReason.TooFewValues);
        }
        if (below)
            return (ComplianceState.Exceeds, ComplianceReason.BelowLimit);
        if (above && facts.RemovalComplies)
            return (ComplianceState.Complies, ComplianceReason.RemovalComplies);
        if (above && limit.Statistic == Statistic.AnnualSamples)
            return (ComplianceState.Exceeds, ComplianceReason.TooManyFailures);
        if (above)
            return (ComplianceState.Exceeds, window.RemainingAverage < 0 ? ComplianceReason.CannotComply : ComplianceReason.AboveLimit);
        if (value > strict)
            return (ComplianceState.Undetermined, ComplianceReason.TemperatureUnknown);
        if (1 - window.Headroom > limit.WarningRatio + RatioTolerance)
            return (ComplianceState.Warning, ComplianceReason.NearLimit);
        if (window.Forecast > strict)
            return (ComplianceState.Warning, ComplianceReason.ForecastAboveLimit);
        return (ComplianceState.Complies, ComplianceReason.None);
    }

    /// <summary>Extremes and counts that further values cannot mend.</summary>
    private static bool IsFact(Statistic statistic) =>
        statistic is Statistic.OneOff or Statistic.DailyMinimum or Statistic.DailyMaximum or Statistic.MonthlyExcursion;

    /// <summary>The extreme with the least head-room: the largest for an upper limit, the smallest for a lower one.</summary>
    private static double WorstOf(double minimum, double maximum, double low, double high)
    {
        if (double.IsNaN(low))
            return maximum;
        if (double.IsNaN(high))
            return minimum;
        return HeadroomOf(minimum, low, high, out _) < HeadroomOf(maximum, low, high, out _) ? minimum : maximum;
    }

    private static double HeadroomOf(double value, double low, double high, out bool lowerIsNearer)
    {
        lowerIsNearer = false;
        if (double.IsNaN(low))
            return high > 0 ? (high - value) / high : double.NaN;
        if (double.IsNaN(high))
        {
            lowerIsNearer = true;
            return low > 0 ? (value - low) / low : double.NaN;
        }
        double toLow = value - low;
        double toHigh = high - value;
        lowerIsNearer = toLow < toHigh;
        return Math.Min(toLow, toHigh) / ((high - low) / 2);
    }
}
