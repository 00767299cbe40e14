namespace Gateway.Runtime.Tests.Compliance;

/// <summary>One scan of a random year.</summary>
internal readonly record struct YearSample(long Utc, long Elapsed, decimal Value, decimal Flow, decimal Influent, decimal Acidity, bool ValueGood, bool FlowGood, bool InfluentGood);

/// <summary>A day as the list of scans tells it.</summary>
internal sealed record ReferenceDay(DateOnly Date, int HoursDue, int HoursValid, bool IsValid, bool NoDischarge, double Mean, double Mass, double Minimum, double Maximum, double Influent);

/// <summary>
/// The statistics once more, from the list of all scans: decimal sums in dictionaries, civil time from the zone itself,
/// no accumulator, no carry, no calendar of ours.
/// </summary>
internal sealed class PeriodReference
{
    private const long Minute = TimeSpan.TicksPerMinute;
    private const long Hour = TimeSpan.TicksPerHour;

    private readonly TimeZoneInfo _zone;
    private readonly long _maxHold;
    private readonly Dictionary<long, Sum> _minutes = [];
    private readonly Dictionary<long, Sum> _hours = [];

    public PeriodReference(List<YearSample> scans, TimeZoneInfo zone, long maxHold)
    {
        _zone = zone;
        _maxHold = maxHold;
        Spread(scans);
        foreach ((long start, Sum minute) in _minutes)
        {
            Sum hour = At(_hours, start - (start % Hour));
            if (minute.Ticks >= 45 * TimeSpan.TicksPerSecond)
                hour.Take(minute);
            if (minute.InfluentTicks >= 45 * TimeSpan.TicksPerSecond)
                hour.TakeInfluent(minute);
            hour.TakeFacts(minute);
        }
        MakeDays(scans[0].Utc, scans[^1].Utc);
    }

    /// <summary>All days from the first scan's to the last one's, in order.</summary>
    public List<ReferenceDay> Days { get; } = [];

    /// <summary>Time outside pH 6 to 9 in ticks by month, longest excursion, valid time.</summary>
    public Dictionary<(int Year, int Month), (long Outside, long Longest, long Valid)> Excursions { get; } = [];

    public DateTime Local(long utc) => TimeZoneInfo.ConvertTimeFromUtc(new DateTime(utc, DateTimeKind.Utc), _zone);

    /// <summary>Readings of some hours: valid means by the civil hour they begin in.</summary>
    public List<(DateOnly Date, double Mean)> ReadingsOf(int readingHours)
    {
        var groups = new Dictionary<(DateOnly Date, int Group), (decimal Load, decimal Weight, int Valid, int Due)>();
        foreach (ReferenceDay day in Days)
            foreach (long hour in HoursOf(day.Date))
            {
                (DateOnly, int) key = (day.Date, Local(hour).Hour / readingHours);
                (decimal load, decimal weight, int valid, int due) = groups.GetValueOrDefault(key);
                Sum? sum = _hours.GetValueOrDefault(hour);
                bool enough = sum is { Parts: >= 45 };
                groups[key] = enough ? (load + sum!.Load, weight + sum.Weight, valid + 1, due + 1) : (load, weight, valid, due + 1);
            }
        return [.. groups.Where(g => g.Value.Valid >= Math.Ceiling(0.75 * g.Value.Due)).Select(g => (g.Key.Date, (double)(g.Value.Load / g.Value.Weight)))];
    }

    /// <summary>Mean of the minutes or hours in an interval, with the number that is valid.</summary>
    public (double Mean, int Valid) Rolling(long from, long to, long part)
    {
        decimal load = 0, weight = 0;
        int valid = 0;
        for (long at = from; at < to; at += part)
        {
            Sum? sum = (part == Minute ? _minutes : _hours).GetValueOrDefault(at);
            if (sum is null || (part == Minute ? sum.Ticks < 45 * TimeSpan.TicksPerSecond : sum.Parts < 45))
                continue;
            load += sum.Load;
            weight += sum.Weight;
            valid++;
        }
        return (weight == 0 ? double.NaN : (double)(load / weight), valid);
    }

    private IEnumerable<long> HoursOf(DateOnly date)
    {
        // Two days on either side hold every hour of the date; the zone says which.
        long noon = date.ToDateTime(new TimeOnly(12, 0)).Ticks;
        for (long at = noon - (48 * Hour); at < noon + (48 * Hour); at += Hour)
            if (DateOnly.FromDateTime(Local(at)) == date)
                yield return at;
    }

