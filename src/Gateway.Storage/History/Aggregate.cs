using System.Runtime.InteropServices;

namespace Gateway.Storage.History;

/// <summary>What is kept of a minute or an hour of one tag. A value counts as long as it held; bad values do not count.</summary>
/// <param name="StartMs">Begin of the period, ms since 1970-01-01 UTC.</param>
/// <param name="UsableMs">Time for which there was a value, in ms.</param>
/// <param name="Mean">Mean weighted by time.</param>
/// <param name="Minimum">Least value that stood.</param>
/// <param name="Maximum">Largest value that stood.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Aggregate(long StartMs, int UsableMs, double Mean, double Minimum, double Maximum)
{
    /// <summary>One period out of two parts of it.</summary>
    internal static Aggregate Merge(in Aggregate a, in Aggregate b) => new(
        a.StartMs,
        a.UsableMs + b.UsableMs,
        (a.Mean * a.UsableMs + b.Mean * b.UsableMs) / Math.Max(1, a.UsableMs + b.UsableMs),
        Math.Min(a.Minimum, b.Minimum),
        Math.Max(a.Maximum, b.Maximum));
}

/// <summary>Sums up the minutes of one tag as its samples come.</summary>
internal struct MinuteSums()
{
    public const long MinuteMs = 60_000;

    private long _minuteMs = -1;  // begin of the minute
    private long _atMs;           // up to where it is summed
    private double _value;
    private bool _isUsable;
    private double _sum;
    private int _usableMs;
    private double _minimum = double.PositiveInfinity;
    private double _maximum = double.NegativeInfinity;

    /// <summary>The finished minutes, oldest first; a minute without a value is left out.</summary>
    public List<Aggregate> Finished { get; } = [];

    /// <summary>Takes a sample: the value before held until now.</summary>
    public void Add(in StoredSample sample)
    {
        // A clock that was set back starts anew from there; no time counts twice.
        if (_minuteMs < 0 || sample.UtcMs < _minuteMs)
            StartAt(sample.UtcMs);
        else
            HoldUntil(sample.UtcMs);
        (_value, _isUsable) = (sample.Value, sample.IsUsable);
    }

    /// <summary>The value holds until then.</summary>
    public void HoldUntil(long utcMs)
    {
        if (_minuteMs < 0)
            return;
        while (utcMs >= _minuteMs + MinuteMs)
        {
            Count(_minuteMs + MinuteMs);
            Finish();
            _minuteMs += MinuteMs;
        }
        if (utcMs > _atMs)
            Count(utcMs);
    }

    /// <summary>Nothing is known from where it was summed to until then.</summary>
    public void Skip(long utcMs)
    {
        if (_minuteMs >= 0)
            StartAt(utcMs);
    }

    /// <summary>Ends the minute as it is, so that it can be stored; the rest of it becomes another part.</summary>
    public void Cut() => Finish();

    private void StartAt(long utcMs)
    {
        Finish();
        (_minuteMs, _atMs) = (utcMs - utcMs % MinuteMs, utcMs);
    }

    private void Count(long utcMs)
    {
        if (_isUsable && utcMs > _atMs)
        {
            _sum += _value * (utcMs - _atMs);
            _usableMs += (int)(utcMs - _atMs);
            _minimum = Math.Min(_minimum, _value);
            _maximum = Math.Max(_maximum, _value);
        }
        _atMs = utcMs;
    }

    private void Finish()
    {
        if (_usableMs > 0)
            Finished.Add(new Aggregate(_minuteMs, _usableMs, _sum / _usableMs, _minimum, _maximum));
        (_sum, _usableMs, _minimum, _maximum) = (0, 0, double.PositiveInfinity, double.NegativeInfinity);
    }
}
