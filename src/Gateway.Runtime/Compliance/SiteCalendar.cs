namespace Gateway.Runtime.Compliance;

/// <summary>
/// The civil time of the permit: which UTC interval is its minute, clock hour and day. A fixed offset or a table of
/// offset changes prepared at load; afterwards pure arithmetic. Immutable, safe to share.
/// </summary>
public sealed partial class SiteCalendar
{
    private readonly long[] _starts;  // UTC ticks at which an offset begins; the first is MinValue
    private readonly long[] _offsets; // local minus UTC, ticks

    /// <summary>A site without summer time, e.g. UTC+8 in China.</summary>
    /// <param name="offset">Local time minus UTC, whole minutes, within ±18 h.</param>
    public SiteCalendar(TimeSpan offset)
        : this(offset, [])
    {
    }

    /// <summary>A site whose offset changes.</summary>
    /// <param name="initialOffset">Local time minus UTC before the first change.</param>
    /// <param name="changes">Instants (UTC ticks, whole minutes) and the offset from then on, ascending.</param>
    /// <exception cref="ArgumentException">Offsets or instants are not whole minutes, not ascending, out of range, or a
    /// change sets the civil date back: a day that happens twice has no unambiguous daily mean.</exception>
    public SiteCalendar(TimeSpan initialOffset, ReadOnlySpan<(long Utc, TimeSpan Offset)> changes)
    {
        _starts = new long[changes.Length + 1];
        _offsets = new long[changes.Length + 1];
        _starts[0] = long.MinValue;
        _offsets[0] = CheckedOffset(initialOffset);
        for (int i = 0; i < changes.Length; i++)
        {
            (long utc, TimeSpan offset) = changes[i];
            if (utc % TimeSpan.TicksPerMinute != 0 || utc <= _starts[i])
                throw new ArgumentException("Offset changes must be ascending and on whole minutes.", nameof(changes));
            _starts[i + 1] = utc;
            _offsets[i + 1] = CheckedOffset(offset);
            if (FloorTo(utc - 1 + _offsets[i], TimeSpan.TicksPerDay) > FloorTo(utc + _offsets[i + 1], TimeSpan.TicksPerDay))
                throw new ArgumentException("An offset change must not set the civil date back.", nameof(changes));
        }
    }

    /// <summary>Prepares the table from a time zone, at load only.</summary>
    /// <param name="zone">Zone of the permit.</param>
    /// <param name="firstYear">First UTC year covered, from 2.</param>
    /// <param name="lastYear">Last UTC year covered, to 9998; afterwards the last offset stays.</param>
    /// <exception cref="ArgumentException">As of the constructor.</exception>
    public static SiteCalendar FromTimeZone(TimeZoneInfo zone, int firstYear, int lastYear)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(firstYear, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lastYear, 9998);
        ArgumentOutOfRangeException.ThrowIfLessThan(lastYear, firstYear);
        long end = new DateTime(lastYear + 1, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        long at = new DateTime(firstYear, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        TimeSpan offset = OffsetOf(zone, at);
        TimeSpan initial = offset;
        List<(long, TimeSpan)> changes = [];
        while (at < end)
        {
            long next = at + TimeSpan.TicksPerDay;
            TimeSpan nextOffset = OffsetOf(zone, next);
            if (nextOffset != offset)
            {
                // Zones change at most once a day; halve the day down to the minute of the change.
                long low = at;
                long high = next;
                while (high - low > TimeSpan.TicksPerMinute)
                {
                    long middle = FloorTo((low + high) / 2, TimeSpan.TicksPerMinute);
                    if (OffsetOf(zone, middle) == offset)
                        low = middle;
                    else
                        high = middle;
                }
                changes.Add((high, nextOffset));
                offset = nextOffset;
            }
            at = next;
        }
        return new SiteCalendar(initial, changes.ToArray());
    }

    /// <summary>Local time minus UTC at an instant, ticks.</summary>
    public long OffsetAt(long utc) => _offsets[SegmentOf(utc)];

    /// <summary>Civil date of an instant.</summary>
    public DateOnly DateOf(long utc) => DateOnly.FromDayNumber((int)((utc + OffsetAt(utc)) / TimeSpan.TicksPerDay));

    /// <summary>Start of the minute that contains the instant; offsets are whole minutes, so UTC minutes are civil minutes.</summary>
    public static long MinuteStart(long utc) => FloorTo(utc, TimeSpan.TicksPerMinute);

    /// <summary>Start of the civil clock hour that contains the instant, never before a change of offset within it.</summary>
    public long HourStart(long utc)
    {
        int segment = SegmentOf(utc);
        return Math.Max(FloorTo(utc + _offsets[segment], TimeSpan.TicksPerHour) - _offsets[segment], _starts[segment]);
    }

    /// <summary>End, exclusive, of the civil clock hour that contains the instant.</summary>
    public long HourEnd(long utc)
    {
        int segment = SegmentOf(utc);
        long end = FloorTo(utc + _offsets[segment], TimeSpan.TicksPerHour) - _offsets[segment] + TimeSpan.TicksPerHour;
        return segment + 1 < _starts.Length ? Math.Min(end, _starts[segment + 1]) : end;
    }

    /// <summary>Start of the civil day that contains the instant: its first instant, also where midnight is skipped.</summary>
    public long DayStart(long utc)
    {
        int segment = SegmentOf(utc);
        long date = FloorTo(utc + _offsets[segment], TimeSpan.TicksPerDay);
        while (true)
        {
            long start = date - _offsets[segment];
            if (segment == 0 || start >= _starts[segment])
                return start;
            // The day began under the former offset, or this change skipped its midnight.
            if (date - _offsets[segment - 1] >= _starts[segment])
                return _starts[segment];
            segment--;
        }
    }

    /// <summary>End, exclusive, of the civil day that contains the instant.</summary>
    public long DayEnd(long utc)
    {
        int segment = SegmentOf(utc);
        long next = FloorTo(utc + _offsets[segment], TimeSpan.TicksPerDay) + TimeSpan.TicksPerDay;
        long end = next - _offsets[segment];
        while (segment + 1 < _starts.Length && end >= _starts[segment + 1])
        {
            segment++;
            end = Math.Max(next - _offsets[segment], _starts[segment]);
        }
        return end;
    }

    /// <summary>Number of civil clock hours that begin in an interval of whole hours: 23, 24 or 25 in a day.</summary>
    public int HoursIn(long from, long to)
    {
        int hours = 0;
        for (long at = from; at < to; at = HourEnd(at))
            hours++;
        return hours;
    }

    private int SegmentOf(long utc)
    {
        int segment = _starts.Length - 1;
        while (utc < _starts[segment])
            segment--;
        return segment;
    }

    private static TimeSpan OffsetOf(TimeZoneInfo zone, long utc) => zone.GetUtcOffset(new DateTime(utc, DateTimeKind.Utc));

    private static long FloorTo(long ticks, long unit) => ticks - (((ticks % unit) + unit) % unit);

    private static long CheckedOffset(TimeSpan offset)
    {
        if (offset.Ticks % TimeSpan.TicksPerMinute != 0 || offset.Duration() > TimeSpan.FromHours(18))
            throw new ArgumentException("An offset must be whole minutes within 18 hours.", nameof(offset));
        return offset.Ticks;
    }
}
