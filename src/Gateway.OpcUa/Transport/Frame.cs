using System.Buffers.Binary;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Transport;

/// <summary>The three letters a frame starts with, as a little-endian number (Part 6 §6.7.2, §7.1.2).</summary>
public enum FrameKind
{
    /// <summary>HEL: the client's first frame.</summary>
    Hello = 'H' | ('E' << 8) | ('L' << 16),

    /// <summary>ACK: the server's answer to it.</summary>
    Acknowledge = 'A' | ('C' << 8) | ('K' << 16),

    /// <summary>ERR: the sender closes the connection.</summary>
    Error = 'E' | ('R' << 8) | ('R' << 16),

    /// <summary>RHE: a server that opened the connection.</summary>
    ReverseHello = 'R' | ('H' << 8) | ('E' << 16),

    /// <summary>OPN: opens or renews a secure channel.</summary>
    Open = 'O' | ('P' << 8) | ('N' << 16),

    /// <summary>MSG: a part of a service message.</summary>
    Message = 'M' | ('S' << 8) | ('G' << 16),

    /// <summary>CLO: closes a secure channel.</summary>
    Close = 'C' | ('L' << 8) | ('O' << 16),
}

/// <summary>The fourth letter of a frame: what follows it.</summary>
public enum ChunkKind : byte
{
    /// <summary>F: the last part.</summary>
    Final = (byte)'F',

    /// <summary>C: more parts follow.</summary>
    Intermediate = (byte)'C',

    /// <summary>A: the message is given up.</summary>
    Abort = (byte)'A',
}

/// <summary>What the scanner found at the start of the bytes.</summary>
public enum FrameScanStatus : byte
{
    /// <summary>The frame is not complete.</summary>
    NeedMore,

    /// <summary>A whole frame.</summary>
    Frame,

    /// <summary>These bytes can never become a frame.</summary>
    Broken,
}

/// <summary>One look at the start of a stream of frames.</summary>
/// <param name="Status">What was found.</param>
/// <param name="Size">Bytes of the frame, as far as known; 0 when not.</param>
/// <param name="Kind">The frame's letters.</param>
/// <param name="Chunk">The frame's fourth letter.</param>
/// <param name="Fault">Why the bytes are broken.</param>
public readonly record struct FrameScan(FrameScanStatus Status, int Size, FrameKind Kind, ChunkKind Chunk, OpcUaFault Fault)
{
    /// <summary>Bytes before a frame's body: letters and size.</summary>
    public const int HeaderSize = 8;

    /// <summary>Looks at the start of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">What came so far.</param>
    /// <param name="maxSize">The receive buffer announced to the peer: no frame may be larger.</param>
    public static FrameScan Scan(ReadOnlySpan<byte> bytes, int maxSize)
    {
        if (bytes.Length < HeaderSize)
            return bytes.Length >= 3 && !IsKnown(KindOf(bytes)) ? Broken(StatusCodes.BadTcpMessageTypeInvalid, "the peer does not speak OPC UA: its first bytes are no frame") : default;
        var kind = KindOf(bytes);
        var chunk = (ChunkKind)bytes[3];
        if (!IsKnown(kind))
            return Broken(StatusCodes.BadTcpMessageTypeInvalid, "the peer does not speak OPC UA: its bytes are no frame");
        if (chunk != ChunkKind.Final && (kind != FrameKind.Message || chunk is not (ChunkKind.Intermediate or ChunkKind.Abort)))
            return Broken(StatusCodes.BadTcpMessageTypeInvalid, $"a frame has the unknown chunk type 0x{bytes[3]:X2}");
        var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (size > (uint)maxSize)
            return Broken(StatusCodes.BadTcpMessageTooLarge, $"a frame of {size} bytes is larger than the {maxSize} bytes announced");
        if (size < HeaderSize)
            return Broken(StatusCodes.BadTcpMessageTypeInvalid, $"a frame says it has only {size} bytes");
        return new FrameScan(size <= bytes.Length ? FrameScanStatus.Frame : FrameScanStatus.NeedMore, (int)size, kind, chunk, default);
    }

    internal static void WriteHeader(Span<byte> frame, FrameKind kind, ChunkKind chunk, int size)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, (int)kind | ((byte)chunk << 24));
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], size);
    }

    private static FrameKind KindOf(ReadOnlySpan<byte> bytes) => (FrameKind)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16));

    private static bool IsKnown(FrameKind kind) => kind is FrameKind.Message or FrameKind.Open or FrameKind.Close or FrameKind.Hello or
        FrameKind.Acknowledge or FrameKind.Error or FrameKind.ReverseHello;

    private static FrameScan Broken(StatusCode status, string cause) => new(FrameScanStatus.Broken, 0, default, default, new OpcUaFault(status, cause));
}
