namespace Gateway.Runtime.Alarms;

/// <summary>One figure beside its target.</summary>
/// <param name="Name">Name in files, API and metrics.</param>
/// <param name="Value">The figure; shares from 0 to 1.</param>
/// <param name="Target">What ISA-18.2 and IEC 62682 aim at; NaN for none.</param>
/// <param name="Limit">The upper bound that is still acceptable; NaN for none.</param>
public readonly record struct AlarmFigure(string Name, double Value, double Target, double Limit)
{
    /// <summary>What the figure must not be above: the limit, or the target where there is no limit; NaN for none.</summary>
    public double Bound => double.IsNaN(Limit) ? Target : Limit;
    /// <summary>Whether the figure is within its bound.</summary>
    public bool IsMet => !(Value > Bound);
}

/// <summary>One line of the list of the most frequent alarms.</summary>
/// <param name="Id">Name of the alarm.</param>
/// <param name="Count">Annunciations.</param>
public readonly record struct AlarmCount(string Id, int Count);

/// <summary>
/// The figures of ISA-18.2 / IEC 62682 / EEMUA 191 over a period, from alarm transitions in the order of the journal.
/// Only annunciations count: a new occurrence or a re-alarm. Used by one thread.
/// </summary>
/// <param name="from">Begin of the period, UTC ticks.</param>
/// <param name="to">End, UTC ticks, above <paramref name="from"/>.</param>
public sealed class AlarmPerformance(long from, long to)
{
    private const long TenMinutes = 10 * TimeSpan.TicksPerMinute;
    // A flood begins above 10 annunciations in 10 minutes and ends below 5 (IEC 62682, ISA-18.2).
    private const int FloodBegins = 10;
    private const int FloodEnds = 5;
    // Three annunciations of one alarm in a minute chatter.
    private const int Chatter = 3;

    // More than 30 in an hour overload one person (IEC 62682).
    private const int HourOverloads = 30;

    private readonly int[] _slots = new int[(int)((to - from + TenMinutes - 1) / TenMinutes)];
    private readonly Dictionary<string, Track> _alarms = new(StringComparer.Ordinal);
    private readonly int[] _priorities = new int[5];

    /// <summary>Annunciations in the period.</summary>
    public int Annunciations { get; private set; }
    /// <summary>Annunciations per 10 minutes, on average; target about 1, at most 2.</summary>
    public double PerTenMinutes => Annunciations / ((to - from) / (double)TenMinutes);
    /// <summary>Annunciations per hour, on average; target about 6, at most 12.</summary>
    public double PerHour => PerTenMinutes * 6;
    /// <summary>Annunciations per day, on average; target about 144, at most 288.</summary>
    public double PerDay => PerTenMinutes * 144;
    /// <summary>Most annunciations in any 10 minutes of the period's grid; target at most 10.</summary>
    public int MostInTenMinutes => _slots.Length == 0 ? 0 : _slots.Max();
    /// <summary>Share of 10-minute periods with more than 10; target below 0.01.</summary>
    public double ShareAboveTen => _slots.Count(count => count > FloodBegins) / (double)_slots.Length;
    /// <summary>Share of hours with more than 30; target below 0.01.</summary>
    public double ShareOfHoursAboveThirty => _slots.Chunk(6).Count(hour => hour.Sum() > HourOverloads) / Math.Ceiling(_slots.Length / 6.0);
    /// <summary>Begin of the period, UTC ticks.</summary>
    public long From => from;
    /// <summary>End of the period, UTC ticks.</summary>
    public long To => to;
    /// <summary>Alarms annunciated three times or more within a minute; target none.</summary>
    public IReadOnlyList<string> Chattering => NamesOf(track => track.Chattered);
    /// <summary>Alarms that once went within 10 s of their annunciation and did not chatter; target none.</summary>
    public IReadOnlyList<string> Fleeting => NamesOf(track => track.Fled && !track.Chattered);
    /// <summary>Alarms still annunciated at the end of the period.</summary>
    public IReadOnlyList<string> Standing => NamesOf(track => track.Since > 0);
    /// <summary>Alarms annunciated for more than 24 hours at the end; target below 5.</summary>
    public IReadOnlyList<string> Stale => NamesOf(track => track.Since > 0 && to - track.Since > TimeSpan.TicksPerDay);
    /// <summary>The ten most frequent alarms.</summary>
    public IReadOnlyList<AlarmCount> TopTen =>
        [.. _alarms.Where(pair => pair.Value.Count > 0).Select(pair => new AlarmCount(pair.Key, pair.Value.Count)).OrderByDescending(line => line.Count).ThenBy(line => line.Id, StringComparer.Ordinal).Take(10)];
    /// <summary>Share of the ten most frequent in all annunciations, 0 to 1; target below 0.05.</summary>
    public double TopTenShare => Annunciations == 0 ? 0 : TopTen.Sum(line => line.Count) / (double)Annunciations;

