namespace Gateway.Runtime.Compliance;

/// <summary>All that a <see cref="PeriodWindow"/> remembers, but for its parts and readings. A plain value without references.</summary>
public struct PeriodState
{
    /// <summary>Identity of the limit.</summary>
    public ulong Fingerprint;
    /// <summary>Start of the calendar period, UTC ticks; 0 before the first day.</summary>
    public long From;
    /// <summary>Sum of a calendar period; of a rolling window the parts since its slots were last added up.</summary>
    public PartSum Sum;
    /// <summary>Σ effluent over days with a valid influent, for a removal beside a mean.</summary>
    public PreciseSum PairedEffluent;
    /// <summary>Σ influent over the same days.</summary>
    public PreciseSum PairedInfluent;
    /// <summary>Hours of the open reading of a percentile.</summary>
    public PartSum Reading;
    /// <summary>Readings in store.</summary>
    public int Readings;
    /// <summary>Next slot of a rolling window.</summary>
    public int Next;
    /// <summary>Failing samples.</summary>
    public int Failing;
    /// <summary>Days or readings without discharge, which are not due.</summary>
    public int NotDue;
    /// <summary>Largest sample, -infinity for none.</summary>
    public double Largest;
    /// <summary>What the last valid day added: its mean or its load; NaN for none.</summary>
    public double LastDay;
    /// <summary>Ticks outside the band.</summary>
    public long OutsideTicks;
    /// <summary>Ticks of the excursion that goes on; 0 when inside.</summary>
    public long RunTicks;
    /// <summary>Longest excursion in ticks, one that goes on included.</summary>
    public long LongestTicks;
    /// <summary>Ticks with a valid value.</summary>
    public long ValidTicks;
    /// <summary>Ticks without discharge.</summary>
    public long ZeroFlowTicks;
}

/// <summary>
/// Sums of one limit over more than its accumulator holds: a rolling window or a calendar period. Each part costs a
/// constant time on average and nothing is ever subtracted, so rolling sums do not drift. Owned by the scan; allocates
/// nothing after construction.
/// </summary>
public sealed class PeriodWindow
{
    private readonly PermitLimit _limit;
    private readonly bool _hydrogenIon;

    internal PeriodState State;

    /// <summary>Makes an empty window.</summary>
    public PeriodWindow(PermitLimit limit)
    {
        _limit = limit;
        _hydrogenIon = limit.HydrogenIonMean;
        Slots = new PartSum[StatisticRules.RollingParts(limit.Statistic)];
        // One reading more for the hour that a change of summer time adds.
        int days = StatisticRules.PeriodOf(limit.Statistic) == CivilPeriod.Year ? 366 : 31;
        Readings = StatisticRules.IsPercentile(limit.Statistic) ? new double[(days * 24 / limit.ReadingHours) + 2] : [];
        Clear(0);
    }

    /// <summary>Parts of a rolling window: raw ones before <see cref="PeriodState.Next"/>, sums to the end after it.</summary>
    internal PartSum[] Slots { get; }

    /// <summary>Readings of a percentile in rising order.</summary>
    internal double[] Readings { get; }

    /// <summary>Readings so far, in rising order.</summary>
    public ReadOnlySpan<double> SortedReadings => Readings.AsSpan(0, State.Readings);

    /// <summary>True when the window rolls.</summary>
    public bool IsRolling => Slots.Length > 0;

    /// <summary>Empties the window; an excursion that goes on is carried over, because it is one.</summary>
    /// <param name="from">Start of the new period.</param>
    public void Clear(long from)
    {
        ulong fingerprint = State.Fingerprint;
        long run = State.RunTicks;
        double last = State.From == 0 ? double.NaN : State.LastDay;
        State = new PeriodState { LastDay = last, Fingerprint = fingerprint, From = from, Sum = PartSum.Empty, Reading = PartSum.Empty, Largest = double.NegativeInfinity, RunTicks = run, LongestTicks = run };
        for (int i = Slots.Length - 1, due = 1; i >= 0; i--, due++)
            Slots[i] = PartSum.Empty with { Due = due };
    }

