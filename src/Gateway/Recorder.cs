using Gateway.Runtime.Alarms;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;

namespace Gateway;

/// <summary>
/// The one reader of the event ring: a thread of its own that moves events into the event log and writes changes of
/// state to the program's log. The scan wakes it when it has added something.
/// </summary>
public sealed partial class Recorder : IDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(500);

    private readonly ScanCycle _scan;
    private readonly EventLog _log;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Makes the recorder; <see cref="Start"/> starts its thread.</summary>
    public Recorder(ScanCycle scan, EventLog log, ILogger logger)
    {
        _scan = scan;
        _log = log;
        _logger = logger;
        _thread = new Thread(Run) { Name = "recorder", IsBackground = true };
    }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Tells the recorder that there are events. Scan thread; does not block or allocate.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Moves what is left and stops the thread.</summary>
    public void Dispose()
    {
        if (_stopping)
            return;
        _stopping = true;
        _wake.Set();
        if (_thread.IsAlive)
            _thread.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            _wake.WaitOne(Heartbeat);
            Drain();
        }
        Drain();
    }

    private void Drain()
    {
        bool any = false;
        while (_scan.Events.TryTake(out ScanEvent item))
        {
            _log.Add(in item);
            WriteLog(in item);
            any = true;
        }
        if (any)
            _log.Signal();
    }

    private void WriteLog(in ScanEvent item)
    {
        if (item.Kind == EventKind.Alarm && item.Accepted && item.From != item.To)
        {
            AlarmDefinition alarm = _scan.Plant.Alarms[item.Subject];
            LogAlarm(_logger, alarm.Id, AlarmNames.LetterOf((AlarmState)item.From), AlarmNames.LetterOf((AlarmState)item.To), item.Occurrence, alarm.Message);
        }
        else if (item.Kind == EventKind.System)
        {
            WriteSystem(in item);
        }
    }

    private void WriteSystem(in ScanEvent item)
    {
        switch ((SystemEvent)item.Code)
        {
            case SystemEvent.RunStateChanged:
                LogRunState(_logger, (RunState)item.From, (RunState)item.To);
                break;
            case SystemEvent.EventsLost:
                LogLost(_logger, (long)item.Value);
                break;
            case SystemEvent.ClockStep:
                LogClockStep(_logger, item.Value);
                break;
            case SystemEvent.ScanOverrun:
                LogOverrun(_logger, (long)item.Value);
                break;
        }
    }

    [LoggerMessage(1001, LogLevel.Information, "Alarm {Alarm} {From} -> {To}, occurrence {Occurrence}: {Text}")]
    private static partial void LogAlarm(ILogger logger, string alarm, string from, string to, int occurrence, string text);

    [LoggerMessage(1002, LogLevel.Information, "Run state {From} -> {To}")]
    private static partial void LogRunState(ILogger logger, RunState from, RunState to);

    [LoggerMessage(1003, LogLevel.Warning, "{Count} events were lost because the recorder was late")]
    private static partial void LogLost(ILogger logger, long count);

    [LoggerMessage(1004, LogLevel.Warning, "The wall clock was stepped by {Seconds} s; delays are not affected")]
    private static partial void LogClockStep(ILogger logger, double seconds);

    [LoggerMessage(1005, LogLevel.Warning, "{Count} scan cycles were skipped since the last such line; raise scan.basePeriodMs or move work to a slower rate group")]
    private static partial void LogOverrun(ILogger logger, long count);
}
