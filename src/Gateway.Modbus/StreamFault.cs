using System.Net.Sockets;
using System.Security.Authentication;

namespace Gateway.Modbus;

/// <summary>Tells the failures of a stream, which are results here, from bugs, which are not caught.</summary>
internal static class StreamFault
{
    internal static bool IsFault(Exception e) =>
        e is IOException or SocketException or ObjectDisposedException or OperationCanceledException
            or TimeoutException or UnauthorizedAccessException or AuthenticationException
        // A serial port that was unplugged or closed reports "the port is closed" this way.
        || (e is InvalidOperationException && e.Source == "System.IO.Ports");
}
