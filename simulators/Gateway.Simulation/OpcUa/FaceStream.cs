namespace Gateway.Simulation.OpcUa;

/// <summary>A connection of the OPC UA face whose answers may come late.</summary>
internal sealed class FaceStream(Stream inner, OpcUaFace face) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanWrite => inner.CanWrite;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        face.AnswerDelay is { Ticks: > 0 } delay ? WriteLateAsync(buffer, delay) : inner.WriteAsync(buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        face.Forget(this);
        base.Dispose(disposing);
    }

    // Without a token: cancelling a delay would leave the thread of a simulation. A disposed stream ends the write.
    private async ValueTask WriteLateAsync(ReadOnlyMemory<byte> buffer, TimeSpan delay)
    {
        await Task.Delay(delay, face.Time).ConfigureAwait(false);
        await inner.WriteAsync(buffer).ConfigureAwait(false);
    }
}
