using Gateway.Modbus;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Server;

namespace Gateway.Simulation.Plc;

/// <summary>
/// A Modbus TCP server over streams handed in (sockets or a simulated network) whose answers are spoiled by
/// <see cref="FaultRules"/>. While no rule is in force it answers like <see cref="ModbusServer"/>, several requests in
/// one write. Members may be called from any thread; the model is called by one connection at a time.
/// </summary>
public sealed class FaultyModbusServer : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Lock _modelGate = new();
    private readonly HashSet<Stream> _streams = [];
    private readonly IDataModel _model;
    private readonly Func<byte, string?>? _deviceOf;
    private readonly int _maxConnections;
    private readonly TimeSpan _idleTimeout;
    private bool _isStopped;
    private bool _isDisposed;
    private long _requests;
    private long _badFrames;

    /// <summary>Creates a server; it serves the streams given to <see cref="ServeAsync"/>.</summary>
    /// <param name="model">The data.</param>
    /// <param name="faults">The rules; they may change while the server runs.</param>
    /// <param name="deviceOf">Name of the device of a unit id, for rules that name one.</param>
    /// <param name="time">Clock of delays; null for the system's.</param>
    /// <param name="maxConnections">Connections served at once; a further one is closed at once.</param>
    /// <param name="idleTimeout">A connection without a whole request for so long is closed, so that half-open ones do not use up the limit; null for 5 minutes.</param>
    public FaultyModbusServer(
        IDataModel model, FaultRules faults, Func<byte, string?>? deviceOf = null, TimeProvider? time = null, int maxConnections = 100, TimeSpan? idleTimeout = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(faults);
        _model = model;
        _deviceOf = deviceOf;
        _maxConnections = maxConnections;
        _idleTimeout = idleTimeout ?? TimeSpan.FromMinutes(5);
        Faults = faults;
        Time = time ?? TimeProvider.System;
    }

    /// <summary>The rules.</summary>
    public FaultRules Faults { get; }

    /// <summary>True to close every connection, now and as soon as one is handed in, as a device that is off.</summary>
    public bool IsStopped
    {
        get
        {
            lock (_gate)
                return _isStopped;
        }

        set
        {
            lock (_gate)
                _isStopped = value;
            if (value)
                CloseAll();
        }
    }

    /// <summary>Connections being served.</summary>
    public int Connections
    {
        get
        {
            lock (_gate)
                return _streams.Count;
        }
    }

    /// <summary>Requests received so far.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Frames that broke the protocol, each of which ended its connection.</summary>
    public long BadFrames => Interlocked.Read(ref _badFrames);

    internal TimeProvider Time { get; }

    /// <summary>
    /// Serves one stream until the peer closes it or breaks the protocol, a rule closes it, the server is stopped or
    /// <paramref name="cancellation"/> fires. The stream is disposed at the end.
    /// </summary>
    public async Task ServeAsync(Stream stream, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!TryAdd(stream))
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            return;
        }

        try
        {
            using var registration = cancellation.UnsafeRegister(static s => ((Stream)s!).Dispose(), stream);
            using var connection = new FaultyConnection(this, stream, _idleTimeout);
            await connection.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _streams.Remove(stream);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes every connection and refuses further ones.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
            _isDisposed = true;
        CloseAll();
        return ValueTask.CompletedTask;
    }

    internal RequestFacts FactsOf(byte unit, ReadOnlySpan<byte> pdu) => new(_deviceOf?.Invoke(unit), unit, pdu);

    internal int Execute(byte unit, ReadOnlySpan<byte> request, Span<byte> response)
    {
        Interlocked.Increment(ref _requests);

        // As the plain server: silence would cost the client a time-out.
        if (!_model.Serves(unit))
            return RequestProcessor.Refuse(request[0], ModbusExceptionCode.GatewayTargetFailedToRespond, response);
        lock (_modelGate)
            return RequestProcessor.Process(request, response, unit, _model);
    }

    internal void CountLost() => Interlocked.Increment(ref _requests);

    internal void CountBadFrame() => Interlocked.Increment(ref _badFrames);

    private bool TryAdd(Stream stream)
    {
        lock (_gate)
            return !_isDisposed && !_isStopped && _streams.Count < _maxConnections && _streams.Add(stream);
    }

    private void CloseAll()
    {
        Stream[] open;
        lock (_gate)
            open = [.. _streams];
        foreach (var stream in open)
            stream.Dispose();
    }
}
