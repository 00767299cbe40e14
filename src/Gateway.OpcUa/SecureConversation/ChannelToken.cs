namespace Gateway.OpcUa.SecureConversation;

/// <summary>A security token of a channel with the keys that belong to it.</summary>
internal sealed class ChannelToken(uint channelId, uint tokenId, ChannelKeys? sending, ChannelKeys? receiving) : IDisposable
{
    public uint ChannelId { get; } = channelId;

    public uint TokenId { get; } = tokenId;

    /// <summary>Keys of what this side sends; null with policy None.</summary>
    public ChannelKeys? Sending { get; } = sending;

    /// <summary>Keys of what this side receives; null with policy None.</summary>
    public ChannelKeys? Receiving { get; } = receiving;

    /// <summary>When the token is refused, as a timestamp: its lifetime and a quarter more (Part 4 §5.5.2).</summary>
    public long RefusedAt { get; set; } = long.MaxValue;

    public void Dispose()
    {
        Sending?.Dispose();
        Receiving?.Dispose();
    }
}
