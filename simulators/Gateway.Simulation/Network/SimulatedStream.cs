namespace Gateway.Simulation.Network;

/// <summary>
/// One end of a connection, with the manners of <c>NetworkStream</c>: a read returns 0 after an orderly close; a
/// pending read of a disposed stream fails with <see cref="IOException"/>, a later one with
/// <see cref="ObjectDisposedException"/>; a reset fails both directions. Synchronous calls work when they need not wait.
/// </summary>
internal sealed class SimulatedStream : Stream
{
    private readonly SimulatedPipe _incoming;
    private readonly SimulatedPipe _outgoing;

    public SimulatedStream(SimulatedPipe incoming, SimulatedPipe outgoing)
    {
        _incoming = incoming;
        _outgoing = outgoing;
    }

    public bool IsDisposed { get; private set; }

    public override bool CanRead => !IsDisposed;

    public override bool CanWrite => !IsDisposed;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _incoming.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _incoming.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _outgoing.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _outgoing.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        Now(_incoming.ReadAsync(buffer.AsMemory(offset, count), default));

    public override void Write(byte[] buffer, int offset, int count)
    {
        var write = _outgoing.WriteAsync(buffer.AsMemory(offset, count), default);
        if (!write.IsCompleted)
            throw WouldBlock();
        write.GetAwaiter().GetResult();
    }

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !IsDisposed)
        {
            IsDisposed = true;
            _outgoing.CloseWriter();
            _incoming.CloseReader();
        }

        base.Dispose(disposing);
    }

    private static int Now(ValueTask<int> read) => read.IsCompleted ? read.GetAwaiter().GetResult() : throw WouldBlock();

    private static NotSupportedException WouldBlock() =>
        new("A synchronous call would have to wait, and nothing can happen in simulated time while the thread waits.");
}
