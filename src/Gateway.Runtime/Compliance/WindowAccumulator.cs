using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Compliance;

/// <summary>
/// Everything one accumulator remembers; a plain value without references, so that a checkpoint is a copy.
/// </summary>
public struct AccumulatorState
{
    /// <summary>Identity of permit, parameter and averaging rule; survives a renumbering of tags.</summary>
    public ulong Fingerprint;
    /// <summary>UTC ticks of the first sample ever taken, 0 before; windows that began earlier are never judged complete.</summary>
    public long FirstUtc;
    /// <summary>The sample being held, as it enters the sums.</summary>
    public double SampleLoad;
    /// <summary>The sample in its own unit.</summary>
    public double SampleReading;
    /// <summary>Its flow, not negative.</summary>
    public double SampleFlow;
    /// <summary>Its temperature.</summary>
    public double SampleTemperature;
    /// <summary>The held sample has a valid value and, where needed, discharge.</summary>
    public bool SampleValid;
    /// <summary>The held flow is valid.</summary>
    public bool SampleFlowValid;
    /// <summary>The held temperature is valid and may be weighted.</summary>
    public bool SampleTemperatureValid;
    /// <summary>The held flow is valid and there is no discharge.</summary>
    public bool SampleZeroFlow;
    /// <summary><see cref="Closing"/> is not passed on yet.</summary>
    public bool IsClosing;
    /// <summary>The open minute.</summary>
    public WindowSums Minute;
    /// <summary>The minute that is over and waits for being judged and passed on.</summary>
    public WindowSums Closing;
    /// <summary>The open hour: its closed minutes.</summary>
    public WindowSums Hour;
    /// <summary>The open day: its closed hours.</summary>
    public WindowSums Day;
    /// <summary>The last closed hour, for the recent flow and concentration.</summary>
    public WindowSums LastHour;
    /// <summary>The hours of the day: those that are over as today had them, the others as yesterday had them.</summary>
    public HourPattern Pattern;
}

/// <summary>Load and weight of one hour; not a number when it was not valid, zero without discharge.</summary>
/// <param name="Load">Σ value · weight.</param>
/// <param name="Weight">Σ weight.</param>
public readonly record struct HourLoad(double Load, double Weight);

