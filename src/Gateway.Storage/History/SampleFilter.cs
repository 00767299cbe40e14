using Gateway.Runtime.Tags;

namespace Gateway.Storage.History;

/// <summary>One sample as the history keeps it.</summary>
/// <param name="UtcMs">Time in ms since 1970-01-01 UTC.</param>
/// <param name="Value">Value in engineering units.</param>
/// <param name="Quality">Status code.</param>
public readonly record struct StoredSample(long UtcMs, double Value, uint Quality)
{
    /// <summary>Good or uncertain.</summary>
    public bool IsUsable => (Quality & 0x8000_0000) == 0 && double.IsFinite(Value);
}

/// <summary>
/// Decides which samples of one tag are kept. Deadband: each sample left out differs by less than the tolerance from
/// the one kept before it. Swinging door: each sample left out is at most the tolerance away from the straight line
/// between the kept ones around it.
/// </summary>
/// <remarks>
/// The door of the literature keeps the last sample before the door closed, although the line to that one may leave
/// the tolerance of samples between. Here a sample may become a corner only while the line to itself stays within
/// the tolerance of all samples since the last corner: then the bound holds for every sample.
/// </remarks>
internal struct SampleFilter(HistoryMode mode, double tolerance, int periodMs)
{
    private StoredSample _kept;   // the newest kept
    private StoredSample _open;   // the newest that came, not kept yet; swinging door only
    private StoredSample _newest; // the newest that came
    private double _low;          // slopes per ms that all samples since the corner allow
    private double _high;
    private bool _hasKept;
    private bool _hasOpen;

    /// <summary>The newest sample, which is no corner yet; readers must see it too.</summary>
    public readonly StoredSample? Open => _hasOpen ? _open : null;

    /// <summary>Takes a sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="kept">Room for what must be kept now, at most 3, in order.</param>
    /// <returns>How many are to be kept.</returns>
    public int Add(in StoredSample sample, Span<StoredSample> kept)
    {
        if (mode == HistoryMode.SwingingDoor && tolerance > 0)
            return Swing(sample, kept);
        if (_hasKept && sample.IsUsable && sample.Quality == _kept.Quality && Math.Abs(sample.Value - _kept.Value) < tolerance)
            return 0;
        (_kept, _hasKept) = (sample, true);
        kept[0] = sample;
        return 1;
    }

    /// <summary>Gives the open sample up for keeping, at the end of all.</summary>
    public int Flush(Span<StoredSample> kept)
    {
        if (!_hasOpen)
            return 0;
        kept[0] = _kept = _open;
        _hasOpen = false;
        return 1;
    }

    private int Swing(in StoredSample sample, Span<StoredSample> kept)
    {
        int count = 0;
        // Only changes come: a value that held for a while is a sample just before the next one.
        long heldUntil = sample.UtcMs - periodMs;
        if (_hasKept && heldUntil > _newest.UtcMs + periodMs / 2)
            count = Swing(_newest with { UtcMs = heldUntil }, kept, count);
        return Swing(sample, kept, count);
    }

    private int Swing(in StoredSample sample, Span<StoredSample> kept, int count)
    {
        bool continues = _hasKept && sample.IsUsable && sample.Quality == _newest.Quality && sample.UtcMs > _newest.UtcMs && _newest.IsUsable;
        _newest = sample;
        if (!continues)
        {
            count += Flush(kept[count..]);
            kept[count++] = _kept = sample;
            _hasKept = true;
            return count;
        }
        double slope = (sample.Value - _kept.Value) / (sample.UtcMs - _kept.UtcMs);
        if (_hasOpen && (slope < _low || slope > _high))
            count += Flush(kept[count..]);
        bool isFirst = !_hasOpen;
        double span = sample.UtcMs - _kept.UtcMs, low = (sample.Value - tolerance - _kept.Value) / span, high = (sample.Value + tolerance - _kept.Value) / span;
        _low = isFirst ? low : Math.Max(_low, low);
        _high = isFirst ? high : Math.Min(_high, high);
        (_open, _hasOpen) = (sample, true);
        return count;
    }
}
