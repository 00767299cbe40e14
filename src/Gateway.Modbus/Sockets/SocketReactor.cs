using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gateway.Modbus.Sockets;

/// <summary>
/// One thread that waits for all sockets of the process and reads and resumes on the spot. The runtime's own sockets try
/// to read before they wait, which is one system call more per request; with this, several connections in one process
/// cost what a C program with epoll costs (docs/benchmarks.md). Linux only.
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

    private SocketReactor()
    {
        _epoll = Libc.EpollCreate(CloseOnExec);
        if (_epoll < 0)
            throw new IOException("epoll_create1: " + Marshal.GetLastPInvokeErrorMessage());
        new Thread(Run) { Name = "modbus sockets", IsBackground = true }.Start();
    }

    /// <summary>The reactor of the process, started by its first use; it lasts as long as the process.</summary>
    /// <exception cref="IOException">The system gives no epoll.</exception>
    internal static SocketReactor Shared => s_shared.Value;

    /// <summary>Gives a stream its key: where it is in the table, and a number that no earlier holder of the place had.</summary>
    internal ulong Enter(ReactorStream stream)
    {
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
            return ((ulong)++_generation << 32) | (uint)slot;
        }
    }

    internal void Leave(ulong key)
    {
        lock (_gate)
            _streams[(uint)key] = null;
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

    private void Run()
    {
        var size = Libc.EventSize;
        var events = new byte[MostEvents * size];
        while (true)
        {
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
}
