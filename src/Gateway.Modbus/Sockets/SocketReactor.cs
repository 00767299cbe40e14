using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gateway.Modbus.Sockets;

/// <summary>
/// One thread that waits for all sockets of the process and reads and resumes on the spot. The runtime's own sockets try
/// to read before they wait, which is one system call more per request; with this, several connections in one process
/// cost what a C program with epoll costs (docs/benchmarks.md). A connection that is the only one is read by a call that
/// waits in the kernel, which saves the wait for the epoll; as soon as there is a second one, a new thread takes over
/// the epoll and the old one ends with its call. Linux only.
/// </summary>
internal sealed class SocketReactor
{
    private const int MostEvents = 64;
    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC
    private static readonly Lazy<SocketReactor> s_shared = new(() => new SocketReactor());

    private readonly Lock _gate = new();
    private readonly int _epoll;
    private ReactorStream?[] _streams = new ReactorStream?[16];
    private uint _generation;
    private int _count;
    private ReactorStream? _alone;

    // Number of the thread that waits; an older one ends when it sees that.
    private int _turn;

    private SocketReactor()
    {
        _epoll = Libc.EpollCreate(CloseOnExec);
        if (_epoll < 0)
            throw new IOException("epoll_create1: " + Marshal.GetLastPInvokeErrorMessage());
        StartThread();
    }

    /// <summary>The reactor of the process, started by its first use; it lasts as long as the process.</summary>
    /// <exception cref="IOException">The system gives no epoll.</exception>
    internal static SocketReactor Shared => s_shared.Value;

    /// <summary>Gives a stream its key: where it is in the table, and a number that no earlier holder of the place had.</summary>
    internal ulong Enter(ReactorStream stream)
    {
        ulong key;
        lock (_gate)
        {
            var slot = Array.IndexOf(_streams, null);
            if (slot < 0)
            {
                slot = _streams.Length;
                var larger = new ReactorStream?[2 * slot];
                _streams.CopyTo(larger, 0);
                Volatile.Write(ref _streams, larger);
            }

            Volatile.Write(ref _streams[slot], stream);
            _count++;
            key = ((ulong)++_generation << 32) | (uint)slot;
        }

        EndAlone();
        return key;
    }

    internal void Leave(ulong key)
    {
        lock (_gate)
        {
            _streams[(uint)key] = null;
            _count--;
        }
    }

    /// <summary>Something else than the one stream's data is to be waited for. Not under a stream's lock.</summary>
    internal void EndAlone()
    {
        ReactorStream? alone;
        lock (_gate)
        {
            alone = _alone;
            _alone = null;
            if (alone is not null)
                StartThread();
        }

        alone?.EndAlone();
    }

    /// <summary>Changes what is waited for on a stream's socket.</summary>
    /// <exception cref="IOException">The system's limit of watched sockets is reached.</exception>
    internal void Watch(int operation, SafeHandle socket, uint events, ulong key)
    {
        Span<byte> change = stackalloc byte[16];
        MemoryMarshal.Write(change, in events);
        MemoryMarshal.Write(change[(Libc.EventSize - sizeof(ulong))..], in key);
        if (Libc.EpollControl(_epoll, operation, socket, in change[0]) < 0)
            throw new IOException("epoll_ctl: " + Marshal.GetLastPInvokeErrorMessage());
    }

    private void StartThread()
    {
        var turn = ++_turn;
        new Thread(() => Run(turn)) { Name = "modbus sockets", IsBackground = true }.Start();
    }

    private void Run(int turn)
    {
        var size = Libc.EventSize;
        var events = new byte[MostEvents * size];
        while (Volatile.Read(ref _turn) == turn)
        {
            if (BeginAlone(turn) is { } alone)
            {
                alone.ReadAlone();
                lock (_gate)
                    _alone = _alone == alone ? null : _alone;
                continue;
            }

            var count = Libc.EpollWait(_epoll, ref events[0], MostEvents, -1);
            if (count < 0 && Marshal.GetLastPInvokeError() != Libc.Interrupted)
                throw new InvalidOperationException("epoll_wait: " + Marshal.GetLastPInvokeErrorMessage());
            for (var i = 0; i < count; i++)
            {
                var one = events.AsSpan(i * size, size);
                var key = MemoryMarshal.Read<ulong>(one[(size - sizeof(ulong))..]);

                // A stream that was closed since the wait is not there any more, or another is in its place.
                var stream = Volatile.Read(ref Volatile.Read(ref _streams)[(uint)key]);
                if (stream?.Key == key)
                    stream.OnEvents(MemoryMarshal.Read<uint>(one));
            }
        }
    }

    /// <summary>The one stream of the process, when this thread may wait for its data only.</summary>
    private ReactorStream? BeginAlone(int turn)
    {
        if (Volatile.Read(ref _count) != 1)
            return null;
        lock (_gate)
        {
            if (_count != 1 || _turn != turn)
                return null;
            var only = Array.Find(_streams, static s => s is not null)!;
            if (!only.BeginAlone())
                return null;
            return _alone = only;
        }
    }
}