    /// <summary>Adds a part to a rolling window; the oldest one leaves it.</summary>
    public void Push(in PartSum part)
    {
        Slots[State.Next++] = part;
        State.Sum.Add(part);
        if (State.Next < Slots.Length)
            return;
        // All slots are new: from now on each holds the sum to the end, from which parts leave by moving on.
        for (int i = Slots.Length - 2; i >= 0; i--)
            Slots[i].Add(Slots[i + 1]);
        State.Next = 0;
        State.Sum = PartSum.Empty;
    }

    /// <summary>Passes parts of which nothing is known.</summary>
    public void Skip(long parts)
    {
        if (parts >= Slots.Length)
        {
            Clear(State.From);
            return;
        }
        for (; parts > 0; parts--)
            Push(PartSum.Missing);
    }

    /// <summary>The sum over the window.</summary>
    public PartSum Total()
    {
        PartSum sum = State.Sum;
        if (IsRolling)
            sum.Add(Slots[State.Next]);
        return sum;
    }

    /// <summary>Adds a finished day.</summary>
    public void AddDay(in DayPart day)
    {
        PartSum part = PartOf(day);
        if (IsRolling)
        {
            Push(part);
            return;
        }
        State.Sum.Add(part);
        if (day.NoDischarge && Readings.Length == 0)
            State.NotDue++;
        if (!day.IsValid)
            return;
        State.Largest = Math.Max(State.Largest, day.Mean);
        State.LastDay = StatisticRules.IsLoad(_limit.Statistic) ? day.Mass * _limit.LoadFactor : day.Mean;
        if (!double.IsNaN(day.Influent))
        {
            State.PairedEffluent.AddProduct(day.Mean, 1);
            State.PairedInfluent.AddProduct(day.Influent, 1);
        }
        if (_limit.Statistic == Statistic.AnnualSamples && Fails(day))
            State.Failing++;
    }

    /// <summary>Adds a finished hour to the open reading of a percentile.</summary>
    /// <param name="hour">Sums of the hour.</param>
    /// <param name="valid">Enough of its minutes are valid.</param>
    /// <param name="ends">The reading ends with this hour.</param>
    /// <param name="accumulator">Judges whether enough of the reading is there.</param>
    public void AddHour(in WindowSums hour, bool valid, bool ends, WindowAccumulator accumulator)
    {
        State.Reading.Add(PartSum.Of(hour, valid));
        State.Sum.Minimum = Math.Min(State.Sum.Minimum, hour.Minimum);
        State.Sum.Maximum = Math.Max(State.Sum.Maximum, hour.Maximum);
        if (!ends)
            return;
        PartSum reading = State.Reading;
        State.Reading = PartSum.Empty;
        long required = accumulator.RequiredOf(reading.Due);
        if (reading.Valid >= required)
            AddReading(accumulator.ToReading(reading.Load.DividedBy(reading.Weight)));
        else if (reading.ZeroFlowTicks >= (required - reading.Valid) * TimeSpan.TicksPerHour)
            State.NotDue++;
    }

    /// <summary>Adds a reading of a laboratory to a percentile.</summary>
    public void AddReading(double value)
    {
        if (State.Readings == Readings.Length || double.IsNaN(value))
            return;
        int place = SortedReadings.BinarySearch(value);
        if (place < 0)
            place = ~place;
        Array.Copy(Readings, place, Readings, place + 1, State.Readings - place);
        Readings[place] = value;
        State.Readings++;
    }

    /// <summary>Credits time to a count of excursions.</summary>
    /// <param name="ticks">Time that the sample was held.</param>
    /// <param name="valid">The sample is valid.</param>
    /// <param name="zeroFlow">There is no discharge.</param>
    /// <param name="reading">The sample in its own unit.</param>
    public void AddTime(long ticks, bool valid, bool zeroFlow, double reading)
    {
        if (zeroFlow)
            State.ZeroFlowTicks += ticks;
        if (!valid)
            return; // A gap neither counts nor ends an excursion.
        State.ValidTicks += ticks;
        State.Sum.Minimum = Math.Min(State.Sum.Minimum, reading);
        State.Sum.Maximum = Math.Max(State.Sum.Maximum, reading);
        if (reading >= _limit.BandLow && reading <= _limit.BandHigh)
        {
            State.RunTicks = 0;
            return;
        }
        State.OutsideTicks += ticks;
        State.RunTicks += ticks;
        State.LongestTicks = Math.Max(State.LongestTicks, State.RunTicks);
    }

