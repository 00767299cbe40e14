using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Transport;

/// <summary>HEL and ACK: the limits of one side, and in HEL the endpoint that is wanted (Part 6 §7.1.2.3, §7.1.2.4).</summary>
/// <param name="Version">Version of the protocol; 0.</param>
/// <param name="Limits">The sender's limits.</param>
/// <param name="EndpointUrl">The endpoint; null in ACK.</param>
public readonly record struct HelloMessage(uint Version, ConnectionLimits Limits, string? EndpointUrl)
{
    /// <summary>The longest URL a server has to take, in bytes.</summary>
    public const int MaxUrlBytes = 4096;

    /// <summary>Writes the frame.</summary>
    public void Write(MessageBuffer output, FrameKind kind)
    {
        var (limits, version, url) = (Limits, Version, EndpointUrl);
        TransportFrame.Write(output, kind, (ref writer) =>
        {
            writer.WriteUInt32(version);
            writer.WriteInt32(limits.ReceiveBuffer);
            writer.WriteInt32(limits.SendBuffer);
            writer.WriteInt32(limits.MaxMessage);
            writer.WriteInt32(limits.MaxChunks);
            if (kind == FrameKind.Hello)
                writer.WriteString(url);
        });
    }

    /// <summary>Reads the body of a frame.</summary>
    /// <returns>False when the body is too short or a number is impossible.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, FrameKind kind, out HelloMessage message)
    {
        var reader = new UaReader(body, new EncodingLimits { MaxStringBytes = MaxUrlBytes });
        var version = reader.ReadUInt32();
        // A peer without limits may write numbers that do not fit a signed 32-bit number: they are as good as none.
        var limits = new ConnectionLimits(Clamp(reader.ReadUInt32()), Clamp(reader.ReadUInt32()), Clamp(reader.ReadUInt32()), Clamp(reader.ReadUInt32()));
        message = new HelloMessage(version, limits, kind == FrameKind.Hello ? reader.ReadString() : null);
        return reader.IsGood;
    }

    private static int Clamp(uint value) => (int)Math.Min(value, int.MaxValue);
}

/// <summary>ERR: why the sender closes the connection (Part 6 §7.1.2.5).</summary>
/// <param name="Status">The reason's code.</param>
/// <param name="Reason">The reason in words; may be null.</param>
public readonly record struct ErrorMessage(StatusCode Status, string? Reason)
{
    private const int MaxReasonBytes = 4096;

    /// <summary>Writes the frame.</summary>
    public void Write(MessageBuffer output)
    {
        var (status, reason) = (Status, Reason);
        TransportFrame.Write(output, FrameKind.Error, (ref writer) =>
        {
            writer.WriteStatusCode(status);
            writer.WriteString(reason);
        });
    }

    /// <summary>Reads the body of a frame; also that of an abort chunk, which is the same.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out ErrorMessage message)
    {
        var reader = new UaReader(body, new EncodingLimits { MaxStringBytes = MaxReasonBytes });
        message = new ErrorMessage(reader.ReadStatusCode(), reader.ReadString());
        return reader.IsGood;
    }
}

/// <summary>RHE: a server that connects to a client says who it is and where it can be reached (Part 6 §7.1.2.6).</summary>
/// <param name="ServerUri">The server's application URI.</param>
/// <param name="EndpointUrl">The endpoint the client is to use in HEL.</param>
public readonly record struct ReverseHelloMessage(string? ServerUri, string? EndpointUrl)
{
    /// <summary>Writes the frame.</summary>
    public void Write(MessageBuffer output)
    {
        var (uri, url) = (ServerUri, EndpointUrl);
        TransportFrame.Write(output, FrameKind.ReverseHello, (ref writer) =>
        {
            writer.WriteString(uri);
            writer.WriteString(url);
        });
    }

    /// <summary>Reads the body of a frame.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out ReverseHelloMessage message)
    {
        var reader = new UaReader(body, new EncodingLimits { MaxStringBytes = HelloMessage.MaxUrlBytes });
        message = new ReverseHelloMessage(reader.ReadString(), reader.ReadString());
        return reader.IsGood;
    }
}

/// <summary>Frames that are neither signed nor encrypted.</summary>
internal static class TransportFrame
{
    internal delegate void Body(ref UaWriter writer);

    public static void Write(MessageBuffer output, FrameKind kind, Body body)
    {
        var start = output.Length;
        var writer = new UaWriter(output);
        writer.WriteUInt64(0);
        body(ref writer);
        if (writer.Finish().IsGood)
            FrameScan.WriteHeader(output.Bytes.AsSpan(start), kind, ChunkKind.Final, output.Length - start);
    }
}
