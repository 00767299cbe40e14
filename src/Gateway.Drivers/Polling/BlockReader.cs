using Gateway.Drivers.Modbus;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Drivers.Polling;

/// <summary>
/// Reads one block into its mailbox. While the device accepts the block, a poll is one request. When it answers
/// "illegal address", the block is halved until only the guilty points are left out; these become
/// BadConfigurationError, are remembered and tried again at a growing pause, and the rest is joined again as far as
/// the device lets it. Line only; times are monotonic ticks of 100 ns since the epoch.
/// </summary>
/// <remarks>
/// A run is one poll: <see cref="Begin"/>, then for each <see cref="Request"/> one of the Accept methods while
/// <see cref="HasMore"/>, then <see cref="Publish"/>. Only splitting and joining allocate.
/// </remarks>
internal sealed class BlockReader
{
    // Bounds the extra requests of one poll, so that a device that refuses everything does not own the line.
    private const int SplitsPerRun = 8;
    private const int RetriesPerRun = 8;
    private const int RetryMinMs = 15_000;
    private const int RetryMaxMs = 300_000;

    private readonly int _maxGap;
    private readonly List<ReadSegment> _segments = [];
    private readonly bool[] _isRefused;
    private int _at;
    private int _splitsLeft;
    private bool _isClean;
    private bool _mayJoin = true;
    private int _retryCursor;
    private long _retryAt = long.MaxValue;
    private int _retryPauseMs = RetryMinMs;

    public BlockReader(ReadBlock block, int maxGap)
    {
        Block = block;
        _maxGap = maxGap;
        Mailbox = new InputMailbox(block.Points.Length);
        _isRefused = new bool[block.Points.Length];
        _segments.Add(new ReadSegment(block, 0, block.Points.Length));
    }

    /// <summary>The block read.</summary>
    public ReadBlock Block { get; }

    /// <summary>Where the images go.</summary>
    public InputMailbox Mailbox { get; }

    /// <summary>Points that the device refuses at present.</summary>
    public int RefusedCount { get; private set; }

    /// <summary>True while a poll is under way.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>True when the poll under way needs a further request.</summary>
    public bool HasMore => IsRunning && _at < _segments.Count;

    /// <summary>The next request, without framing.</summary>
    public ReadOnlyMemory<byte> Request => _segments[_at].Request;

    /// <summary>Requests that a poll takes at present.</summary>
    public int SegmentCount => _segments.Count;

    /// <summary>Address of a point that the device answers, or the first one: what a probe asks for.</summary>
    public ModbusPoint ProbePoint => Block.Points[Math.Max(0, Array.IndexOf(_isRefused, false))];

    /// <summary>Starts a poll.</summary>
    public void Begin(long now)
    {
        IsRunning = true;
        _at = 0;
        _splitsLeft = SplitsPerRun;
        _isClean = true;
        if (RefusedCount == 0)
            return;
        for (int i = 0; i < _isRefused.Length; i++)
        {
            if (_isRefused[i])
                Mark(i, i + 1, Quality.BadConfigurationError);
        }

        if (now >= _retryAt)
            AddRetries(now);
    }

    /// <summary>The device answered the request.</summary>
    public void AcceptData(ReadOnlySpan<byte> data)
    {
        ReadSegment segment = _segments[_at++];
        segment.Decoder.Decode(data, Mailbox.Back);
        if (!segment.IsRetry)
            return;
        segment.IsRetry = false;
        for (int i = segment.First; i < segment.End; i++)
            _isRefused[i] = false;
        RefusedCount -= segment.End - segment.First;
        _mayJoin = true;
        _retryPauseMs = RetryMinMs;
    }

    /// <summary>The request failed for a reason that says nothing about its addresses.</summary>
    public void AcceptFailure(Quality quality)
    {
        ReadSegment segment = _segments[_at++];
        _isClean = false;
        if (!segment.IsRetry)
            Mark(segment.First, segment.End, quality);
    }

