using System.Threading.Tasks.Sources;

namespace Gateway.OpcUa.Tests.Client;

/// <summary>
/// The client's end of a stream whose other end is code of the test: what the client writes is handed over at once, and
/// what the test feeds resumes the client's read at once, all on one thread.
/// </summary>
internal sealed class ScriptedStream(Action<ReadOnlyMemory<byte>> onWritten) : Stream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _read;
    private byte[] _pending = new byte[4096];
    private int _pendingCount;
    private Memory<byte> _target;
    private bool _isReading;
    private bool _isEnded;

    public bool IsDisposed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Bytes from the server; at most <paramref name="slice"/> at once.</summary>
    public void Feed(ReadOnlySpan<byte> bytes, int slice = int.MaxValue)
    {
        if (_pendingCount + bytes.Length > _pending.Length)
            Array.Resize(ref _pending, Math.Max(2 * _pending.Length, _pendingCount + bytes.Length));
        bytes.CopyTo(_pending.AsSpan(_pendingCount));
        _pendingCount += bytes.Length;
        while (_isReading && _pendingCount > 0)
            Complete(Take(_target.Span, slice));
    }

    /// <summary>The server closes.</summary>
    public void End()
    {
        _isEnded = true;
        if (_isReading)
            Complete(0);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_pendingCount > 0)
            return new ValueTask<int>(Take(buffer.Span, int.MaxValue));
        if (_isEnded || IsDisposed)
            return new ValueTask<int>(0);
        _read.Reset();
        _target = buffer;
        _isReading = true;
        return new ValueTask<int>(this, _read.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        onWritten(buffer);
        return default;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _read.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        if (_isReading)
            Complete(0);
        base.Dispose(disposing);
    }

    private int Take(Span<byte> target, int slice)
    {
        int count = Math.Min(Math.Min(target.Length, slice), _pendingCount);
        _pending.AsSpan(0, count).CopyTo(target);
        _pending.AsSpan(count, _pendingCount - count).CopyTo(_pending);
        _pendingCount -= count;
        return count;
    }

    private void Complete(int count)
    {
        _isReading = false;
        _read.SetResult(count);
    }
}
