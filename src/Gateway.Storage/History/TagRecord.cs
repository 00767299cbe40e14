using System.Runtime.InteropServices;
using Gateway.Runtime.Tags;

namespace Gateway.Storage.History;

/// <summary>A tag as the history knows it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Mode">What is kept of it.</param>
/// <param name="Tolerance">Archive deadband in units.</param>
/// <param name="PeriodMs">Pace of its rate group.</param>
public sealed record HistoryTag(string Name, HistoryMode Mode, double Tolerance, int PeriodMs);

/// <summary>The open chunk of one tag: what has come since the last one was closed. History thread, under its lock.</summary>
internal sealed class TagRecord
{
    private readonly ByteSink _blocks = new(64);
    private SampleFilter _filter;
    private MinuteSums _minutes = new();
    private StoredSample _newest;
    private StoredSample? _before; // newest kept of the chunk before
    private StoredSample? _kept;
    private long[] _utcMs = [];    // the tail, not yet in a block; grows to 128
    private double[] _values = [];
    private uint[] _quality = [];
    private int _tail;
    private int _form;

    public TagRecord(HistoryTag tag) => _filter = new SampleFilter(tag.Mode, tag.Tolerance, tag.PeriodMs);

    /// <summary>The newest value that came; what a mark of lost data repeats.</summary>
    public double Value { get; private set; } = double.NaN;

    /// <summary>Whether the tag has ever had a sample.</summary>
    public bool HasAny => _before is not null || _kept is not null;

    /// <summary>Bytes of finished blocks.</summary>
    public int Bytes => _blocks.Length;

    /// <summary>Takes a sample.</summary>
    /// <returns>How many samples were kept by it.</returns>
    public int Add(long utcMs, double value, uint quality)
    {
        _newest = new StoredSample(utcMs, value, quality);
        Value = value;
        _minutes.Add(in _newest);
        Span<StoredSample> kept = stackalloc StoredSample[3];
        int count = _filter.Add(in _newest, kept);
        for (int i = 0; i < count; i++)
            Keep(in kept[i]);
        return count;
    }

    /// <summary>The value holds until then.</summary>
    public void HoldUntil(long utcMs) => _minutes.HoldUntil(utcMs);

    /// <summary>Nothing is known up to then: the clock jumped or the program did not run.</summary>
    public void Skip(long utcMs) => _minutes.Skip(utcMs);

    /// <summary>Writes what the chunk holds; what is open in it stays open.</summary>
    public void Write(ByteSink sink)
    {
        sink.Byte(_before is null ? 0 : 1);
        int form = 0;
        if (_before is { } before)
            SampleBlock.Write(sink, [before.UtcMs], [before.Value], [before.Quality], ref form);
        sink.Bytes(_blocks.Written);
        form = _form;
        if (_tail > 0)
            SampleBlock.Write(sink, _utcMs.AsSpan(0, _tail), _values.AsSpan(0, _tail), _quality.AsSpan(0, _tail), ref form);
    }

    /// <summary>Keeps what is open in the filter, at the end of all or before a gap.</summary>
    public void Flush()
    {
        Span<StoredSample> kept = stackalloc StoredSample[1];
        if (_filter.Flush(kept) > 0)
            Keep(in kept[0]);
    }

    /// <summary>The minutes of the chunk, of which the newest is cut where it stands.</summary>
    public ReadOnlySpan<Aggregate> CutMinutes()
    {
        _minutes.Cut();
        return CollectionsMarshal.AsSpan(_minutes.Finished);
    }

    /// <summary>Begins the next chunk.</summary>
    public void Next()
    {
        _before = _kept ?? _before;
        _kept = null;
        _blocks.Clear();
        _tail = 0;
        _minutes.Finished.Clear();
    }

    /// <summary>Copies finished minutes for a reader.</summary>
    public void CopyMinutes(List<Aggregate> into) => into.AddRange(_minutes.Finished);

    /// <summary>The newest sample when it is open in the filter.</summary>
    public StoredSample? Open => _filter.Open;

    private void Keep(in StoredSample sample)
    {
        if (_tail == _utcMs.Length)
        {
            // Most tags of a plant seldom change: they keep little.
            int size = Math.Min(SampleBlock.Size, Math.Max(8, _tail * 2));
            Array.Resize(ref _utcMs, size);
            Array.Resize(ref _values, size);
            Array.Resize(ref _quality, size);
        }
        (_utcMs[_tail], _values[_tail], _quality[_tail]) = (sample.UtcMs, sample.Value, sample.Quality);
        _kept = sample;
        if (++_tail < SampleBlock.Size)
            return;
        SampleBlock.Write(_blocks, _utcMs, _values, _quality, ref _form);
        _tail = 0;
    }
}
