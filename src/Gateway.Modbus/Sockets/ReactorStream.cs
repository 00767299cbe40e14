using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Gateway.Modbus.Sockets;

/// <summary>
/// A TCP connection on the <see cref="SocketReactor"/>: one read and one write may be pending at a time, and both resume
/// on the reactor's thread. Any thread may read, write and close; nothing is allocated. What pends ends with data or
/// with the stream: a token is looked at before the start only. Synchronous calls are not offered.
/// </summary>
internal sealed class ReactorStream : Stream
{
    private readonly Lock _gate = new();
    private readonly Pending<int> _reading = new();
    private readonly Pending<bool> _writing = new();
    private readonly SocketReactor _reactor = SocketReactor.Shared;
    private readonly Socket _socket;
    private readonly int _handle;
    private Memory<byte> _readBuffer;
    private ReadOnlyMemory<byte> _writeRest;
    private uint _watched;
    private bool _isConnecting;
    private bool _isClosed;

    // A thread of the reactor waits in the kernel for this stream's data alone, and shall end that after its call.
    private bool _isAlone;
    private bool _endsAlone;

    private ReactorStream(Socket socket)
    {
        _socket = socket;
        _handle = (int)socket.SafeHandle.DangerousGetHandle();
        Key = _reactor.Enter(this);
    }

    /// <summary>The stream's place in the reactor's table.</summary>
    internal ulong Key { get; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Connects a socket that no asynchronous call of the runtime has touched, and takes it over.</summary>
    /// <exception cref="SocketException">The peer refuses or cannot be reached.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    internal static async ValueTask<Stream> ConnectAsync(Socket socket, IPEndPoint peer, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var stream = new ReactorStream(socket);
        try
        {
            using (cancellation.UnsafeRegister(static s => ((ReactorStream)s!).Close(), stream))
                await stream.StartConnecting(peer).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            return stream;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException && cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException("The connection attempt was given up.", e, cancellation);
        }
        catch
        {
            stream.Close();
            throw;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_isClosed)
                return ValueTask.FromException<int>(Closed());
            _reading.Begin();
            _readBuffer = buffer;
            if (!_isAlone)
                Watch(_watched | Libc.EpollIn);
            return _reading.Task;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ValueTask pending;
        lock (_gate)
        {
            if (_isClosed)
                return ValueTask.FromException(Closed());
            if (_writing.IsPending)
                throw new InvalidOperationException("A write is pending already.");
            var error = SendSome(ref buffer);
            if (error != 0)
                return ValueTask.FromException(Failed("send", error));
            if (buffer.IsEmpty)
                return default;
            _writing.Begin();
            _writeRest = buffer;
            Watch(_watched | Libc.EpollOut);
            pending = _writing.PlainTask;
        }

        _reactor.EndAlone();
        return pending;
    }

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>What the reactor's thread saw. Resumes without the lock.</summary>
    internal void OnEvents(uint events)
    {
        var (count, readError, hasRead) = (0, (Exception?)null, false);
        var (writeError, hasWritten) = ((Exception?)null, false);
        lock (_gate)
        {
            if (_isClosed)
                return;
            var isBroken = (events & (Libc.EpollError | Libc.EpollHangUp)) != 0;
            if (_writing.IsPending && (isBroken || (events & Libc.EpollOut) != 0))
            {
                writeError = _isConnecting ? ConnectError() : ContinueWriting();
                hasWritten = writeError is not null || _writeRest.IsEmpty;
                if (hasWritten)
                {
                    _writing.IsPending = false;
                    Watch(_watched & ~Libc.EpollOut);
                }
            }
            else if (_reading.IsPending && !_isAlone)
            {
                hasRead = Receive(out count, out readError);
                _reading.IsPending = !hasRead;
            }
            else
            {
                // Nobody wants what is there, and the kernel would go on reporting it.
                Watch(0);
            }
        }

        if (hasRead)
            _reading.End(count, readError);
        if (hasWritten)
            _writing.End(true, writeError);
    }

    /// <summary>Takes the stream out of the epoll when its data is all that it waits for. Reactor's thread.</summary>
    internal bool BeginAlone()
    {
        lock (_gate)
        {
            if (_isClosed || _isAlone || _writing.IsPending || !_reading.IsPending)
                return false;
            Watch(0);
            _isAlone = true;
            _endsAlone = false;
            return true;
        }
    }

    /// <summary>Has the thread in <see cref="ReadAlone"/> end after the read that it is in.</summary>
    internal void EndAlone()
    {
        lock (_gate)
            _endsAlone = true;
    }

    /// <summary>Reads with calls that wait, until the next read is not asked for, or there is more to wait for.</summary>
    internal void ReadAlone()
    {
        while (WantsAlone(out var buffer))
        {
            // Held during the call only: closing waits for it, and may happen in what the data resumes.
            var received = Libc.Receive(_handle, ref MemoryMarshal.GetReference(buffer.Span), buffer.Length, 0);
            var error = received < 0 ? Marshal.GetLastPInvokeError() : 0;
            _socket.SafeHandle.DangerousRelease();
            if (error is Libc.TryAgain or Libc.Interrupted)
                continue;
            lock (_gate)
            {
                if (_isClosed)
                    return;
                _reading.IsPending = false;
            }

            _reading.End((int)received, error == 0 ? null : Failed("recv", error));
        }
    }

