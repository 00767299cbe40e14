namespace Gateway.OpcUa.SecureConversation;

/// <summary>Counts the chunks of one direction over all tokens of a channel (Part 6 §6.7.2.4).</summary>
internal struct SequenceNumber
{
    // 2^32 - 1 - 1024: the number behind it starts again below 1024.
    private const uint Last = 4_294_966_271;
    private const uint FirstBelow = 1024;

    private bool _hasLast;
    private uint _last;

    /// <summary>Continues behind <paramref name="last"/>.</summary>
    public SequenceNumber(uint last)
    {
        _last = last;
        _hasLast = true;
    }

    /// <summary>The number of the next chunk to send.</summary>
    public uint Next()
    {
        _hasLast = true;
        return _last = _last >= Last ? 1 : _last + 1;
    }

    /// <summary>Takes the number of a chunk that came.</summary>
    /// <returns>False for a gap or a repetition.</returns>
    public bool Accept(uint number)
    {
        var isNext = !_hasLast || number == _last + 1 || (_last >= Last && number < FirstBelow);
        if (isNext)
            (_hasLast, _last) = (true, number);
        return isNext;
    }

    public readonly override string ToString() => _last.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
