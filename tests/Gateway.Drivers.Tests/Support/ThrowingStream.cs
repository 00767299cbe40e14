namespace Gateway.Drivers.Tests.Support;

/// <summary>Throws once, at the n-th visit of one call.</summary>
internal sealed class ThrowPlan(string call, int at)
{
    private int _visits;

    public bool HasThrown { get; private set; }

    public void Visit(string name)
    {
        if (name != call || ++_visits != at)
            return;
        HasThrown = true;
        throw new InvalidOperationException($"Nobody expects this from {name}.");
    }
}

/// <summary>A stream that fails in ways no stream should.</summary>
internal sealed class ThrowingStream(Stream inner, ThrowPlan plan, Action? disposed = null) : Stream
{
    private bool _isDisposed;

    public static readonly string[] Calls = ["connect", "read", "read-late", "write", "write-late", "dispose"];

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        plan.Visit("read");
        int count = await inner.ReadAsync(buffer, cancellationToken);
        plan.Visit("read-late");
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        plan.Visit("write");
        return WriteLateAsync(buffer, cancellationToken);
    }

    private async ValueTask WriteLateAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        await inner.WriteAsync(buffer, cancellationToken);
        plan.Visit("write-late");
    }

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            disposed?.Invoke();
            inner.Dispose();
            plan.Visit("dispose");
        }

        base.Dispose(disposing);
    }
}
