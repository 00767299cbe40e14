namespace Gateway.OpcUa.Encoding;

/// <summary>Room for a message that grows up to a limit and is used again. Not for two threads at once.</summary>
public sealed class MessageBuffer
{
    private const int Smallest = 256;
    private byte[] _bytes;

    /// <summary>Empty room.</summary>
    /// <param name="limit">Bytes it may grow to.</param>
    /// <param name="capacity">Bytes at the start.</param>
    public MessageBuffer(int limit, int capacity = 4096)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Limit = limit;
        _bytes = new byte[Math.Min(limit, Math.Max(capacity, Smallest))];
    }

    /// <summary>Bytes it may grow to.</summary>
    public int Limit { get; set; }

    /// <summary>Bytes in use.</summary>
    public int Length { get; set; }

    /// <summary>The bytes in use.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>All the room there is.</summary>
    internal byte[] Bytes => _bytes;

    /// <summary>Puts bytes at the end.</summary>
    /// <returns>False when they would pass the limit.</returns>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (!TryGrow(Length + bytes.Length))
            return false;
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
        return true;
    }

    /// <summary>Makes room for <paramref name="size"/> bytes in all, keeping what is there.</summary>
    internal bool TryGrow(int size)
    {
        if (size <= _bytes.Length)
            return true;
        if (size > Limit || size < 0)
            return false;
        Array.Resize(ref _bytes, (int)Math.Min(Limit, Math.Max(size, 2L * _bytes.Length)));
        return true;
    }
}