    /// <summary>The device refuses an address or the length of the request.</summary>
    public void AcceptRefusal(long now)
    {
        ReadSegment segment = _segments[_at];
        _isClean = false;
        Mark(segment.First, segment.End, Quality.BadConfigurationError);
        if (segment.Extents > 1)
        {
            Split(segment);
            return;
        }

        _segments.RemoveAt(_at);
        if (segment.IsRetry)
            return;
        for (int i = segment.First; i < segment.End; i++)
            _isRefused[i] = true;
        RefusedCount += segment.End - segment.First;
        _retryPauseMs = RetryMinMs;
        ScheduleRetry(now);
        _mayJoin = true;
    }

    /// <summary>Ends the poll and makes its image the newest.</summary>
    /// <param name="utc">Time of the answer, in ticks of 100 ns.</param>
    public void Publish(long utc)
    {
        IsRunning = false;
        Mailbox.Back.SourceTime = utc;
        Mailbox.Publish();
        if (RefusedCount == 0 && _segments.Count == 1)
            return;
        _segments.RemoveAll(static s => s.IsRetry);
        if (_isClean && _mayJoin)
            Join();
    }

    /// <summary>Ends the poll, if one is under way, and publishes one bad quality for all points.</summary>
    public void PublishBad(Quality quality, long utc)
    {
        Mark(0, Block.Points.Length, quality);
        _isClean = false;
        Publish(utc);
    }

    private void Mark(int first, int end, Quality quality)
    {
        InputFrame frame = Mailbox.Back;
        // Not zero: a value is never invented, and not-a-number cannot be mistaken for one.
        frame.Values.AsSpan(first, end - first).Fill(double.NaN);
        frame.Qualities.AsSpan(first, end - first).Fill(quality);
    }

    private void Split(ReadSegment segment)
    {
        int middle = segment.First;
        for (int seen = 0; seen < segment.Extents / 2; seen++)
            middle = EndOfExtent(middle);
        bool isRetry = segment.IsRetry;
        _segments[_at] = new ReadSegment(Block, segment.First, middle) { IsRetry = isRetry };
        _segments.Insert(_at + 1, new ReadSegment(Block, middle, segment.End) { IsRetry = isRetry });
        if (--_splitsLeft < 0)
            _at += 2;
    }

    private int EndOfExtent(int first)
    {
        int end = first + 1;
        while (end < Block.Points.Length && ReadSegment.IsSameExtent(Block.Points[first], Block.Points[end]))
            end++;
        return end;
    }

    private void AddRetries(long now)
    {
        int added = 0;
        while (added < RetriesPerRun)
        {
            int first = Array.IndexOf(_isRefused, true, _retryCursor);
            if (first < 0)
            {
                _retryCursor = 0;
                ScheduleRetry(now);
                return;
            }

            int end = EndOfExtent(first);
            int place = _segments.FindIndex(s => s.First > first);
            _segments.Insert(place < 0 ? _segments.Count : place, new ReadSegment(Block, first, end) { IsRetry = true });
            _retryCursor = end;
            added++;
        }
    }

    private void ScheduleRetry(long now)
    {
        _retryAt = now + _retryPauseMs * TimeSpan.TicksPerMillisecond;
        _retryPauseMs = Math.Min(RetryMaxMs, 2 * _retryPauseMs);
    }

    /// <summary>
    /// Joins neighbors again, once: where the device refuses even the joined range (a hole or a border inside its
    /// map), halving finds that out and the parts stay apart.
    /// </summary>
    private void Join()
    {
        _mayJoin = false;
        for (int i = _segments.Count - 1; i > 0; i--)
        {
            ReadSegment left = _segments[i - 1];
            ReadSegment right = _segments[i];
            if (left.End != right.First || right.Address - left.EndAddress > _maxGap)
                continue;
            _segments[i - 1] = new ReadSegment(Block, left.First, right.End);
            _segments.RemoveAt(i);
        }
    }
}
