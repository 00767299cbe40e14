namespace Gateway.Fuzz.Targets;

/// <summary>A peer that sends fixed bytes, some at a time, and then closes. What is written to it is kept.</summary>
internal sealed class FedStream : Stream
{
    private readonly MemoryStream _written = new();
    private ReadOnlyMemory<byte> _left;
    private int _step;

    /// <summary>Starts a new conversation.</summary>
    /// <param name="bytes">What the peer sends.</param>
    /// <param name="step">Bytes per read.</param>
    public FedStream(ReadOnlyMemory<byte> bytes, int step)
    {
        _left = bytes;
        _step = Math.Max(1, step);
    }

    public ReadOnlySpan<byte> Written => _written.GetBuffer().AsSpan(0, (int)_written.Length);

    /// <summary>True when the other side closed it, or read everything.</summary>
    public bool IsDone { get; private set; }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = Math.Min(Math.Min(buffer.Length, _left.Length), _step);
        if (buffer.Length == 0)
            throw new InvalidOperationException("a read without room");
        _left[..count].CopyTo(buffer);
        _left = _left[count..];
        IsDone |= count == 0;
        return ValueTask.FromResult(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _written.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => _written.Write(buffer, offset, count);
    public override void Flush()
    {
        // Nothing is held back.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDone = true;
        base.Dispose(disposing);
    }
}
