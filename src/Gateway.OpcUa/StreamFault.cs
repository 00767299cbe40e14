using System.Net.Sockets;

namespace Gateway.OpcUa;

/// <summary>Tells the failures of a stream, which are results here, from bugs, which are not caught.</summary>
internal static class StreamFault
{
    internal static bool IsFault(Exception e) =>
        e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or TimeoutException;
}