    /// <summary>The statistic of a sum, NaN for none.</summary>
    /// <param name="sum">Sum over the window.</param>
    /// <param name="due">Parts due, for a total load.</param>
    public double ValueOf(in PartSum sum, int due)
    {
        Statistic statistic = _limit.Statistic;
        if (statistic == Statistic.MonthlyExcursion)
            return State.ValidTicks == 0 ? double.NaN : (double)State.OutsideTicks / TimeSpan.TicksPerMinute;
        if (StatisticRules.IsPercentile(statistic))
            return Percentile(SortedReadings, _limit.Percent);
        if (statistic == Statistic.AnnualSamples)
            return sum.Valid == 0 ? double.NaN : State.Failing;
        double mean = sum.Load.DividedBy(sum.Weight);
        if (StatisticRules.IsRemoval(statistic))
            return 100 * (1 - mean);
        if (StatisticRules.IsGeometric(statistic))
            return Math.Exp(mean) - (_limit.ZeroRule == ZeroRule.AddOne ? 1 : 0);
        if (StatisticRules.IsLoad(statistic) && !_limit.LoadPerDay)
            return mean * due;
        return _hydrogenIon ? -Math.Log10(mean) : mean;
    }

    /// <summary>
    /// Percentile by nearest rank: the smallest reading that at least that share does not exceed. So "95 % of the
    /// readings within the limit" and "the 95th percentile within the limit" are one statement.
    /// </summary>
    public static double Percentile(ReadOnlySpan<double> sorted, double percent)
    {
        if (sorted.Length == 0)
            return double.NaN;
        // The tolerance keeps 95 % of 180 at 171, whatever the rounding of the product.
        int rank = (int)Math.Ceiling((percent * sorted.Length / 100) - 1e-9);
        return sorted[Math.Clamp(rank, 1, sorted.Length) - 1];
    }

    private bool Fails(in DayPart day)
    {
        bool above = day.Mean > _limit.SampleLimit;
        // Concentration or reduction: a sample fails when both do (91/271/EEC annex I, table 1).
        return above && !(100 * (1 - (day.Mean / day.Influent)) >= _limit.MinRemoval);
    }

    private PartSum PartOf(in DayPart day)
    {
        PartSum part = PartSum.Empty;
        part.Due = day.NoDischarge ? 0 : 1;
        part.ZeroFlowTicks = day.ZeroFlowTicks;
        part.Minimum = day.Minimum;
        part.Maximum = day.Maximum;
        if (!day.IsValid)
            return part;
        Statistic statistic = _limit.Statistic;
        double value = StatisticRules.IsLoad(statistic) ? day.Mass * _limit.LoadFactor : day.Concentration;
        double weight = 1;
        if (StatisticRules.IsRemoval(statistic))
        {
            if (!(day.Influent > 0))
                return part;
            weight = day.Influent;
        }
        else if (StatisticRules.IsGeometric(statistic) && !TryLogarithm(value, out value))
        {
            part.Due = value == 0 ? 0 : part.Due;
            return part;
        }
        part.Load.AddProduct(value, 1);
        part.Weight.AddProduct(weight, 1);
        part.Valid = 1;
        if (double.IsNaN(day.Temperature))
            return part;
        part.Temperature.AddProduct(day.Temperature, 1);
        part.TemperatureValid = 1;
        return part;
    }

    /// <summary>False for a value left out: a zero that is ignored (given back as 0), or a negative one.</summary>
    private bool TryLogarithm(double value, out double logarithm)
    {
        logarithm = value;
        if (!(value >= 0) || (value == 0 && _limit.ZeroRule == ZeroRule.Ignore))
            return false;
        if (_limit.ZeroRule == ZeroRule.AddOne)
            logarithm = Math.Log(value + 1);
        else
            logarithm = value == 0 ? 0 : Math.Log(value);
        return true;
    }
}
