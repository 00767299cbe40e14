using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Storage;

namespace Gateway;

/// <summary>
/// Drives the scan from a thread of its own on a grid of absolute deadlines. A late cycle runs once, the skipped ones
/// are counted. An exception out of the scan is a bug of the gateway: the run state becomes Fault, the scan stops and
/// the rest of the process stays up to say why.
/// </summary>
public sealed partial class ScanThread : IDisposable
{
    private readonly GatewayContext _context;
    private readonly Recorder _recorder;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly long _epoch;
    private readonly long _period; // in ticks of 100 ns
    private volatile bool _stopping;
    private StoreState _storeState;
    private long _number;
    private long _unreported;
    private long _nextReport;
    private long _reportInterval = ScanTime.TicksPerSecond;

    /// <summary>Makes the thread.</summary>
    /// <param name="context">What it drives.</param>
    /// <param name="recorder">Woken after each scan that added events.</param>
    /// <param name="epoch">Timestamp of the time provider that counts as elapsed zero; shared with the field lines.</param>
    /// <param name="logger">Log.</param>
    public ScanThread(GatewayContext context, Recorder recorder, long epoch, ILogger logger)
    {
        _context = context;
        _recorder = recorder;
        _logger = logger;
        _epoch = epoch;
        _period = context.Site.Plant.BasePeriodMs * ScanTime.TicksPerMillisecond;
        _thread = new Thread(Run) { Name = "scan", IsBackground = true, Priority = ThreadPriority.Highest };
    }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Ends the scan with the run state Stop and waits for the thread.</summary>
    public void Dispose()
    {
        _stopping = true;
        if (_thread.IsAlive)
            _thread.Join();
    }

    private long Elapsed() => _context.Time.GetElapsedTime(_epoch).Ticks;

    private ScanTime Now(long elapsed) => new(_number, _context.Time.GetUtcNow().UtcTicks, elapsed);

    private void Run()
    {
        var sleeper = new PreciseSleep(_period);
        LogPriority(_logger, sleeper.Describe());
        try
        {
            Loop(sleeper);
            Stop(sleeper, RunState.Stop);
        }
        catch (Exception bug)
        {
            // Whatever comes out of the scan is our own fault; there is no state to go on from.
            _context.Fault = bug.Message;
            LogFault(_logger, bug);
            Stop(sleeper, RunState.Fault);
        }
    }

    /// <summary>Drives the fail-safe values and waits, for half of the time a stop may take, until the lines have written them.</summary>
    private void Stop(PreciseSleep sleeper, RunState state)
    {
        ScanCycle scan = _context.Scan;
        ScanTime now = Now(Elapsed());
        scan.Stop(now, state);
        PassOn(now);
        long limit = Elapsed() + _context.Site.Timeouts.ShutdownMs / 2 * ScanTime.TicksPerMillisecond;
        bool isSettled;
        while (!(isSettled = scan.Settle(Now(Elapsed()))) && Elapsed() < limit)
            sleeper.Until(10 * ScanTime.TicksPerMillisecond);
        if (!isSettled)
            LogUnsafe(_logger);
        PassOn(Now(Elapsed()));
    }

    /// <summary>Gives the recorder what is new: first the state, then the word that the scan's events are complete.</summary>
    private void PassOn(in ScanTime now)
    {
        if (_recorder.Checkpoints is { } checkpoints)
            _context.Scan.Save(checkpoints, now);
        _recorder.Wake();
    }

    private void Loop(PreciseSleep sleeper)
    {
        ScanCycle scan = _context.Scan;
        long deadline = Elapsed() + _period;
        long seen = 0;
        while (!_stopping)
        {
            sleeper.Until(deadline - Elapsed());
            long started = Elapsed();
            long late = Math.Max(started - deadline, 0);
            long skipped = late / _period;
            _number++;
            ScanTime now = Now(started);
            ReportOverrun(skipped, now);
            ReportStore(now);
            scan.Execute(now);
            long finished = Elapsed();
            _context.Statistics.Record(_number, ToSeconds(finished - started), ToSeconds(late), skipped);
            long last = scan.Events.LastSequence;
            if (last != seen || _recorder.Checkpoints is { IsAsked: true })
            {
                seen = last;
                PassOn(now);
            }
            deadline += _period * (skipped + 1);
        }
    }

    private void ReportStore(in ScanTime now)
    {
        if (_context.Journal is not { } journal || journal.Status.State == _storeState)
            return;
        StoreState state = journal.Status.State;
        ScanEvent item = ScanEvent.OfSystem(SystemEvent.StoreChanged, reason: journal.Status.Reason) with { From = (int)_storeState, To = (int)state };
        _storeState = state;
        _context.Scan.Events.Add(now, ref item);
    }

    private void ReportOverrun(long skipped, in ScanTime now)
    {
        _unreported += skipped;
        if (_unreported == 0 || now.Elapsed < _nextReport)
            return;
        ScanEvent item = ScanEvent.OfSystem(SystemEvent.ScanOverrun, _unreported);
        _context.Scan.Events.Add(now, ref item);
        _unreported = 0;
        // Doubling up to an hour: the first line is prompt, a lasting overload does not fill the disk.
        _nextReport = now.Elapsed + _reportInterval;
        _reportInterval = Math.Min(_reportInterval * 2, 3600 * ScanTime.TicksPerSecond);
    }

    private static double ToSeconds(long ticks) => ticks / (double)TimeSpan.TicksPerSecond;

    [LoggerMessage(1101, LogLevel.Information, "Scan thread: {Description}")]
    private static partial void LogPriority(ILogger logger, string description);

    [LoggerMessage(1102, LogLevel.Critical, "The scan failed; fail-safe values are driven, the gateway must be restarted")]
    private static partial void LogFault(ILogger logger, Exception bug);

    [LoggerMessage(1103, LogLevel.Error, "Not every fail-safe value was written before the stop: a line is down or a device does not answer")]
    private static partial void LogUnsafe(ILogger logger);
}
