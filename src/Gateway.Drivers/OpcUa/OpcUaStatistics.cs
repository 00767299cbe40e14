namespace Gateway.Drivers.OpcUa;

/// <summary>
/// What an OPC UA line counts beside every line's figures. Written by its line only; any thread may read, and sees each
/// number whole.
/// </summary>
public sealed class OpcUaStatistics
{
    private long _sessions;
    private long _reactivations;
    private long _transfers;
    private long _values;
    private long _lostMessages;
    private long _overflows;
    private long _recreations;
    private long _silences;
    private long _recreatedItems;
    private long _timesOff;
    private long _clockDifferenceTicks;

    /// <summary>Sessions opened.</summary>
    public long Sessions => Volatile.Read(ref _sessions);
    /// <summary>Sessions that went on on another connection.</summary>
    public long Reactivations => Volatile.Read(ref _reactivations);
    /// <summary>Subscriptions taken over from a former session.</summary>
    public long Transfers => Volatile.Read(ref _transfers);
    /// <summary>Values received.</summary>
    public long Values => Volatile.Read(ref _values);
    /// <summary>Messages the server sent that could not be had any more.</summary>
    public long LostMessages => Volatile.Read(ref _lostMessages);
    /// <summary>Values that say that the server dropped others before them.</summary>
    public long Overflows => Volatile.Read(ref _overflows);
    /// <summary>Subscriptions made anew, each with a gap of unknown size.</summary>
    public long Recreations => Volatile.Read(ref _recreations);
    /// <summary>Times a subscription kept neither its values nor its keep-alives coming although the connection was good.</summary>
    public long Silences => Volatile.Read(ref _silences);
    /// <summary>Items that were silent although their node had changed, and were made anew.</summary>
    public long RecreatedItems => Volatile.Read(ref _recreatedItems);
    /// <summary>Values whose source time could not be believed and was replaced.</summary>
    public long TimesOff => Volatile.Read(ref _timesOff);
    /// <summary>How far the server's clock was ahead of ours in its last answer, in ticks of 100 ns.</summary>
    public long ClockDifferenceTicks => Volatile.Read(ref _clockDifferenceTicks);

    internal void CountValues(int count) => Interlocked.Add(ref _values, count);

    internal void CountTimeOff() => Interlocked.Increment(ref _timesOff);

    internal void NoteLink(long sessions, long reactivations, long transfers, long recreatedItems, long clockDifferenceTicks)
    {
        Volatile.Write(ref _sessions, sessions);
        Volatile.Write(ref _reactivations, reactivations);
        Volatile.Write(ref _transfers, transfers);
        Volatile.Write(ref _recreatedItems, recreatedItems);
        Volatile.Write(ref _clockDifferenceTicks, clockDifferenceTicks);
    }

    internal void NoteSubscriptions(long lostMessages, long overflows, long recreations, long silences)
    {
        Volatile.Write(ref _lostMessages, lostMessages);
        Volatile.Write(ref _overflows, overflows);
        Volatile.Write(ref _recreations, recreations);
        Volatile.Write(ref _silences, silences);
    }
}
