using Gateway.OpcUa.Transport;

namespace Gateway.OpcUa.SecureConversation;

/// <summary>What a chunk led to.</summary>
internal enum ChunkOutcomeKind
{
    /// <summary>More chunks are needed.</summary>
    Pending,

    /// <summary>A message is complete.</summary>
    Message,

    /// <summary>The message is given up; the channel lives on.</summary>
    Aborted,

    /// <summary>The peer can no longer be trusted: close the channel.</summary>
    Broken,
}

/// <summary>The result of one chunk. The body is valid until the next chunk is accepted.</summary>
internal readonly ref struct ChunkOutcome
{
    public ChunkOutcomeKind Kind { get; init; }

    public FrameKind Frame { get; init; }

    public uint RequestId { get; init; }

    public ReadOnlySpan<byte> Body { get; init; }

    public OpcUaFault Fault { get; init; }

    public static ChunkOutcome Broken(OpcUaFault fault) => new() { Kind = ChunkOutcomeKind.Broken, Fault = fault };
}