    /// <summary>Share of a priority, 1 to 4, in all annunciations; target 0.05 high, 0.15 medium, 0.80 low.</summary>
    public double ShareOf(int priority) => Annunciations == 0 ? 0 : _priorities[priority] / (double)Annunciations;

    /// <summary>Every figure that has a name outside, in one order everywhere.</summary>
    public IReadOnlyList<AlarmFigure> Figures
    {
        get
        {
            (int floods, double flooded) = Floods;
            return
            [
                new("per_10_minutes", PerTenMinutes, 1, 2),
                new("per_hour", PerHour, 6, 12),
                new("per_day", PerDay, 144, 288),
                new("most_in_10_minutes", MostInTenMinutes, 10, double.NaN),
                new("share_of_10_minutes_above_10", ShareAboveTen, 0.01, double.NaN),
                new("share_of_hours_above_30", ShareOfHoursAboveThirty, 0.01, double.NaN),
                new("floods", floods, double.NaN, double.NaN),
                new("share_of_time_in_flood", flooded, 0.01, double.NaN),
                new("share_of_top_ten", TopTenShare, 0.01, 0.05),
                new("share_of_priority_1", ShareOf(1), 0.05, double.NaN),
                new("share_of_priority_2", ShareOf(2), 0.15, double.NaN),
                new("share_of_priority_3", ShareOf(3), double.NaN, double.NaN),
                new("share_of_priority_4", ShareOf(4), double.NaN, double.NaN),
                new("standing", Standing.Count, 9, double.NaN),
                new("stale", Stale.Count, 4, double.NaN),
                new("chattering", Chattering.Count, 0, double.NaN),
                new("fleeting", Fleeting.Count, 0, double.NaN),
            ];
        }
    }

    /// <summary>Whether a transition annunciates: a new occurrence, or an acknowledged alarm that sounds again.</summary>
    public static bool IsAnnunciation(AlarmEventCode code, AlarmState before, AlarmState after) =>
        after == AlarmState.Unacknowledged && (before != after || code == AlarmEventCode.On);

    /// <summary>Whether an alarm in this state stands in front of the operator.</summary>
    public static bool IsStanding(AlarmState state) => state is AlarmState.Unacknowledged or AlarmState.Acknowledged;

    /// <summary>Says that an alarm stood when the period began, since the time it was annunciated.</summary>
    public void AddStanding(string id, long since)
    {
        if (!_alarms.TryGetValue(id, out Track? track))
            _alarms.Add(id, track = new Track());
        track.Since = since;
    }

    /// <summary>Number of floods and their share of the period; target below 0.01.</summary>
    public (int Count, double Share) Floods
    {
        get
        {
            int count = 0, slots = 0;
            bool floods = false;
            foreach (int slot in _slots)
            {
                bool begins = !floods && slot > FloodBegins;
                floods = begins || (floods && slot >= FloodEnds);
                count += begins ? 1 : 0;
                slots += floods ? 1 : 0;
            }
            return (count, slots / (double)_slots.Length);
        }
    }

    /// <summary>Takes one accepted transition. Those before the period only tell what stood when it began.</summary>
    public void Add(long utc, string id, int priority, AlarmEventCode code, AlarmState before, AlarmState after)
    {
        if (utc >= to)
            return;
        if (!_alarms.TryGetValue(id, out Track? track))
            _alarms.Add(id, track = new Track());
        if (IsAnnunciation(code, before, after))
        {
            if (track.Since == 0)
                track.Since = utc;
            if (utc >= from)
                Count(track, utc, priority);
        }
        else if (code == AlarmEventCode.Off && utc - track.Last is >= 0 and < 10 * TimeSpan.TicksPerSecond && track.Count > 0)
        {
            track.Fled = true;
        }
        if (!IsStanding(after))
            track.Since = 0;
    }

    private void Count(Track track, long utc, int priority)
    {
        Annunciations++;
        _slots[(int)((utc - from) / TenMinutes)]++;
        _priorities[Math.Clamp(priority, 0, 4)]++;
        track.Count++;
        track.Chattered |= track.Count >= Chatter && utc - track.BeforeLast is >= 0 and < TimeSpan.TicksPerMinute;
        track.BeforeLast = track.Last;
        track.Last = utc;
    }

    private string[] NamesOf(Func<Track, bool> which) => [.. _alarms.Where(pair => which(pair.Value)).Select(pair => pair.Key).Order(StringComparer.Ordinal)];

    private sealed class Track
    {
        public int Count;
        public long Last = long.MinValue / 4;
        public long BeforeLast = long.MinValue / 4;
        public long Since;
        public bool Chattered;
        public bool Fled;
    }
}
