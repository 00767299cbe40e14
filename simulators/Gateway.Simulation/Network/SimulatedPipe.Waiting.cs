using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Gateway.Simulation.Time;

namespace Gateway.Simulation.Network;

/// <summary>The waiting read and the waiting write of the pipe; both sources are reused, so waiting allocates nothing.</summary>
internal sealed partial class SimulatedPipe : IValueTaskSource<int>, IValueTaskSource
{
    private readonly SimulatedEvent _readerEvent;
    private readonly SimulatedEvent _writerEvent;
    private ManualResetValueTaskSourceCore<int> _readSource;
    private ManualResetValueTaskSourceCore<bool> _writeSource;
    private Memory<byte> _readBuffer;
    private ReadOnlyMemory<byte> _writeRest;
    private CancellationToken _readToken;
    private CancellationToken _writeToken;
    private CancellationTokenRegistration _readRegistration;
    private CancellationTokenRegistration _writeRegistration;
    private bool _readPending;
    private bool _writePending;

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_readerClosed, typeof(Stream));
        if (_readPending)
            throw new InvalidOperationException("A read is under way already.");
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellation);
        if (_error != SocketError.Success)
            return ValueTask.FromException<int>(Broken(_error));
        if (_available > 0)
            return new ValueTask<int>(Take(buffer.Span));
        if (_ended)
            return new ValueTask<int>(0);

        _readPending = true;
        _readBuffer = buffer;
        _readToken = cancellation;
        _readSource.Reset();
        _readRegistration = cancellation.UnsafeRegister(
            static pipe => ((SimulatedPipe)pipe!)._readerEvent.Schedule(TimeSpan.Zero), this);
        return new ValueTask<int>(this, _readSource.Version);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_writerClosed, typeof(Stream));
        if (_writePending)
            throw new InvalidOperationException("A write is under way already.");
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellation);
        if (_error != SocketError.Success)
            return ValueTask.FromException(Broken(_error));

        var taken = Accept(data.Span);
        if (taken == data.Length)
            return default;

        _writePending = true;
        _writeRest = data[taken..];
        _writeToken = cancellation;
        _writeSource.Reset();
        _writeRegistration = cancellation.UnsafeRegister(
            static pipe => ((SimulatedPipe)pipe!)._writerEvent.Schedule(TimeSpan.Zero), this);
        return new ValueTask(this, _writeSource.Version);
    }

    int IValueTaskSource<int>.GetResult(short token) => _readSource.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _readSource.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _readSource.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => _writeSource.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _writeSource.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _writeSource.OnCompleted(continuation, state, token, flags);

    private static IOException Broken(SocketError error)
    {
        var cause = new SocketException((int)error);
        return new IOException("The simulated connection failed: " + cause.Message, cause);
    }

    private void SettleRead()
    {
        if (!_readPending)
            return;
        if (_readToken.IsCancellationRequested)
            EndRead(0, new OperationCanceledException(_readToken));
        else if (_readerClosed)
            EndRead(0, Broken(SocketError.OperationAborted));
        else if (_error != SocketError.Success)
            EndRead(0, Broken(_error));
        else if (_available > 0)
            EndRead(Take(_readBuffer.Span), null);
        else if (_ended)
            EndRead(0, null);
    }

    private void SettleWrite()
    {
        if (!_writePending)
            return;
        if (_writeToken.IsCancellationRequested)
        {
            EndWrite(new OperationCanceledException(_writeToken));
        }
        else if (_writerClosed)
        {
            EndWrite(Broken(SocketError.OperationAborted));
        }
        else if (_error != SocketError.Success)
        {
            EndWrite(Broken(_error));
        }
        else
        {
            _writeRest = _writeRest[Accept(_writeRest.Span)..];
            if (_writeRest.IsEmpty)
                EndWrite(null);
        }
    }

    // The source is completed last: the continuation runs inside that call and may start the next read.
    private void EndRead(int count, Exception? failure)
    {
        _readPending = false;
        _readBuffer = default;
        _readRegistration.Dispose();
        _readRegistration = default;
        if (failure is null)
            _readSource.SetResult(count);
        else
            _readSource.SetException(failure);
    }

    private void EndWrite(Exception? failure)
    {
        _writePending = false;
        _writeRest = default;
        _writeRegistration.Dispose();
        _writeRegistration = default;
        if (failure is null)
            _writeSource.SetResult(true);
        else
            _writeSource.SetException(failure);
    }

    private int Take(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _available);
        if (_link.Faults.MaxFragment > 0 && count > 1)
            count = Math.Min(count, _link.Random.Next(1, _link.Faults.MaxFragment + 1));
        var untilWrap = Math.Min(count, _bytes.Length - _start);
        _bytes.AsSpan(_start, untilWrap).CopyTo(buffer);
        _bytes.AsSpan(0, count - untilWrap).CopyTo(buffer[untilWrap..]);
        Drop(count);
        return count;
    }
}
