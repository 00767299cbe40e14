using Gateway.Drivers.Polling;
using Gateway.Runtime;
using Gateway.Runtime.Scan;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Drivers.Modbus;

/// <summary>
/// A field line that speaks Modbus. One sequential loop owns the connection, the schedule and all state; each turn
/// asks <see cref="NextStep"/> what brings the line nearer to polling and does that one thing. In steady state a poll
/// allocates nothing.
/// </summary>
/// <remarks>
/// All times inside are monotonic ticks of 100 ns since the epoch. The loop resumes on whatever thread completed what
/// it waited for (timer, reader of the client, <see cref="Stop"/>), always one at a time.
/// </remarks>
public sealed partial class ModbusLine : FieldLine
{
    // Longest pause between restarts of the loop; a restart is our bug or a stream's, not the device's.
    private const int RestartMaxMs = 4_000;

    private readonly TimeProvider _time;
    private readonly long _epoch;
    private readonly Func<ModbusLineDefinition, CancellationToken, ValueTask<Stream>> _connect;
    private readonly Random _jitter;
    private readonly LineLog _log;
    private readonly LoopSignal _signal;
    private readonly ModbusLineDefinition _line;
    private readonly ModbusDevice[] _devices;
    private readonly BlockReader[] _readers;
    private readonly InputBinding[] _bindings;
    private readonly PollSchedule _schedule;
    private readonly DeviceHealth _health;
    private readonly ModbusOutput[] _writers;
    private readonly long[] _gates;
    private readonly long[] _notBefore;
    private readonly int[] _inFlightOf;
    private readonly long[] _period;
    private readonly long _outputCheck;
    private long _nextOutputCheck;
    private volatile bool _isStopping;
    private int _restartPauseMs;

    /// <summary>Plans the line. Nothing is opened before <see cref="RunAsync"/>.</summary>
    /// <exception cref="ArgumentException">The definition breaks a rule of <see cref="DefinitionCheck"/>.</exception>
    public ModbusLine(ModbusLineDefinition definition, ModbusLineOptions options)
        : base(definition, new LineStatistics(definition))
    {
        _time = options.Time;
        _epoch = options.Epoch;
        _connect = options.Connect ?? ModbusConnector.ConnectAsync;
        _jitter = options.Jitter ?? new Random(definition.Index);
        _log = new LineLog(options.Logger ?? NullLogger.Instance, definition);
        _signal = new LoopSignal(_time);
        _line = definition;
        _devices = [.. definition.Devices.Cast<ModbusDevice>()];
        ReadBlock[] blocks = ReadPlanner.Plan(definition);
        _readers = new BlockReader[blocks.Length];
        _bindings = new InputBinding[blocks.Length];
        _period = new long[blocks.Length];
        var pace = new (long Period, long Phase, int Gate)[blocks.Length];
        for (int i = 0; i < blocks.Length; i++)
        {
            ModbusDevice device = _devices[blocks[i].Device];
            _readers[i] = new BlockReader(blocks[i], ReadPlanner.GapOf(device, blocks[i].Space));
            _bindings[i] = Bind(definition, device, _readers[i]);
            _period[i] = blocks[i].PeriodMs * TimeSpan.TicksPerMillisecond;
            pace[i] = (_period[i], blocks[i].PhaseMs * TimeSpan.TicksPerMillisecond, blocks[i].Device);
        }

        _schedule = new PollSchedule(pace);
        _health = new DeviceHealth(_devices, _jitter);
        _gates = new long[_devices.Length];
        _notBefore = new long[_devices.Length];
        _inFlightOf = new int[_devices.Length];
        _isSingle = MakeSingle(definition, _devices, out _window);
        _writers = MakeWriters(options.Outputs);
        _outputCheck = Math.Max(1, options.OutputCheckMs) * TimeSpan.TicksPerMillisecond;
        _nextOutputCheck = _writers.Length > 0 ? 0 : long.MaxValue;
        _polledDevices = Array.FindAll(_devices, static d => d.Points.Length > 0).Length;
        _closesWhenIdle = Array.Exists(_devices, static d => d.CloseAfterPoll);
        foreach (ModbusDevice device in _devices)
            _longestPause = Math.Max(_longestPause, Math.Max(device.PauseAfterConnectMs, device.PauseBetweenRequestsMs) * TimeSpan.TicksPerMillisecond);
        _clientTimeoutMs = ClientTimeoutMs(definition, blocks);
        // The time-out, the wait for a late answer after it, and some.
        _overdueTicks = (2L * _clientTimeoutMs + 500) * TimeSpan.TicksPerMillisecond;
    }

    private enum Step
    {
        Wait,
        Stop,
        BeginConnect,
        EndConnect,
        GiveUpConnect,
        Drop,
        CloseIdle,
        Finish,
        Send,
    }

    /// <inheritdoc/>
    public override InputBinding[] Bindings => _bindings;

    /// <summary>Monotonic time since the epoch in ticks of 100 ns, as used by the statistics.</summary>
    public long Elapsed => _time.GetElapsedTime(_epoch).Ticks;

    /// <summary>Sets the pauses between probes of a device; takes effect at the next pause. Any thread.</summary>
    /// <param name="device">Position of the device on the line.</param>
    /// <param name="minMs">First pause in milliseconds, at least 1.</param>
    /// <param name="maxMs">Longest pause in milliseconds, not below the first.</param>
    public void SetProbePause(int device, int minMs, int maxMs) => _health.SetProbePause(device, minMs, maxMs);

