using System.Threading.Tasks.Sources;

namespace Gateway.Modbus.Tests.Support;

/// <summary>
/// One end of a line in memory. Reads complete inline when bytes are fed; writes go to a delegate. Single-threaded.
/// </summary>
public sealed class LineStream : Stream, IValueTaskSource<int>, IValueTaskSource
{
    private readonly Queue<byte> _waiting = new();
    private ManualResetValueTaskSourceCore<int> _read;
    private ManualResetValueTaskSourceCore<int> _write;
    private Memory<byte> _destination;
    private bool _isReading;

    /// <summary>Called with each write.</summary>
    public Action<byte[]> Written { get; set; } = static _ => { };

    /// <summary>Makes writes hang, as when the peer stops reading.</summary>
    public bool HangsOnWrite { get; set; }

    public bool IsDisposed { get; private set; }

    public bool IsClosedByPeer { get; private set; }

    public int Writes { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Two ends connected to each other.</summary>
    public static (LineStream Near, LineStream Far) Pair()
    {
        var near = new LineStream();
        var far = new LineStream();
        near.Written = far.Feed;
        far.Written = near.Feed;
        return (near, far);
    }

    public void Feed(params byte[] bytes)
    {
        if (IsDisposed)
            return;
        foreach (var b in bytes)
            _waiting.Enqueue(b);
        Pump();
    }

    /// <summary>The peer closes: reads end with zero.</summary>
    public void CloseByPeer()
    {
        IsClosedByPeer = true;
        Pump();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (_isReading)
            throw new InvalidOperationException("Two reads at once.");
        if (buffer.IsEmpty)
            throw new InvalidOperationException("A read without room.");
        if (_waiting.Count > 0)
            return new ValueTask<int>(Take(buffer));
        if (IsClosedByPeer)
            return new ValueTask<int>(0);
        _read.Reset();
        _destination = buffer;
        _isReading = true;
        return new ValueTask<int>(this, _read.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        Writes++;
        if (HangsOnWrite)
        {
            _write.Reset();
            return new ValueTask(this, _write.Version);
        }

        Written(buffer.ToArray());
        return default;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _write.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _write.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _write.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing)
    {
        if (IsDisposed)
            return;
        IsDisposed = true;
        if (_isReading)
        {
            _isReading = false;
            _read.SetException(new ObjectDisposedException(nameof(LineStream)));
        }

        if (HangsOnWrite && Writes > 0)
            _write.SetException(new ObjectDisposedException(nameof(LineStream)));
        base.Dispose(disposing);
    }

    private void Pump()
    {
        while (_isReading && (_waiting.Count > 0 || IsClosedByPeer))
        {
            _isReading = false;
            _read.SetResult(_waiting.Count == 0 ? 0 : Take(_destination));
        }
    }

    private int Take(Memory<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _waiting.Count);
        for (var i = 0; i < count; i++)
            buffer.Span[i] = _waiting.Dequeue();
        return count;
    }
}
