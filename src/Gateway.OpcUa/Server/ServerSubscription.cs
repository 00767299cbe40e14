using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <summary>Items that are sampled together.</summary>
internal sealed class SamplingGroup(long intervalTicks, long next)
{
    public long IntervalTicks { get; } = intervalTicks;

    public long Next { get; set; } = next;

    public List<MonitoredItem> Items { get; } = [];

    public void Add(MonitoredItem item)
    {
        item.Place = Items.Count;
        Items.Add(item);
    }

    public void Remove(MonitoredItem item)
    {
        var last = Items[^1];
        Items[item.Place] = last;
        last.Place = item.Place;
        Items.RemoveAt(Items.Count - 1);
    }
}

/// <summary>A message that was sent and is not yet acknowledged: its bytes, for another time.</summary>
internal struct SentMessage
{
    public uint Sequence;
    public byte[] Bytes;
    public int Length;
}

/// <summary>One subscription: items, what to tell, counters, sent messages. Guarded by the server's gate.</summary>
internal sealed class ServerSubscription(uint id, int retransmissions)
{
    private readonly SentMessage[] _sent = new SentMessage[retransmissions];

    public uint Id { get; } = id;

    /// <summary>Whose Publish requests are answered; null while it waits for a new owner.</summary>
    public ServerSession? Session { get; set; }

    /// <summary>Who may take it over.</summary>
    public required ServerUser User { get; init; }

    public double IntervalMs { get; set; }

    public long IntervalTicks { get; set; }

    public long NextPublish { get; set; }

    public uint KeepAliveCount { get; set; }

    public uint LifetimeCount { get; set; }

    public int MaxNotifications { get; set; }

    public byte Priority { get; set; }

    public bool IsEnabled { get; set; }

    public bool HasSpoken { get; set; }

    /// <summary>True when there is something to tell and no request to tell it with.</summary>
    public bool IsLate { get; set; }

    public long LateSince { get; set; }

    public uint IdleCycles { get; set; }

    public uint LateCycles { get; set; }

    /// <summary>The number of the next message; 0 is never used.</summary>
    public uint NextSequence { get; private set; } = 1;

    public Dictionary<uint, MonitoredItem> Items { get; } = [];

    public List<SamplingGroup> Groups { get; } = [];

    /// <summary>Items with something to tell, first come first told.</summary>
    public Queue<MonitoredItem> Listed { get; } = new();

    public int SentCount { get; private set; }

    public void Advance() => NextSequence = NextSequence == uint.MaxValue ? 1 : NextSequence + 1;

    /// <summary>Keeps a message until it is acknowledged; the oldest of too many goes. Buffers are used again.</summary>
    public void Keep(uint sequence, ReadOnlySpan<byte> message)
    {
        if (SentCount == _sent.Length)
            RemoveAt(0);
        ref var slot = ref _sent[SentCount++];
        if (slot.Bytes is null || slot.Bytes.Length < message.Length)
            slot.Bytes = new byte[message.Length + message.Length / 4];
        message.CopyTo(slot.Bytes);
        (slot.Sequence, slot.Length) = (sequence, message.Length);
    }

    public bool Acknowledge(uint sequence)
    {
        for (var i = 0; i < SentCount; i++)
        {
            if (_sent[i].Sequence != sequence)
                continue;
            RemoveAt(i);
            return true;
        }

        return false;
    }

    public uint SequenceAt(int index) => _sent[index].Sequence;

    public ReadOnlySpan<byte> Find(uint sequence)
    {
        for (var i = 0; i < SentCount; i++)
        {
            if (_sent[i].Sequence == sequence)
                return _sent[i].Bytes.AsSpan(0, _sent[i].Length);
        }

        return default;
    }

    private void RemoveAt(int index)
    {
        var freed = _sent[index];
        Array.Copy(_sent, index + 1, _sent, index, SentCount - index - 1);
        _sent[--SentCount] = freed;
    }
}