    private void MakeDays(long first, long last)
    {
        for (DateOnly date = DateOnly.FromDateTime(Local(first)); date <= DateOnly.FromDateTime(Local(last)); date = date.AddDays(1))
        {
            var day = new Sum();
            int due = 0;
            foreach (long hour in HoursOf(date))
            {
                due++;
                if (_hours.GetValueOrDefault(hour) is not { } sum)
                    continue;
                if (sum.Parts >= 45)
                    day.Take(sum);
                if (sum.InfluentParts >= 45)
                    day.TakeInfluent(sum);
                day.TakeFacts(sum);
            }
            int required = (int)Math.Ceiling(0.75 * due);
            bool valid = day.Parts >= required;
            bool none = !valid && day.ZeroTicks >= (required - day.Parts) * Hour;
            double mean = day.Weight == 0 ? double.NaN : (double)(day.Load / day.Weight);
            double influent = day.InfluentParts >= required ? (double)(day.InfluentLoad / day.InfluentTicks) : double.NaN;
            Days.Add(new ReferenceDay(date, due, day.Parts, valid, none, mean, mean * (double)day.Volume, day.Minimum, day.Maximum, influent));
        }
    }

    private void Spread(List<YearSample> scans)
    {
        long mark = scans[0].Utc, run = 0;
        (int, int) month = default;
        for (int i = 0; i < scans.Count; i++)
        {
            YearSample held = scans[i];
            if (held.Utc >= mark)
                TakeExtremes(held);
            if (i + 1 == scans.Count)
                break;
            YearSample now = scans[i + 1];
            if (now.Utc < mark)
                continue;
            long hold = _maxHold, elapsed = now.Elapsed - held.Elapsed;
            if (elapsed >= 0 && now.Utc - held.Utc > elapsed + TimeSpan.TicksPerSecond)
                hold = Math.Min(hold, elapsed);
            long to = Math.Min(now.Utc, held.Utc + hold);
            for (long at = Math.Max(held.Utc, mark); at < to;)
            {
                long start = at - (at % Minute), stop = Math.Min(to, start + Minute);
                At(_minutes, start).Hold(held, stop - at);
                TakeExcursion(held, at, stop - at, ref run, ref month);
                at = stop;
            }
            mark = now.Utc;
        }
    }

    private void TakeExtremes(YearSample held)
    {
        if (!(held.ValueGood && held.FlowGood && held.Flow > 0))
            return;
        Sum minute = At(_minutes, held.Utc - (held.Utc % Minute));
        minute.Minimum = Math.Min(minute.Minimum, (double)held.Value);
        minute.Maximum = Math.Max(minute.Maximum, (double)held.Value);
    }

    private void TakeExcursion(YearSample held, long at, long ticks, ref long run, ref (int, int) month)
    {
        DateTime local = Local(at);
        if (month != (local.Year, local.Month))
        {
            month = (local.Year, local.Month);
            Excursions[month] = (0, run, 0);
        }
        if (held.FlowGood && held.Flow <= 0)
            return;
        (long outside, long longest, long valid) = Excursions[month];
        bool isOutside = held.Acidity is < 6 or > 9;
        run = isOutside ? run + ticks : 0;
        Excursions[month] = (outside + (isOutside ? ticks : 0), Math.Max(longest, run), valid + ticks);
    }

    private static Sum At(Dictionary<long, Sum> sums, long key)
    {
        if (!sums.TryGetValue(key, out Sum? sum))
            sums.Add(key, sum = new Sum());
        return sum;
    }

    private sealed class Sum
    {
        public decimal Load, Weight, Volume, InfluentLoad;
        public long Ticks, ZeroTicks, InfluentTicks;
        public double Minimum = double.PositiveInfinity, Maximum = double.NegativeInfinity;
        public int Parts, InfluentParts;

        public void Hold(YearSample held, long ticks)
        {
            if (held.FlowGood)
            {
                Volume += Math.Max(0, held.Flow) * ticks;
                ZeroTicks += held.Flow <= 0 ? ticks : 0;
            }
            if (held.FlowGood && held.Flow > 0 && held.ValueGood)
            {
                Load += held.Value * held.Flow * ticks;
                Weight += held.Flow * ticks;
                Ticks += ticks;
            }
            if (held.InfluentGood)
            {
                InfluentLoad += held.Influent * ticks;
                InfluentTicks += ticks;
            }
        }

        public void Take(Sum part)
        {
            Load += part.Load;
            Weight += part.Weight;
            Ticks += part.Ticks;
            Parts++;
        }

        public void TakeInfluent(Sum part)
        {
            InfluentLoad += part.InfluentLoad;
            InfluentTicks += part.InfluentTicks;
            InfluentParts++;
        }

        public void TakeFacts(Sum part)
        {
            Volume += part.Volume;
            ZeroTicks += part.ZeroTicks;
            Minimum = Math.Min(Minimum, part.Minimum);
            Maximum = Math.Max(Maximum, part.Maximum);
        }
    }
}
