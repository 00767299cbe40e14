namespace Gateway.Runtime.Compliance;

/// <summary>
/// The sums of one window (a minute, an hour or a day). Weights are flow times ticks, or ticks alone for a mean over
/// time; value and weight enter together, so an invalid value takes its flow with it (HJ 356-2019 ch. 7).
/// </summary>
public struct WindowSums
{
    /// <summary>Σ value · weight over valid time.</summary>
    public PreciseSum Load;
    /// <summary>Σ weight over valid time.</summary>
    public PreciseSum Weight;
    /// <summary>Σ temperature · weight over time with a valid temperature.</summary>
    public PreciseSum TemperatureLoad;
    /// <summary>Σ weight over time with a valid temperature.</summary>
    public PreciseSum TemperatureWeight;
    /// <summary>Σ flow · ticks over time with a valid flow, for the forecast; independent of the value.</summary>
    public PreciseSum Volume;
    /// <summary>Ticks with a valid flow.</summary>
    public long FlowTicks;
    /// <summary>Ticks with a valid value.</summary>
    public long ValidTicks;
    /// <summary>Ticks with a valid temperature.</summary>
    public long TemperatureTicks;
    /// <summary>Ticks without discharge.</summary>
    public long ZeroFlowTicks;
    /// <summary>Smallest valid value, +infinity for none.</summary>
    public double Minimum;
    /// <summary>Largest valid value, -infinity for none.</summary>
    public double Maximum;
    /// <summary>Valid parts: minutes of an hour, hours of a day.</summary>
    public int Valid;
    /// <summary>Parts with a valid temperature.</summary>
    public int TemperatureValid;

    /// <summary>Empties the window.</summary>
    public void Clear()
    {
        this = default;
        Minimum = double.PositiveInfinity;
        Maximum = double.NegativeInfinity;
    }

    /// <summary>
    /// Adds a finished part. Sums of a part without enough valid time stay out, as one invalid value of the HJ 356
    /// hour or day; extremes and discharge are facts of each value and always pass on.
    /// </summary>
    public void Absorb(in WindowSums part, bool valueValid, bool temperatureValid)
    {
        if (valueValid)
        {
            Load.Add(part.Load);
            Weight.Add(part.Weight);
            ValidTicks += part.ValidTicks;
            Valid++;
        }
        if (temperatureValid)
        {
            TemperatureLoad.Add(part.TemperatureLoad);
            TemperatureWeight.Add(part.TemperatureWeight);
            TemperatureTicks += part.TemperatureTicks;
            TemperatureValid++;
        }
        Volume.Add(part.Volume);
        FlowTicks += part.FlowTicks;
        ZeroFlowTicks += part.ZeroFlowTicks;
        Minimum = Math.Min(Minimum, part.Minimum);
        Maximum = Math.Max(Maximum, part.Maximum);
    }
}
