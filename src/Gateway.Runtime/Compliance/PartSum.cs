namespace Gateway.Runtime.Compliance;

/// <summary>
/// Sum over parts of a longer window: minutes of an hour, hours of a day, days of a period. Only valid parts enter the
/// sums, value and weight together; extremes and missing discharge are facts and always enter. A plain value.
/// </summary>
public struct PartSum
{
    /// <summary>Σ value · weight of the valid parts; for a geometric mean Σ ln value, for a removal Σ effluent.</summary>
    public PreciseSum Load;
    /// <summary>Σ weight of the valid parts; for a removal Σ influent.</summary>
    public PreciseSum Weight;
    /// <summary>Σ temperature of the parts with one.</summary>
    public PreciseSum Temperature;
    /// <summary>Ticks without discharge.</summary>
    public long ZeroFlowTicks;
    /// <summary>Smallest valid value, +infinity for none.</summary>
    public double Minimum;
    /// <summary>Largest valid value, -infinity for none.</summary>
    public double Maximum;
    /// <summary>Valid parts.</summary>
    public int Valid;
    /// <summary>Parts due: all but days without discharge.</summary>
    public int Due;
    /// <summary>Parts with a temperature.</summary>
    public int TemperatureValid;

    /// <summary>A sum over nothing.</summary>
    public static PartSum Empty => new() { Minimum = double.PositiveInfinity, Maximum = double.NegativeInfinity };

    /// <summary>A part that was due and of which nothing is known.</summary>
    public static PartSum Missing => Empty with { Due = 1 };

    /// <summary>Adds another sum.</summary>
    public void Add(in PartSum other)
    {
        Load.Add(other.Load);
        Weight.Add(other.Weight);
        Temperature.Add(other.Temperature);
        ZeroFlowTicks += other.ZeroFlowTicks;
        Minimum = Math.Min(Minimum, other.Minimum);
        Maximum = Math.Max(Maximum, other.Maximum);
        Valid += other.Valid;
        Due += other.Due;
        TemperatureValid += other.TemperatureValid;
    }

    /// <summary>A part from the sums of a finished minute or hour.</summary>
    public static PartSum Of(in WindowSums sums, bool valid)
    {
        PartSum part = Missing;
        part.ZeroFlowTicks = sums.ZeroFlowTicks;
        part.Minimum = sums.Minimum;
        part.Maximum = sums.Maximum;
        if (!valid)
            return part;
        part.Load = sums.Load;
        part.Weight = sums.Weight;
        part.Valid = 1;
        return part;
    }
}

/// <summary>What is remembered of a finished day by the windows that count days.</summary>
public struct DayPart
{
    /// <summary>Enough of its hours are valid.</summary>
    public bool IsValid;
    /// <summary>Not valid because there was no discharge: not due.</summary>
    public bool NoDischarge;
    /// <summary>Mean as it enters means of days: the hydrogen-ion concentration of pH, otherwise <see cref="Mean"/>.</summary>
    public double Concentration;
    /// <summary>Mean in its own unit.</summary>
    public double Mean;
    /// <summary>Mean concentration times volume, in units of value · flow · ticks.</summary>
    public double Mass;
    /// <summary>Smallest valid value, +infinity for none.</summary>
    public double Minimum;
    /// <summary>Largest valid value, -infinity for none.</summary>
    public double Maximum;
    /// <summary>Mean temperature, NaN when not known.</summary>
    public double Temperature;
    /// <summary>Mean of the influent, NaN when not valid.</summary>
    public double Influent;
    /// <summary>Ticks without discharge.</summary>
    public long ZeroFlowTicks;
}