/// <summary>The hours of a civil day by their number, 25 where the clocks go back. A plain value without references.</summary>
[System.Runtime.CompilerServices.InlineArray(Hours)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1815:Override equals and operator equals on value types", Justification = "Never compared.")]
public struct HourPattern
{
    /// <summary>Hours of the longest day.</summary>
    public const int Hours = 25;

    private HourLoad _first;
}

/// <summary>
/// Sums minute → hour → day of one parameter at one place, shared by all limits on it. A sample is weighted with the
/// time it is held until the next scan. Owned by the scan; allocates nothing after construction.
/// </summary>
public sealed class WindowAccumulator
{
    // No plant measures beyond this; a wild double would otherwise poison the sums of a whole day.
    private const double LargestUsable = 1e12;

    private readonly int _valueTag;
    private readonly int _flowTag;
    private readonly int _temperatureTag;
    private readonly bool _weighted;
    private readonly bool _hydrogenIon;
    private readonly bool _acceptUncertain;
    private readonly double _zeroFlow;
    private double _lastReading = double.NaN;
    private double _lastConcentration;

    internal AccumulatorState State;

    /// <summary>Makes an empty accumulator with the averaging rule of a limit.</summary>
    public WindowAccumulator(PermitLimit rule)
    {
        _valueTag = rule.ValueTag;
        _flowTag = rule.FlowTag;
        _temperatureTag = rule.TemperatureTag;
        _weighted = rule.IsFlowWeighted;
        _hydrogenIon = rule.HydrogenIonMean;
        _acceptUncertain = rule.AcceptUncertain;
        _zeroFlow = Math.Max(0, rule.ZeroFlow);
        MinCoverage = rule.MinCoverage;
        State.Minute.Clear();
        State.Closing.Clear();
        State.Hour.Clear();
        State.Day.Clear();
        ForgetRecent();
    }

    /// <summary>Part of the due values a window needs, 0 to 1.</summary>
    public double MinCoverage { get; }

    /// <summary>The open minute.</summary>
    public ref readonly WindowSums Minute => ref State.Minute;

    /// <summary>The minute that is over and not passed on yet.</summary>
    public ref readonly WindowSums Closing => ref State.Closing;

    /// <summary>The closed minutes of the open hour.</summary>
    public ref readonly WindowSums Hour => ref State.Hour;

    /// <summary>The closed hours of the open day.</summary>
    public ref readonly WindowSums Day => ref State.Day;

    /// <summary>UTC ticks of the first sample.</summary>
    public long FirstUtc => State.FirstUtc;

    /// <summary>Takes the values of this scan as the sample to hold.</summary>
    /// <param name="tags">Values of this scan.</param>
    /// <param name="utc">Time of the scan, UTC ticks.</param>
    /// <param name="counts">False while the wall clock is behind time already counted.</param>
    /// <returns>True when the sample is a new extreme of the open day.</returns>
    public bool Latch(TagTable tags, long utc, bool counts)
    {
        if (State.FirstUtc == 0)
            State.FirstUtc = utc;
        ref readonly TagValue value = ref tags[_valueTag];
        bool valid = IsUsable(value);
        bool weighable = true;
        State.SampleFlow = 1;
        State.SampleFlowValid = false;
        State.SampleZeroFlow = false;
        if (_flowTag >= 0)
        {
            ref readonly TagValue flow = ref tags[_flowTag];
            State.SampleFlowValid = IsUsable(flow);
            bool discharging = State.SampleFlowValid && flow.Value > _zeroFlow;
            State.SampleZeroFlow = State.SampleFlowValid && !discharging;
            State.SampleFlow = discharging ? flow.Value : 0;
            // Without discharge no value is valid (HJ 356-2019 ch. 6); an unknown flow only hurts where it is the weight.
            weighable = _weighted ? discharging : !State.SampleZeroFlow;
        }
        State.SampleValid = valid && weighable;
        State.SampleTemperatureValid = false;
        if (_temperatureTag >= 0)
        {
            ref readonly TagValue temperature = ref tags[_temperatureTag];
            State.SampleTemperature = temperature.Value;
            State.SampleTemperatureValid = weighable && IsUsable(temperature);
        }
        if (!State.SampleValid)
            return false;
        State.SampleReading = value.Value;
        State.SampleLoad = _hydrogenIon ? HydrogenIonConcentration(value.Value) : value.Value;
        return counts && TakeExtremes(value.Value);
    }

    /// <summary>Credits the held sample with time, all of it in the open minute.</summary>
    public void Hold(long ticks)
    {
        ref WindowSums minute = ref State.Minute;
        double time = ticks;
        if (State.SampleFlowValid)
        {
            minute.Volume.AddProduct(State.SampleFlow, time);
            minute.FlowTicks += ticks;
            if (State.SampleZeroFlow)
                minute.ZeroFlowTicks += ticks;
        }
        double flow = _weighted ? State.SampleFlow : 1;
        if (State.SampleValid)
        {
            minute.Load.AddProduct(flow, time, State.SampleLoad);
            minute.Weight.AddProduct(flow, time);
            minute.ValidTicks += ticks;
        }
        if (State.SampleTemperatureValid)
        {
            minute.TemperatureLoad.AddProduct(flow, time, State.SampleTemperature);
            minute.TemperatureWeight.AddProduct(flow, time);
            minute.TemperatureTicks += ticks;
        }
    }

    /// <summary>Credits the held sample with whole minutes at the start of a minute, and passes them on at once.</summary>
    public void HoldMinutes(int minutes)
    {
        Hold(minutes * TimeSpan.TicksPerMinute);
        ref WindowSums minute = ref State.Minute;
        State.Hour.Absorb(minute, minute.ValidTicks > 0, minute.TemperatureTicks > 0);
        State.Hour.Valid += minute.ValidTicks > 0 ? minutes - 1 : 0;
        State.Hour.TemperatureValid += minute.TemperatureTicks > 0 ? minutes - 1 : 0;
        minute.Clear();
    }

    /// <summary>Sets the minute that is over aside: what is held from now on belongs to the next.</summary>
    public void SetMinuteAside()
    {
        State.Closing = State.Minute;
        State.IsClosing = true;
        State.Minute.Clear();
    }

    /// <summary>Passes the minute that was set aside on to the hour.</summary>
    public void CloseMinute()
    {
        ref WindowSums minute = ref State.Closing;
        State.Hour.Absorb(minute, IsEnough(minute.ValidTicks, TimeSpan.TicksPerMinute), IsEnough(minute.TemperatureTicks, TimeSpan.TicksPerMinute));
        State.IsClosing = false;
    }

    /// <summary>Passes the open minute on to the hour at once.</summary>
    public void PassMinute()
    {
        SetMinuteAside();
        CloseMinute();
    }

    /// <summary>Passes the open hour on to the day and empties it.</summary>
    /// <param name="minutesDue">Minutes in this hour.</param>
    /// <param name="number">Number of the hour in its day, from 0.</param>
    public void CloseHour(int minutesDue, int number)
    {
        ref WindowSums hour = ref State.Hour;
        bool valid = IsEnough(hour.Valid, minutesDue);
        State.Day.Absorb(hour, valid, IsEnough(hour.TemperatureValid, minutesDue));
        bool isDry = !valid && hour.ZeroFlowTicks >= (RequiredOf(minutesDue) - hour.Valid) * TimeSpan.TicksPerMinute;
        if (number < HourPattern.Hours)
            State.Pattern[number] = valid ? new HourLoad(hour.Load.High, hour.Weight.High) : isDry ? default : new HourLoad(double.NaN, double.NaN);
        State.LastHour = hour;
        hour.Clear();
    }

    /// <summary>Empties the day.</summary>
    public void CloseDay() => State.Day.Clear();

    /// <summary>Leaves the last hour out of the forecast: whole days without data lie in between.</summary>
    public void ForgetRecent()
    {
        State.LastHour.Clear();
        for (int hour = 0; hour < HourPattern.Hours; hour++)
            State.Pattern[hour] = new HourLoad(double.NaN, double.NaN);
    }

    /// <summary>Load and weight of the rest of the day if it is as yesterday; not numbers when yesterday is not known.</summary>
    /// <param name="hour">Number of the open hour.</param>
    /// <param name="hoursOfDay">Hours of the day.</param>
    /// <param name="restOfHour">Part of the open hour that is left, 0 to 1.</param>
    public HourLoad RestAsYesterday(int hour, int hoursOfDay, double restOfHour)
    {
        double load = 0, weight = 0, part = restOfHour;
        for (int h = hour; h < Math.Min(hoursOfDay, HourPattern.Hours); h++, part = 1)
        {
            // The day before may have had an hour less.
            HourLoad one = State.Pattern[h == 24 ? 23 : h];
            load += part * one.Load;
            weight += part * one.Weight;
        }
        return new HourLoad(load, weight);
    }

    /// <summary>Flow of the last hour and this one, in units of flow; NaN when it is not known.</summary>
    public double RecentFlow()
    {
        long ticks = State.LastHour.FlowTicks + State.Hour.FlowTicks;
        return ticks > 0 ? (State.LastHour.Volume.High + State.Hour.Volume.High) / ticks : double.NaN;
    }

    /// <summary>The day so far: closed hours and, if it would be valid by now, the open one.</summary>
    /// <param name="minutesDue">Minutes of the open hour that are over.</param>
    public WindowSums DaySoFar(int minutesDue)
    {
        WindowSums sums = State.Day;
        if (minutesDue > 0)
            sums.Absorb(State.Hour, IsEnough(State.Hour.Valid, minutesDue), IsEnough(State.Hour.TemperatureValid, minutesDue));
        return sums;
    }

    /// <summary>Mean of the values in a window in their own unit; NaN for none.</summary>
    public double Mean(in WindowSums sums) => ToReading(sums.Load.DividedBy(sums.Weight));

    /// <summary>A mean as it is summed, in the unit of the values: pH for a hydrogen-ion concentration.</summary>
    public double ToReading(double mean) => _hydrogenIon ? -Math.Log10(mean) : mean;

    /// <summary>
    /// Weight the rest of the day will have if flow stays as in the last hour and this one, and the mean
    /// concentration of that time.
    /// </summary>
    /// <param name="ticks">Ticks to the end of the day.</param>
    /// <param name="concentration">Recent mean, NaN when there was no valid value.</param>
    /// <returns>Flow times ticks, or ticks for a mean over time; NaN when the flow is not known.</returns>
    public double RemainingWeight(long ticks, out double concentration)
    {
        WindowSums recent = State.LastHour;
        recent.Absorb(State.Hour, true, false);
        concentration = recent.Load.DividedBy(recent.Weight);
        if (!_weighted)
            return ticks;
        return recent.FlowTicks > 0 ? recent.Volume.High / recent.FlowTicks * ticks : double.NaN;
    }

    /// <summary>Whether enough of what was due is there.</summary>
    public bool IsEnough(long valid, long due) => valid >= RequiredOf(due);

    /// <summary>How many of the due values a window needs, rounded up; at least one.</summary>
    public long RequiredOf(long due) => StatisticRules.RequiredOf(MinCoverage, due);

    /// <returns>True when the value is beyond all of the open day.</returns>
    private bool TakeExtremes(double value)
    {
        ref WindowSums minute = ref State.Minute;
        bool below = value < minute.Minimum, above = value > minute.Maximum;
        if (below)
            minute.Minimum = value;
        if (above)
            minute.Maximum = value;
        return (below && value < State.Hour.Minimum && value < State.Day.Minimum) || (above && value > State.Hour.Maximum && value > State.Day.Maximum);
    }

    private bool IsUsable(in TagValue value)
    {
        bool quality = value.Quality.IsGood || (_acceptUncertain && value.Quality.IsUncertain);
        return quality && Math.Abs(value.Value) <= LargestUsable; // false for NaN and infinity
    }

    private double HydrogenIonConcentration(double reading)
    {
        // The power is the one dear operation here; a held reading needs it once.
        if (reading != _lastReading)
        {
            _lastReading = reading;
            _lastConcentration = Math.Pow(10, -reading);
        }
        return _lastConcentration;
    }
}