    /// <inheritdoc/>
    public override async Task RunAsync()
    {
        while (true)
        {
            try
            {
                await LoopAsync();
                break;
            }
            catch (Exception e)
            {
                // The top of the loop: whatever a stream, a delegate or we ourselves got wrong ends here, is counted
                // and shown, and the line begins anew. A scheduler would only lose it.
                await RecoverAsync(e);
            }
        }

        Statistics.NoteState(LineState.Stopped);
        _signal.Dispose();
    }

    /// <inheritdoc/>
    public override void Stop()
    {
        _isStopping = true;
        _signal.Set();
    }

    private async Task LoopAsync()
    {
        while (true)
        {
            long now = Elapsed;
            UpdateWriters(now);
            switch (NextStep(now))
            {
                case Step.Stop:
                    GiveUpConnect();
                    await CloseAsync();
                    PublishDown(now);
                    return;
                case Step.BeginConnect:
                    BeginConnect(now);
                    break;
                case Step.EndConnect:
                    EndConnect(now);
                    break;
                case Step.GiveUpConnect:
                    GiveUpConnect();
                    NoteLinkFailure("no connection within the time-out", now);
                    break;
                case Step.Drop:
                    bool isQuiet = _inFlight == 0 && _hasAnswered && _dropReason.Length == 0;
                    await CloseAsync();
                    NoteLinkFailure(_dropReason, now, isQuiet);
                    break;
                case Step.CloseIdle:
                    await CloseAsync();
                    _isIdle = true;
                    _connectAt = now;
                    Statistics.NoteState(LineState.Idle);
                    break;
                case Step.Finish:
                    FinishOne(now);
                    break;
                case Step.Send:
                    SendOne(now);
                    break;
                default:
                    await _signal.Until(NextWake(now), now);
                    break;
            }
        }
    }

    /// <summary>The one thing to do next on the way from here to polling.</summary>
    private Step NextStep(long now)
    {
        if (_isStopping)
            return Step.Stop;
        if (_pendingConnect is { } pending)
        {
            if (pending.IsCompleted)
                return Step.EndConnect;
            return now >= _connectUntil ? Step.GiveUpConnect : Step.Wait;
        }

        if (_client is null)
            return now >= _connectAt && (!_isIdle || NextWork() <= now) ? Step.BeginConnect : Step.Wait;
        if (HasCompleted())
            return Step.Finish;
        if (now >= _watchAt)
            WatchReplies(now);
        if (_dropReason.Length > 0 || !_client.IsConnected)
            return Step.Drop;
        if (ChooseRequest(now))
            return Step.Send;
        return _closesWhenIdle && IsIdle(now) ? Step.CloseIdle : Step.Wait;
    }

    private long NextWake(long now)
    {
        if (_nextOutputCheck <= now)
            _nextOutputCheck = now + _outputCheck;
        long wake = _nextOutputCheck;
        foreach (ModbusOutput writer in _writers)
            wake = Math.Min(wake, writer.EndsAt);
        if (_pendingConnect is not null)
            return Math.Min(wake, _connectUntil);
        if (_client is null)
            return Math.Min(wake, _isIdle ? Math.Max(_connectAt, NextWork()) : _connectAt);
        if (_inFlight > 0)
            wake = Math.Min(wake, NextWatch(now));
        // With a full window only an answer makes room, and that sets the signal.
        return _inFlight < _window ? Math.Min(wake, NextWork()) : wake;
    }

    private async Task RecoverAsync(Exception exception)
    {
        Statistics.CountRestart();
        _restartPauseMs = Math.Min(RestartMaxMs, Math.Max(1000, 2 * _restartPauseMs));
        try
        {
            GiveUpConnect();
            await CloseAsync();
            long now = Elapsed;
            NoteLinkFailure("the line's loop failed: " + exception.Message, now);
            _log.Restarted(exception, now);
        }
        catch (Exception)
        {
            // Even telling failed (a log that throws). The counter has it, and the line goes on.
        }

        _connectAt = Elapsed + _restartPauseMs * TimeSpan.TicksPerMillisecond;
        Statistics.NoteNextAttempt(_connectAt);
    }

    private static InputBinding Bind(ModbusLineDefinition line, ModbusDevice device, BlockReader reader)
    {
        ReadBlock block = reader.Block;
        int[] tags = Array.ConvertAll(block.Points, static p => p.Tag);
        double uncertain = device.UncertainAfterPolls * block.PeriodMs + line.TimeoutMs;
        double bad = device.BadAfterPolls * block.PeriodMs + line.TimeoutMs;
        return new InputBinding(
            $"{line.Name}/{device.Name}/{block.Space} {block.Address}",
            reader.Mailbox,
            tags,
            (long)(uncertain * TimeSpan.TicksPerMillisecond),
            (long)(bad * TimeSpan.TicksPerMillisecond));
    }

    private static bool[] MakeSingle(ModbusLineDefinition line, ModbusDevice[] devices, out int window)
    {
        var isSingle = new bool[devices.Length];
        window = line.Transport is LineTransport.ModbusTcp or LineTransport.ModbusTls ? line.Window : 1;
        for (int i = 0; i < isSingle.Length; i++)
        {
            isSingle[i] = PlanReport.WindowOf(line, devices[i]) == 1;
            // Without ids on one connection nothing can be told apart, whoever is asked.
            if (devices[i].IdNotEchoed)
                window = 1;
        }

        return isSingle;
    }

    private ModbusOutput[] MakeWriters(OutputMailbox? mailbox)
    {
        var writers = new List<ModbusOutput>();
        for (int device = 0; mailbox is not null && device < _devices.Length; device++)
        {
            foreach (ModbusPoint point in _devices[device].Points)
            {
                if (point.Output < 0)
                    continue;
                Invariant.Check(point.Output < mailbox.Count);
                writers.Add(new ModbusOutput(device, _devices[device], point, mailbox));
            }
        }

        return [.. writers];
    }
}
