using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Transport;

/// <summary>How large frames and messages may be, as one side announces it and as both agree (Part 6 §7.1.2.3).</summary>
/// <param name="ReceiveBuffer">Bytes of the largest frame this side takes.</param>
/// <param name="SendBuffer">Bytes of the largest frame this side sends.</param>
/// <param name="MaxMessage">Bytes of the largest message this side takes; 0 is no limit of its own.</param>
/// <param name="MaxChunks">Frames of one message this side takes; 0 is no limit of its own.</param>
public readonly record struct ConnectionLimits(int ReceiveBuffer, int SendBuffer, int MaxMessage, int MaxChunks)
{
    /// <summary>The smallest buffer the specification allows.</summary>
    public const int SmallestBuffer = 8192;

    /// <summary>Limits of a client that talks to any server.</summary>
    public static ConnectionLimits Default { get; } = new(65536, 65536, 16 << 20, 1024);

    /// <summary>What holds for a client after the server's answer.</summary>
    /// <param name="answer">The server's limits, seen from the server.</param>
    /// <param name="sendMax">Bytes and chunks the server takes; 0 is no limit.</param>
    /// <returns>False when the server's buffers are larger than announced or smaller than allowed.</returns>
    internal bool TryAgree(ConnectionLimits answer, out ConnectionLimits agreed, out (int Message, int Chunks) sendMax)
    {
        agreed = this with { ReceiveBuffer = answer.SendBuffer, SendBuffer = answer.ReceiveBuffer };
        sendMax = (answer.MaxMessage, answer.MaxChunks);
        return answer.SendBuffer <= ReceiveBuffer && answer.ReceiveBuffer <= SendBuffer && Math.Min(answer.SendBuffer, answer.ReceiveBuffer) >= SmallestBuffer;
    }
}
