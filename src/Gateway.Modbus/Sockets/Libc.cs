using System.Runtime.InteropServices;

namespace Gateway.Modbus.Sockets;

/// <summary>The system calls of the socket reactor (Linux). Each returns -1 with the error number set on failure.</summary>
internal static partial class Libc
{
    internal const uint EpollIn = 0x001;
    internal const uint EpollOut = 0x004;
    internal const uint EpollError = 0x008;
    internal const uint EpollHangUp = 0x010;
    internal const int EpollAdd = 1;
    internal const int EpollDelete = 2;
    internal const int EpollModify = 3;
    internal const int DontWait = 0x40; // MSG_DONTWAIT
    internal const int NoSignal = 0x4000; // MSG_NOSIGNAL: a broken pipe is a result, not a signal
    internal const int GetFlags = 3; // F_GETFL
    internal const int SetFlags = 4; // F_SETFL
    internal const int NonBlocking = 0x800; // O_NONBLOCK
    internal const int BothWays = 2; // SHUT_RDWR
    internal const int Interrupted = 4; // EINTR
    internal const int TryAgain = 11; // EAGAIN
    internal const int InProgress = 115; // EINPROGRESS

    /// <summary>Bytes of a struct epoll_event, which x86-64 alone packs.</summary>
    internal static int EventSize { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int EpollControl(int epoll, int operation, SafeHandle socket, in byte change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int EpollWait(int epoll, ref byte events, int most, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Connect(SafeHandle socket, in byte address, int length);

    // The numbers of open sockets: the streams guard them with their lock, so a safe handle's counting is spared.
    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial nint Receive(int socket, ref byte buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial nint Send(int socket, in byte buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Control(int socket, int command, int argument);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Shutdown(int socket, int how);
}
