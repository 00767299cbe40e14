namespace Gateway.Modbus;

/// <summary>Counters of a client. Written under the client's lock; a reader sees values that may be a request old.</summary>
public sealed class ModbusClientStatistics
{
    /// <summary>Requests sent.</summary>
    public long Requests { get; internal set; }

    /// <summary>Requests done by the device.</summary>
    public long Ok { get; internal set; }

    /// <summary>Requests answered with an exception code.</summary>
    public long Exceptions { get; internal set; }

    /// <summary>Requests without an answer in time.</summary>
    public long Timeouts { get; internal set; }

    /// <summary>Answers that did not fit, and broken frames.</summary>
    public long BadFrames { get; internal set; }

    /// <summary>Late or unasked answers that were skipped.</summary>
    public long StaleSkipped { get; internal set; }

    /// <summary>Bytes received.</summary>
    public long BytesIn { get; internal set; }

    /// <summary>Bytes sent.</summary>
    public long BytesOut { get; internal set; }

    /// <summary>Received bytes that belonged to no frame.</summary>
    public long DroppedBytes { get; internal set; }
}

/// <summary>Counters of a server; each is changed by interlocked additions and may be read at any time.</summary>
public sealed class ModbusServerStatistics
{
    internal long _accepted;
    internal long _refused;
    internal long _requests;
    internal long _exceptions;
    internal long _badFrames;
    internal long _idleClosed;
    internal long _open;
    internal long _droppedBytes;

    /// <summary>Connections served since the start.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Connections closed because of the limit or a failed handshake.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Requests executed.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Requests answered with an exception.</summary>
    public long Exceptions => Interlocked.Read(ref _exceptions);

    /// <summary>Broken frames: TCP connections closed for them, serial frames dropped.</summary>
    public long BadFrames => Interlocked.Read(ref _badFrames);

    /// <summary>Connections closed because they were idle.</summary>
    public long IdleClosed => Interlocked.Read(ref _idleClosed);

    /// <summary>Connections open now.</summary>
    public long Open => Interlocked.Read(ref _open);

    /// <summary>Bytes on serial framings that belonged to no frame.</summary>
    public long DroppedBytes => Interlocked.Read(ref _droppedBytes);
}
