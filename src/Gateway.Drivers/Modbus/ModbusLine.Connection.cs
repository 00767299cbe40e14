using Gateway.Drivers.Polling;
using Gateway.Modbus;
using Gateway.Runtime.Tags;

namespace Gateway.Drivers.Modbus;

/// <content>
/// The connection and its one owner: opening off the polling path, closing the old before opening the new, and the
/// pauses between attempts.
/// </content>
public sealed partial class ModbusLine
{
    // A connect delegate that ignores its cancellation is waited for this long before the attempt is left behind.
    private const long GraceAfterConnectTimeout = TimeSpan.TicksPerSecond / 2;

    private readonly bool _closesWhenIdle;
    private readonly int _clientTimeoutMs;
    private ModbusClient? _client;
    private RequestSlot[] _slots = [];
    private Task<Stream>? _pendingConnect;
    private CancellationTokenSource? _connectCancellation;
    private ITimer? _connectTimer;
    private long _connectUntil = long.MaxValue;
    private long _connectAt;
    private int _connectPauseMs;
    private string _dropReason = "";
    private bool _isIdle;
    private bool _isDownPublished;

    private void BeginConnect(long now)
    {
        Statistics.NoteState(LineState.Connecting);
        var cancellation = new CancellationTokenSource();
        _connectCancellation = cancellation;
        long limit = Definition.ConnectTimeoutMs * TimeSpan.TicksPerMillisecond;
        _connectTimer = _time.CreateTimer(
            static c => ((CancellationTokenSource)c!).Cancel(), cancellation, TimeSpan.FromTicks(limit), Timeout.InfiniteTimeSpan);
        _connectUntil = now + limit + GraceAfterConnectTimeout;
        try
        {
            _pendingConnect = _connect(_line, cancellation.Token).AsTask();
        }
        catch (Exception e)
        {
            // A delegate that throws instead of returning a failed task says the same.
            _pendingConnect = Task.FromException<Stream>(e);
        }

        if (!_pendingConnect.IsCompleted)
            _pendingConnect.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_signal.Set);
    }

    private void EndConnect(long now)
    {
        Task<Stream> connect = _pendingConnect!;
        ForgetConnect();
        if (!connect.IsCompletedSuccessfully)
        {
            Exception? cause = connect.Exception?.InnerException;
            NoteLinkFailure(connect.IsCanceled ? "no connection within the time-out" : cause?.Message ?? "no connection", now);
            return;
        }

        _client = new ModbusClient(connect.Result, ClientOptions(), _time);
        // One more than the window: a write does not wait behind a read that pauses between two requests.
        _slots = new RequestSlot[_window + 1];
        for (int i = 0; i < _slots.Length; i++)
            _slots[i] = new RequestSlot(_signal);
        _inFlight = 0;
        _dropReason = "";
        _hasAnswered = false;
        _timeoutsInRow = 0;
        _staleSeen = 0;
        _bytesSeen = 0;
        Statistics.CountConnect();
        Statistics.NoteState(LineState.Polling);
        _health.ProbeAllNow(now);
        for (int device = 0; device < _devices.Length; device++)
        {
            _inFlightOf[device] = 0;
            _notBefore[device] = now + _devices[device].PauseAfterConnectMs * TimeSpan.TicksPerMillisecond;
            UpdateGate(device);
        }

        // After an outage the newest values are wanted at once; the slots of the outage were nobody's.
        for (int block = 0; block < _readers.Length && !_isIdle; block++)
            _schedule.ServeNow(block, now);
        _isIdle = false;
    }

    /// <summary>Leaves an attempt behind; a stream that still comes out of it is closed.</summary>
    private void GiveUpConnect()
    {
        if (_pendingConnect is not { } connect)
            return;
        _connectCancellation!.Cancel();
        ForgetConnect();
        _ = CloseLateAsync(connect);
    }

    private static async Task CloseLateAsync(Task<Stream> connect)
    {
        try
        {
            await using Stream stream = await connect;
        }
        catch (Exception)
        {
            // The attempt failed after it was given up, or its stream cannot be closed: nobody waits for either.
        }
    }

    private void ForgetConnect()
    {
        _pendingConnect = null;
        _connectUntil = long.MaxValue;
        _connectTimer?.Dispose();
        _connectTimer = null;
        // Not disposed: its timer may be firing on another thread at this moment, and it holds nothing.
        _connectCancellation = null;
    }

    private async ValueTask CloseAsync()
    {
        if (_client is not { } client)
            return;
        _client = null;
        try
        {
            await client.DisposeAsync();
        }
        catch (Exception)
        {
            // A stream that cannot be closed is given up like one that can.
        }

        CountStale(client);
        long now = Elapsed;
        foreach (RequestSlot slot in _slots)
            AbandonSlot(slot, now);
        _slots = [];
        _inFlight = 0;
    }

    /// <summary>Publishes the loss and sets the next attempt: 1, 2, 4 … s with jitter, until an answer comes.</summary>
    /// <param name="reason">What happened, for people; empty when the connection just ended.</param>
    /// <param name="now">The time.</param>
    /// <param name="isQuiet">
    /// True when a good connection ended between two polls: many devices close an idle one. Nothing was lost yet, so the
    /// values stay as good as their age until the next attempt fails too.
    /// </param>
    private void NoteLinkFailure(string reason, long now, bool isQuiet = false)
    {
        _isIdle = false;
        if (reason.Length == 0)
            reason = "the connection was closed by the other side or broke";
        _dropReason = "";
        if (Statistics.State == LineState.Connecting)
            Statistics.CountFailedConnect();
        Statistics.NoteTrouble(reason);
        Statistics.NoteState(LineState.Waiting);
        _connectPauseMs = Math.Clamp(2 * _connectPauseMs, Definition.ReconnectMinMs, Definition.ReconnectMaxMs);
        double pause = Math.Min(_connectPauseMs * (0.8 + 0.4 * _jitter.NextDouble()), Definition.ReconnectMaxMs);
        _connectAt = now + (long)(pause * TimeSpan.TicksPerMillisecond);
        Statistics.NoteNextAttempt(_connectAt);
        if (isQuiet)
            return;
        PublishDown(now);
        _log.LinkDown(reason, now);
    }

    private void PublishDown(long now)
    {
        if (_isDownPublished)
            return;
        _isDownPublished = true;
        for (int device = 0; device < _devices.Length; device++)
            PublishBad(device, now);
    }

    /// <summary>Tells the scan that a device cannot be reached: every block of it, whatever it holds.</summary>
    private void PublishBad(int device, long now)
    {
        DeviceStatistics statistics = Statistics.Devices[device];
        statistics.NoteNotGood();
        Quality quality = statistics.LastGoodUtc == 0 ? Quality.BadNotConnected : Quality.BadNoCommunication;
        long utc = _time.GetUtcNow().UtcTicks;
        for (int block = 0; block < _readers.Length; block++)
        {
            BlockReader reader = _readers[block];
            if (reader.Block.Device != device)
                continue;
            _schedule.Skip(block, now);
            if (!reader.IsRunning)
                reader.PublishBad(quality, utc);
        }
    }

    private ModbusClientOptions ClientOptions() => new()
    {
        Framing = Definition.Transport switch
        {
            LineTransport.ModbusRtu => ModbusFraming.Rtu,
            LineTransport.ModbusRtuOverTcp => ModbusFraming.RtuOverTcp,
            LineTransport.ModbusAscii => ModbusFraming.Ascii,
            _ => ModbusFraming.Tcp,
        },
        Window = _window,
        TimeoutMs = _clientTimeoutMs,
        IdNotEchoed = Array.Exists(_devices, static d => d.IdNotEchoed),
        BaudRate = _line.IsSerial ? _line.BaudRate : 0,
    };

    /// <summary>On a bus the answer cannot come before request and answer have passed the wire.</summary>
    private static int ClientTimeoutMs(ModbusLineDefinition line, ReadBlock[] blocks)
    {
        var time = new BusTime(line, 0);
        double wire = 0;
        foreach (ReadBlock block in blocks)
            wire = Math.Max(wire, time.ReadSeconds(block));
        return Math.Min(3_600_000, line.TimeoutMs + (int)Math.Ceiling(1000 * wire));
    }
}