    private bool WantsAlone(out Memory<byte> buffer)
    {
        lock (_gate)
        {
            buffer = _readBuffer;
            if (_isClosed)
                return false;
            if (!_endsAlone && _reading.IsPending)
            {
                var isHeld = false;
                _socket.SafeHandle.DangerousAddRef(ref isHeld);
                return true;
            }

            _isAlone = false;
            if (_reading.IsPending)
                Watch(_watched | Libc.EpollIn);
            return false;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Close();
        base.Dispose(disposing);
    }

    private ValueTask<bool> StartConnecting(IPEndPoint peer)
    {
        var address = peer.Serialize();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            SetBlocking(false);
            var error = Libc.Connect(_socket.SafeHandle, in address.Buffer.Span[0], address.Size) < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error == 0)
            {
                SetBlocking(true);
                return new ValueTask<bool>(true);
            }

            if (error != Libc.InProgress)
                throw Refused(error);
            _isConnecting = true;
            _writing.Begin();
            Watch(Libc.EpollOut);
            return _writing.Task;
        }
    }

    private SocketException? ConnectError()
    {
        _isConnecting = false;
        SetBlocking(true);
        var error = (SocketError)(int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        return error == SocketError.Success ? null : new SocketException((int)error);
    }

    private IOException? ContinueWriting()
    {
        var error = SendSome(ref _writeRest);
        return error == 0 ? null : Failed("send", error);
    }

    /// <summary>Sends what the system takes and cuts it off; returns an error number that is final, or 0.</summary>
    private int SendSome(ref ReadOnlyMemory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var sent = Libc.Send(_handle, in MemoryMarshal.GetReference(buffer.Span), buffer.Length, Libc.DontWait | Libc.NoSignal);
            if (sent < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error == Libc.Interrupted)
                    continue;
                return error == Libc.TryAgain ? 0 : error;
            }

            buffer = buffer[(int)sent..];
        }

        return 0;
    }

    /// <summary>True when the pending read ends.</summary>
    private bool Receive(out int count, out Exception? failure)
    {
        failure = null;
        var received = Libc.Receive(_handle, ref MemoryMarshal.GetReference(_readBuffer.Span), _readBuffer.Length, Libc.DontWait);
        count = (int)received;
        if (received >= 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        if (error is Libc.TryAgain or Libc.Interrupted)
            return false;
        failure = Failed("recv", error);
        return true;
    }

    /// <summary>Has the reactor wait for these events. Under the lock.</summary>
    private void Watch(uint events)
    {
        if (events == _watched)
            return;
        // Even without any wanted event the kernel reports errors, so a socket without one is taken out.
        var operation = _watched == 0 ? Libc.EpollAdd : events == 0 ? Libc.EpollDelete : Libc.EpollModify;
        _reactor.Watch(operation, _socket.SafeHandle, events, Key);
        _watched = events;
    }

    private new void Close()
    {
        bool isReading, isWriting;
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            if (_isAlone)
                Libc.Shutdown(_handle, Libc.BothWays); // ends the call of the thread that waits, for which the next line waits
            (isReading, isWriting) = (_reading.IsPending, _writing.IsPending);
            _reading.IsPending = _writing.IsPending = false;
            _socket.Dispose(); // which ends the watching
        }

        _reactor.Leave(Key);
        if (isReading)
            _reading.End(0, Closed());
        if (isWriting)
            _writing.End(false, Closed());
    }

    /// <summary>Whether calls without <see cref="Libc.DontWait"/> wait; the runtime's own switch cannot be turned back.</summary>
    private void SetBlocking(bool waits)
    {
        var flags = Libc.Control(_handle, Libc.GetFlags, 0);
        Libc.Control(_handle, Libc.SetFlags, waits ? flags & ~Libc.NonBlocking : flags | Libc.NonBlocking);
    }

    private static ObjectDisposedException Closed() => new(nameof(Stream), "The connection was closed on this side.");

    private static IOException Failed(string call, int error) => new($"{call}: {Marshal.GetPInvokeErrorMessage(error)}");

    private static SocketException Refused(int error) => new(
        (int)(error switch
        {
            13 => SocketError.AccessDenied, // EACCES
            99 => SocketError.AddressNotAvailable, // EADDRNOTAVAIL
            101 => SocketError.NetworkUnreachable, // ENETUNREACH
            110 => SocketError.TimedOut, // ETIMEDOUT
            111 => SocketError.ConnectionRefused, // ECONNREFUSED
            113 => SocketError.HostUnreachable, // EHOSTUNREACH
            _ => SocketError.SocketError,
        }),
        Marshal.GetPInvokeErrorMessage(error));

    /// <summary>A result that is awaited again and again.</summary>
    private sealed class Pending<T> : IValueTaskSource<T>, IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<T> _core;

        /// <summary>Guarded by the stream's lock; the result itself is awaited later.</summary>
        internal bool IsPending { get; set; }

        internal ValueTask<T> Task => new(this, _core.Version);

        internal ValueTask PlainTask => new(this, _core.Version);

        internal void Begin()
        {
            if (IsPending)
                throw new InvalidOperationException("An operation of this kind is pending already.");
            IsPending = true;
            _core.Reset();
        }

        internal void End(T result, Exception? failure)
        {
            if (failure is null)
                _core.SetResult(result);
            else
                _core.SetException(failure);
        }

        public T GetResult(short token) => _core.GetResult(token);

        void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
